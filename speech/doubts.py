"""Which of the recogniser's writings are doubtful, and which of two is better."""

from __future__ import annotations

from speech.whisper_pass import Written

LOOP_COMPRESSION = 2.4
IMPROBABLE = -1.0
NO_SPEECH = 0.6
_REPEATED_TOKENS = 8


def is_loop(written: Written) -> bool:
    """Return whether it says the same over and over."""
    return written.compression_ratio > LOOP_COMPRESSION


def is_silence(written: Written) -> bool:
    """Return whether it was most likely written about no speech at all."""
    return written.no_speech_probability > NO_SPEECH and written.log_probability < IMPROBABLE


def is_doubtful(written: Written, least_log_probability: float) -> bool:
    """Return whether it is worth reading the window again.

    Args:
        written: Of the window.
        least_log_probability: Mean log-probability below which speech counts as misheard.
    """
    if is_loop(written) or repeats_itself(written):
        return True
    return (
        written.log_probability < least_log_probability
        and written.no_speech_probability <= NO_SPEECH
    )


def is_better(new: Written, old: Written) -> bool:
    """Return whether a second reading of the same window replaces the first."""
    if is_loop(new):
        return False
    if is_loop(old) or (repeats_itself(old) and not repeats_itself(new)):
        return True
    return new.log_probability > old.log_probability


def repeats_itself(written: Written) -> bool:
    """Return whether a sentence is written twice, as happens in the quiet at a window's end."""
    starts = [tokens[:_REPEATED_TOKENS] for tokens in written.segments]
    long = [start for start in starts if len(start) == _REPEATED_TOKENS]
    return len(set(long)) < len(long)

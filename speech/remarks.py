"""What a reader should know about a transcription, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from speech.audio_file import AudioHeader
from speech.language import SpokenLanguage
from speech.survey import Survey
from speech.transcript import ChannelAccount

_UNSURE_LANGUAGE = 0.8
_UNCOVERED_WORTH_SAYING_S = 2.0


def remarks_on_sound(header: AudioHeader, survey: Survey, *, has_words: bool) -> Iterator[str]:
    """Say what is unusual about the recording.

    Args:
        header: Of the file.
        survey: Of its sound.
        has_words: Whether anything was recognised.

    Yields:
        Sentences; none for a recording in order.
    """
    if header.tracks > 1:
        yield f"The file has {header.tracks} audio tracks; only the first was read."
    left_out = header.channels - len(survey.channels)
    if left_out:
        yield f"{left_out} of {header.channels} channels were not read."
    if survey.repaired_s > 0:
        yield f"{survey.repaired_s:.2f} s could not be decoded and count as silence."
    if survey.is_doubled:
        yield "Both channels carry the same sound: the recording is read as mono."
    if not has_words:
        yield "No speech was found in the recording."
    elif not survey.is_doubled:
        yield from (
            f"Channel {side.channel} is silent." for side in survey.channels if side.is_silent
        )


def remarks_on_language(language: SpokenLanguage) -> Iterator[str]:
    """Say where the language is in doubt."""
    if language.other is not None:
        yield (
            f"The language sounds like {language.other!r}, which is not among those to choose "
            f"from; it was read as {language.tag!r}."
        )
    elif language.probability < _UNSURE_LANGUAGE:
        yield (
            f"The language is not certain ({language.tag!r} with a probability of "
            f"{language.probability:.2f}); give it with --language."
        )


def remarks_on_coverage(account: Sequence[ChannelAccount]) -> Iterator[str]:
    """Say where speech gave no words."""
    for side in account:
        missed_s = sum(gap.end_s - gap.start_s for gap in side.uncovered)
        if missed_s > _UNCOVERED_WORTH_SAYING_S:
            yield (
                f"On channel {side.channel}, {missed_s:.1f} s of speech gave no words "
                f"({len(side.uncovered)} stretches from {side.uncovered[0].start_s:.1f} s on)."
            )

"""Where somebody speaks: Silero VAD fed in a stream, and spans made of its probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ

FRAME_SAMPLES = 512
"""Samples that one probability stands for: 32 ms at 16 kHz."""

FRAME_S = FRAME_SAMPLES / SAMPLE_RATE_HZ
_CONTEXT_SAMPLES = 64


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of one channel, in samples at 16 kHz; ``end`` is the first one after it."""

    start: int
    end: int

    @property
    def start_s(self) -> float:
        """Seconds from the start of the recording."""
        return self.start / SAMPLE_RATE_HZ

    @property
    def end_s(self) -> float:
        """Seconds from the start of the recording."""
        return self.end / SAMPLE_RATE_HZ

    @property
    def length_s(self) -> float:
        """Seconds."""
        return (self.end - self.start) / SAMPLE_RATE_HZ


class SpeechDetector:
    """Silero VAD over one channel, fed with pieces of any size.

    The probabilities do not depend on how the sound was cut into pieces. The network is the
    one that comes with faster-whisper (Silero VAD v6, MIT). Use either :meth:`feed` and
    :meth:`finish`, or :meth:`advance`, which keeps nothing.
    """

    def __init__(self) -> None:
        from faster_whisper.vad import get_vad_model

        self._session = get_vad_model().session
        self._state = (np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32))
        self._context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        self._rest = np.zeros(0, np.float32)
        self._probabilities: list[NDArray[np.float32]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, float32 of shape ``(n,)`` at 16 kHz."""
        probabilities = self.advance(samples)
        if len(probabilities):
            self._probabilities.append(probabilities)

    def advance(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take the next samples and return the probabilities that they complete.

        Args:
            samples: float32 of shape ``(n,)`` at 16 kHz.

        Returns:
            The probability of speech of each 32 ms that is now whole, float32 of shape
            ``(n_frames,)``, often none.
        """
        samples = np.concatenate((self._rest, samples))
        count = len(samples) // FRAME_SAMPLES
        self._rest = samples[count * FRAME_SAMPLES :].copy()
        if count == 0:
            return np.zeros(0, np.float32)
        frames = samples[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
        contexts = np.empty((count, _CONTEXT_SAMPLES), np.float32)
        contexts[0] = self._context
        contexts[1:] = frames[:-1, -_CONTEXT_SAMPLES:]
        self._context = frames[-1, -_CONTEXT_SAMPLES:].copy()
        hidden, cell = self._state
        output, hidden, cell = self._session.run(
            None, {"input": np.concatenate((contexts, frames), axis=1), "h": hidden, "c": cell}
        )
        self._state = (hidden, cell)
        return np.asarray(output, np.float32).reshape(-1)

    def finish(self) -> NDArray[np.float32]:
        """Return the probability of speech of each 32 ms, the last one padded with silence."""
        if len(self._rest):
            self.feed(np.zeros(FRAME_SAMPLES - len(self._rest), np.float32))
        return np.concatenate(self._probabilities or [np.zeros(0, np.float32)])


def find_spans(
    probabilities: NDArray[np.float32],
    n_samples: int,
    *,
    threshold: float = 0.5,
    min_silence_s: float,
    min_speech_s: float = 0.0,
    pad_s: float = 0.0,
) -> tuple[Span, ...]:
    """Turn probabilities of speech into spans of speech.

    A span starts where the probability reaches the threshold and ends where it has been 0.15
    below it (Silero's own hysteresis) for the least silence.

    Args:
        probabilities: Of each 32 ms, float32 of shape ``(n,)``.
        n_samples: Length of the channel in samples at 16 kHz.
        threshold: Probability from 0 to 1 from which on it is speech.
        min_silence_s: Shorter silences do not end a span, seconds.
        min_speech_s: Shorter spans are dropped (before padding), seconds.
        pad_s: Added on both sides, seconds; spans that would touch share the silence.

    Returns:
        The spans in order; they do not overlap and stay within the channel.
    """
    release = max(threshold - 0.15, 0.01)
    silence_frames = max(1, round(min_silence_s / FRAME_S))
    found: list[tuple[int, int]] = []
    start = quiet_from = -1
    for frame, probability in enumerate(probabilities.tolist()):
        if probability >= threshold:
            start = frame if start < 0 else start
            quiet_from = -1
        elif start >= 0 and probability < release:
            quiet_from = frame if quiet_from < 0 else quiet_from
            if frame - quiet_from + 1 >= silence_frames:
                found.append((start, quiet_from))
                start = quiet_from = -1
    if start >= 0:
        found.append((start, len(probabilities)))
    spans = [
        Span(first * FRAME_SAMPLES, min(last * FRAME_SAMPLES, n_samples))
        for first, last in found
        if (last - first) * FRAME_S >= min_speech_s and first * FRAME_SAMPLES < n_samples
    ]
    return _pad(spans, round(pad_s * SAMPLE_RATE_HZ), n_samples)


def _pad(spans: Sequence[Span], pad: int, n_samples: int) -> tuple[Span, ...]:
    padded: list[Span] = []
    for position, span in enumerate(spans):
        before = spans[position - 1].end if position else None
        after = spans[position + 1].start if position + 1 < len(spans) else None
        start = span.start - pad
        end = span.end + pad
        if before is not None:
            start = max(start, (before + span.start) // 2)
        if after is not None:
            end = min(end, (span.end + after) // 2)
        padded.append(Span(max(0, start), min(n_samples, end)))
    return tuple(padded)

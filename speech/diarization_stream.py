"""Diarization of one channel, fed in a stream: voices by window, sorted when all have passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput
from speech.decoding import SAMPLE_RATE_HZ
from speech.diarization import Diarization, SpeakerSegment
from speech.diarization_clustering import (
    MOST_SPEAKERS,
    find_voices,
    join_same_voices,
    most_likely_speakers,
    spread,
    unit,
)
from speech.voice_activity import FRAME_SAMPLES, Span, SpeechDetector, find_spans

if TYPE_CHECKING:
    from models import SpeakerEncoder

_THRESHOLD = 0.4
_SILENCE_S = 0.3
_PAD_S = 0.1
_TURN_PAD_S = 0.15  # as people mark where speech starts and ends; voices are taken from inside
_WINDOW = round(1.2 * SAMPLE_RATE_HZ)
_HOP_S = 0.2
_HOP = round(_HOP_S * SAMPLE_RATE_HZ)
_SNAP = round(0.4 * SAMPLE_RATE_HZ)
_FAR_COST = 0.3
_PER_BATCH = 32
_MOST_CLUSTERED = 2000
_ROUNDS = 3
_LEAST_SPEECH_S = 1.5


class Diarizer:
    """Finds who speaks when on one channel that several people share.

    Windows of 1.2 s every 0.2 s of speech become vectors of the voice as the sound passes; only
    the vectors are kept, some 8 MB an hour. When all has passed, up to 2,000 of them are
    sorted into speakers, and every window goes to a speaker by the most likely path.

    Args:
        encoder: A loaded speaker encoder, from :func:`models.load_speaker_encoder`.
        probabilities: Of speech on the channel, of each 32 ms, float32 of shape ``(n,)``; from
            :class:`speech.voice_activity.SpeechDetector`.
        n_samples: Length of the channel at 16 kHz.
        n_speakers: How many people speak, 1 to 6; None: found out.

    Raises:
        BadInput: The number of speakers is not from 1 to 6.
    """

    def __init__(
        self,
        encoder: SpeakerEncoder,
        probabilities: NDArray[np.float32],
        n_samples: int,
        *,
        n_speakers: int | None = None,
    ) -> None:
        if n_speakers is not None and not 1 <= n_speakers <= MOST_SPEAKERS:
            raise BadInput(
                f"got {n_speakers} speakers, expected 1 to {MOST_SPEAKERS}",
                remedy="give another number, or none to have it found out",
            )
        self._encoder = encoder
        self._probabilities = probabilities
        self._n_speakers = n_speakers
        self._n_samples = n_samples
        inside, self._spans = (
            find_spans(
                probabilities, n_samples,
                threshold=_THRESHOLD, min_silence_s=_SILENCE_S, pad_s=pad_s,
            )
            for pad_s in (_PAD_S, _TURN_PAD_S)
        )  # fmt: skip
        self._centres = tuple(_centres(inside))
        self._vectors: list[NDArray[np.float16]] = []
        self._encoded = 0
        self._buffer = np.zeros(0, np.float32)
        self._buffer_start = 0

    @property
    def held_s(self) -> float:
        """Seconds of sound that are kept, because a window still needs them."""
        return len(self._buffer) / SAMPLE_RATE_HZ

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples of the channel, float32 of shape ``(n,)`` at 16 kHz."""
        self._buffer = np.concatenate((self._buffer, samples))
        end = self._buffer_start + len(self._buffer)
        ready = self._encoded
        while ready < len(self._centres) and self._window_of(self._centres[ready])[1] <= end:
            ready += 1
        if ready - self._encoded >= _PER_BATCH:
            self._encode(ready)
        keep_from = end
        if self._encoded < len(self._centres):
            keep_from = min(end, self._window_of(self._centres[self._encoded])[0])
        self._buffer = self._buffer[max(0, keep_from - self._buffer_start) :]
        self._buffer_start = max(self._buffer_start, keep_from)

    def finish(self) -> Diarization:
        """Say who spoke when, after all samples have been fed.

        Returns:
            The segments; none where nobody speaks.
        """
        if not self._centres:
            return Diarization(segments=())
        self._encode(len(self._centres))
        vectors = np.concatenate(self._vectors).astype(np.float32)
        speakers = self._sort(vectors)
        return Diarization(segments=tuple(self._segments(speakers)))

    def _window_of(self, centre: int) -> tuple[int, int]:
        """Return the first sample of a window and the one after; moved in at both ends."""
        start = max(0, min(centre - _WINDOW // 2, self._n_samples - _WINDOW))
        return start, min(start + _WINDOW, self._n_samples)

    def _encode(self, until: int) -> None:
        """Turn the windows up to this position into vectors."""
        for first in range(self._encoded, until, _PER_BATCH):
            centres = self._centres[first : min(first + _PER_BATCH, until)]
            windows = np.zeros((len(centres), _WINDOW), np.float32)
            for row, centre in zip(windows, centres, strict=True):
                start, end = (at - self._buffer_start for at in self._window_of(centre))
                piece = self._buffer[max(0, start) : end]
                row[: len(piece)] = piece
            self._vectors.append(self._encoder.encode(windows).astype(np.float16))
        self._encoded = max(self._encoded, until)

    def _sort(self, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the speaker of each window."""
        centres = np.array(self._centres)
        after_pause = np.diff(centres, prepend=centres[0]) > 1.5 * _HOP
        means = find_voices(vectors[spread(len(vectors), _MOST_CLUSTERED)], self._n_speakers)
        path = most_likely_speakers(vectors, means, after_pause, hop_s=_HOP_S)
        for _ in range(_ROUNDS):
            counts = np.bincount(path, minlength=len(means)).astype(np.float64) * _HOP_S
            kept = np.flatnonzero(counts >= _LEAST_SPEECH_S)
            if self._n_speakers is not None:
                kept = np.flatnonzero(counts > 0)
            if not len(kept):
                kept = np.array([counts.argmax()])
            means = np.stack([unit(vectors[path == speaker].mean(axis=0)) for speaker in kept])
            if self._n_speakers is None:
                means = join_same_voices(means, counts[kept])
            path = most_likely_speakers(vectors, means, after_pause, hop_s=_HOP_S)
        return path

    def _segments(self, speakers: NDArray[np.int64]) -> Iterator[SpeakerSegment]:
        """Yield each span of speech, cut where the speaker changes."""
        numbers: dict[int, int] = {}
        centres = np.array(self._centres)
        for span in self._spans:
            first, last = np.searchsorted(centres, (span.start, span.end))
            start = span.start
            for place in range(int(first), int(last)):
                ends = place + 1 == last
                if not ends and speakers[place + 1] == speakers[place]:
                    continue
                end = span.end if ends else self._quietest(*centres[place : place + 2].tolist())
                number = numbers.setdefault(int(speakers[place]), len(numbers))
                yield SpeakerSegment(
                    start_s=start / SAMPLE_RATE_HZ, end_s=end / SAMPLE_RATE_HZ, speaker=number
                )
                start = end

    def _quietest(self, before: int, after: int) -> int:
        """Return where the speech is weakest near the middle of two windows, in samples."""
        middle = (before + after) // 2
        first = max(0, (middle - _SNAP) // FRAME_SAMPLES)
        near = self._probabilities[first : (middle + _SNAP) // FRAME_SAMPLES + 1]
        places = (first + np.arange(len(near)) + 0.5) * FRAME_SAMPLES
        far = np.abs(places - middle) / _SNAP
        return int(places[(near + _FAR_COST * far).argmin()])


def _centres(spans: Sequence[Span]) -> Iterator[int]:
    """Yield the middles of windows: every 0.2 s within each span, at least one in each."""
    for span in spans:
        count = max(1, round((span.end - span.start) / _HOP))
        for step in range(count):
            yield span.start + (2 * step + 1) * (span.end - span.start) // (2 * count)


def diarize(
    sound: Callable[[], Iterator[NDArray[np.float32]]],
    encoder: SpeakerEncoder,
    *,
    n_speakers: int | None = None,
) -> Diarization:
    """Find who speaks when, passing over the sound twice: for the speech, then for the voices.

    Args:
        sound: Starts a pass over the channel: blocks of float32 of shape ``(n,)`` at 16 kHz.
        encoder: A loaded speaker encoder, from :func:`models.load_speaker_encoder`.
        n_speakers: How many people speak, 1 to 6; None: found out.

    Raises:
        BadInput: The number of speakers is not from 1 to 6.
    """
    detector = SpeechDetector()
    n_samples = 0
    for block in sound():
        detector.feed(block)
        n_samples += len(block)
    diarizer = Diarizer(encoder, detector.finish(), n_samples, n_speakers=n_speakers)
    for block in sound():
        diarizer.feed(block)
    return diarizer.finish()

"""Decoding of a recording in a stream: one file or a pair, without offset, on one clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.audio_file import AudioHeader
from speech.file_decoding import BLOCK_S, SAMPLE_RATE_HZ, FileDecoder

__all__ = ["BLOCK_S", "SAMPLE_RATE_HZ", "ChannelTreatment", "Decoder", "StoredSoundObserver"]

StoredSoundObserver = Callable[[int, NDArray[np.float32], int], None]
"""Shown the samples of one channel as they are stored: place of the channel among those read,
float32 of shape ``(n,)``, rate in Hz."""

_HIGH_PASS_HZ = 10.0
_SILENCE = 1e-9
_FRAME_SAMPLES = 512
_FADE_SAMPLES = 64


@dataclass(frozen=True)
class ChannelTreatment:
    """What is done to a channel's sound so that it is recognised well.

    Attributes:
        gain: Factor for its samples; what would pass full scale is cut there.
        muted: Of each 32 ms (512 samples at 16 kHz), whether it is silenced; None for nowhere.
    """

    gain: float = 1.0
    muted: NDArray[np.bool_] | None = None

    @property
    def is_none(self) -> bool:
        """Whether the sound stays as it is."""
        return self.gain == 1.0 and (self.muted is None or not self.muted.any())

    def apply(self, samples: NDArray[np.float32], start: int) -> NDArray[np.float32]:
        """Treat a piece.

        Args:
            samples: float32 of shape ``(n,)`` at 16 kHz.
            start: Which sample of the recording the first one is.

        Returns:
            As many samples.
        """
        if self.gain != 1.0:
            samples = np.asarray(np.clip(samples * self.gain, -1.0, 1.0), np.float32)
        if self.muted is None or not self.muted.any():
            return samples
        at = np.arange(start, start + len(samples))
        frame = at // _FRAME_SAMPLES
        last = len(self.muted) - 1
        now = ~self.muted[np.minimum(frame, last)]
        before = ~self.muted[np.clip(frame - 1, 0, last)]
        # a step would click, and a click may be heard as a consonant
        share = np.minimum((at % _FRAME_SAMPLES + 1) / _FADE_SAMPLES, 1.0).astype(np.float32)
        return np.asarray(samples * (now * share + before * (1 - share)), np.float32)


class Decoder:
    """Decodes a recording, once, in blocks.

    The clock is the count of decoded samples from the first one on. A constant offset is
    removed by a first-order high-pass at 10 Hz, which leaves the clock and all speech as they
    are. Of a pair of files the shorter one is followed by silence.

    Args:
        header: Of the file, or of a pair of files.
        channels: Which channels to decode, in the order wanted, from 0.
        max_duration_s: Refuse a recording that is longer, in seconds.
        treatments: What is done to each of these channels; nothing where None.
        observe: Shown what is stored, before anything is done to it.
    """

    def __init__(
        self,
        header: AudioHeader,
        *,
        channels: Sequence[int],
        max_duration_s: float,
        treatments: Sequence[ChannelTreatment] | None = None,
        observe: StoredSoundObserver | None = None,
    ) -> None:
        self._treatments = list(treatments or [ChannelTreatment() for _ in channels])
        self._high_passes = [_HighPass() for _ in channels]
        self._observe = observe
        if header.parts:
            wanted = [
                (header.parts[channel], [0], [place]) for place, channel in enumerate(channels)
            ]
        else:
            wanted = [(header, list(channels), list(range(len(channels))))]
        self._files = [
            FileDecoder(
                part,
                channels=numbers,
                max_duration_s=max_duration_s,
                observe=None if observe is None else self._observer(places),
            )
            for part, numbers, places in wanted
        ]
        self.samples = 0

    @property
    def duration_s(self) -> float:
        """Seconds decoded so far, from the count of samples."""
        return self.samples / SAMPLE_RATE_HZ

    @property
    def repaired_s(self) -> float:
        """Seconds that could not be decoded so far and are silent; the sum of a pair's."""
        return sum(file.repaired_s for file in self._files)

    @property
    def file_lengths_s(self) -> tuple[float, ...]:
        """Seconds decoded so far of each file, in the order of the channels of a pair."""
        return tuple(file.duration_s for file in self._files)

    def blocks(self) -> Iterator[NDArray[np.float32]]:
        """Decode the recording.

        Yields:
            float32 arrays of shape ``(n_channels, n_samples)`` at 16 kHz, about ten seconds
            each, values from -1 to 1.

        Raises:
            AudioUnreadable: Nothing or only part of it can be decoded.
            AudioEmpty: It decodes to nothing.
            AudioTruncated: It stops before its header says it should.
            AudioTooLong: It is longer than the limit.
        """
        for block in _together([file.blocks() for file in self._files]):
            treated = np.stack(
                [
                    treatment.apply(high_pass.filter(samples), self.samples)
                    for samples, high_pass, treatment in zip(
                        block, self._high_passes, self._treatments, strict=True
                    )
                ]
            )
            self.samples += treated.shape[1]
            yield treated

    def _observer(self, places: Sequence[int]) -> Callable[[NDArray[np.float32], int], None]:
        def show(samples: NDArray[np.float32], rate_hz: int) -> None:
            if self._observe is not None:
                for place, channel in zip(places, samples, strict=True):
                    self._observe(place, channel, rate_hz)

        return show


class _HighPass:
    """A first-order high-pass that starts settled on the offset of the first block."""

    def __init__(self) -> None:
        pole = 1 - 2 * np.pi * _HIGH_PASS_HZ / SAMPLE_RATE_HZ
        self._b = np.array([(1 + pole) / 2, -(1 + pole) / 2])
        self._a = np.array([1.0, -pole])
        self._state: NDArray[np.float64] | None = None

    def filter(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        from scipy.signal import lfilter

        if self._state is None:
            self._state = self._b[1:] * samples.mean(dtype=np.float64)
        filtered, state = lfilter(self._b, self._a, samples.astype(np.float64), zi=self._state)
        # numbers next to zero are slow to compute with, and would never end
        self._state = np.where(np.abs(state) < _SILENCE, 0.0, state)
        filtered[np.abs(filtered) < _SILENCE] = 0.0
        return np.asarray(filtered, np.float32)


def _together(
    sources: Sequence[Iterator[NDArray[np.float32]]],
) -> Iterator[NDArray[np.float32]]:
    """Put the channels of several files side by side; shorter ones end in silence."""
    if len(sources) == 1:
        yield from sources[0]
        return
    waiting = [np.zeros((1, 0), np.float32) for _ in sources]
    has_ended = [False for _ in sources]
    while True:
        for place, source in enumerate(sources):
            while waiting[place].shape[1] < BLOCK_S * SAMPLE_RATE_HZ and not has_ended[place]:
                block = next(source, None)
                has_ended[place] = block is None
                if block is not None:
                    waiting[place] = np.concatenate((waiting[place], block), axis=1)
        left = [part.shape[1] for part, ended in zip(waiting, has_ended, strict=True) if not ended]
        count = min(left) if left else max(part.shape[1] for part in waiting)
        if count == 0:
            return
        pieces = [part[:, :count] for part in waiting]
        waiting = [part[:, count:] for part in waiting]
        yield np.concatenate(
            [np.pad(piece, ((0, 0), (0, count - piece.shape[1]))) for piece in pieces]
        )

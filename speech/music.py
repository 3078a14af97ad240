"""Stretches with music, by notes that stand still where a voice glides."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ

_HOP_SAMPLES = 512
_WINDOW_SAMPLES = 2048
_HOP_S = _HOP_SAMPLES / SAMPLE_RATE_HZ
_BINS = slice(10, 512)  # 78 Hz to 4 kHz
_NEAR_BINS = 21
_ABOVE_DB = 6.0
_BLOCK_FRAMES = 80  # 2.6 s
_STEP_FRAMES = 40
_LEAST_POWER = 3e-6  # -55 dBFS
_LEAST_LOUD_FRAMES = 20
_STRONGEST = 5
_LEAST_ACTIVATION = 0.1
_AROUND_BLOCKS = 8
_MUSIC = 3.0
_PERHAPS = 2.2
_LEAST_BLOCKS = 6
_LONGEST_LULL_BLOCKS = 3


@dataclass
class _Stretch:
    first: int
    last: int
    count: int = 1


class MusicDetector:
    """Finds music in one channel at 16 kHz, fed with pieces of any size.

    Continuous frequency activation (Seyerlehner, Pohle, Schedl, Widmer: "Automatic music
    detection in television productions", DAFx 2007): in a block of 2.6 s, how long each
    frequency stands out from its neighbours; the sum over the five that do so longest. What
    stands out all through the surrounding ten seconds, as hum does, is taken off first.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._window = np.hanning(_WINDOW_SAMPLES).astype(np.float32)
        self._marked = np.zeros((0, _BINS.stop - _BINS.start), np.bool_)
        self._loud = np.zeros(0, np.bool_)
        self._around: deque[NDArray[np.float64] | None] = deque()
        self._block = 0
        self._scored = 0
        self._stretch: _Stretch | None = None
        self._found: list[tuple[float, float]] = []

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, float32 of shape ``(n,)``."""
        samples = np.concatenate((self._rest, samples))
        count = max(0, (len(samples) - _WINDOW_SAMPLES) // _HOP_SAMPLES + 1)
        self._rest = samples[count * _HOP_SAMPLES :]
        if count == 0:
            return
        frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW_SAMPLES)[::_HOP_SAMPLES]
        frames = frames[:count]
        self._marked = np.concatenate((self._marked, self._stand_out(frames)))
        loud = np.mean(frames.astype(np.float64) ** 2, axis=1) > _LEAST_POWER
        self._loud = np.concatenate((self._loud, loud))
        while len(self._marked) >= _BLOCK_FRAMES:
            self._close_block(_BLOCK_FRAMES)
            self._marked = self._marked[_STEP_FRAMES:]
            self._loud = self._loud[_STEP_FRAMES:]

    def finish(self) -> list[tuple[float, float]]:
        """Return start and end of each stretch, seconds from the start of the recording."""
        while self._scored < self._block:
            self._score_next()
        self._end_stretch()
        return self._found

    def _stand_out(self, frames: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Tell which frequencies of each frame are stronger than those around them."""
        spectrum = np.abs(np.fft.rfft(frames * self._window, axis=1))[:, _BINS]
        level_db = 20 * np.log10(spectrum.astype(np.float64) + 1e-4)
        half = _NEAR_BINS // 2
        padded = np.pad(level_db, ((0, 0), (half + 1, half)), mode="edge")
        sums = np.cumsum(padded, axis=1)
        near_db = (sums[:, _NEAR_BINS:] - sums[:, :-_NEAR_BINS]) / _NEAR_BINS
        marked: NDArray[np.bool_] = level_db - near_db > _ABOVE_DB
        return marked

    def _close_block(self, count: int) -> None:
        loud = self._loud[:count]
        enough = int(loud.sum()) >= _LEAST_LOUD_FRAMES
        self._around.append(self._marked[:count][loud].mean(axis=0) if enough else None)
        self._block += 1
        if self._block - self._scored > _AROUND_BLOCKS:
            self._score_next()

    def _score_next(self) -> None:
        """Score the oldest block that is not scored yet; keep as many before it as after."""
        place = len(self._around) - (self._block - self._scored)
        activation = self._around[place]
        score = 0.0
        if activation is not None:
            around = [other for other in self._around if other is not None]
            steady = np.min(around, axis=0) if len(around) > 2 else np.zeros_like(activation)
            score = _strongest(activation - steady)
        self._follow(score)
        self._scored += 1
        if place >= _AROUND_BLOCKS:
            self._around.popleft()

    def _follow(self, score: float) -> None:
        stretch = self._stretch
        if score >= _MUSIC:
            if stretch is None:
                self._stretch = _Stretch(self._scored, self._scored)
            else:
                stretch.last, stretch.count = self._scored, stretch.count + 1
        elif stretch is not None and (
            score < _PERHAPS or self._scored - stretch.last > _LONGEST_LULL_BLOCKS
        ):
            self._end_stretch()

    def _end_stretch(self) -> None:
        stretch, self._stretch = self._stretch, None
        if stretch is None or stretch.count < _LEAST_BLOCKS:
            return
        step_s = _STEP_FRAMES * _HOP_S
        self._found.append((stretch.first * step_s, stretch.last * step_s + _BLOCK_FRAMES * _HOP_S))


def _strongest(activation: NDArray[np.float64]) -> float:
    """Return the sum of the highest peaks, each over the lower of the valleys beside it."""
    inner = activation[2:-2]
    sides = np.stack([activation[shift : len(activation) - 4 + shift] for shift in (0, 1, 3, 4)])
    places = np.flatnonzero((inner >= sides.max(axis=0)) & (inner > _LEAST_ACTIVATION)) + 2
    heights: list[float] = []
    for place in places.tolist():
        left, right = activation[max(0, place - 6) : place], activation[place : place + 7]
        heights.append(float(activation[place] - min(left.min(), right.min())))
    return sum(sorted(heights, reverse=True)[:_STRONGEST])

"""Keys pressed on a telephone: when, and not which, since they may be a card's number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ

_ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
_COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
_WINDOW_SAMPLES = 416  # 26 ms: shorter than the shortest key of 40 ms, and tells the rows apart
_HOP_SAMPLES = 208
_HOP_S = _HOP_SAMPLES / SAMPLE_RATE_HZ
_LEAST_POWER = 1e-6  # -60 dBFS
_LEAST_SHARE = 0.8
_TWIST = 10.0  # factor of power between the two tones, 10 dB
_LEAST_FRAMES = 2


class KeyDetector:
    """Finds DTMF keys in one channel at 16 kHz, fed with pieces of any size.

    A key is two tones at once, one of four low and one of four high ones (ITU-T Q.23), for at
    least 40 ms (Q.24). Which key it was is not kept.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._frame = 0
        self._first = self._count = 0
        self._pair = -1
        time_s = np.arange(_WINDOW_SAMPLES) / SAMPLE_RATE_HZ
        turns = np.outer(time_s, _ROWS_HZ + _COLUMNS_HZ)
        self._waves = np.exp(-2j * np.pi * turns).astype(np.complex64)

    def feed(self, samples: NDArray[np.float32]) -> list[tuple[float, float]]:
        """Take the next samples, float32 of shape ``(n,)``; return the keys let go of.

        Returns:
            Start and end of each, seconds from the start of the recording.
        """
        samples = np.concatenate((self._rest, samples))
        count = max(0, (len(samples) - _WINDOW_SAMPLES) // _HOP_SAMPLES + 1)
        self._rest = samples[count * _HOP_SAMPLES :]
        if count == 0:
            return []
        frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW_SAMPLES)[::_HOP_SAMPLES]
        keys: list[tuple[float, float]] = []
        for pair in self._pairs(frames[:count]):
            if pair != self._pair:
                keys += self.finish()
                self._pair, self._first, self._count = pair, self._frame, 0
            self._count += 1
            self._frame += 1
        return keys

    def finish(self) -> list[tuple[float, float]]:
        """Return the key that is held to the end, if there is one."""
        pair, self._pair = self._pair, -1
        if pair < 0 or self._count < _LEAST_FRAMES:
            return []
        start_s = self._first * _HOP_S
        return [(start_s, start_s + (self._count + 1) * _HOP_S)]

    def _pairs(self, frames: NDArray[np.float32]) -> list[int]:
        """Return of each frame the pair of tones that makes it up, -1 where there is none."""
        power = np.mean(frames.astype(np.float64) ** 2, axis=1)
        # of a sine the squared sum is n² times half its power
        tones = 2.0 * np.abs(frames @ self._waves) ** 2 / _WINDOW_SAMPLES**2
        rows, columns = tones[:, :4], tones[:, 4:]
        low, high = rows.max(axis=1), columns.max(axis=1)
        is_key = (
            (power > _LEAST_POWER)
            & (low + high >= _LEAST_SHARE * power)
            & (low <= _TWIST * high)
            & (high <= _TWIST * low)
        )
        pairs = np.where(is_key, rows.argmax(axis=1) * 4 + columns.argmax(axis=1), -1)
        return [int(pair) for pair in pairs]

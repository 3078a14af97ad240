"""Stretches in which a line carries one or two steady tones and next to nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ

HOP_SAMPLES = 512
_WINDOW_SAMPLES = 1024
_HOP_S = HOP_SAMPLES / SAMPLE_RATE_HZ
_BIN_HZ = SAMPLE_RATE_HZ / _WINDOW_SAMPLES
_LOBE_BINS = 3
_LOWEST_BIN = 6  # 94 Hz: mains hum is no tone of the line
_HIGHEST_BIN = 256  # 4 kHz: a telephone carries no more
_LEAST_SHARE = 0.9
_LEAST_POWER = 1e-6  # -60 dBFS
_STEP_HZ = 14.0
_DRIFT_HZ = 24.0
_LEAST_FRAMES = 4
_CARRIER_BINS = (round(1500 / _BIN_HZ), round(2000 / _BIN_HZ))
_CARRIER_SHARE = 0.9
_CARRIER_FRAMES = 16


@dataclass(frozen=True)
class Burst:
    """A tone, or two at once, that holds its pitch.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        hz: Mean frequency, weighted by power where there are two tones.
        is_carrier: Whether it is a modulated carrier around 1750 Hz and no steady tone.
    """

    start_s: float
    end_s: float
    hz: float
    is_carrier: bool = False

    @property
    def length_s(self) -> float:
        """Seconds."""
        return self.end_s - self.start_s


@dataclass
class _Run:
    """Frames that may become a burst."""

    first: int
    count: int
    low_hz: float
    high_hz: float
    last_hz: float

    @property
    def middle_hz(self) -> float:
        return (self.low_hz + self.high_hz) / 2


class ToneTracker:
    """Finds bursts in one channel at 16 kHz, fed with pieces of any size.

    A frame is tonal when two spectral lobes hold nearly all its power. Of a voice two harmonics
    may do so as well, but they do not stay within a few hertz from frame to frame.
    """

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._frame = 0
        self._tone: _Run | None = None
        self._carrier: _Run | None = None
        self._window = np.hanning(_WINDOW_SAMPLES).astype(np.float32)

    def feed(self, samples: NDArray[np.float32]) -> list[Burst]:
        """Take the next samples, float32 of shape ``(n,)``; return the bursts that ended."""
        samples = np.concatenate((self._rest, samples))
        count = max(0, (len(samples) - _WINDOW_SAMPLES) // HOP_SAMPLES + 1)
        self._rest = samples[count * HOP_SAMPLES :]
        if count == 0:
            return []
        frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW_SAMPLES)[::HOP_SAMPLES]
        found: list[Burst] = []
        for hz, is_carrier in zip(*self._measure(frames[:count]), strict=True):
            found += self._follow_tone(hz)
            found += self._follow_carrier(bool(is_carrier))
            self._frame += 1
        return found

    def finish(self) -> list[Burst]:
        """Return the bursts that last to the end."""
        return [*self._end_tone(), *self._end_carrier()]

    def _measure(self, frames: NDArray[np.float32]) -> tuple[list[float], list[bool]]:
        """Return each frame's tone in Hz (0 where there is none) and whether it is a carrier."""
        power = np.abs(np.fft.rfft(frames * self._window, axis=1)) ** 2
        power = power[:, 2:]  # an offset is no tone
        total = power.sum(axis=1)
        loud = np.mean(frames.astype(np.float64) ** 2, axis=1) > _LEAST_POWER
        bins = np.arange(power.shape[1]) + 2
        left = power.copy()
        lobes = np.zeros_like(power)
        for _ in range(2):
            peak = left[:, _LOWEST_BIN - 2 : _HIGHEST_BIN - 2].argmax(axis=1) + _LOWEST_BIN
            near = np.abs(bins[np.newaxis] - peak[:, np.newaxis]) <= _LOBE_BINS
            lobes += np.where(near, left, 0.0)
            left[near] = 0.0
        held = lobes.sum(axis=1)
        is_tone = loud & (held >= _LEAST_SHARE * np.maximum(total, 1e-12))
        hz = np.where(is_tone, (lobes @ bins) / np.maximum(held, 1e-12) * _BIN_HZ, 0.0)
        first, last = _CARRIER_BINS
        band = power[:, first - 2 : last - 2].sum(axis=1)
        is_carrier = loud & (band >= _CARRIER_SHARE * total) & (total > 0)
        return hz.tolist(), is_carrier.tolist()

    def _follow_tone(self, hz: float) -> Iterator[Burst]:
        run = self._tone
        if run is not None and hz:
            low_hz, high_hz = min(run.low_hz, hz), max(run.high_hz, hz)
            if abs(hz - run.last_hz) <= _STEP_HZ and high_hz - low_hz <= _DRIFT_HZ:
                run.count, run.low_hz, run.high_hz, run.last_hz = run.count + 1, low_hz, high_hz, hz
                return
        yield from self._end_tone()
        if hz:
            self._tone = _Run(self._frame, 1, hz, hz, hz)

    def _end_tone(self) -> Iterator[Burst]:
        run, self._tone = self._tone, None
        if run is not None and run.count >= _LEAST_FRAMES:
            yield _burst(run, is_carrier=False)

    def _follow_carrier(self, is_carrier: bool) -> Iterator[Burst]:
        if not is_carrier:
            yield from self._end_carrier()
        elif self._carrier is None:
            self._carrier = _Run(self._frame, 1, 1750.0, 1750.0, 1750.0)
        else:
            self._carrier.count += 1

    def _end_carrier(self) -> Iterator[Burst]:
        run, self._carrier = self._carrier, None
        if run is not None and run.count >= _CARRIER_FRAMES:
            yield _burst(run, is_carrier=True)


def _burst(run: _Run, *, is_carrier: bool) -> Burst:
    # a frame is tonal when the tone fills about half of it
    start_s = run.first * _HOP_S + _HOP_S / 2
    return Burst(start_s, start_s + run.count * _HOP_S, run.middle_hz, is_carrier)

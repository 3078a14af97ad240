"""What is wrong with a channel's sound as it is stored: offset, clipping, band, speed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.file_decoding import SAMPLE_RATE_HZ

_BATCH_SAMPLES = 16_384
_FRAME_S = 0.032
_FLAT_SAMPLES = 3
_LEVELS = 256
_BAND_EDGE_DB = 65.0  # fricatives lie 30 to 50 dB below vowels, empty bands 80 and more
_ACTIVE_DB = 30.0
_LOW_EDGE_DB = 20.0

_PITCH_HZ = (38.0, 1_600.0)
_PITCH_WINDOW = 1_024
_PITCH_HOP = 1_024
_PERIODIC = 0.6
_FIRST_PEAK = 0.87
_MAX_PITCHES = 8_000
_ENOUGH_PITCHES = 80

_USUAL_RATES_HZ = (8_000, 16_000, 48_000, 44_100, 32_000, 22_050, 11_025, 24_000, 12_000)
_SPEECH_PITCH_HZ = (95.0, 255.0)
_SPEECH_CENTRE_HZ = (170.0, 1_100.0)


@dataclass(frozen=True)
class StoredSound:
    """How a channel is stored.

    Attributes:
        offset: Mean of the samples, 1 is full scale.
        clipped_share: Share of its samples that lie in runs of three or more at the same value
            at the channel's own limit, 0 to 1.
        unusable_share: Share of its samples that are no numbers (NaN, infinite), 0 to 1.
        bandwidth_hz: Frequency up to which there is sound; half the stored rate where the band
            is full, 0 where there is none.
        lowest_hz: Frequency from which on there is sound.
        centre_hz: Mean frequency of its power.
    """

    offset: float
    clipped_share: float
    unusable_share: float
    bandwidth_hz: float
    lowest_hz: float
    centre_hz: float


class StoredSoundMeter:
    """Measures one channel as it is stored, in a stream, in constant memory."""

    def __init__(self) -> None:
        self._waiting: list[NDArray[np.float32]] = []
        self._waiting_samples = 0
        self._rate_hz = 0
        self._count = 0
        self._sum = 0.0
        self._unusable = 0
        self._flat = np.zeros(_LEVELS + 1)
        self._peak = 0.0
        self._power = np.zeros(0)
        self._loudest = 0.0

    def feed(self, samples: NDArray[np.float32], rate_hz: int) -> None:
        """Take the next samples, float32 of shape ``(n,)``, full scale being 1."""
        if rate_hz != self._rate_hz:
            self._measure()
            self._rate_hz, self._power = rate_hz, np.zeros(0)
        self._waiting.append(samples)
        self._waiting_samples += len(samples)
        if self._waiting_samples >= _BATCH_SAMPLES:
            self._measure()

    def finish(self) -> StoredSound:
        """Return what was measured."""
        self._measure()
        count = max(1, self._count)
        at_limit = round(self._peak * _LEVELS * 0.98)
        low_hz, high_hz, centre_hz = self._band()
        return StoredSound(
            offset=self._sum / count,
            clipped_share=float(self._flat[at_limit:].sum()) / count if at_limit else 0.0,
            unusable_share=self._unusable / count,
            bandwidth_hz=high_hz,
            lowest_hz=low_hz,
            centre_hz=centre_hz,
        )

    def _measure(self) -> None:
        if not self._waiting_samples:
            return
        samples = np.concatenate(self._waiting)
        self._waiting, self._waiting_samples = [], 0
        unusable = int(np.count_nonzero(~np.isfinite(samples)))
        if unusable:
            samples = np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
        samples = np.clip(samples, -1.0, 1.0)
        self._count += len(samples)
        self._unusable += unusable
        self._sum += float(samples.sum(dtype=np.float64))
        self._count_flat(samples)
        self._add_spectrum(samples)

    def _count_flat(self, samples: NDArray[np.float32]) -> None:
        """Count the samples of flat runs by their level."""
        self._peak = max(self._peak, float(np.abs(samples).max()))
        is_same = np.abs(np.diff(samples)) < 1e-4
        edges = np.flatnonzero(np.diff(np.concatenate(([False], is_same, [False])).astype(np.int8)))
        starts, lengths = edges[::2], edges[1::2] - edges[::2] + 1
        is_run = lengths >= _FLAT_SAMPLES
        levels = np.round(np.abs(samples[starts[is_run]]) * _LEVELS).astype(np.int64)
        np.add.at(self._flat, levels, lengths[is_run])

    def _add_spectrum(self, samples: NDArray[np.float32]) -> None:
        size = 2 ** round(np.log2(self._rate_hz * _FRAME_S))
        frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
        frames = frames - frames.mean(axis=1, keepdims=True)
        level = np.mean(frames**2, axis=1)
        self._loudest = max(self._loudest, float(level.max(initial=0.0)))
        loud = frames[level > self._loudest * 10 ** (-_ACTIVE_DB / 10)]
        if len(self._power) == 0:
            self._power = np.zeros(size // 2 + 1)
        if len(loud):
            self._power += (np.abs(np.fft.rfft(loud * np.hanning(size), axis=1)) ** 2).sum(axis=0)

    def _band(self) -> tuple[float, float, float]:
        if not self._power.any():
            return 0.0, 0.0, 0.0
        hz = np.arange(len(self._power)) * self._rate_hz / (2 * (len(self._power) - 1))
        top = self._power.max()
        heard = np.flatnonzero(self._power > top * 10 ** (-_BAND_EDGE_DB / 10))
        strong = np.flatnonzero(self._power > top * 10 ** (-_LOW_EDGE_DB / 10))
        centre_hz = float((hz * self._power).sum() / self._power.sum())
        return float(hz[strong[0]]), float(hz[heard[-1]]), centre_hz


class PitchMeter:
    """Finds the usual pitch of the voices of one channel, in a stream.

    Autocorrelation of windows of 64 ms, corrected for the window (Boersma 1993); of the peaks
    that come near the highest one the first counts, so that no octave below is taken.
    """

    def __init__(self) -> None:
        self._pitches: list[NDArray[np.float64]] = []
        self._count = 0
        self._loudest = 0.0
        self._window = np.hanning(_PITCH_WINDOW)
        spectrum = np.abs(np.fft.rfft(self._window, 2 * _PITCH_WINDOW)) ** 2
        own = np.fft.irfft(spectrum)[:_PITCH_WINDOW]
        self._own = own / own[0] + 1e-3

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, float32 of shape ``(n,)`` at 16 kHz."""
        if len(samples) < _PITCH_WINDOW or self._count >= _MAX_PITCHES:
            return
        frames = np.lib.stride_tricks.sliding_window_view(samples, _PITCH_WINDOW)[::_PITCH_HOP]
        level = np.mean(frames**2, axis=1)
        self._loudest = max(self._loudest, float(level.max()))
        loud = frames[level > max(self._loudest * 10**-2.5, 1e-9)]
        if not len(loud):
            return
        spectrum = np.abs(np.fft.rfft(loud * self._window, 2 * _PITCH_WINDOW, axis=1)) ** 2
        likeness = np.fft.irfft(spectrum, axis=1)[:, :_PITCH_WINDOW]
        likeness = likeness / (likeness[:, :1] + 1e-12) / self._own
        first = int(SAMPLE_RATE_HZ / _PITCH_HZ[1])
        likeness = likeness[:, first : int(SAMPLE_RATE_HZ / _PITCH_HZ[0])]
        highest = likeness.max(axis=1)
        is_peak = np.zeros(likeness.shape, bool)
        is_peak[:, 1:-1] = (
            (likeness[:, 1:-1] >= likeness[:, :-2])
            & (likeness[:, 1:-1] >= likeness[:, 2:])
            & (likeness[:, 1:-1] > _FIRST_PEAK * highest[:, None])
        )
        lag = first + is_peak.argmax(axis=1)
        pitches = SAMPLE_RATE_HZ / lag[(highest > _PERIODIC) & is_peak.any(axis=1)]
        self._pitches.append(pitches)
        self._count += len(pitches)

    def finish(self) -> float | None:
        """Return the median pitch in Hz, or None where too little is voiced."""
        if self._count < _ENOUGH_PITCHES:
            return None
        return float(np.median(np.concatenate(self._pitches)))


def suspect_rate(
    rate_hz: int,
    sounds: Sequence[StoredSound],
    pitches_hz: Sequence[float | None],
    *,
    is_speech: bool = True,
) -> int | None:
    """Tell whether the header's sample rate makes the voices too high or too low to be human.

    Median pitch in conversation is about 85 to 180 Hz for men and 160 to 255 Hz for women
    (Baken and Orlikoff 2000), and most of the power of speech lies below 1 kHz. Both move with
    a wrong rate. Only what no adult voice does counts; half or double speed of a voice at the
    other end of the range is not noticed.

    Args:
        rate_hz: As the header states it.
        sounds: Of each channel to judge by.
        pitches_hz: Of each of them; None where unknown.
        is_speech: Whether speech was found on them. Where none was, it may be music or tones,
            and only what plays three times too fast or more counts.

    Returns:
        The likely true rate in Hz, or None where there is no strong evidence.
    """
    known = [(s, p) for s, p in zip(sounds, pitches_hz, strict=True) if p is not None]
    if not known:
        return None
    pitch_hz = float(np.exp(np.mean([np.log(pitch) for _, pitch in known])))
    centre_hz = float(np.exp(np.mean([np.log(max(s.centre_hz, 1.0)) for s, _ in known])))
    is_fast = pitch_hz > 340 or (pitch_hz > 262 and centre_hz > 1_180)
    is_slow = pitch_hz < 65 or (pitch_hz < 78 and centre_hz < 380)
    if not is_speech:
        is_fast, is_slow = pitch_hz > 700 and centre_hz > 2_000, False
    if not (is_fast or is_slow):
        return None
    for likely_hz in _USUAL_RATES_HZ:
        ratio = likely_hz / rate_hz
        if (ratio < 0.8 if is_fast else ratio > 1.25) and all(
            low <= value * ratio <= high
            for value, (low, high) in (
                (pitch_hz, _SPEECH_PITCH_HZ), (centre_hz, _SPEECH_CENTRE_HZ)
            )
        ):  # fmt: skip
            return likely_hz
    return None

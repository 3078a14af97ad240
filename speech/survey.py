"""The first pass over a recording: how long, how loud, where speech is, which channels differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from speech.audio_file import AudioHeader
from speech.decoding import Decoder
from speech.voice_activity import SpeechDetector

_SAME_SOUND = 0.95  # bleed between two handsets stays far below
_SILENT_RMS = 3e-4  # -70 dBFS; idle mu-law lines lie below


@dataclass(frozen=True)
class ChannelSurvey:
    """What one channel holds.

    Attributes:
        channel: Channel of the recording, from 0.
        rms: Root mean square of its samples without their mean, 1 is full scale.
        probabilities: Of speech, of each 32 ms, float32 of shape ``(n,)``.
    """

    channel: int
    rms: float
    probabilities: NDArray[np.float32]

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing but an idle line."""
        return self.rms < _SILENT_RMS


@dataclass(frozen=True)
class Survey:
    """What a recording holds.

    Attributes:
        n_samples: Length at 16 kHz.
        duration_s: Length in seconds.
        repaired_s: Seconds that could not be decoded and are silent.
        correlation: Of the two channels' samples, -1 to 1; 0 where there is only one, or where
            one is silent.
        channels: Of each channel that is read.
    """

    n_samples: int
    duration_s: float
    repaired_s: float
    correlation: float
    channels: tuple[ChannelSurvey, ...]

    @property
    def is_doubled(self) -> bool:
        """Whether both channels carry the same sound, so that the recording is mono."""
        return abs(self.correlation) >= _SAME_SOUND


class _Moments:
    """Running sums of the samples and their products, in float64."""

    def __init__(self, n_channels: int) -> None:
        self._count = 0
        self._sums = np.zeros(n_channels)
        self._products = np.zeros((n_channels, n_channels))

    def add(self, piece: NDArray[np.float32]) -> None:
        samples = piece.astype(np.float64)
        self._count += samples.shape[1]
        self._sums += samples.sum(axis=1)
        self._products += samples @ samples.T

    def covariance(self) -> NDArray[np.float64]:
        mean = self._sums / self._count
        covariance: NDArray[np.float64] = self._products / self._count - np.outer(mean, mean)
        return covariance


def survey_recording(
    header: AudioHeader,
    channels: Sequence[int],
    *,
    max_duration_s: float,
    progress: Callable[[float], None] | None = None,
) -> Survey:
    """Pass over a recording once.

    Args:
        header: Of the file.
        channels: Which channels are read, from 0.
        max_duration_s: Refuse a longer recording, seconds.
        progress: Called with the seconds that have passed.

    Returns:
        What it holds.

    Raises:
        AudioUnreadable: It cannot be decoded to its end (see :class:`speech.decoding.Decoder`).
    """
    decoder = Decoder(header, channels=channels, max_duration_s=max_duration_s)
    detectors = [SpeechDetector() for _ in channels]
    moments = _Moments(len(channels))
    for piece in decoder.blocks():
        moments.add(piece)
        for detector, samples in zip(detectors, piece, strict=True):
            detector.feed(samples)
        if progress is not None:
            progress(decoder.duration_s)
    covariance = moments.covariance()
    rms = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    surveys = tuple(
        ChannelSurvey(channel, float(rms[place]), detectors[place].finish())
        for place, channel in enumerate(channels)
    )
    correlation = 0.0
    if len(channels) == 2 and not any(channel.is_silent for channel in surveys):
        correlation = float(covariance[0, 1] / (rms[0] * rms[1]))
    return Survey(
        n_samples=decoder.samples,
        duration_s=decoder.duration_s,
        repaired_s=decoder.repaired_s,
        correlation=correlation,
        channels=surveys,
    )

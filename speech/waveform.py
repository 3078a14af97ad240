"""The outline of a recording, for pictures: peaks of each channel on the transcript's clock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_BIN_S = 0.05
MAX_POINTS = 2000
"""Peaks of a channel at most: more than a screen has pixels for."""


class Waveform(BaseModel):
    """The outline of a recording.

    Attributes:
        duration_s: Seconds that were decoded.
        channels: Peaks of each channel, evenly spread over that time; 100 is full scale.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    duration_s: float = Field(ge=0)
    channels: tuple[tuple[int, ...], ...]


def read_waveform(path: Path, *, max_duration_s: float) -> Waveform:
    """Read the outline of a recording in one pass, in blocks of ten seconds.

    Args:
        path: The file.
        max_duration_s: Refuse a recording that is longer, in seconds.

    Raises:
        AudioUnreadable: Nothing or only part of it can be decoded.
        AudioEmpty: It decodes to nothing.
        AudioTruncated: It stops before its header says it should.
        AudioTooLong: It is longer than the limit.
    """
    import numpy as np

    from speech.audio_file import read_header
    from speech.decoding import SAMPLE_RATE_HZ, Decoder

    header = read_header(path)
    decoder = Decoder(header, channels=range(header.channels), max_duration_s=max_duration_s)
    size = round(_BIN_S * SAMPLE_RATE_HZ)
    bins: list[NDArray[np.float32]] = []
    rest = np.zeros((header.channels, 0), np.float32)
    for block in decoder.blocks():
        samples = np.concatenate((rest, np.abs(block)), axis=1)
        whole = samples.shape[1] // size * size
        bins.append(samples[:, :whole].reshape(header.channels, -1, size).max(axis=2))
        rest = samples[:, whole:]
    if rest.shape[1]:
        bins.append(rest.max(axis=1, keepdims=True))
    peaks = _fewer(np.concatenate(bins, axis=1))
    return Waveform(
        duration_s=round(decoder.duration_s, 3),
        channels=tuple(
            tuple(int(one) for one in channel)
            for channel in np.rint(100 * np.minimum(peaks, 1)).astype(int)
        ),
    )


def _fewer(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Join neighbours until no channel has more than :data:`MAX_POINTS`; the highest stays."""
    import numpy as np

    count = peaks.shape[1]
    if count <= MAX_POINTS:
        return peaks
    edges = np.linspace(0, count, MAX_POINTS + 1).astype(int)[:-1]
    return np.asarray(np.maximum.reduceat(peaks, edges, axis=1), np.float32)

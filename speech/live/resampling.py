"""Samples of a live stream at 16 kHz, with an exact clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import BadInput
from speech.decoding import SAMPLE_RATE_HZ

if TYPE_CHECKING:
    import av

LOWEST_RATE_HZ = 4_000
HIGHEST_RATE_HZ = 192_000


class StreamResampler:
    """Resamples one channel as it comes, in pieces of any size.

    The same resampler (FFmpeg's swr) as for files. It keeps its phase from piece to piece as a
    ratio of whole numbers, so that the n-th sample out is always at ``n / 16000`` seconds.

    Args:
        sample_rate_hz: Of what is fed.

    Raises:
        BadInput: The rate is none of sound.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        if not LOWEST_RATE_HZ <= sample_rate_hz <= HIGHEST_RATE_HZ:
            raise BadInput(
                f"expected a sample rate from {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, got "
                f"{sample_rate_hz}",
                remedy="give the rate at which the stream is sent, 8000 for telephone lines",
            )
        self._rate_hz = sample_rate_hz
        self._resampler = self._new()

    def feed(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take float32 samples of shape ``(n,)``; return what is ready at 16 kHz."""
        import av

        if self._resampler is None or len(samples) == 0:
            return samples
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[None], np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = self._rate_hz
        frame.pts = None
        return _joined(self._resampler.resample(frame))

    def finish(self) -> NDArray[np.float32]:
        """Return the last samples, and start anew."""
        import av

        if self._resampler is None:
            return np.zeros(0, np.float32)
        try:
            rest = _joined(self._resampler.resample(None))
        except (av.FFmpegError, ValueError):  # nothing was fed before
            rest = np.zeros(0, np.float32)
        self._resampler = self._new()
        return rest

    def _new(self) -> av.AudioResampler | None:
        if self._rate_hz == SAMPLE_RATE_HZ:
            return None
        import av

        return av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE_HZ)


def _joined(frames: list[av.AudioFrame]) -> NDArray[np.float32]:
    pieces = [frame.to_ndarray()[0] for frame in frames]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32)

"""The sound of a channel that may still be needed."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class SoundBuffer:
    """Samples by their place in the stream; old ones are let go.

    Attributes:
        end: Place of the next sample.
    """

    def __init__(self) -> None:
        self.end = 0
        self._pieces: deque[tuple[int, NDArray[np.float32]]] = deque()

    def __len__(self) -> int:
        """Samples that are held."""
        return sum(len(piece) for _, piece in self._pieces)

    def append(self, samples: NDArray[np.float32]) -> None:
        """Add samples at the end, float32 of shape ``(n,)``."""
        if len(samples):
            self._pieces.append((self.end, samples))
            self.end += len(samples)

    def skip(self, count: int) -> None:
        """Leave a hole, which reads as silence."""
        self.end += count

    def read(self, start: int, end: int) -> NDArray[np.float32]:
        """Return a copy of the samples from ``start`` to before ``end``."""
        sound = np.zeros(max(0, end - start), np.float32)
        for at, piece in self._pieces:
            first, last = max(at, start), min(at + len(piece), end)
            if first < last:
                sound[first - start : last - start] = piece[first - at : last - at]
        return sound

    def release(self, before: int) -> None:
        """Let go of the samples before a place."""
        while self._pieces and self._pieces[0][0] + len(self._pieces[0][1]) <= before:
            self._pieces.popleft()

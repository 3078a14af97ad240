"""Vectors of texts that were encoded lately; the least recently used go first."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Key = bytes

_OVERHEAD_BYTES = 256
"""Of an entry besides its numbers: the key, the array's object, its place in the order."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a text.

    Attributes:
        vector: float32 array of shape (dim,).
        tokens: How many tokens of it were read.
    """

    vector: NDArray[np.float32]
    tokens: int


def key_of(kind: str, text: str) -> Key:
    """Return what a text is known by: a hash, so that no text is kept."""
    return hashlib.blake2b(f"{kind}\0{text}".encode("utf-8", "replace"), digest_size=16).digest()


class VectorCache:
    """A bounded memory of vectors, in this process only.

    Args:
        max_bytes: How much memory it takes at most; 0 keeps nothing.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._known: OrderedDict[Key, Known] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Known | None:
        """Return what is known of a text; None where nothing is."""
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
            return known

    def put(self, key: Key, vector: NDArray[np.float32], tokens: int) -> None:
        """Keep a vector, a copy of its own: the row of an array would keep the whole array."""
        size = vector.nbytes + _OVERHEAD_BYTES
        if size > self._max_bytes:
            return
        with self._lock:
            if key in self._known:
                return
            self._known[key] = Known(vector.copy(), tokens)
            self._bytes += size
            while self._bytes > self._max_bytes:
                _, oldest = self._known.popitem(last=False)
                self._bytes -= oldest.vector.nbytes + _OVERHEAD_BYTES

    def clear(self) -> int:
        """Forget all; return how many there were."""
        with self._lock:
            count = len(self._known)
            self._known.clear()
            self._bytes = 0
            return count

    @property
    def size_bytes(self) -> int:
        """How much memory it takes."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._known)

"""How near texts are to those that are known, in an encoder's space."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

_CHUNK = 1024
_COPY = 0.9999


def unit(vectors: Array) -> Array:
    """Return vectors of length 1; those of length 0 stay."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Array = (vectors / np.maximum(norms, 1e-9)).astype(np.float32)
    return scaled


def nearness(
    vectors: Array,
    known: Array,
    *,
    count: int = 3,
    same_as: NDArray[np.intp] | None = None,
) -> Array:
    """Return the mean cosine of each vector to its nearest known ones.

    Args:
        vectors: float32 array of shape (n, dim), rows of length 1.
        known: float32 array of shape (n_known, dim), rows of length 1.
        count: How many of the nearest.
        same_as: Which of ``known`` each vector is, where they are known ones; each then leaves
            itself and its copies out, as a new text has none.

    Returns:
        float32 array of shape (n,); -1 where nothing is known.
    """
    result = np.full(len(vectors), -1.0, dtype=np.float32)
    if not len(known):
        return result
    kept = min(count, len(known))
    for start in range(0, len(vectors), _CHUNK):
        cosines = vectors[start : start + _CHUNK] @ known.T
        if same_as is not None:
            cosines[cosines > _COPY] = np.nan
            cosines[np.arange(len(cosines)), same_as[start : start + _CHUNK]] = np.nan
        nearest = np.partition(-cosines, kept - 1, axis=1)[:, :kept]  # nan comes last
        counted = np.sum(~np.isnan(nearest), axis=1)
        total = -np.nansum(nearest, axis=1)
        result[start : start + _CHUNK] = np.where(counted, total / np.maximum(counted, 1), -1)
    return result

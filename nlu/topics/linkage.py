"""Average linkage: what belongs together is joined, the rest is left alone.

Two groups are joined while the mean similarity over all their pairs reaches a floor; no number of
groups is asked for, and nothing is forced into one. Average linkage is reducible (Bruynooghe 1977),
so all pairs that are each other's nearest may be joined at once and the result is that of joining
the nearest pair of all, one after the other (reciprocal agglomerative clustering, Sumengen et al.
2021, arXiv:2105.11653). What is too far from everything can never come nearer and leaves early:
memory grows with the number of points, not with its square, unlike that of
``sklearn.cluster.AgglomerativeClustering``, whose result this is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.float64]
Counts = NDArray[np.int64]

_BLOCK = 512


def average_linkage(
    sums: Sums, counts: Counts, *, least_similarity: float, grid: int
) -> NDArray[np.int64]:
    """Group points, some of which may already stand for several.

    Args:
        sums: float64 array of shape (n, dim) of whole numbers: of each start group, the sum of
            its points, each of length about ``grid``.
        counts: int64 array of shape (n,), how many points are in each start group.
        least_similarity: Mean cosine over all pairs of two groups from which they are joined.
        grid: Length of a point.

    Returns:
        int64 array of shape (n,): for each start group, the position of the first start group of
        the group that it ended in.
    """
    count = len(counts)
    labels = np.arange(count, dtype=np.int64)
    alive = np.arange(count, dtype=np.int64)  # positions of first start groups
    sums, counts = sums.copy(), counts.copy()
    nearest = np.full(count, -1, dtype=np.int64)
    best = np.full(count, -np.inf)
    stale = np.ones(count, dtype=bool)
    while len(alive) > 1:
        todo = alive[stale[alive]]
        nearest[todo], best[todo] = _nearest(sums, counts, todo, alive, grid)
        stale[todo] = False
        fresh = len(todo) == len(alive)
        alive = alive[best[alive] >= least_similarity]
        mutual = alive[(nearest[nearest[alive]] == alive) & (alive < nearest[alive])]
        partners = nearest[mutual]
        if not len(mutual):
            if fresh or not len(alive):
                break
            stale[alive] = True  # equal similarities may chase each other until all are seen anew
            continue
        sums[mutual] += sums[partners]
        counts[mutual] += counts[partners]
        moved = np.arange(count, dtype=np.int64)
        moved[partners] = mutual
        labels = moved[labels]
        alive = alive[~np.isin(alive, partners)]
        changed = np.zeros(count, dtype=bool)
        changed[mutual] = changed[partners] = True
        stale[alive] |= changed[alive] | changed[nearest[alive]]
    return labels


def _nearest(
    sums: Sums, counts: Counts, rows: NDArray[np.int64], others: NDArray[np.int64], grid: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return for each row the nearest other group, the first of several, and its similarity."""
    # Products of single points stay below 2**24 and are exact in float32 too.
    kind: type[np.float32 | np.float64] = np.float32 if counts[others].max() == 1 else np.float64
    pool = sums[others].astype(kind)
    sizes = counts[others] * float(grid**2)
    nearest = np.empty(len(rows), dtype=np.int64)
    best = np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        chunk = rows[start : start + _BLOCK]
        similarity = np.dot(sums[chunk].astype(kind), pool.T).astype(np.float64)
        similarity /= counts[chunk][:, None] * sizes[None, :]
        similarity[chunk[:, None] == others[None, :]] = -np.inf
        position = similarity.argmax(axis=1)
        nearest[start : start + _BLOCK] = others[position]
        best[start : start + _BLOCK] = similarity[np.arange(len(chunk)), position]
    return nearest, best

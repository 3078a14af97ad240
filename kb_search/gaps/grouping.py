"""Which texts belong together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def group(similarity: NDArray[np.float64], *, least_similarity: float) -> list[list[int]]:
    """Join texts whose groups are similar on average; no number of groups is asked for.

    Average linkage (Sokal and Michener 1958), cut at a mean similarity. On small groups of
    customers' questions among others it finds more of them, and fewer false ones, than HDBSCAN
    (``bench/kb_search/gaps.py``).

    Args:
        similarity: float64 array of shape (n, n), symmetric.
        least_similarity: Mean over all pairs of two groups from which they are one.

    Returns:
        The rows of each group in order, groups in the order of their first row.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    count = len(similarity)
    if count < 2:
        return [[row] for row in range(count)]
    tree = linkage(_condensed(similarity), method="average")
    labels = fcluster(tree, t=1 - least_similarity, criterion="distance")
    groups: dict[int, list[int]] = {}
    for row, label in enumerate(labels.tolist()):
        groups.setdefault(label, []).append(row)
    return list(groups.values())


def _condensed(similarity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances above the diagonal, row by row, as scipy wants them."""
    import numpy as np

    count = len(similarity)
    pieces = [1.0 - similarity[row, row + 1 :] for row in range(count - 1)]
    result: NDArray[np.float64] = np.maximum(np.concatenate(pieces), 0.0)
    return result

"""The passages whose vectors are nearest to a question's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EXACT_UP_TO = 20_000
"""Up to so many vectors each is compared (some 2 ms); above, faiss's HNSW graph is walked."""

_NEIGHBOURS = 16
_BUILD_BREADTH = 80
_SEARCH_BREADTH = 400
"""With these HNSW finds .94 of the fifty nearest of 100,000 in some 1.5 ms (bench/kb_search)."""

_LANES = 16
"""faiss compares several times as fast where the number of dimensions is a multiple of this."""


class VectorIndex:
    """Vectors, and above ``EXACT_UP_TO`` of them a graph to find the nearest by.

    The graph (Malkov and Yashunin 2016) holds the vectors in 8 bits a number, each with one number
    more that makes them all equally long: the order of distances is then that of inner products
    (Bachrach et al. 2014), by which such graphs are walked badly. The cosines of what it finds are
    those of the vectors themselves.

    Args:
        vectors: float32 array of shape (n, dim).
        graph: A ``faiss.IndexHNSWSQ`` over them; None compares each.
    """

    def __init__(self, vectors: NDArray[np.float32], graph: Any | None) -> None:  # noqa: ANN401, untyped package
        self.vectors = vectors
        self._graph = graph

    @classmethod
    def build(cls, vectors: NDArray[np.float32]) -> VectorIndex:
        """Index vectors."""
        if len(vectors) <= EXACT_UP_TO:
            return cls(vectors, None)
        import numpy as np

        faiss = _faiss()
        lengths = np.einsum("ij,ij->i", vectors, vectors)
        missing = np.sqrt(np.maximum(lengths.max() - lengths, 0.0))
        graph = faiss.IndexHNSWSQ(
            _padded_dim(vectors.shape[1]),
            faiss.ScalarQuantizer.QT_8bit,
            _NEIGHBOURS,
            faiss.METRIC_L2,
        )
        graph.hnsw.efConstruction = _BUILD_BREADTH
        padded = _padded(vectors, missing)
        graph.train(padded)
        graph.add(padded)
        return cls(vectors, graph)

    def nearest(
        self, vector: NDArray[np.float32], count: int, allowed: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Return the rows of the nearest vectors, in no order.

        Args:
            vector: Of the question, of shape (dim,).
            count: How many at most.
            allowed: Which rows may be found, of shape (n,).
        """
        import numpy as np

        n_allowed = int(np.count_nonzero(allowed))
        if n_allowed <= count:
            return np.flatnonzero(allowed)
        if self._graph is not None and n_allowed > EXACT_UP_TO:
            return self._walk(
                self._graph, vector, count, None if n_allowed == len(allowed) else allowed
            )
        if n_allowed == len(allowed):
            closeness = self.vectors @ vector
            return np.argpartition(-closeness, count)[:count]
        rows = np.flatnonzero(allowed)
        return rows[np.argpartition(-(self.vectors[rows] @ vector), count)[:count]]

    @staticmethod
    def _walk(
        graph: Any,  # noqa: ANN401, untyped package
        vector: NDArray[np.float32],
        count: int,
        allowed: NDArray[np.bool_] | None,
    ) -> NDArray[np.int64]:
        import numpy as np

        faiss = _faiss()
        how = faiss.SearchParametersHNSW(efSearch=max(_SEARCH_BREADTH, count))
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            how.sel = faiss.IDSelectorBitmap(bits)
        question = _padded(vector[None, :], np.zeros(1, np.float32))
        _, rows = graph.search(question, count, params=how)
        found: NDArray[np.int64] = rows[0][rows[0] >= 0]
        return found

    def save(self, stem: Path) -> None:
        """Write the index into files whose names start alike."""
        import numpy as np

        np.save(stem.with_suffix(".npy"), self.vectors)
        if self._graph is not None:
            _faiss().write_index(self._graph, str(stem.with_suffix(".hnsw")))

    @classmethod
    def load(cls, stem: Path) -> VectorIndex:
        """Read an index written by :meth:`save`.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import numpy as np

        vectors = np.load(stem.with_suffix(".npy"), mmap_mode="r", allow_pickle=False)
        graph = None
        if len(vectors) > EXACT_UP_TO:
            graph = _faiss().read_index(str(stem.with_suffix(".hnsw")))
        return cls(vectors, graph)


def _padded_dim(dim: int) -> int:
    return -(-(dim + 1) // _LANES) * _LANES


def _padded(vectors: NDArray[np.float32], last: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the vectors with one number more each, and zeros up to a multiple of ``_LANES``."""
    import numpy as np

    padded = np.zeros((len(vectors), _padded_dim(vectors.shape[1])), np.float32)
    padded[:, : vectors.shape[1]] = vectors
    padded[:, vectors.shape[1]] = last
    return padded


def _faiss() -> Any:  # noqa: ANN401, its stubs do not know what its Python layer adds
    import faiss

    return faiss

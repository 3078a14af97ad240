"""BM25 over any kind of terms, on bm25s, with scores that can be compared between questions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_K1 = 1.2
_B = 0.75


class SparseIndex:
    """Finds texts by the terms that they share with a question.

    The score of Lucene's BM25 (Kamphuis et al. 2020, "Which BM25 do you mean?") is divided by
    the most that any text could reach on the question's terms. It is then the share of the
    question, weighted by how rare its terms are, that the text holds: 0 for nothing, towards 1
    for all of it, whatever the length of the question. A term that no text holds counts against
    every text.

    Args:
        retriever: An indexed ``bm25s.BM25``; None for texts that hold no term at all.
        n_texts: How many texts are indexed.
    """

    def __init__(self, retriever: Any | None, n_texts: int) -> None:  # noqa: ANN401, untyped package
        import numpy as np

        self._retriever = retriever
        self._n_texts = n_texts
        starts = [0] if retriever is None else retriever.scores["indptr"]
        self._frequencies = np.diff(np.asarray(starts, dtype=np.int64)).astype(np.int64)

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> SparseIndex:
        """Index texts given as terms."""
        import bm25s

        if not any(texts):
            return cls(None, len(texts))
        retriever = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        retriever.index([list(terms) for terms in texts], show_progress=False)
        return cls(retriever, len(texts))

    def scores(self, terms: Iterable[tuple[str, ...]]) -> NDArray[np.float32]:
        """Score every text for a question.

        Args:
            terms: Of the question, made in the same way as those of the texts; each with the
                other forms under which it may stand there.

        Returns:
            float32 array of shape (n_texts,), from 0 to 1.
        """
        import numpy as np

        if self._retriever is None:
            return np.zeros(self._n_texts, np.float32)
        vocabulary: dict[str, int] = self._retriever.vocab_dict
        known: set[int] = set()
        ideal = 0.0
        for forms in dict.fromkeys(terms):
            found = [vocabulary[form] for form in forms if form in vocabulary]
            known.update(found)
            ideal += self._rarity(min((int(self._frequencies[term]) for term in found), default=0))
        if not known:
            return np.zeros(self._n_texts, np.float32)
        raw = self._retriever.get_scores_from_ids(np.asarray(sorted(known), dtype=np.int32))
        return np.asarray(raw / ideal, dtype=np.float32)

    def _rarity(self, frequency: int) -> float:
        """Return Lucene's inverse document frequency."""
        return math.log1p((self._n_texts - frequency + 0.5) / (frequency + 0.5))

    def save(self, folder: Path) -> None:
        """Write the index into a new folder."""
        folder.mkdir(parents=True)
        facts = {"n_texts": self._n_texts, "has_terms": self._retriever is not None}
        (folder / "index.json").write_text(json.dumps(facts), encoding="utf-8")
        if self._retriever is not None:
            self._retriever.save(str(folder), show_progress=False)

    @classmethod
    def load(cls, folder: Path) -> SparseIndex:
        """Read an index written by :meth:`save`.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import bm25s

        facts = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        retriever = bm25s.BM25.load(str(folder)) if facts["has_terms"] else None
        return cls(retriever, int(facts["n_texts"]))

"""BM25 on stems, on bm25s, with texts that come and go."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

K1 = 1.2
B = 0.75
USUAL_LENGTH = 50
"""Terms of a text that is neither short nor long. BM25 takes the mean of all texts; a constant
keeps a text's score from moving with the other texts, and ranks as well on all three sets."""


class WordIndex:
    """The texts that hold a term, and BM25's factor of frequency and length for each.

    The other factor, the rarity of the term (:func:`rarity`), moves with every text that comes
    or goes, and is therefore put in when a question is asked.

    Args:
        vocabulary: Number of each term.
        starts: int64 array of shape (n_terms + 1,): where the texts of a term start.
        rows: int32 array: the texts of the first term, then of the second, and so on.
        factors: float32 array of the same shape, from 0 to 1.
        n_texts: How many texts are indexed.
    """

    def __init__(
        self,
        vocabulary: Mapping[str, int],
        starts: NDArray[np.int64],
        rows: NDArray[np.int32],
        factors: NDArray[np.float32],
        n_texts: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._starts = starts
        self._rows = rows
        self._factors = factors
        self.n_texts = n_texts

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]]) -> WordIndex:
        """Index texts given as terms."""
        import bm25s
        import numpy as np

        if not any(texts):
            return cls(
                {},
                np.zeros(1, np.int64),
                np.zeros(0, np.int32),
                np.zeros(0, np.float32),
                len(texts),
            )
        # the same normalisation by length as with USUAL_LENGTH in place of the mean
        mean = sum(map(len, texts)) / len(texts)
        k1 = K1 * (1 - B) + K1 * B * mean / USUAL_LENGTH
        retriever = bm25s.BM25(method="lucene", k1=k1, b=K1 * B * mean / USUAL_LENGTH / k1)
        retriever.index([list(terms) for terms in texts], show_progress=False)
        starts = np.asarray(retriever.scores["indptr"], dtype=np.int64)
        frequencies = np.diff(starts)
        rarities = np.log1p((len(texts) - frequencies + 0.5) / (frequencies + 0.5))
        return cls(
            retriever.vocab_dict,
            starts,
            np.asarray(retriever.scores["indices"], dtype=np.int32),
            np.asarray(
                retriever.scores["data"] / np.repeat(rarities, frequencies), dtype=np.float32
            ),
            len(texts),
        )

    def term(self, form: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Return the texts that hold a term, with the factor of each."""
        number = self._vocabulary.get(form)
        part = (
            slice(0, 0)
            if number is None
            else slice(int(self._starts[number]), int(self._starts[number + 1]))
        )
        return self._rows[part], self._factors[part]

    def save(self, stem: Path) -> None:
        """Write the index into files whose names start alike."""
        import numpy as np

        facts = {"n_texts": self.n_texts, "terms": sorted(self._vocabulary, key=self._number)}
        stem.with_suffix(".json").write_text(
            json.dumps(facts, ensure_ascii=False), encoding="utf-8"
        )
        np.save(stem.with_suffix(".starts.npy"), self._starts)
        np.save(stem.with_suffix(".rows.npy"), self._rows)
        np.save(stem.with_suffix(".factors.npy"), self._factors)

    def _number(self, term: str) -> int:
        return self._vocabulary[term]

    @classmethod
    def load(cls, stem: Path) -> WordIndex:
        """Read an index written by :meth:`save`.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
        """
        import numpy as np

        facts = json.loads(stem.with_suffix(".json").read_bytes())
        return cls(
            {term: number for number, term in enumerate(facts["terms"])},
            np.load(stem.with_suffix(".starts.npy"), allow_pickle=False),
            np.load(stem.with_suffix(".rows.npy"), allow_pickle=False),
            np.load(stem.with_suffix(".factors.npy"), allow_pickle=False),
            int(facts["n_texts"]),
        )


def rarity(frequency: int, n_texts: int) -> float:
    """Return Lucene's inverse document frequency (Kamphuis et al. 2020).

    Args:
        frequency: How many texts hold the term.
        n_texts: How many texts there are.
    """
    return math.log1p((n_texts - frequency + 0.5) / (frequency + 0.5))

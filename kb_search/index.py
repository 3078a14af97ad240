"""Passages found by meaning and by words."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb_search.documents import Passage
from kb_search.fusion import fuse, label_share
from kb_search.sparse import SparseIndex
from kb_search.words import LANGUAGES, Language, letter_grams, query_stems, stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

_CANDIDATES = 200
_ENCODED_AT_ONCE = 128


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that was found, with every signal that spoke for it.

    Attributes:
        row: Of the passage in the index.
        score: Fused; comparable between questions to the same encoder.
        dense: Cosine of question and passage.
        words: Share of the question's words that the passage holds, weighted by rarity.
        letters: The same for runs of three and four letters.
    """

    row: int
    score: float
    dense: float
    words: float
    letters: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a question found.

    Attributes:
        matches: Best first; at least one where the index holds a passage.
        dense_mean: Mean cosine of the question with all passages: what an unrelated one has.
        dense_std: Standard deviation of those cosines.
    """

    matches: tuple[Match, ...]
    dense_mean: float
    dense_std: float


class PassageIndex:
    """Dense and sparse index of passages.

    Args:
        passages: In the order of the rows.
        vectors: float32 array of shape (n_passages, dim).
        words: BM25 on stems.
        letters: BM25 on letter grams.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        words: SparseIndex,
        letters: SparseIndex,
    ) -> None:
        import faiss
        import numpy as np

        self.passages = tuple(passages)
        self.vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        self.words = words
        self.letters = letters
        self.languages = _languages(passages)
        self._dense = faiss.IndexFlatIP(self.vectors.shape[1])
        self._dense.add(self.vectors)
        self._mean = self.vectors.mean(axis=0) if len(passages) else self.vectors.sum(axis=0)
        spread = self.vectors - self._mean
        self._covariance = spread.T @ spread / max(1, len(passages))

    @classmethod
    def build(
        cls,
        passages: Sequence[Passage],
        encoder: Encoder,
        *,
        known: Mapping[str, NDArray[np.float32]] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> PassageIndex:
        """Index passages.

        Args:
            passages: To be found.
            encoder: Makes the vectors.
            known: Vectors made before by the same encoder, by :func:`passage_key`.
            progress: Called with (passages done, passages to encode).
        """
        vectors = _vectors(passages, encoder, known or {}, progress)
        texts = [f"{passage.label}\n{passage.text}" for passage in passages]
        words = [
            stems(text, _stemmed_as(passage)) for text, passage in zip(texts, passages, strict=True)
        ]
        letters = [letter_grams(text) for text in texts]
        return cls(passages, vectors, SparseIndex.build(words), SparseIndex.build(letters))

    def search(self, question: str, vector: NDArray[np.float32], *, k: int) -> Ranking:
        """Rank the passages for a question.

        Args:
            question: As it was asked.
            vector: Its vector, of shape (dim,).
            k: How many matches at most.
        """
        import numpy as np

        words = self.words.scores(query_stems(question, self.languages))
        letters = self.letters.scores((gram,) for gram in letter_grams(question))
        rows = self._candidates(vector, words, letters, max(_CANDIDATES, 4 * k))
        dense = self.vectors[rows] @ vector
        fused = fuse(dense, words[rows], letters[rows])
        order = np.lexsort((rows, -fused))[:k]
        matches = tuple(
            Match(
                row=int(rows[place]),
                score=float(fused[place]),
                dense=float(dense[place]),
                words=float(words[rows[place]]),
                letters=float(letters[rows[place]]),
            )
            for place in order
        )
        variance = float(vector @ self._covariance @ vector)
        return Ranking(matches, float(self._mean @ vector), max(variance, 0.0) ** 0.5)

    def _candidates(
        self,
        vector: NDArray[np.float32],
        words: NDArray[np.float32],
        letters: NDArray[np.float32],
        count: int,
    ) -> NDArray[np.int64]:
        """Return the rows that are among the best of one signal at least, in ascending order."""
        import numpy as np

        if len(self.passages) <= 2 * count:
            return np.arange(len(self.passages))
        _, nearest = self._dense.search(vector[None, :], count)
        best = [nearest[0]]
        for scores in (words, letters):
            top = np.argpartition(-scores, count)[:count]
            best.append(top[scores[top] > 0])
        return np.unique(np.concatenate(best)).astype(np.int64)


def passage_key(passage: Passage) -> str:
    """Return the SHA-256 of what a passage's vector is made from."""
    return hashlib.sha256(f"{passage.label}\n{passage.text}".encode()).hexdigest()


def _vectors(
    passages: Sequence[Passage],
    encoder: Encoder,
    known: Mapping[str, NDArray[np.float32]],
    progress: Callable[[int, int], None] | None,
) -> NDArray[np.float32]:
    """Return a vector for each passage: its text under its label, mixed with its label alone.

    The mix is linear, so that one inner product gives the weighted sum of both cosines.
    """
    import numpy as np

    keys = [passage_key(passage) for passage in passages]
    fresh = [number for number, key in enumerate(keys) if key not in known]
    vectors = np.zeros((len(passages), encoder.dim), np.float32)
    for number, key in enumerate(keys):
        if key in known:
            vectors[number] = known[key]
    labels: dict[str, NDArray[np.float32]] = {}
    for first in range(0, len(fresh), _ENCODED_AT_ONCE):
        part = fresh[first : first + _ENCODED_AT_ONCE]
        whole = encoder.encode(
            [f"{passages[number].label}\n{passages[number].text}".strip() for number in part],
            kind="passage",
        )
        shares = [label_share(passages[number].label) for number in part]
        missing = sorted(
            {
                passages[number].label
                for number, share in zip(part, shares, strict=True)
                if share > 0 and passages[number].label not in labels
            }
        )
        labels.update(zip(missing, encoder.encode(missing, kind="passage"), strict=True))
        for number, share, vector in zip(part, shares, whole, strict=True):
            label = labels[passages[number].label] if share > 0 else 0.0
            vectors[number] = (1 - share) * vector + share * label
        if progress is not None:
            progress(min(first + _ENCODED_AT_ONCE, len(fresh)), len(fresh))
    return vectors


def _languages(passages: Sequence[Passage]) -> tuple[Language, ...]:
    present = {_stemmed_as(passage) for passage in passages}
    return tuple(language for language in LANGUAGES if language in present)


def _stemmed_as(passage: Passage) -> Language:
    return "en" if passage.language == "en" else "fr"

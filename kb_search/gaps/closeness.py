"""How close short texts of a contact centre are, in meaning and in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kb_search.words import guess_language, letter_grams, query_stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

_PIECE = 256


@cache
def _background() -> tuple[tuple[str, str], ...]:
    """Return sentences that customers of any trade say, in French and in English."""
    file = Path(__file__).with_name("background.txt")
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return tuple((french, english) for french, english in rows)


class Closeness:
    """The similarity of texts to each other, 1 for equal ones and near 0 for unrelated ones.

    A sentence encoder finds any two sentences of customers alike. What they all share, the mean
    of their language, is therefore taken out: the mean of the texts given together with that of
    sentences that ship with Entendu, so that few texts on one subject still stand out from
    others. Words count beside it by TF-IDF over stems and over runs of three and four letters.

    Args:
        texts: Distinct texts.
        encoder: Encodes each of them once.
        words_share: Part of the words in the similarity, 0 to 1.
        progress: Called with (texts done, texts to encode).
    """

    def __init__(
        self,
        texts: Sequence[str],
        encoder: Encoder,
        *,
        words_share: float,
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        import numpy as np

        self._rows = {text: row for row, text in enumerate(texts)}
        self._words_share = words_share
        languages = [guess_language(text) for text in texts]
        background = [side for pair in _background() for side in pair]
        vectors = _encoded([*texts, *background], encoder, progress)
        own, common = vectors[: len(texts)], vectors[len(texts) :]
        self._meaning = np.zeros_like(own)
        for number, language in enumerate(("fr", "en")):
            rows = [row for row, tag in enumerate(languages) if tag == language]
            mean = np.concatenate([own[rows], common[number::2]]).mean(axis=0)
            self._meaning[rows] = _unit(own[rows] - mean)
        self._stems = _weighted([_stems_of(text) for text in texts])
        self._letters = _weighted([letter_grams(text) for text in texts])

    def between(self, ones: Sequence[str], others: Sequence[str]) -> NDArray[np.float64]:
        """Return the similarities of some texts with others.

        Args:
            ones: Texts that were given.
            others: Texts that were given.

        Returns:
            float64 array of shape (len(ones), len(others)), rounded so that the order in which
            sums were taken does not decide.
        """
        import numpy as np

        rows = [self._rows[text] for text in ones]
        columns = [self._rows[text] for text in others]
        result = self._meaning[rows] @ self._meaning[columns].T
        result *= 1 - self._words_share
        for weighted in (self._stems, self._letters):
            compared = weighted[columns].T.tocsr()
            for start in range(0, len(rows), _PIECE):  # the product of all is no longer sparse
                part = rows[start : start + _PIECE]
                shared = (weighted[part] @ compared).toarray()
                result[start : start + _PIECE] += self._words_share / 2 * shared
        return np.round(result, 6, out=result)


def _encoded(
    texts: Sequence[str], encoder: Encoder, progress: Callable[[int, int], None] | None
) -> NDArray[np.float64]:
    import numpy as np

    parts = []
    for start in range(0, len(texts), _PIECE):
        parts.append(encoder.encode(texts[start : start + _PIECE], kind="query"))
        if progress is not None:
            progress(min(start + _PIECE, len(texts)), len(texts))
    return np.concatenate(parts).astype(np.float64)


def _stems_of(text: str) -> list[str]:
    return [forms[0] for forms in query_stems(text, ("fr", "en"))]


def _weighted(bags: Sequence[list[str]]):  # type: ignore[no-untyped-def]  # noqa: ANN202, scipy has no types
    """Return TF-IDF vectors of length one, sparse, one for each bag of terms."""
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

    if not any(bags):
        return csr_matrix((len(bags), 1))
    return TfidfVectorizer(analyzer=lambda bag: bag, sublinear_tf=True).fit_transform(bags)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    import numpy as np

    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    result: NDArray[np.float64] = vectors / np.where(lengths > 0, lengths, 1.0)
    return result

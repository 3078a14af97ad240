"""Words and characters as features: they see names, codes and spelling that an encoder blurs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Array = NDArray[np.float32]


class LexicalFeatures:
    """TF-IDF of words (1 and 2 together) and of characters within words (2 to 5 together).

    Case and accents are dropped, counts are damped (1 + log), and the two halves have equal
    length, so that a text is a vector of length 1.

    Args:
        texts: Where the vocabulary and the rarities come from; at least one with a word of two
            letters or more.
        min_texts: In how many texts a feature must be found to count.
        arrays: What :meth:`arrays` returned: the same features again, whatever the texts.

    Raises:
        KeyError: An array is missing.
        ValueError: Terms and rarities do not go together.
    """

    def __init__(
        self,
        texts: Sequence[str] = (),
        *,
        min_texts: int = 1,
        arrays: Mapping[str, NDArray[Any]] | None = None,
    ) -> None:
        if arrays is None:
            self._halves = [_vectorizer(kind, min_df=min_texts) for kind in _KINDS]
            for half in self._halves:
                half.fit(texts)
        else:
            self._halves = [_restored(kind, arrays) for kind in _KINDS]

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return a sparse float32 matrix of shape (n_texts, n_features)."""
        from scipy.sparse import hstack

        halves = [half.transform(texts) for half in self._halves]
        return hstack(halves, format="csr") * np.float32(np.sqrt(0.5))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the same features can be made of again."""
        found: dict[str, NDArray[Any]] = {}
        for kind, half in zip(_KINDS, self._halves, strict=True):
            terms = [str(term) for term in half.get_feature_names_out()]
            content = json.dumps(terms, ensure_ascii=False).encode()
            found[f"{kind}_terms"] = np.frombuffer(content, dtype=np.uint8)
            found[f"{kind}_idf"] = half.idf_.astype(np.float32)
        return found


_KINDS = ("words", "characters")


def _vectorizer(kind: str, **options: Any) -> Any:  # noqa: ANN401
    from sklearn.feature_extraction.text import TfidfVectorizer

    shape: dict[str, Any] = (
        {"ngram_range": (1, 2)}
        if kind == "words"
        else {"analyzer": "char_wb", "ngram_range": (2, 5)}
    )
    return TfidfVectorizer(
        **shape, **options, sublinear_tf=True, strip_accents="unicode", dtype=np.float32
    )


def _restored(kind: str, arrays: Mapping[str, NDArray[Any]]) -> Any:  # noqa: ANN401
    vectorizer = _vectorizer(kind, vocabulary=json.loads(arrays[f"{kind}_terms"].tobytes()))
    vectorizer.idf_ = arrays[f"{kind}_idf"].astype(np.float32)
    return vectorizer


class LexicalRidge:
    """Ridge regression of class membership on lexical features, solved in closed form.

    Args:
        texts: Training texts.
        labels: int array of shape (n_texts,), their classes.
        regularisation: λ of the ridge.
    """

    def __init__(
        self, texts: Sequence[str], labels: NDArray[np.int64], *, regularisation: float = 1.0
    ) -> None:
        self._features = LexicalFeatures(texts)
        classes, positions = np.unique(labels, return_inverse=True)
        x = self._features.transform(texts)
        targets = np.full((len(texts), len(classes)), -1.0 / len(classes))
        targets[np.arange(len(texts)), positions] += 1.0
        # Half-way between equal weight per text and equal weight per class.
        counts = np.bincount(positions)
        weights = np.sqrt(counts.mean() / counts)[positions]
        gram = (x @ x.T).toarray().astype(np.float64)
        gram[np.diag_indices_from(gram)] += regularisation / weights
        self._coefficients: Array = np.asarray(
            x.T @ np.linalg.solve(gram, targets), dtype=np.float32
        )

    def scores(self, texts: Sequence[str]) -> Array:
        """Return one score per text and class, higher is nearer: shape (n_texts, n_classes)."""
        return np.asarray(self._features.transform(texts) @ self._coefficients, dtype=np.float32)

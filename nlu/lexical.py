"""Words and characters as features: they see names, codes and spelling that an encoder blurs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
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
            self._halves = [_fitted(kind, texts, min_texts) for kind in _KINDS]
        else:
            self._halves = [_restored(kind, arrays) for kind in _KINDS]

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """Return a sparse float32 matrix of shape (n_texts, n_features)."""
        from scipy.sparse import csr_matrix

        positions: list[NDArray[np.int32]] = []
        values: list[Array] = []
        ends = [0]
        for text in texts:
            before = 0
            for half in self._halves:
                found, weights = half.weigh(text)
                positions.append(found + np.int32(before))
                values.append(weights)
                before += len(half.idf)
            ends.append(ends[-1] + len(positions[-1]) + len(positions[-2]))
        if not ends[-1]:
            positions, values = [np.zeros(0, np.int32)], [np.zeros(0, np.float32)]
        content = np.concatenate(values) * np.float32(np.sqrt(0.5))
        n_features = sum(len(half.idf) for half in self._halves)
        return csr_matrix((content, np.concatenate(positions), ends), (len(texts), n_features))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the same features can be made of again."""
        found: dict[str, NDArray[Any]] = {}
        for kind, half in zip(_KINDS, self._halves, strict=True):
            content = json.dumps(list(half.positions), ensure_ascii=False).encode()
            found[f"{kind}_terms"] = np.frombuffer(content, dtype=np.uint8)
            found[f"{kind}_idf"] = half.idf
        return found


class _Half:
    """One kind of features, as scikit-learn's vectorizer weighs them.

    The vectorizer itself takes over 1 ms for a sentence, most of it to check its own parameters.
    """

    def __init__(
        self, analyse: Callable[[str], list[str]], terms: Sequence[str], idf: Array
    ) -> None:
        if len(terms) != len(idf):
            raise ValueError(f"{len(terms)} terms, but {len(idf)} rarities")
        self._analyse = analyse
        self.positions = {term: position for position, term in enumerate(terms)}
        self.idf = idf

    def weigh(self, text: str) -> tuple[NDArray[np.int32], Array]:
        """Return the positions of a text's features, in order, and their weights (length 1)."""
        known = self.positions
        counts = Counter(known[term] for term in self._analyse(text) if term in known)
        positions = np.array(sorted(counts), dtype=np.int32)
        repeated = np.array([counts[position] for position in positions.tolist()], np.float32)
        weights = (np.log(repeated) + 1) * self.idf[positions]
        length = np.sqrt(weights @ weights)
        return positions, weights / length if length else weights


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


def _fitted(kind: str, texts: Sequence[str], min_texts: int) -> _Half:
    vectorizer = _vectorizer(kind, min_df=min_texts).fit(texts)
    terms = [str(term) for term in vectorizer.get_feature_names_out()]
    return _Half(vectorizer.build_analyzer(), terms, vectorizer.idf_.astype(np.float32))


def _restored(kind: str, arrays: Mapping[str, NDArray[Any]]) -> _Half:
    terms = json.loads(arrays[f"{kind}_terms"].tobytes())
    idf = arrays[f"{kind}_idf"].astype(np.float32)
    return _Half(_vectorizer(kind).build_analyzer(), terms, idf)


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

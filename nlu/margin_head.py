"""One linear head on what the encoder understood and on the words themselves."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nlu.lexical import LexicalFeatures

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Array = NDArray[np.float32]

PENALTY_C = 0.5
COMPONENTS = 128
"""Directions kept of the encoder's space: those in which the training texts differ most. Fewer
than all of them are as good (BANKING77 .928 against .925) and four times faster to train on."""

VECTOR_WEIGHT = 1.2
"""Length of a text's projected vector beside its lexical features, whose length is 1."""

UNSEEN = -9.0
"""Margin of a label that was not in the training texts."""

_TEXTS_FOR_RARE_WORDS = 200


class MarginHead:
    """Linear support vector machine, one label against the rest, on vectors and lexical features.

    Each sees what the other does not: on HINT3 (five folds) the vectors alone reach
    .893/.885/.902, the words alone .880/.834/.881, both .920/.892/.912.

    Args:
        texts: Training texts.
        vectors: Theirs, float32 array of shape (n_texts, dim).
        labels: int array of shape (n_texts,), from 0 to n_labels - 1, at least two of them seen.
        n_labels: How many labels there are; those never seen get no margin.
        seed: Of the order in which the solver visits the texts.
    """

    def __init__(
        self,
        texts: Sequence[str],
        vectors: Array,
        labels: NDArray[np.int64],
        n_labels: int,
        *,
        seed: int = 0,
    ) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.svm import LinearSVC

        self._n_labels = n_labels
        self._seen = np.unique(labels)
        self._mean = vectors.mean(axis=0)
        centred = vectors - self._mean
        _, _, directions = np.linalg.svd(centred.T @ centred)
        self._projection: Array = directions[:COMPONENTS].T
        self._words = LexicalFeatures(
            texts, min_texts=2 if len(texts) >= _TEXTS_FOR_RARE_WORDS else 1
        )
        machine: Any = LinearSVC(C=PENALTY_C, tol=0.01, random_state=seed)
        with warnings.catch_warnings():
            # A machine stopped early separates the held-out texts as well.
            warnings.simplefilter("ignore", ConvergenceWarning)
            machine.fit(self._features(texts, vectors), labels)
        weights, bias = machine.coef_, machine.intercept_
        if len(self._seen) == 2:  # scikit-learn keeps one row for two labels
            weights, bias = np.vstack([-weights, weights]), np.concatenate([-bias, bias])
        self._weights = weights.T.astype(np.float32)
        self._bias = bias.astype(np.float32)

    def margins(self, texts: Sequence[str], vectors: Array) -> Array:
        """Return how far on the side of each label texts lie.

        Args:
            texts: Any texts.
            vectors: Theirs, of shape (n_texts, dim).

        Returns:
            float32 array of shape (n_texts, n_labels): above 0 inside, below 0 outside, and
            :data:`UNSEEN` for labels that were never seen.
        """
        margins = np.full((len(texts), self._n_labels), UNSEEN, dtype=np.float32)
        if texts:
            found = self._features(texts, vectors) @ self._weights + self._bias
            margins[:, self._seen] = np.asarray(found)
        return margins

    def _features(self, texts: Sequence[str], vectors: Array) -> csr_matrix:
        from scipy.sparse import csr_matrix, hstack

        projected = (vectors - self._mean) @ self._projection
        norms = np.linalg.norm(vectors - self._mean, axis=1, keepdims=True)
        projected *= VECTOR_WEIGHT / np.maximum(norms, 1e-9)
        return hstack([self._words.transform(texts), csr_matrix(projected)], format="csr")

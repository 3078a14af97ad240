"""Multinomial logistic regression on dense or sparse features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Array = NDArray[np.float32]


def fit_logistic(
    features: Array | csr_matrix, labels: NDArray[np.int64], *, c: float, tolerance: float = 1e-3
) -> tuple[Array, Array]:
    """Fit a multinomial logistic regression with an L2 penalty.

    Args:
        features: Array or sparse matrix of shape (n, n_features).
        labels: int array of shape (n,); at least two different values.
        c: Inverse of the penalty's strength, as scikit-learn counts.
        tolerance: Where L-BFGS stops.

    Returns:
        Coefficients of shape (n_features, n_classes) and intercepts of shape (n_classes,), the
        classes in ascending order.
    """
    from sklearn.linear_model import LogisticRegression

    model: Any = LogisticRegression(C=c, max_iter=1000, tol=tolerance)
    model.fit(features, labels)
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    return (
        np.ascontiguousarray(coefficients.T, dtype=np.float32),
        np.asarray(intercepts, dtype=np.float32),
    )


def log_softmax(scores: Array, *, temperature: float = 1.0) -> Array:
    """Return log-probabilities along the last axis."""
    scaled = scores.astype(np.float64) / temperature
    scaled -= scaled.max(axis=-1, keepdims=True)
    result: Array = (scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))).astype(np.float32)
    return result

"""A classifier that reads words and meaning apart, and averages what both say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conversation.errors import DatasetInvalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

_MAX_ITERATIONS = 1000
_TOLERANCE = 1e-3
_FEW_ROWS = 600
_ARRAYS = ("lexical_weights", "lexical_bias", "centre", "spread", "dense_weights", "dense_bias")


@dataclass(frozen=True)
class HeadSettings:
    """How a head is fitted.

    Attributes:
        lexical_c: Inverse strength of the L2 penalty on words, as scikit-learn counts.
        dense_c: The same on vectors and figures.
        dense_share: Weight of vectors and figures in the mean, 0 (words alone) to 1.
        balance: 0: every row weighs the same; 1: every label weighs the same; between: the
            labels' weights to that power.
    """

    lexical_c: float = 1.0
    dense_c: float = 0.3
    dense_share: float = 0.5
    balance: float = 1.0


@dataclass(frozen=True, eq=False)
class TwoViewHead:
    """Two multinomial logistic regressions, one on lexical and one on dense features.

    The score of a label is the weighted mean of both log-probabilities (a logarithmic opinion
    pool: Genest and Zidek 1986, "Combining Probability Distributions", Statistical Science 1).

    Attributes:
        labels: In the order of the scores.
        lexical_weights: float32 array of shape (n_terms, n_labels).
        lexical_bias: float32 array of shape (n_labels,).
        centre: What is taken from dense features: float32 array of shape (n_dense,).
        spread: What they are then divided by: float32 array of shape (n_dense,).
        dense_weights: float32 array of shape (n_dense, n_labels).
        dense_bias: float32 array of shape (n_labels,).
        dense_share: Weight of the dense view, 0 to 1.
        temperature: What scores are divided by; 1 until it is fitted on held-out rows.
    """

    labels: tuple[str, ...]
    lexical_weights: NDArray[np.float32]
    lexical_bias: NDArray[np.float32]
    centre: NDArray[np.float32]
    spread: NDArray[np.float32]
    dense_weights: NDArray[np.float32]
    dense_bias: NDArray[np.float32]
    dense_share: float
    temperature: float = 1.0

    @classmethod
    def fit(
        cls,
        lexical: csr_matrix,
        dense: NDArray[np.float32],
        labels: Sequence[str],
        *,
        gains: NDArray[np.float32],
        settings: HeadSettings | None = None,
        weights: NDArray[np.float64] | None = None,
    ) -> TwoViewHead:
        """Fit a head; the same input gives the same head.

        Args:
            lexical: Shape (n, n_terms).
            dense: Shape (n, n_dense).
            labels: Of the rows; at least two different ones.
            gains: How much each dense column counts once it has unit variance, (n_dense,).
            settings: Penalties and weights; the defaults when None.
            weights: Of the rows, above 0; all the same when None.

        Raises:
            DatasetInvalid: There is one label only, or the rows do not go together.
        """
        import numpy as np

        settings = settings or HeadSettings()
        names, classes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if len(names) < 2 or not lexical.shape[0] == len(dense) == len(classes):
            raise DatasetInvalid(
                f"got {lexical.shape[0]} and {len(dense)} rows with {len(classes)} labels, "
                f"{len(names)} of them different; expected one for each row and two or more"
            )
        own = np.ones(len(classes)) if weights is None else np.asarray(weights, dtype=np.float64)
        mass = np.bincount(classes, weights=own)
        own = own * (mass.mean() / mass[classes]) ** settings.balance
        centre = dense.mean(axis=0)
        deviation = dense.std(axis=0)
        known = deviation > 1e-6
        spread = np.where(known & (gains > 0), deviation / np.maximum(gains, 1e-9), np.inf)
        seen = (dense - centre) / spread
        dense_weights, dense_bias = _regress(seen, classes, settings.dense_c, own)
        lexical_weights, lexical_bias = _regress(lexical, classes, settings.lexical_c, own)
        return cls(
            labels=tuple(str(name) for name in names),
            lexical_weights=lexical_weights,
            lexical_bias=lexical_bias,
            centre=centre.astype(np.float32),
            spread=spread.astype(np.float32),
            dense_weights=dense_weights,
            dense_bias=dense_bias,
            dense_share=settings.dense_share,
        )

    def with_share(self, dense_share: float) -> TwoViewHead:
        """Return the head with another weight of the dense view."""
        return replace(self, dense_share=dense_share)

    def with_temperature(self, temperature: float) -> TwoViewHead:
        """Return the head with another temperature."""
        return replace(self, temperature=temperature)

    def scores(self, lexical: csr_matrix, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean log-probabilities, temperature not applied: shape (n, n_labels)."""
        from nlu.linear import log_softmax

        words = log_softmax(lexical @ self.lexical_weights + self.lexical_bias)
        meaning = log_softmax(self._seen(dense) @ self.dense_weights + self.dense_bias)
        mixed: NDArray[np.float32] = (1 - self.dense_share) * words + self.dense_share * meaning
        return mixed

    def probabilities(self, lexical: csr_matrix, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return probabilities of shape (n, n_labels); rows sum to 1."""
        import numpy as np

        from nlu.linear import log_softmax

        odds = log_softmax(self.scores(lexical, dense), temperature=self.temperature)
        return np.exp(odds).astype(np.float32)

    def word_weights(self, label: str) -> NDArray[np.float32]:
        """Return how far each term speaks for a label rather than the mean label: (n_terms,)."""
        return self._for(self.lexical_weights, label) * (1 - self.dense_share)

    def dense_weights_of(self, label: str) -> NDArray[np.float32]:
        """Return how far each dense column, as it comes, speaks for a label: (n_dense,)."""
        return self._for(self.dense_weights, label) * self.dense_share / self.spread

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that :meth:`from_parts` takes."""
        return {name: getattr(self, name) for name in _ARRAYS}

    def facts(self) -> dict[str, Any]:
        """Return the rest of what :meth:`from_parts` takes, as JSON values."""
        return {
            "labels": list(self.labels),
            "dense_share": self.dense_share,
            "temperature": self.temperature,
        }

    @classmethod
    def from_parts(
        cls, facts: Mapping[str, Any], arrays: Mapping[str, NDArray[np.float32]]
    ) -> TwoViewHead:
        """Make the head again.

        Raises:
            ValueError: The parts do not go together.
        """
        labels = tuple(str(label) for label in facts["labels"])
        parts = {name: arrays[name] for name in _ARRAYS}
        shapes = {name: part.shape for name, part in parts.items()}
        n_dense = shapes["centre"][0]
        fits = (
            shapes["lexical_weights"][1:] == (len(labels),)
            and shapes["lexical_bias"] == shapes["dense_bias"] == (len(labels),)
            and shapes["spread"] == (n_dense,)
            and shapes["dense_weights"] == (n_dense, len(labels))
        )
        if not fits or not facts["temperature"] > 0:
            raise ValueError(f"shapes {shapes}, {len(labels)} labels")
        return cls(
            labels=labels,
            dense_share=float(facts["dense_share"]),
            temperature=float(facts["temperature"]),
            **parts,
        )

    def _seen(self, dense: NDArray[np.float32]) -> NDArray[np.float32]:
        seen: NDArray[np.float32] = (dense - self.centre) / self.spread
        return seen

    def _for(self, weights: NDArray[np.float32], label: str) -> NDArray[np.float32]:
        column: NDArray[np.float32] = weights[:, self.labels.index(label)] - weights.mean(axis=1)
        return column


def _regress(
    rows: Any,  # noqa: ANN401, an array or a sparse matrix
    classes: NDArray[np.intp],
    c: float,
    weights: NDArray[np.float64],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fit a logistic regression; return weights (n_features, n_labels) and bias (n_labels,).

    With few rows the fit is made in the space of the rows, which gives the same weights: an L2
    penalty leaves none outside it.
    """
    import numpy as np
    from scipy.sparse import issparse
    from sklearn.linear_model import LogisticRegression

    basis = None
    narrow = rows
    if rows.shape[0] < min(rows.shape[1], _FEW_ROWS):
        gram = (rows @ rows.T).toarray() if issparse(rows) else rows @ rows.T
        values, vectors = np.linalg.eigh(np.asarray(gram, dtype=np.float64))
        kept = values > 1e-9 * max(float(values[-1]), 1e-12)
        roots = np.sqrt(values[kept])
        narrow = vectors[:, kept] * roots
        basis = vectors[:, kept] / roots
    if not narrow.shape[1]:  # nothing tells the rows apart
        return np.zeros((rows.shape[1], int(classes.max()) + 1), np.float32), np.zeros(
            int(classes.max()) + 1, np.float32
        )
    model = LogisticRegression(C=c, max_iter=_MAX_ITERATIONS, tol=_TOLERANCE)
    model.fit(narrow, classes, sample_weight=weights)
    coefficients, bias = model.coef_, model.intercept_
    if len(coefficients) == 1:  # scikit-learn keeps one row for two classes
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        bias = np.concatenate([-bias, bias]) / 2
    columns = coefficients.T if basis is None else rows.T @ (basis @ coefficients.T)
    return np.asarray(columns, dtype=np.float32), np.asarray(bias, dtype=np.float32)

"""Linear classifiers on top of an encoder's vectors: small, fast, calibrated, without pickle."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conversation import ModelReference
from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, ModelMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_FORMAT = 1
_FOLDS = 5
_LOG_TEMPERATURES = (-4.0, 4.0)


@dataclass(frozen=True, eq=False)
class LinearHead:
    """A multinomial logistic regression, with the temperature that makes its odds honest.

    Attributes:
        labels: The classes, in the order of the probabilities.
        weights: float32 array of shape (n_labels, n_features).
        bias: float32 array of shape (n_labels,).
        temperature: What logits are divided by; found on data that was held out
            (Guo et al. 2017, On Calibration of Modern Neural Networks).
        metadata: What its maker wants to remember (encoder, data, date), as JSON values.
        reference: Name and hash of the file it was loaded from; None when it was just trained.
    """

    labels: tuple[str, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    temperature: float = 1.0
    metadata: Mapping[str, Any] = field(default_factory=dict)
    reference: ModelReference | None = None

    @classmethod
    def fit(
        cls,
        features: ArrayLike,
        labels: Sequence[str],
        C: float = 1.0,  # noqa: N803
        seed: int = 0,
        *,
        balanced: bool = False,
        metadata: Mapping[str, Any] | None = None,
    ) -> LinearHead:
        """Train a head; the same input gives the same head.

        Args:
            features: Array of shape (n_texts, n_features).
            labels: One for each row; at least two different ones.
            C: Inverse strength of the L2 regularisation, above 0.
            seed: Decides which rows are held out together for the temperature.
            balanced: Whether rare labels weigh as much as frequent ones.
            metadata: To keep with the head.

        Raises:
            DatasetInvalid: Rows and labels do not go together, or there is one label only.
        """
        import numpy as np

        rows = np.asarray(features, dtype=np.float32)
        names, classes = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
        if rows.ndim != 2 or len(rows) != len(classes) or len(names) < 2:
            raise DatasetInvalid(
                f"expected a matrix with one label for each row and two labels or more, got "
                f"shape {rows.shape}, {len(classes)} labels, {len(names)} of them different"
            )
        if not np.isfinite(rows).all() or C <= 0:
            raise DatasetInvalid(f"features must be finite and C above 0, got C={C}")
        held_out = np.full((len(rows), len(names)), -np.inf)
        folds = _folds(classes, seed)
        for fold in range(folds.max() + 1):
            seen = folds != fold
            present = np.unique(classes[seen])
            if len(present) > 1:
                weights, bias = _regress(rows[seen], classes[seen], C, balanced=balanced)
                held_out[np.ix_(~seen, present)] = rows[~seen] @ weights.T + bias
        weights, bias = _regress(rows, classes, C, balanced=balanced)
        return cls(
            labels=tuple(str(name) for name in names),
            weights=weights.astype(np.float32),
            bias=bias.astype(np.float32),
            temperature=_best_temperature(held_out, classes),
            metadata=dict(metadata or {}),
        )

    @property
    def n_features(self) -> int:
        """Length of the vectors it takes."""
        return int(self.weights.shape[1])

    def logits(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the scores behind the probabilities, temperature not applied.

        Args:
            features: Array of shape (n_texts, n_features).

        Returns:
            float64 array of shape (n_texts, n_labels).

        Raises:
            BadInput: The array has another shape, or values that are no numbers.
        """
        import numpy as np

        rows = np.asarray(features, dtype=np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.n_features:
            raise BadInput(
                f"expected vectors of shape (n, {self.n_features}), got {rows.shape}",
                remedy="use the encoder that the head was trained on",
            )
        if not np.isfinite(rows).all():
            raise BadInput("the vectors hold values that are no numbers")
        scores: NDArray[np.float64] = rows @ self.weights.T.astype(np.float64) + self.bias
        return scores

    def predict_proba(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return calibrated probabilities.

        Args:
            features: Array of shape (n_texts, n_features).

        Returns:
            float64 array of shape (n_texts, n_labels); each row adds up to 1.

        Raises:
            BadInput: The array has another shape, or values that are no numbers.
        """
        import numpy as np

        scores = self.logits(features) / self.temperature
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return probabilities

    def predict(self, features: ArrayLike) -> list[str]:
        """Return the most probable label of each row."""
        return [self.labels[best] for best in self.logits(features).argmax(axis=1)]

    def save(self, path: Path) -> None:
        """Write ``NAME.npz`` and ``NAME.json``, the same bytes for the same head.

        Args:
            path: Of either file, or without a suffix.
        """
        import numpy as np

        arrays, description = _files(path)
        buffer = io.BytesIO()
        np.savez(buffer, weights=self.weights, bias=self.bias)
        facts = {
            "format": _FORMAT,
            "labels": list(self.labels),
            "n_features": self.n_features,
            "temperature": self.temperature,
            "sha256": sha256(buffer.getvalue()).hexdigest(),
            "metadata": dict(self.metadata),
        }
        arrays.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(facts, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for target, content in ((arrays, buffer.getvalue()), (description, text.encode())):
            draft = target.with_name(f".{target.name}.{os.getpid()}")
            draft.write_bytes(content)
            draft.replace(target)

    @classmethod
    def load(cls, path: Path) -> LinearHead:
        """Read what :meth:`save` wrote.

        Args:
            path: Of either file, or without a suffix.

        Raises:
            ModelMissing: One of the two files is not there.
            ModelCorrupt: They do not belong together, or are not a head.
        """
        arrays, description = _files(path)
        for file in (arrays, description):
            if not file.is_file():
                raise ModelMissing(f"{file} does not exist", remedy="train the head again")
        try:
            return cls._read(arrays, description)
        except (ValueError, KeyError, TypeError, OSError) as error:
            raise ModelCorrupt(
                f"{arrays} and {description.name} are not a linear head: {error}",
                remedy="restore both files, or train the head again",
            ) from error

    @classmethod
    def _read(cls, arrays: Path, description: Path) -> LinearHead:
        import numpy as np

        content = arrays.read_bytes()
        digest = sha256(content).hexdigest()
        facts = json.loads(description.read_text(encoding="utf-8"))
        if facts["format"] != _FORMAT or facts["sha256"] != digest:
            raise ValueError(f"its SHA-256 is {digest}, expected {facts['sha256']}")
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            weights, bias = stored["weights"], stored["bias"]
        labels = tuple(str(label) for label in facts["labels"])
        temperature = float(facts["temperature"])
        if weights.shape != (len(labels), facts["n_features"]) or bias.shape != (len(labels),):
            raise ValueError(f"shapes {weights.shape} and {bias.shape}, {len(labels)} labels")
        if not temperature > 0:
            raise ValueError(f"temperature {temperature}")
        return cls(
            labels=labels,
            weights=weights,
            bias=bias,
            temperature=temperature,
            metadata=facts.get("metadata", {}),
            reference=ModelReference(name=arrays.stem, sha256=digest),
        )


def _files(path: Path) -> tuple[Path, Path]:
    stem = path.name.removesuffix(".npz").removesuffix(".json")
    return path.with_name(f"{stem}.npz"), path.with_name(f"{stem}.json")


def _folds(classes: NDArray[np.intp], seed: int) -> NDArray[np.intp]:
    """Deal the rows of each class out to the folds in turn, in random order."""
    import numpy as np

    random = np.random.default_rng(seed)
    folds = np.empty(len(classes), dtype=np.intp)
    dealt = 0
    for number in range(classes.max() + 1):
        rows = random.permutation(np.flatnonzero(classes == number))
        folds[rows] = (dealt + np.arange(len(rows))) % _FOLDS
        dealt += len(rows)
    return folds


def _regress(
    rows: NDArray[np.float32],
    classes: NDArray[np.intp],
    C: float,  # noqa: N803
    *,
    balanced: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return weights and bias, one row for each class."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(
        C=C, max_iter=2000, class_weight="balanced" if balanced else None
    ).fit(rows, classes)
    weights, bias = model.coef_, model.intercept_
    if len(weights) == 1:  # two classes share one row: the sigmoid as a softmax
        weights, bias = np.concatenate([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return weights, bias


def _best_temperature(logits: NDArray[np.float64], classes: NDArray[np.intp]) -> float:
    """Return the temperature with the lowest negative log-likelihood.

    Rows whose class was unknown where they were held out say nothing and are left out.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    own = logits[np.arange(len(classes)), classes]
    usable = np.isfinite(own)
    if not usable.any():
        return 1.0
    own, logits = own[usable], logits[usable]

    def loss(log_temperature: float) -> float:
        scale = np.exp(-log_temperature)
        top = logits.max(axis=1)
        spread = np.log(np.exp((logits - top[:, None]) * scale).sum(axis=1))
        return float((spread + (top - own) * scale).mean())

    found = minimize_scalar(loss, bounds=_LOG_TEMPERATURES, method="bounded")
    return float(np.exp(found.x))

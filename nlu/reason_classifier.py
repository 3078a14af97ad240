"""Reasons learnt from labelled texts, with a threshold that was fitted on held-out ones.

The label is the one with the highest margin of :class:`nlu.margin_head.MarginHead`. Whether it is
given at all depends on two signs that the text belongs to any of the labels: that margin, and how
near the text is to the training texts compared with sentences from elsewhere
(:mod:`nlu.background`, and the out-of-scope examples where there are any). Both are standardised
on held-out training texts and added. On HINT3 the sum tells a bot's own queries from those of the
other two bots better (area under the curve .869/.962/.904) than the margin (.825/.937/.873) or
the softmax of it (.822/.936/–).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from conversation.errors import DatasetInvalid
from nlu.background import load_background
from nlu.linear import log_softmax
from nlu.margin_head import UNSEEN, MarginHead
from nlu.nearness import nearness, unit
from nlu.reason_vectors import encode_sentences

if TYPE_CHECKING:
    from models import Encoder

Array = NDArray[np.float32]

DEFAULT_COST = 0.01
LARGEST_COST = 0.03
"""Most in-scope texts that a threshold fitted with out-of-scope examples may cost."""

ELSEWHERE_WEIGHT = 0.5
TOO_CLOSE = 0.55
"""Generic sentences this near (centred cosine) to a training text are not from elsewhere."""

_MOST_HELD_OUT = 6000
_FOLDS = ((1000, 10), (2500, 5), (_MOST_HELD_OUT, 3))  # up to how many texts, into how many parts


@dataclass(frozen=True)
class ReasonPrediction:
    """What a classifier says of one text.

    Attributes:
        label: The reason; None when the text looks out of scope.
        best: The most probable reason, whether it was given or not.
        probability: Of ``best`` among the labels, calibrated on held-out training texts.
        confidence: That the text is in scope at all; ``label`` is None below the threshold.
    """

    label: str | None
    best: str
    probability: float
    confidence: float


@dataclass(frozen=True)
class _Scale:
    """Mean and spread of the two signs over held-out texts."""

    margin_mean: float
    margin_spread: float
    nearness_mean: float
    nearness_spread: float

    def confidence(self, margins: Array, near: Array) -> Array:
        return (
            (margins - self.margin_mean) / self.margin_spread
            + (near - self.nearness_mean) / self.nearness_spread
        ).astype(np.float32)


class ReasonClassifier:
    """Labels texts with the reasons it was trained on, or declines.

    Attributes:
        labels: The reasons, sorted.
        threshold: Of the confidence; may be set to another value of the operating curve.
        temperature: What margins are divided by to give probabilities.
    """

    def __init__(
        self,
        texts: Sequence[str],
        labels: Sequence[str | None],
        vectors: Array,
        elsewhere: Array,
        *,
        cost: float = DEFAULT_COST,
        seed: int = 0,
    ) -> None:
        """Train; use :meth:`train` to have the texts encoded too.

        Args:
            texts: Training texts.
            labels: One for each; None for texts that are known to be out of scope.
            vectors: Of the texts, float32 array of shape (n_texts, dim).
            elsewhere: Of generic sentences, float32 array of shape (n_sentences, dim).
            cost: Share of the in-scope texts that would be labelled right and may be declined.
                With out-of-scope examples the threshold is the one with the best mean of
                in-scope accuracy and out-of-scope recall, at :data:`LARGEST_COST` at most.
            seed: Of folds and solver.

        Raises:
            DatasetInvalid: Fewer than two labels.
        """
        inside = [i for i, label in enumerate(labels) if label is not None]
        outside = [i for i, label in enumerate(labels) if label is None]
        own = [texts[i] for i in inside]
        self.labels: tuple[str, ...] = tuple(sorted({label for label in labels if label}))
        if len(self.labels) < 2:
            raise DatasetInvalid(
                f"got {len(self.labels)} labels in {len(texts)} training texts, expected two or "
                "more besides out of scope",
                remedy="give labelled texts of at least two reasons",
            )
        index = {label: i for i, label in enumerate(self.labels)}
        classes = np.array([index[labels[i] or ""] for i in inside])
        own_vectors = vectors[inside]
        self._head = MarginHead(own, own_vectors, classes, len(self.labels), seed=seed)
        self._mean = own_vectors.mean(axis=0)
        self._known = unit(own_vectors - self._mean)
        generic = unit(elsewhere - self._mean)
        generic = generic[nearness(generic, self._known, count=1) < TOO_CLOSE]
        stray = unit(vectors[outside] - self._mean)
        self._elsewhere = np.concatenate([generic, stray])

        held_out, margins = _held_out_margins(own, own_vectors, classes, len(self.labels), seed)
        near = _apart(
            nearness(self._known, self._known, same=True)[held_out],
            nearness(self._known[held_out], self._elsewhere),
        )
        best = margins.max(axis=1)
        self._scale = _Scale(
            float(best.mean()),
            float(best.std()) + 1e-6,
            float(near.mean()),
            float(near.std()) + 1e-6,
        )
        right = margins.argmax(axis=1) == classes[held_out]
        self.temperature = _best_temperature(margins, classes[held_out])
        confidence = self._scale.confidence(best, near)
        strays = self._confidence_of_strays(
            [texts[i] for i in outside], vectors[outside], stray, generic
        )
        self.threshold = _threshold(confidence[right], len(held_out), strays, cost)

    @classmethod
    def train(
        cls,
        texts: Sequence[str],
        labels: Sequence[str | None],
        encoder: Encoder,
        *,
        cost: float = DEFAULT_COST,
        seed: int = 0,
    ) -> ReasonClassifier:
        """Encode the texts and train on them.

        Args:
            texts: Training texts.
            labels: One for each; None for texts that are known to be out of scope.
            encoder: Each distinct text is encoded once.
            cost: As for the class.
            seed: As for the class.

        Returns:
            The classifier; texts to predict must be encoded by the same encoder.

        Raises:
            DatasetInvalid: Fewer than two labels.
        """
        vectors = encode_sentences(texts, encoder)
        return cls(texts, labels, vectors, generic_vectors(encoder), cost=cost, seed=seed)

    def predict(self, texts: Sequence[str], vectors: Array) -> list[ReasonPrediction]:
        """Label texts.

        Args:
            texts: Any texts.
            vectors: Theirs, ``encoder.encode(texts, kind="query")``, of shape (n_texts, dim).

        Returns:
            One prediction for each, in order.
        """
        margins = self._head.margins(texts, vectors)
        confidence = self._scale.confidence(
            margins.max(axis=1), self._nearness(unit(vectors - self._mean))
        )
        probabilities = np.exp(log_softmax(margins, temperature=self.temperature))
        predictions = []
        for row, sure in zip(probabilities, confidence, strict=True):
            best = int(row.argmax())
            name = self.labels[best]
            label = name if sure >= self.threshold else None
            predictions.append(ReasonPrediction(label, name, float(row[best]), float(sure)))
        return predictions

    def _nearness(self, centred: Array) -> Array:
        return _apart(nearness(centred, self._known), nearness(centred, self._elsewhere))

    def _confidence_of_strays(
        self, texts: Sequence[str], vectors: Array, stray: Array, generic: Array
    ) -> Array:
        """Return the confidence of the out-of-scope examples, each held out from itself."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        elsewhere = np.maximum(nearness(stray, stray, same=True), nearness(stray, generic))
        near = _apart(nearness(stray, self._known), elsewhere)
        return self._scale.confidence(self._head.margins(texts, vectors).max(axis=1), near)


def generic_vectors(encoder: Encoder) -> Array:
    """Return the vectors of sentences that belong to no reason in particular."""
    background = load_background()
    sentences = background.service.texts() + background.out_of_scope.texts()
    return encode_sentences(sentences, encoder)


def _apart(known: Array, elsewhere: Array) -> Array:
    """Return how much nearer texts are to what is known than to what is from elsewhere."""
    difference = known - ELSEWHERE_WEIGHT * np.maximum(elsewhere, 0)
    return difference.astype(np.float32)


def _held_out_margins(
    texts: Sequence[str], vectors: Array, classes: NDArray[np.int64], n_labels: int, seed: int
) -> tuple[NDArray[np.intp], Array]:
    """Return which texts were held out, and their margins by heads that did not see them."""
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(len(texts))[:_MOST_HELD_OUT])
    n_folds = next(parts for most, parts in _FOLDS if len(chosen) <= most)
    folds = np.empty(len(chosen), dtype=np.int64)
    dealt = 0
    for label in np.unique(classes[chosen]):
        rows = rng.permutation(np.flatnonzero(classes[chosen] == label))
        folds[rows] = (dealt + np.arange(len(rows))) % n_folds
        dealt += len(rows)
    margins = np.full((len(chosen), n_labels), UNSEEN, dtype=np.float32)
    for fold in range(n_folds):
        seen, left_out = chosen[folds != fold], chosen[folds == fold]
        if len(left_out) and len(np.unique(classes[seen])) > 1:
            head = MarginHead(
                [texts[i] for i in seen], vectors[seen], classes[seen], n_labels, seed=seed
            )
            margins[folds == fold] = head.margins([texts[i] for i in left_out], vectors[left_out])
    return chosen, margins


def _threshold(right: Array, n_in_scope: int, strays: Array, cost: float) -> float:
    """Choose the least confidence with which a label is given."""
    if not len(right):
        return -np.inf
    allowed = float(np.quantile(right, cost))
    if not len(strays):
        return allowed
    most = float(np.quantile(right, max(cost, LARGEST_COST)))
    candidates = np.unique(np.concatenate([[allowed], strays[strays < most] + 1e-6]))
    in_scope = np.array([np.sum(right >= t) / n_in_scope for t in candidates])
    recall = np.array([np.mean(strays < t) for t in candidates])
    return float(candidates[int(np.argmax(in_scope + recall))])


def _best_temperature(margins: Array, classes: NDArray[np.int64]) -> float:
    """Return the temperature with the lowest negative log-likelihood on held-out texts.

    Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    grid = np.geomspace(0.02, 2.0, 40)
    usable = margins[np.arange(len(classes)), classes] > UNSEEN  # its label was in another fold
    if not usable.any():
        return 1.0
    margins, classes = margins[usable], classes[usable]
    rows = np.arange(len(classes))
    losses = [-log_softmax(margins, temperature=t)[rows, classes].mean() for t in grid]
    return float(grid[int(np.argmin(losses))])

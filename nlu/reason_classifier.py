"""Reasons learnt from labelled texts, with thresholds that were fitted on held-out ones.

The label is the one that :mod:`nlu.reason_head` gives the highest score; where an encoder was
fine-tuned too, its scores are mixed in, with a weight fitted on texts that it did not see. Whether
it is given at all depends on two signs that the text belongs to any of the labels: that score, and
how near the text is to the training texts compared with sentences from elsewhere
(:mod:`nlu.background`, the shipped taxonomies, and the out-of-scope examples where there are any).
Both are standardised on held-out training texts and added: on HINT3 the sum tells a bot's own
queries from those of the other two bots better (area under the curve .883/.970/.913) than the
score alone (.853/.952/.880).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.linear import log_softmax
from nlu.nearness import nearness, unit
from nlu.reason_head import KernelHead
from nlu.reason_tuned import TunedReader

Array = NDArray[np.float32]

ELSEWHERE_WEIGHT = 0.5


@dataclass(frozen=True)
class ReasonPrediction:
    """What a classifier says of one text.

    Attributes:
        label: The reason; None when the text looks out of scope, or the reason is not sure enough.
        best: The most probable reason, whether it was given or not.
        probability: Of ``best`` among the labels, calibrated on held-out training texts.
        margin: Lead of ``best`` over the second, 0 to 1.
        confidence: That the text is in scope at all; ``label`` is None below the threshold.
    """

    label: str | None
    best: str
    probability: float
    margin: float
    confidence: float


@dataclass(frozen=True)
class Judgement:
    """Probabilities of texts.

    Attributes:
        labels: float32 array of shape (n_texts, n_labels), rows sum to 1: of the labels, were the
            text in scope.
        confidence: float32 array of shape (n_texts,): that it is, above 0 more than on average.
        in_scope: float32 array of shape (n_texts,): the same as a probability.
    """

    labels: Array
    confidence: Array
    in_scope: Array


@dataclass(frozen=True)
class Settled:
    """Numbers that were fitted on held-out texts.

    Attributes:
        score_mean: Of the highest score of each text.
        score_spread: Standard deviation of it.
        nearness_mean: Of how much nearer a text is to the training texts than to elsewhere.
        nearness_spread: Standard deviation of it.
        scope_slope: Of the odds of being in scope, by confidence.
        scope_offset: Of these odds.
        head_temperature: What scores are divided by.
        tuned_temperature: What the scores of the fine-tuned encoder are divided by.
        tuned_share: Of these scores in the mixture.
        temperature: What the mixture is divided by.
    """

    score_mean: float
    score_spread: float
    nearness_mean: float
    nearness_spread: float
    scope_slope: float
    scope_offset: float
    head_temperature: float
    tuned_temperature: float
    tuned_share: float
    temperature: float

    def confidence(self, scores: Array, near: Array) -> Array:
        """Return the sum of both signs: float32 array of shape (n_texts,)."""
        confidence = np.empty_like(scores)
        confidence[:] = (scores - self.score_mean) / self.score_spread
        confidence += (near - self.nearness_mean) / self.nearness_spread
        return confidence

    def in_scope(self, confidence: Array) -> Array:
        """Return the confidence as a probability."""
        odds = np.clip(self.scope_slope * confidence + self.scope_offset, -30, 30)
        probabilities: Array = 1 / (1 + np.exp(-odds))
        return probabilities.astype(np.float32)

    def mixed(self, scores: Array, tuned: Array | None) -> Array:
        """Return the log-probabilities of head and fine-tuned encoder together."""
        own = log_softmax(scores, temperature=self.head_temperature)
        if tuned is None:
            return own
        theirs = log_softmax(tuned, temperature=self.tuned_temperature)
        return ((1 - self.tuned_share) * own + self.tuned_share * theirs).astype(np.float32)


class ReasonClassifier:
    """Labels texts with the reasons it was trained on, or declines.

    :func:`nlu.reason_fitting.fit_reasons` trains it.

    Args:
        labels: The reasons, sorted.
        classes: Of each training text, int array of shape (n_texts,).
        head: What was learnt on the frozen encoder.
        elsewhere: Sentences from elsewhere: centred vectors of length 1, shape (n, dim).
        settled: What was fitted on held-out texts.
        threshold: Of the confidence; may be set to another value of the operating curve.
        least_probability: Of a label that is given, times that the text is in scope; 0 unless an
            error rate was asked for.
        tuned: The encoder that was fine-tuned; None where there is none.
    """

    def __init__(
        self,
        labels: Sequence[str],
        classes: NDArray[np.int64],
        head: KernelHead,
        elsewhere: Array,
        settled: Settled,
        *,
        threshold: float,
        least_probability: float = 0.0,
        tuned: TunedReader | None = None,
    ) -> None:
        self.labels = tuple(labels)
        self.threshold = threshold
        self.least_probability = least_probability
        self.settled = settled
        self._classes = classes
        self._head = head
        self._elsewhere = elsewhere
        self._tuned = tuned

    @property
    def fine_tuned(self) -> bool:
        """Whether an encoder of its own reads the texts too."""
        return self._tuned is not None

    def judge(self, texts: Sequence[str], vectors: Array) -> Judgement:
        """Return the probabilities of texts.

        Args:
            texts: Any texts.
            vectors: Theirs, ``encoder.encode(texts, kind="query")``, of shape (n_texts, dim).
        """
        if not texts:
            empty = np.zeros(0, dtype=np.float32)
            return Judgement(np.zeros((0, len(self.labels)), dtype=np.float32), empty, empty)
        scores = self._head.scores(texts, vectors)
        centred = unit(vectors - self._head.mean)
        near = apart(nearness(centred, self._head.known), nearness(centred, self._elsewhere))
        confidence = self.settled.confidence(scores.max(axis=1), near)
        mixed = self.settled.mixed(scores, self._tuned.scores(texts) if self._tuned else None)
        return Judgement(
            labels=np.exp(log_softmax(mixed, temperature=self.settled.temperature)),
            confidence=confidence,
            in_scope=self.settled.in_scope(confidence),
        )

    def predict(self, texts: Sequence[str], vectors: Array) -> list[ReasonPrediction]:
        """Label texts.

        Args:
            texts: Any texts.
            vectors: Theirs, ``encoder.encode(texts, kind="query")``, of shape (n_texts, dim).

        Returns:
            One prediction for each, in order.
        """
        judged = self.judge(texts, vectors)
        predictions = []
        rows = zip(judged.labels, judged.confidence, judged.in_scope, strict=True)
        for row, sure, in_scope in rows:
            first, second = np.sort(row)[::-1][:2]
            name = self.labels[int(row.argmax())]
            given = sure >= self.threshold and first * in_scope >= self.least_probability
            predictions.append(
                ReasonPrediction(
                    label=name if given else None,
                    best=name,
                    probability=float(first),
                    margin=float(first - second),
                    confidence=float(sure),
                )
            )
        return predictions

    def of_label(self, label: str) -> Array:
        """Return the centred vectors of the training texts of a label, of length 1."""
        own: Array = self._head.known[self._classes == self.labels.index(label)]
        return own

    def centred(self, vectors: Array) -> Array:
        """Return vectors as :meth:`of_label` does."""
        return unit(vectors - self._head.mean)

    def facts(self) -> dict[str, Any]:
        """Return what is no array and :meth:`from_parts` needs, as JSON values."""
        return {
            "labels": list(self.labels),
            "threshold": self.threshold,
            "least_probability": self.least_probability,
            "settled": asdict(self.settled),
        }

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays that :meth:`from_parts` needs."""
        return {
            **self._head.arrays(),
            "elsewhere": self._elsewhere.astype(np.float16),
            "classes": self._classes.astype(np.int32),
            **(self._tuned.arrays() if self._tuned else {}),
        }

    @classmethod
    def from_parts(
        cls,
        facts: Mapping[str, Any],
        arrays: Mapping[str, NDArray[Any]],
        *,
        tuned: TunedReader | None = None,
    ) -> ReasonClassifier:
        """Make the classifier that :meth:`facts` and :meth:`arrays` described.

        Raises:
            KeyError: Something is missing.
            TypeError: Something is of another kind.
            ValueError: Parts do not go together.
        """
        head = KernelHead.from_arrays(arrays)
        labels, classes = tuple(str(label) for label in facts["labels"]), arrays["classes"]
        if len(labels) != head.n_labels or len(classes) != len(head.known):
            raise ValueError(
                f"{len(labels)} labels and {len(classes)} texts, {head.n_labels} and "
                f"{len(head.known)} in the arrays"
            )
        return cls(
            labels,
            classes.astype(np.int64),
            head,
            arrays["elsewhere"].astype(np.float32),
            Settled(**{name: float(value) for name, value in facts["settled"].items()}),
            threshold=float(facts["threshold"]),
            least_probability=float(facts["least_probability"]),
            tuned=tuned,
        )


def apart(known: Array, elsewhere: Array) -> Array:
    """Return how much nearer texts are to what is known than to what is from elsewhere."""
    difference = known - ELSEWHERE_WEIGHT * np.maximum(elsewhere, 0)
    return difference.astype(np.float32)

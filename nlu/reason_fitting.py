"""Training a :class:`~nlu.reason_classifier.ReasonClassifier`, thresholds and all."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from conversation.errors import DatasetInvalid
from nlu.background import load_background
from nlu.linear import log_softmax
from nlu.nearness import nearness, unit
from nlu.reason_calibration import (
    ErrorRateChoice,
    Reliability,
    best_temperature,
    choose_for_error_rate,
    held_out_probabilities,
    reliability,
)
from nlu.reason_classifier import ReasonClassifier, Settled, apart
from nlu.reason_head import KernelHead, fit_kernel_head
from nlu.reason_tuned import TunedReader
from nlu.reason_vectors import encode_sentences
from nlu.taxonomy import SHIPPED, load_taxonomy

if TYPE_CHECKING:
    from models import Encoder

Array = NDArray[np.float32]

DEFAULT_COST = 0.01
TOO_CLOSE = 0.55
"""Generic sentences this near (centred cosine) to a training text are not from elsewhere."""

_MOST_COMPARED = 6000
_MIXES = np.linspace(0.0, 1.0, 11)


@dataclass(frozen=True)
class Elsewhere:
    """Sentences that belong to no reason in particular.

    Attributes:
        texts: The sentences.
        vectors: Theirs, float32 array of shape (n_sentences, dim).
    """

    texts: tuple[str, ...]
    vectors: Array


@dataclass(frozen=True)
class Hints:
    """Sentences that say what labels mean: their names, definitions and examples.

    With ten training texts of each of BANKING77's labels, the names alone add 1.3 to 1.9 points.

    Attributes:
        texts: The sentences.
        labels: One for each; those that no training text has are left out.
        vectors: Of the sentences, float32 array of shape (n_sentences, dim).
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Array


@dataclass(frozen=True)
class FittedReasons:
    """A classifier, and what is known of it from texts that it did not see.

    Attributes:
        classifier: It.
        reliability: Of its probabilities.
        error_choice: How its least probability was chosen; None when no error rate was asked for.
    """

    classifier: ReasonClassifier
    reliability: Reliability
    error_choice: ErrorRateChoice | None


@dataclass(frozen=True)
class TunedPart:
    """An encoder that was fine-tuned on some of the training texts.

    Attributes:
        reader: The encoder with its classifier, the labels in sorted order.
        unseen: Which training texts it did not see: bool array of shape (n_texts,).
    """

    reader: TunedReader
    unseen: NDArray[np.bool_]


def elsewhere_of(encoder: Encoder) -> Elsewhere:
    """Return small talk, requests to other trades and the examples of the shipped taxonomies."""
    background = load_background()
    sentences = [*background.service.texts(), *background.out_of_scope.texts()]
    for reason in (reason for name in SHIPPED for reason in load_taxonomy(name).reasons):
        sentences += reason.examples.texts()
        for sub in reason.subreasons:
            sentences += sub.examples.texts()
    distinct = tuple(dict.fromkeys(sentences))
    return Elsewhere(distinct, encode_sentences(distinct, encoder))


def train_classifier(
    texts: Sequence[str],
    labels: Sequence[str | None],
    encoder: Encoder,
    *,
    cost: float = DEFAULT_COST,
    error_rate: float | None = None,
    seed: int = 0,
) -> FittedReasons:
    """Encode the texts, each distinct one once, and train on them as :func:`fit_reasons` does."""
    return fit_reasons(
        texts, labels, encode_sentences(texts, encoder), elsewhere_of(encoder), cost=cost,
        error_rate=error_rate, seed=seed,
    )  # fmt: skip


def fit_reasons(
    texts: Sequence[str],
    labels: Sequence[str | None],
    vectors: Array,
    elsewhere: Elsewhere,
    *,
    cost: float = DEFAULT_COST,
    error_rate: float | None = None,
    seed: int = 0,
    groups: Sequence[str | None] | None = None,
    hints: Hints | None = None,
    tuned: TunedPart | None = None,
) -> FittedReasons:
    """Train a classifier; the same input gives the same one.

    Args:
        texts: Training texts.
        labels: One for each; None for texts that are known to be out of scope.
        vectors: Of the texts, float32 array of shape (n_texts, dim).
        elsewhere: Generic sentences, by the same encoder.
        cost: Share of the in-scope texts that would be labelled right and may be declined. With
            out-of-scope examples the threshold is the one with the best mean of in-scope accuracy
            and out-of-scope recall that costs no more.
        error_rate: Most wrong labels among those given, 0 to 1; None: every text that looks in
            scope gets one.
        seed: Of everything that is drawn.
        groups: Conversation of each text, None where it is not known; texts of one conversation
            are held out together.
        hints: What the labels mean; learnt from beside the texts, never tested on.
        tuned: An encoder that was fine-tuned on the texts that have a label.

    Returns:
        The classifier; texts to predict must be encoded by the same encoder.

    Raises:
        DatasetInvalid: Fewer than two labels.
    """
    inside = np.array([i for i, label in enumerate(labels) if label is not None], dtype=np.intp)
    outside = np.array([i for i, label in enumerate(labels) if label is None], dtype=np.intp)
    own = [texts[i] for i in inside]
    names = sorted({label for label in labels if label})
    if len(names) < 2:
        raise DatasetInvalid(
            f"got {len(names)} labels in {len(texts)} training texts, expected two or more "
            "besides out of scope",
            remedy="give labelled texts of at least two reasons",
        )
    index = {label: i for i, label in enumerate(names)}
    classes = np.array([index[labels[i] or ""] for i in inside], dtype=np.int64)
    together: list[Hashable] = [(groups[i] if groups else None) or texts[i] for i in inside]
    told = [i for i, label in enumerate(hints.labels) if label in index] if hints else []
    taught = classes
    learnt_texts, learnt_vectors = own, vectors[inside]
    if hints and told:
        learnt_texts = [*own, *(hints.texts[i] for i in told)]
        learnt_vectors = np.concatenate([learnt_vectors, hints.vectors[told]])
        taught = np.concatenate([classes, [index[hints.labels[i]] for i in told]])
        together += [hints.texts[i] for i in told]
    head, held_out = fit_kernel_head(
        learnt_texts, learnt_vectors, taught, len(names), groups=together, seed=seed
    )
    signs = _Signs(head, vectors[outside], [texts[i] for i in outside], elsewhere)
    reader = tuned.reader if tuned else None
    unseen = tuned.unseen[inside] if tuned else np.ones(len(own), dtype=bool)
    compared = _compared(unseen, seed)
    near = apart(
        nearness(head.known[compared], head.known, same_as=compared),
        nearness(head.known[compared], signs.elsewhere),
    )
    scores, classes_compared = held_out[compared], classes[compared]
    settled = _standardised(scores.max(axis=1), near)
    confidence = settled.confidence(scores.max(axis=1), near)
    strays = settled.confidence(*signs.strays)
    slope, offset = _scope_odds(
        confidence, np.concatenate([settled.confidence(*signs.generic), strays])
    )
    settled = replace(settled, scope_slope=slope, scope_offset=offset)
    right = scores.argmax(axis=1) == classes_compared
    threshold = _threshold(confidence[right], len(compared), strays, cost)

    usable = np.flatnonzero(unseen[compared])
    read = reader.scores([own[i] for i in compared[usable]]) if reader else None
    settled = _calibrated(settled, scores[usable], read, classes_compared[usable])
    probabilities = held_out_probabilities(
        settled.mixed(scores[usable], read), classes_compared[usable], seed
    )
    correct = probabilities.argmax(axis=1) == classes_compared[usable]
    choice = None
    if error_rate is not None:
        stray_read = reader.scores(signs.stray_texts) if reader else None
        mixed = settled.mixed(signs.stray_scores, stray_read)
        wrong = np.exp(log_softmax(mixed, temperature=settled.temperature)).max(axis=1, initial=0)
        in_scope = settled.in_scope(np.concatenate([confidence[usable], strays]))
        choice = choose_for_error_rate(
            in_scope * np.concatenate([probabilities.max(axis=1), wrong]),
            np.concatenate([correct, np.zeros(len(wrong), dtype=bool)]),
            error_rate,
        )
    classifier = ReasonClassifier(
        names, taught, head, signs.elsewhere, settled, threshold=threshold,
        least_probability=choice.threshold if choice else 0.0, tuned=reader,
    )  # fmt: skip
    return FittedReasons(classifier, reliability(probabilities.max(axis=1), correct), choice)


class _Signs:
    """What tells texts from elsewhere, each left out from what it is compared with."""

    def __init__(
        self,
        head: KernelHead,
        stray_vectors: Array,
        stray_texts: list[str],
        elsewhere: Elsewhere,
    ) -> None:
        centred = unit(elsewhere.vectors - head.mean)
        far = nearness(centred, head.known, count=1) < TOO_CLOSE
        generic = centred[far]
        stray = unit(stray_vectors - head.mean)
        # Rounded as they are stored, so that a loaded classifier answers as this one.
        both = np.concatenate([generic, stray]).astype(np.float16)
        self.elsewhere: Array = both.astype(np.float32)
        self.stray_texts = stray_texts
        self.stray_scores = head.scores(stray_texts, stray_vectors)
        kept = [text for text, keep in zip(elsewhere.texts, far, strict=True) if keep]
        scores = head.scores(kept, elsewhere.vectors[far])
        self.generic = (
            scores.max(axis=1, initial=-1),
            apart(
                nearness(generic, head.known),
                nearness(generic, generic, same_as=np.arange(len(generic))),
            ),
        )
        self.strays = (
            self.stray_scores.max(axis=1, initial=-1),
            apart(
                nearness(stray, head.known),
                np.maximum(
                    nearness(stray, stray, same_as=np.arange(len(stray))), nearness(stray, generic)
                ),
            ),
        )


def _compared(unseen: NDArray[np.bool_], seed: int) -> NDArray[np.intp]:
    """Choose the texts that are compared with all others; those a fine-tuning left out first."""
    order = np.random.default_rng(seed).permutation(len(unseen))
    if not unseen.all():
        order = order[np.argsort(~unseen[order], kind="stable")]
    return np.sort(order[:_MOST_COMPARED])


def _standardised(scores: Array, near: Array) -> Settled:
    """Return the means and spreads, all else neutral."""
    return Settled(
        score_mean=float(scores.mean()), score_spread=float(scores.std()) + 1e-6,
        nearness_mean=float(near.mean()), nearness_spread=float(near.std()) + 1e-6,
        scope_slope=1.0, scope_offset=0.0, head_temperature=1.0, tuned_temperature=1.0,
        tuned_share=0.0, temperature=1.0,
    )  # fmt: skip


def _calibrated(
    settled: Settled, scores: Array, read: Array | None, classes: NDArray[np.int64]
) -> Settled:
    """Fit temperatures and mixture on held-out texts."""
    settled = replace(settled, head_temperature=best_temperature(scores, classes))
    if read is not None and len(read):
        settled = replace(settled, tuned_temperature=best_temperature(read, classes))
        rows = np.arange(len(classes))
        losses = []
        for share in _MIXES:
            mixed = replace(settled, tuned_share=float(share)).mixed(scores, read)
            sharp = log_softmax(mixed, temperature=best_temperature(mixed, classes))
            losses.append(-sharp[rows, classes].mean())
        settled = replace(settled, tuned_share=float(_MIXES[int(np.argmin(losses))]))
    return replace(settled, temperature=best_temperature(settled.mixed(scores, read), classes))


def _scope_odds(inside: Array, outside: Array) -> tuple[float, float]:
    """Return slope and offset of the odds of being in scope, both sides weighing the same."""
    from sklearn.linear_model import LogisticRegression

    if not len(outside):
        return 1.0, 3.0
    model: Any = LogisticRegression(class_weight="balanced")
    values = np.concatenate([inside, outside])[:, None].astype(np.float64)
    model.fit(values, np.arange(len(values)) < len(inside))
    return max(float(model.coef_[0, 0]), 0.0), float(model.intercept_[0])


def _threshold(right: Array, n_in_scope: int, strays: Array, cost: float) -> float:
    """Choose the least confidence with which a label is given."""
    if not len(right):
        return -np.inf
    allowed = float(np.quantile(right, cost))
    if not len(strays):
        return allowed
    candidates = np.unique(np.concatenate([[allowed], strays[strays < allowed] + 1e-6]))
    in_scope = np.array([np.sum(right >= t) / n_in_scope for t in candidates])
    recall = np.array([np.mean(strays < t) for t in candidates])
    return float(candidates[int(np.argmax(in_scope + recall))])

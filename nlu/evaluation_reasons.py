"""Measuring reasons: train on one labelled file, test on another."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation import ModelReference
from nlu.reason_calibration import reliability
from nlu.reason_classifier import ReasonPrediction
from nlu.reason_data import OUT_OF_SCOPE_LABELS, LabelledText, read_labelled_texts
from nlu.reason_finetuning import FineTuneRequest, fine_tune_reasons
from nlu.reason_fitting import DEFAULT_COST, elsewhere_of, fit_reasons
from nlu.reason_labels import hints_of_labels
from nlu.reason_vectors import encode_sentences

if TYPE_CHECKING:
    from models import Encoder

Progress = Callable[[float, float, str], None]

_OUT_OF_SCOPE = "(out of scope)"
_CHUNK = 512
_FALSE_REJECTION = 0.05
_IN_SCOPE_ACCURACY = 0.95


class ReasonsBaseline(BaseModel):
    """TF-IDF (words 1–2, characters 2–4) and logistic regression, which never decline.

    Attributes:
        in_scope_accuracy: As for :class:`ReasonsResult`.
        macro_f1: As for :class:`ReasonsResult`.
        train_s: Seconds to train.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    in_scope_accuracy: float
    macro_f1: float
    train_s: float


class OperatingPoint(BaseModel):
    """What another threshold of the confidence gives on the test file itself, for comparison.

    Attributes:
        false_rejection: Texts in scope that are declined.
        in_scope_accuracy: Texts given their own label over texts in scope.
        oos_recall: Out-of-scope texts that are declined.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    false_rejection: float
    in_scope_accuracy: float
    oos_recall: float


class ReasonsResult(BaseModel):
    """How well reasons are recognised, and what is out of scope declined.

    Attributes:
        accuracy: Right answers over all test texts; declining is right when the text is out of
            scope and wrong when it is not.
        in_scope_accuracy: Texts given their own label over texts in scope; declining counts as
            wrong (as HINT3 counts, Arora et al. 2020). None without texts in scope.
        in_scope_accuracy_all_answered: The same if nothing were declined.
        macro_f1: Mean F1 over the in-scope labels of the test file; declined texts are missed,
            and out-of-scope texts that were labelled are false alarms.
        mcc: Matthews correlation coefficient over all test texts, out of scope being one class
            (as HINT3 counts); 0 when it is undefined.
        oos_recall: Out-of-scope texts that were declined over all of them; None without any.
        operating_points: What the thresholds give at which 5 % of the texts in scope are
            declined, and at which in-scope accuracy is 95 % (where it can be); empty without
            out-of-scope texts.
        abstained: Share of all test texts that were declined.
        error_rate: Wrong answers over answers given; None when none was given.
        expected_calibration_error: Of the probabilities of texts in scope.
        n_train: Training texts, out of scope included.
        n_test: Test texts.
        n_oos: Test texts out of scope.
        n_labels: Different in-scope labels in training.
        unseen_labels: In-scope labels of the test file that training does not have; their texts
            cannot be right.
        threshold: Of the confidence, fitted on the training file alone.
        least_probability: Of a label that is given, fitted on the training file alone; 0 unless
            an error rate was asked for.
        fine_tuned: Whether the encoder was fine-tuned on the training file.
        train_s: Seconds to train heads and threshold, vectors already there.
        wall_s: Seconds for all: reading, encoding each distinct text once, training, predicting.
        encoder: The encoder.
        baseline: The floor, when it was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: float
    in_scope_accuracy: float | None
    in_scope_accuracy_all_answered: float | None
    macro_f1: float
    mcc: float
    oos_recall: float | None
    operating_points: tuple[OperatingPoint, ...]
    abstained: float
    error_rate: float | None
    expected_calibration_error: float | None
    n_train: int = Field(gt=0)
    n_test: int = Field(gt=0)
    n_oos: int
    n_labels: int
    unseen_labels: int
    threshold: float
    least_probability: float
    fine_tuned: bool
    train_s: float
    wall_s: float
    encoder: ModelReference
    baseline: ReasonsBaseline | None = None


def evaluate_reasons(
    train: Path,
    test: Path,
    encoder: Encoder,
    *,
    oos_labels: Sequence[str] | None = None,
    cost: float = DEFAULT_COST,
    error_rate: float | None = None,
    seed: int = 0,
    finetune: FineTuneRequest | None = None,
    baseline: bool = False,
    progress: Progress | None = None,
) -> ReasonsResult:
    """Train a :class:`~nlu.reason_classifier.ReasonClassifier` on one file and test it on another.

    Args:
        train: Texts with their reasons, as :func:`nlu.reason_data.read_labelled_texts` reads them.
        test: The same; nothing of it is looked at before the end.
        encoder: Gives the vectors.
        oos_labels: Labels that mean out of scope, besides null; None for
            :data:`~nlu.reason_data.OUT_OF_SCOPE_LABELS`.
        cost: Share of right in-scope answers that the threshold may cost on held-out training
            texts.
        error_rate: Most wrong answers among those given, on held-out training texts; None: what
            is in scope is answered.
        seed: Of everything that is drawn.
        finetune: What to fine-tune on the training texts; None: the encoder stays as it is.
        baseline: Whether to train and test the floor too.
        progress: Called with (steps done, steps in all, what is done).

    Returns:
        The figures.

    Raises:
        NotFound: A file does not exist.
        DatasetInvalid: A file has no usable lines, or the training file fewer than two labels.
        BadInput: The encoder cannot be fine-tuned.
    """
    started = time.perf_counter()
    outside = OUT_OF_SCOPE_LABELS if oos_labels is None else frozenset(oos_labels)
    training = read_labelled_texts(train, outside)
    testing = read_labelled_texts(test, outside)
    train_texts = [item.text for item in training]
    test_texts = [item.text for item in testing]
    train_labels = [item.label for item in training]
    groups = [item.group for item in training]
    advance = progress or _no_progress
    distinct = list(dict.fromkeys([*train_texts, *test_texts]))
    steps = len(distinct) + len(training)
    vector_of: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(distinct), _CHUNK):
        chunk = distinct[start : start + _CHUNK]
        vector_of.update(zip(chunk, encode_sentences(chunk, encoder), strict=True))
        advance(len(vector_of), steps, "Encoding")
    train_vectors = np.stack([vector_of[text] for text in train_texts])
    test_vectors = np.stack([vector_of[text] for text in test_texts])
    elsewhere = elsewhere_of(encoder)
    hints = hints_of_labels((label for label in train_labels if label is not None), encoder)

    training_started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="entendu-") as folder:
        tuned = None
        if finetune is not None:
            tuned, _ = fine_tune_reasons(
                train_texts, train_labels, finetune, Path(folder) / "encoder", groups=groups,
                seed=seed, progress=lambda what, done, total: advance(done, total, what),
            )  # fmt: skip
        advance(len(distinct), steps, "Training")
        fitted = fit_reasons(
            train_texts, train_labels, train_vectors, elsewhere, cost=cost, error_rate=error_rate,
            seed=seed, groups=groups, hints=hints, tuned=tuned,
        )  # fmt: skip
        train_s = time.perf_counter() - training_started
        advance(steps, steps, "Training")
        predictions = fitted.classifier.predict(test_texts, test_vectors)
    expected = [item.label for item in testing]
    given = [prediction.label for prediction in predictions]
    known = set(fitted.classifier.labels)
    figures = _figures(expected, given)
    sure = [p.best == e for p, e in zip(predictions, expected, strict=True) if e is not None]
    answered = sum(label is not None for label in given)
    wrong = sum(g is not None and g != e for g, e in zip(given, expected, strict=True))
    wall_s = time.perf_counter() - started
    return ReasonsResult(
        accuracy=figures.accuracy,
        in_scope_accuracy=figures.in_scope_accuracy,
        in_scope_accuracy_all_answered=round(sum(sure) / len(sure), 4) if sure else None,
        macro_f1=figures.macro_f1,
        mcc=figures.mcc,
        oos_recall=figures.oos_recall,
        operating_points=_operating_points(expected, predictions),
        abstained=round(sum(label is None for label in given) / len(given), 4),
        error_rate=round(wrong / answered, 4) if answered else None,
        expected_calibration_error=_calibration_error(expected, predictions),
        n_train=len(training),
        n_test=len(testing),
        n_oos=sum(label is None for label in expected),
        n_labels=len(known),
        unseen_labels=len({label for label in expected if label is not None} - known),
        threshold=round(fitted.classifier.threshold, 4),
        least_probability=round(fitted.classifier.least_probability, 4),
        fine_tuned=finetune is not None,
        train_s=round(train_s, 3),
        wall_s=round(wall_s, 3),
        encoder=encoder.reference,
        baseline=_baseline(training, testing, seed) if baseline else None,
    )


def _no_progress(_done: float, _total: float, _what: str) -> None:
    """Show nothing."""


def _operating_points(
    expected: Sequence[str | None], predictions: Sequence[ReasonPrediction]
) -> tuple[OperatingPoint, ...]:
    """Return what other thresholds of the confidence would give on the test texts."""
    pairs = list(zip(expected, predictions, strict=True))
    inside = np.array([p.confidence for e, p in pairs if e is not None])
    right = np.array([p.best == e for e, p in pairs if e is not None])
    outside = np.array([p.confidence for e, p in pairs if e is None])
    if not len(inside) or not len(outside):
        return ()
    order = np.sort(inside)
    thresholds = [float(order[int(_FALSE_REJECTION * len(order))])]
    kept = np.sort(inside[right])[::-1]
    needed = int(np.ceil(_IN_SCOPE_ACCURACY * len(inside)))
    if len(kept) >= needed:
        thresholds.append(float(kept[needed - 1]))
    return tuple(
        OperatingPoint(
            false_rejection=round(float(np.mean(inside < threshold)), 4),
            in_scope_accuracy=round(float(np.mean(right & (inside >= threshold))), 4),
            oos_recall=round(float(np.mean(outside < threshold)), 4),
        )
        for threshold in thresholds
    )


def _calibration_error(
    expected: Sequence[str | None], predictions: Sequence[ReasonPrediction]
) -> float | None:
    """Return the expected calibration error on the test texts that are in scope."""
    pairs = [(p, e) for p, e in zip(predictions, expected, strict=True) if e is not None]
    if not pairs:
        return None
    said = np.array([p.probability for p, _ in pairs], dtype=np.float32)
    return reliability(said, np.array([p.best == e for p, e in pairs])).expected_calibration_error


@dataclass(frozen=True)
class _Figures:
    accuracy: float
    in_scope_accuracy: float | None
    macro_f1: float
    mcc: float
    oos_recall: float | None


def _figures(expected: Sequence[str | None], given: Sequence[str | None]) -> _Figures:
    right = [e == g for e, g in zip(expected, given, strict=True)]
    inside = [ok for ok, e in zip(right, expected, strict=True) if e is not None]
    outside = [ok for ok, e in zip(right, expected, strict=True) if e is None]
    return _Figures(
        accuracy=round(sum(right) / len(right), 4),
        in_scope_accuracy=round(sum(inside) / len(inside), 4) if inside else None,
        macro_f1=round(_macro_f1(expected, given), 4),
        mcc=round(_mcc(expected, given), 4),
        oos_recall=round(sum(outside) / len(outside), 4) if outside else None,
    )


def _macro_f1(expected: Sequence[str | None], given: Sequence[str | None]) -> float:
    scores = []
    for label in {e for e in expected if e is not None}:
        hits = sum(e == g == label for e, g in zip(expected, given, strict=True))
        scores.append(
            2 * hits / (sum(e == label for e in expected) + sum(g == label for g in given))
        )
    return sum(scores) / len(scores) if scores else 0.0


def _mcc(expected: Sequence[str | None], given: Sequence[str | None]) -> float:
    """Return the multi-class Matthews correlation coefficient (Gorodkin 2004)."""
    names = sorted({label or _OUT_OF_SCOPE for label in [*expected, *given]})
    index = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for e, g in zip(expected, given, strict=True):
        table[index[e or _OUT_OF_SCOPE], index[g or _OUT_OF_SCOPE]] += 1
    total, actual, answered = table.sum(), table.sum(axis=1), table.sum(axis=0)
    covariance = np.trace(table) * total - actual @ answered
    spread = (total**2 - answered @ answered) * (total**2 - actual @ actual)
    return float(covariance / np.sqrt(spread)) if spread > 0 else 0.0


def _baseline(
    training: Sequence[LabelledText], testing: Sequence[LabelledText], seed: int
) -> ReasonsBaseline:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline, make_union

    started = time.perf_counter()
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
        ),
        LogisticRegression(C=10.0, max_iter=1000, random_state=seed),
    )
    inside = [item for item in training if item.label is not None]
    model.fit([item.text for item in inside], [item.label for item in inside])
    train_s = time.perf_counter() - started
    given = [str(label) for label in model.predict([item.text for item in testing])]
    figures = _figures([item.label for item in testing], given)
    return ReasonsBaseline(
        in_scope_accuracy=figures.in_scope_accuracy or 0.0,
        macro_f1=figures.macro_f1,
        train_s=round(train_s, 3),
    )

"""Measuring reasons: train on one labelled file, test on another."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation import ModelReference
from conversation.errors import DatasetInvalid, NotFound
from nlu.reason_classifier import DEFAULT_COST, ReasonClassifier, generic_vectors
from nlu.reason_vectors import encode_sentences

if TYPE_CHECKING:
    from models import Encoder

OUT_OF_SCOPE_LABELS = frozenset({"oos", "NO_NODES_DETECTED"})
"""Labels that mean out of scope, besides null, unless others are named."""

Progress = Callable[[int, int], None]

_OUT_OF_SCOPE = "(out of scope)"
_CHUNK = 512


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


class ReasonsResult(BaseModel):
    """How well reasons are recognised, and what is out of scope declined.

    Attributes:
        accuracy: Right answers over all test texts; declining is right when the text is out of
            scope and wrong when it is not.
        in_scope_accuracy: Texts given their own label over texts in scope; declining counts as
            wrong (as HINT3 counts, Arora et al. 2020). None without texts in scope.
        macro_f1: Mean F1 over the in-scope labels of the test file; declined texts are missed,
            and out-of-scope texts that were labelled are false alarms.
        mcc: Matthews correlation coefficient over all test texts, out of scope being one class
            (as HINT3 counts); 0 when it is undefined.
        oos_recall: Out-of-scope texts that were declined over all of them; None without any.
        abstained: Share of all test texts that were declined.
        n_train: Training texts, out of scope included.
        n_test: Test texts.
        n_oos: Test texts out of scope.
        n_labels: Different in-scope labels in training.
        unseen_labels: In-scope labels of the test file that training does not have; their texts
            cannot be right.
        threshold: Of the confidence, fitted on the training file alone.
        train_s: Seconds to train heads and threshold, vectors already there.
        wall_s: Seconds for all: reading, encoding each distinct text once, training, predicting.
        encoder: The encoder.
        baseline: The floor, when it was asked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    accuracy: float
    in_scope_accuracy: float | None
    macro_f1: float
    mcc: float
    oos_recall: float | None
    abstained: float
    n_train: int = Field(gt=0)
    n_test: int = Field(gt=0)
    n_oos: int
    n_labels: int
    unseen_labels: int
    threshold: float
    train_s: float
    wall_s: float
    encoder: ModelReference
    baseline: ReasonsBaseline | None = None


@dataclass(frozen=True)
class LabelledText:
    """One line of a data set; ``label`` is None when it is out of scope."""

    text: str
    label: str | None


def evaluate_reasons(
    train: Path,
    test: Path,
    encoder: Encoder,
    *,
    oos_labels: Sequence[str] | None = None,
    cost: float = DEFAULT_COST,
    seed: int = 0,
    baseline: bool = False,
    progress: Progress | None = None,
) -> ReasonsResult:
    """Train a :class:`~nlu.reason_classifier.ReasonClassifier` on one file and test it on another.

    Args:
        train: JSONL with ``text`` and ``intent``, one object a line.
        test: The same; nothing of it is looked at before the end.
        encoder: Gives the vectors.
        oos_labels: Labels that mean out of scope, besides null; None for
            :data:`OUT_OF_SCOPE_LABELS`.
        cost: Share of right in-scope answers that the threshold may cost on held-out training
            texts.
        seed: Of everything that is drawn.
        baseline: Whether to train and test the floor too.
        progress: Called with steps done and in all: a step is a text encoded or trained on.

    Returns:
        The figures.

    Raises:
        NotFound: A file does not exist.
        DatasetInvalid: A file has no usable lines, or the training file fewer than two labels.
    """
    started = time.perf_counter()
    outside = OUT_OF_SCOPE_LABELS if oos_labels is None else frozenset(oos_labels)
    training = read_labelled_texts(train, outside)
    testing = read_labelled_texts(test, outside)
    train_texts = [item.text for item in training]
    test_texts = [item.text for item in testing]
    advance = progress or _no_progress
    distinct = list(dict.fromkeys([*train_texts, *test_texts]))
    steps = len(distinct) + len(training)
    vector_of: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(distinct), _CHUNK):
        chunk = distinct[start : start + _CHUNK]
        vector_of.update(zip(chunk, encode_sentences(chunk, encoder), strict=True))
        advance(len(vector_of), steps)
    train_vectors = np.stack([vector_of[text] for text in train_texts])
    test_vectors = np.stack([vector_of[text] for text in test_texts])
    elsewhere = generic_vectors(encoder)

    training_started = time.perf_counter()
    classifier = ReasonClassifier(
        train_texts,
        [item.label for item in training],
        train_vectors,
        elsewhere,
        cost=cost,
        seed=seed,
    )
    train_s = time.perf_counter() - training_started
    advance(steps, steps)
    predictions = classifier.predict(test_texts, test_vectors)
    expected = [item.label for item in testing]
    given = [prediction.label for prediction in predictions]
    known = set(classifier.labels)
    figures = _figures(expected, given)
    wall_s = time.perf_counter() - started
    return ReasonsResult(
        accuracy=figures.accuracy,
        in_scope_accuracy=figures.in_scope_accuracy,
        macro_f1=figures.macro_f1,
        mcc=figures.mcc,
        oos_recall=figures.oos_recall,
        abstained=round(sum(label is None for label in given) / len(given), 4),
        n_train=len(training),
        n_test=len(testing),
        n_oos=sum(label is None for label in expected),
        n_labels=len(known),
        unseen_labels=len({label for label in expected if label is not None} - known),
        threshold=round(classifier.threshold, 4),
        train_s=round(train_s, 3),
        wall_s=round(wall_s, 3),
        encoder=encoder.reference,
        baseline=_baseline(training, testing, seed) if baseline else None,
    )


def _no_progress(_done: int, _total: int) -> None:
    """Show nothing."""


def read_labelled_texts(path: Path, oos_labels: frozenset[str]) -> list[LabelledText]:
    """Read a JSONL file of texts with one intent each.

    Args:
        path: One JSON object a line with ``text`` and ``intent``; other fields are ignored.
        oos_labels: Labels that mean out of scope, besides null.

    Returns:
        The lines, in order; empty lines are skipped.

    Raises:
        NotFound: The file does not exist.
        DatasetInvalid: A line is not such an object, or there is none; the message names it.
    """
    if not path.is_file():
        raise NotFound(f"there is no file {path}", remedy="check the path")
    items: list[LabelledText] = []
    try:
        with path.open(encoding="utf-8-sig") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    items.append(_labelled(line, f"{path}, line {number}", oos_labels))
    except UnicodeDecodeError as error:
        raise DatasetInvalid(
            f"{path} is not UTF-8 at byte {error.start}", remedy="save it with the encoding UTF-8"
        ) from error
    if not items:
        raise DatasetInvalid(
            f"{path} has no lines, expected one JSON object a line", remedy="check the file"
        )
    return items


def _labelled(line: str, where: str, oos_labels: frozenset[str]) -> LabelledText:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DatasetInvalid(
            f"{where}: not JSON ({line.strip()[:60]!r})",
            remedy='write one object a line, such as {"text": "…", "intent": "…"}',
        ) from error
    if not isinstance(row, dict):
        raise DatasetInvalid(
            f"{where}: got {type(row).__name__}, expected an object",
            remedy='write one object a line, such as {"text": "…", "intent": "…"}',
        )
    if "intent" not in row and "intents" in row:
        raise DatasetInvalid(
            f"{where}: got a list under 'intents', expected one label under 'intent'",
            remedy="give texts with one intent each; several at once are not measured",
        )
    text, label = row.get("text"), row.get("intent")
    if not isinstance(text, str) or not text.strip():
        raise DatasetInvalid(
            f"{where}: got text {text!r}, expected a text that is not empty",
            remedy="put what the customer said under 'text'",
        )
    if "intent" not in row or not (label is None or (isinstance(label, str) and label)):
        raise DatasetInvalid(
            f"{where}: got intent {label!r}, expected a label, or null for out of scope",
            remedy="put the label under 'intent'",
        )
    return LabelledText(text, None if label in oos_labels else label)


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

"""How well the sentiment agrees with people, on a file of labelled texts."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from conversation import ModelReference
from conversation.errors import DatasetInvalid, NotFound
from models import Encoder, LinearHead
from nlu.labelled_lines import labelled_lines, labelled_object
from nlu.sentiment_head import LABELS, SentimentLabel
from nlu.sentiment_scorer import SentimentScorer

_BATCH = 256  # texts in memory at once


class LabelFigures(BaseModel):
    """Figures of one label; a ratio with nothing to count is 0.

    Attributes:
        precision: Share of the texts given this label that have it.
        recall: Share of the texts that have this label that were given it.
        f1: Harmonic mean of the two.
        support: Texts that have this label.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    precision: float
    recall: float
    f1: float
    support: int


class SentimentEvaluation(BaseModel):
    """Agreement between the sentiment and the labels of a file.

    Attributes:
        file: Name of the file.
        n: Texts.
        confusion: ``confusion[true][given]``: number of texts.
        wall_s: Seconds, from reading the first line to the last label.
        models: The encoder and the head.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    n: int = Field(gt=0)
    confusion: dict[SentimentLabel, dict[SentimentLabel, int]]
    accuracy: float
    macro_f1: float
    per_label: dict[SentimentLabel, LabelFigures]
    wall_s: float
    models: tuple[ModelReference, ...]


def evaluate_sentiment(
    file: Path,
    encoder: Encoder,
    *,
    head: LinearHead | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SentimentEvaluation:
    """Label every text of a file and compare.

    Args:
        file: JSON Lines with ``text`` and ``label`` (``negative``, ``neutral`` or ``positive``);
            ``sentiment`` is read where there is no ``label``; other fields are ignored.
        encoder: Turns texts into vectors.
        head: The trained head; the one that goes with the encoder when None.
        progress: Called with the number of texts done and of lines in all.

    Returns:
        The figures. Accuracy is the share of equal labels; macro-F1 the mean of the F1 of the
        labels that occur in the file or among those given.

    Raises:
        NotFound: The file does not exist.
        DatasetInvalid: A line is not as expected (the message names line, field and value), or
            there is no line.
    """
    if not file.is_file():
        raise NotFound(f"{file} does not exist", remedy="give a file of JSON Lines")
    total = sum(1 for _ in labelled_lines(file)) if progress else 0
    scorer = SentimentScorer(encoder, head=head)
    started = time.perf_counter()
    confusion: dict[SentimentLabel, dict[SentimentLabel, int]] = {
        true: dict.fromkeys(LABELS, 0) for true in LABELS
    }
    done = 0
    rows = (_read(file, number, line) for number, line in labelled_lines(file))
    while batch := list(islice(rows, _BATCH)):
        scores = scorer.score_texts([text for text, _ in batch])
        for (_, true), score in zip(batch, scores, strict=True):
            confusion[true][score.label] += 1
        done += len(batch)
        if progress:
            progress(done, total)
    if not done:
        raise DatasetInvalid(f"{file.name} holds no line", remedy="give one labelled text a line")
    per_label = {label: _figures(confusion, label) for label in LABELS}
    used = [f for f in per_label.values() if f.support or f.precision or f.recall]
    return SentimentEvaluation(
        file=file.name,
        n=done,
        confusion=confusion,
        accuracy=round(sum(confusion[label][label] for label in LABELS) / done, 4),
        macro_f1=round(sum(f.f1 for f in used) / len(used), 4),
        per_label=per_label,
        wall_s=round(time.perf_counter() - started, 3),
        models=scorer.references,
    )


def _read(file: Path, number: int, line: str) -> tuple[str, SentimentLabel]:
    place = f"{file.name} line {number}"
    row = labelled_object(place, line, expected="an object with text and label")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise DatasetInvalid(
            f"{place}, field text: expected words, got {_shown(row, 'text')}",
            remedy="give every line a text",
        )
    field = "label" if "label" in row else "sentiment"
    value = row.get(field)
    for label in LABELS:
        if value == label:
            return text, label
    raise DatasetInvalid(
        f"{place}, field {field}: expected {', '.join(LABELS)}, got {_shown(row, field)}",
        remedy="name the sentiment in one of these three words",
    )


def _shown(row: dict[str, object], field: str) -> str:
    return repr(row[field])[:60] if field in row else "nothing"


def _figures(
    confusion: dict[SentimentLabel, dict[SentimentLabel, int]], label: SentimentLabel
) -> LabelFigures:
    hits = confusion[label][label]
    given = sum(row[label] for row in confusion.values())
    support = sum(confusion[label].values())
    precision = hits / given if given else 0.0
    recall = hits / support if support else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return LabelFigures(
        precision=round(precision, 4), recall=round(recall, 4), f1=round(f1, 4), support=support
    )

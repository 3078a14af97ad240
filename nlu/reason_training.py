"""Training the reasons of a centre from its own labelled texts, into a folder."""

from __future__ import annotations

import importlib.metadata
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict

from conversation import ModelReference
from conversation.errors import BadInput, DatasetInvalid
from nlu.reason_calibration import ErrorRateChoice, Reliability
from nlu.reason_card import model_card
from nlu.reason_data import OUT_OF_SCOPE_LABELS, LabelledText, read_labelled_texts
from nlu.reason_finetuning import FineTuneRequest, fine_tune_reasons
from nlu.reason_fitting import elsewhere_of, fit_reasons
from nlu.reason_labels import (
    check_labels,
    codes_of_labels,
    hints_of_taxonomy,
    taxonomy_of_labels,
)
from nlu.reason_trained import ENCODER_NAME, FACTS_NAME, save_trained, trained_scorer
from nlu.reason_vectors import encode_sentences
from nlu.taxonomy import Taxonomy

if TYPE_CHECKING:
    from models import Encoder

DEFAULT_ERROR_RATE = 0.05
CARD_NAME = "README.md"

_CHUNK = 512
_PACKAGES = ("entendu", "scikit-learn", "numpy", "scipy")

Progress = Callable[[float, float, str], None]


class FineTuneReport(BaseModel):
    """How the encoder was fine-tuned.

    Attributes:
        epochs: Passes over the texts that were made.
        best_epoch: The pass that was kept.
        held_out_texts: Texts that decided when to stop.
        held_out_accuracy: On them, with the fine-tuned encoder alone, after each pass.
        tuned_share: Weight of the fine-tuned encoder beside the frozen one, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    epochs: int
    best_epoch: int
    held_out_texts: int
    held_out_accuracy: tuple[float | None, ...]
    tuned_share: float


class TrainingReport(BaseModel):
    """What was trained on what, and what is known of it from texts that were held out.

    Attributes:
        data: Name of the file.
        data_sha256: Of the file.
        licence: Of the data, as the user states it; None when nothing was stated.
        n_texts: Texts with a reason.
        n_out_of_scope: Texts without one.
        n_conversations: Different conversations that the texts name.
        n_labels: Different reasons.
        languages: How many texts of each language, as the data says.
        rarest_labels: Reasons with fewer than five texts.
        taxonomy: Name of the taxonomy.
        seed: Of everything that was drawn.
        encoder: The frozen encoder.
        fine_tuning: How the encoder was fine-tuned; None when it was not.
        reliability: Of the probabilities, on held-out texts.
        error_choice: The threshold, and the error rate for which it was chosen.
        threshold: Least probability of a reason that is given; also counts what looks out of
            scope, so it may lie above the one of ``error_choice``.
        trained_at: When.
        train_s: Seconds of it all.
        versions: Of packages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    data: str
    data_sha256: str
    licence: str | None
    n_texts: int
    n_out_of_scope: int
    n_conversations: int
    n_labels: int
    languages: dict[str, int]
    rarest_labels: tuple[str, ...]
    taxonomy: str
    seed: int
    encoder: ModelReference
    fine_tuning: FineTuneReport | None
    reliability: Reliability
    error_choice: ErrorRateChoice
    threshold: float
    trained_at: datetime
    train_s: float
    versions: dict[str, str]


def train_reasons(
    data: Path,
    out: Path,
    encoder: Encoder,
    *,
    taxonomy: Taxonomy | None = None,
    oos_labels: frozenset[str] = OUT_OF_SCOPE_LABELS,
    finetune: FineTuneRequest | None = None,
    error_rate: float = DEFAULT_ERROR_RATE,
    seed: int = 0,
    licence: str | None = None,
    progress: Progress | None = None,
) -> TrainingReport:
    """Train reasons and write a folder that :func:`nlu.reason_trained.load_reason_scorer` loads.

    Args:
        data: Labelled texts or conversations, as :func:`nlu.reason_data.read_labelled_texts`
            reads them.
        out: The folder; it must not hold anything but earlier trained reasons.
        encoder: Stays as it is; also used with fine-tuning, beside the encoder that is tuned.
        taxonomy: What the labels are codes of, of either level; None: each label is a reason.
        oos_labels: Labels that mean out of scope, besides null.
        finetune: What to fine-tune; None: nothing.
        error_rate: Most wrong reasons among those given, above 0 and below 1.
        seed: Of everything that is drawn.
        licence: Of the data, for the model card.
        progress: Called with (steps done, steps in all, what is done).

    Returns:
        The report, which is in the folder too.

    Raises:
        NotFound: The data does not exist.
        DatasetInvalid: Lines cannot be used; the message names them.
        BadInput: ``out`` holds something else or cannot be written, or a number is out of its
            range.
    """
    started = time.perf_counter()
    if not 0 < error_rate < 1:
        raise BadInput(
            f"got the error rate {error_rate}, expected more than 0 and less than 1",
            remedy="use 0.05 for at most 5 wrong reasons in 100 given",
        )
    _check_folder(out)
    advance = progress or _no_progress
    items = read_labelled_texts(data, oos_labels)
    if taxonomy is None:
        labels = sorted({item.label for item in items if item.label is not None})
        if len(labels) < 2:
            raise _too_few(labels, data)
        codes = codes_of_labels(labels)
        taxonomy = taxonomy_of_labels(labels, data.stem)
        items = [replace(item, label=codes[item.label] if item.label else None) for item in items]
    else:
        items = _scoped(items, taxonomy)
        check_labels(items, taxonomy, data.name)
    known = sorted({item.label for item in items if item.label is not None})
    if len(known) < 2:
        raise _too_few(known, data)
    texts = [item.text for item in items]
    targets = [item.label for item in items]
    groups = [item.group for item in items]
    _make_folder(out)
    vectors = _encoded(texts, encoder, advance)
    elsewhere = elsewhere_of(encoder)
    tuned, tuning = None, None
    if finetune is not None:
        tuned, tuning = fine_tune_reasons(
            texts, targets, finetune, out / ENCODER_NAME, groups=groups, seed=seed,
            progress=lambda what, done, total: advance(done, total, what),
        )  # fmt: skip
    advance(0, 1, "Training")
    fitted = fit_reasons(
        texts, targets, vectors, elsewhere, error_rate=error_rate, seed=seed, groups=groups,
        hints=hints_of_taxonomy(taxonomy, encoder), tuned=tuned,
    )  # fmt: skip
    advance(1, 1, "Training")
    scorer = trained_scorer(fitted.classifier, taxonomy, encoder)
    if fitted.error_choice is None:
        raise RuntimeError("an error rate was given, so a threshold was chosen")
    counts = Counter(label for label in targets if label is not None)
    with data.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    report = TrainingReport(
        data=data.name,
        data_sha256=digest,
        licence=licence,
        n_texts=sum(counts.values()),
        n_out_of_scope=len(items) - sum(counts.values()),
        n_conversations=len({group for group in groups if group is not None}),
        n_labels=len(counts),
        languages=dict(Counter(item.language for item in items if item.language).most_common()),
        rarest_labels=tuple(sorted(label for label, count in counts.items() if count < 5)),
        taxonomy=taxonomy.name,
        seed=seed,
        encoder=encoder.reference,
        fine_tuning=None
        if tuning is None or tuned is None
        else FineTuneReport(
            epochs=len(tuning.epochs),
            best_epoch=tuning.best_epoch,
            held_out_texts=int(
                sum(u and t is not None for u, t in zip(tuned.unseen, targets, strict=True))
            ),
            held_out_accuracy=tuple(epoch.accuracy for epoch in tuning.epochs),
            tuned_share=fitted.classifier.settled.tuned_share,
        ),
        reliability=fitted.reliability,
        error_choice=fitted.error_choice,
        threshold=round(scorer.settings.threshold, 4),
        trained_at=datetime.now(UTC).replace(microsecond=0),
        train_s=round(time.perf_counter() - started, 1),
        versions={name: importlib.metadata.version(name) for name in _PACKAGES},
    )
    save_trained(scorer, out, report=report.model_dump(mode="json"))
    (out / CARD_NAME).write_text(model_card(report, taxonomy), encoding="utf-8")
    return report


def _encoded(texts: list[str], encoder: Encoder, advance: Progress) -> np.ndarray:
    distinct = list(dict.fromkeys(texts))
    found: dict[str, np.ndarray] = {}
    for start in range(0, len(distinct), _CHUNK):
        chunk = distinct[start : start + _CHUNK]
        found.update(zip(chunk, encode_sentences(chunk, encoder), strict=True))
        advance(len(found), len(distinct), "Encoding the texts")
    return np.stack([found[text] for text in texts])


def _scoped(items: list[LabelledText], taxonomy: Taxonomy) -> list[LabelledText]:
    """Return the texts; the taxonomy's own code for what is out of scope means just that."""
    outside = {r.code for r in taxonomy.reasons if r.role == "out_of_scope"}
    return [replace(item, label=None) if item.label in outside else item for item in items]


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput(f"{out} is a file, expected a folder", remedy="name another folder")
    if out.is_dir() and any(out.iterdir()) and not (out / FACTS_NAME).is_file():
        raise BadInput(
            f"{out} holds other files, expected an empty folder or earlier trained reasons",
            remedy="name another folder",
        )


def _make_folder(out: Path) -> None:
    """Make the folder before the work, so that none is done for a place that takes no file."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise BadInput(
            f"nothing can be written to {out}: {error.strerror}", remedy="name another folder"
        ) from error


def _too_few(labels: list[str], data: Path) -> DatasetInvalid:
    got = f"only the reason {labels[0]!r}" if labels else "no reason"
    return DatasetInvalid(
        f"{data} has {got} besides out of scope, expected two or more",
        remedy="give labelled texts of at least two reasons",
    )


def _no_progress(_done: float, _total: float, _what: str) -> None:
    """Show nothing."""

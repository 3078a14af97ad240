"""A head that tells what each turn does, as a centre labelled it (asks, restates, informs)."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conversation import Conversation, Evidence, ModelReference, Speaker
from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, ModelMissing
from quality.question_model.cross_validation import (
    HeldOut,
    choose_settings,
    fit_rows,
    held_out,
    macro_f1,
)
from quality.question_model.examples import Example, Labelled
from quality.question_model.head_folder import StoredHead, load_head, same_encoder, save_head
from quality.question_model.question_training import PACKAGES
from quality.question_model.training_report import TurnReport, turn_card
from quality.question_model.turn_features import TurnRow, dense_gains, turn_rows
from quality.question_model.two_view_head import HeadSettings

if TYPE_CHECKING:
    from quality.sentence_vectors import SentenceVectors

LEAST_CONVERSATIONS = 10
"""Labelled conversations that a head is trained from at least."""
LEAST_TURNS = 30
"""Turns with a label, for each of two labels or more."""

GRID = (
    HeadSettings(lexical_c=2.0, dense_c=0.3),
    HeadSettings(lexical_c=4.0, dense_c=0.15),
)


@dataclass(frozen=True)
class LabelledConversation:
    """A conversation some of whose turns people labelled.

    Attributes:
        conversation: The conversation, whole: the turns around a labelled one are read too.
        labels: Label of each labelled turn, by its index.
        group: What must not be on both sides of a split when several conversations have it in
            common; None: the conversation alone.
    """

    conversation: Conversation
    labels: Mapping[int, str]
    group: str | None = None


class TurnLabel(BaseModel):
    """What one turn does.

    Attributes:
        label: The most probable one.
        probability: Of it, 0 to 1.
        evidence: The turn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str
    probability: float = Field(ge=0, le=1)
    evidence: Evidence


@dataclass(frozen=True, eq=False)
class TurnHead:
    """A head trained from labelled turns.

    Attributes:
        stored: Words, weights and encoder.
        report: What it was trained on and what is known of it.
    """

    stored: StoredHead
    report: TurnReport

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it gives."""
        return self.stored.head.labels

    @property
    def reference(self) -> ModelReference:
        """Name and hash of its folder; without a hash while it is not saved."""
        return self.stored.reference or ModelReference(name="turns")

    def label_turns(
        self, conversation: Conversation, vectors: SentenceVectors
    ) -> tuple[TurnLabel, ...]:
        """Label the turns of the speaker whom it was trained for.

        Args:
            conversation: Whole.
            vectors: Of :func:`quality.question_model.turn_features.turn_texts`.

        Returns:
            One label for each turn that has words, in order.

        Raises:
            BadInput: The vectors are of another encoder.
            ModelMissing: A text has no stored vector, and nothing may be encoded.
        """
        import numpy as np

        rows = turn_rows(conversation, vectors, speaker=self.report.speaker)
        if not rows:
            return ()
        if vectors.model is None or not same_encoder(vectors.model, self.stored.encoder):
            raise BadInput(
                f"the vectors are of {vectors.model.name if vectors.model else 'no model'}, the "
                f"head reads those of {self.stored.encoder.name}",
                remedy="use the encoder that its README.md names, or train the head again",
            )
        examples = [_example(row) for row in rows]
        found = self.stored.head.probabilities(
            self.stored.blocks.matrix(examples), np.stack([one.dense for one in examples])
        )
        return tuple(
            TurnLabel(
                label=self.labels[int(one.argmax())],
                probability=min(1.0, float(one.max())),
                evidence=Evidence.from_turn(row.turn),
            )
            for row, one in zip(rows, found, strict=True)
        )

    def save(self, folder: Path) -> ModelReference:
        """Write the head and its model card to a folder.

        Raises:
            BadInput: The folder holds something else or cannot be written.
        """
        return save_head(self.stored, folder, card=turn_card(self.report))


def count_labels(labels: Sequence[TurnLabel], *, least_probability: float = 0.0) -> dict[str, int]:
    """Count turns by label, such as the open questions of a contact.

    Args:
        labels: Of one conversation.
        least_probability: Turns that are less sure are not counted, 0 to 1.
    """
    return dict(Counter(one.label for one in labels if one.probability >= least_probability))


def train_turn_head(
    data: Sequence[LabelledConversation],
    vectors: SentenceVectors,
    *,
    speaker: Speaker = "agent",
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TurnHead:
    """Train a head from labelled turns; the same input gives the same head.

    Args:
        data: Labelled conversations.
        vectors: Of :func:`quality.question_model.turn_features.turn_texts` of each.
        speaker: Whose turns are labelled.
        seed: Of everything that is drawn.
        progress: Called with (folds done, folds).

    Returns:
        The head, not saved.

    Raises:
        DatasetInvalid: There are too few labelled turns, or a label is of no such turn.
        ModelMissing: A text has no stored vector, and nothing may be encoded.
    """
    rows = labelled_rows(data, vectors, speaker=speaker)
    check_rows(rows)
    if vectors.model is None:
        raise ModelMissing("no encoder has made vectors", remedy="give an encoder")
    judged = judge_held_out(rows, seed=seed, progress=progress)
    gains = dense_gains(len(rows[0].example.dense))
    settings, temperature = choose_settings(rows, gains, GRID, macro_f1, seed=seed)
    blocks, head = fit_rows(rows, gains, settings)
    report = _report(rows, judged, settings, vectors.model, speaker, seed)
    stored = StoredHead(
        kind="turns",
        blocks=blocks,
        n_blocks=1,
        head=head.with_temperature(temperature),
        encoder=vectors.model,
        report=report.model_dump(mode="json"),
    )
    return TurnHead(stored, report)


def load_turn_head(folder: Path, *, encoder: ModelReference | None = None) -> TurnHead:
    """Read what :meth:`TurnHead.save` wrote.

    Args:
        folder: The folder.
        encoder: Whose vectors it will read; None: checked when a conversation is read.

    Raises:
        ModelMissing: A file is not there.
        ModelCorrupt: The files are not what they should be.
        BadInput: The head is for a question, or was trained with another encoder.
    """
    stored = load_head(folder, "turns", encoder=encoder)
    try:
        return TurnHead(stored, TurnReport.model_validate(stored.report))
    except ValidationError as error:
        raise ModelCorrupt(
            f"{folder} does not hold a trained head: its report has {error.error_count()} problems",
            remedy="restore its files, or train the head again",
        ) from None


def labelled_rows(
    data: Sequence[LabelledConversation], vectors: SentenceVectors, *, speaker: Speaker = "agent"
) -> list[Labelled]:
    """Describe the labelled turns.

    Raises:
        DatasetInvalid: A label is of a turn that is not there, of somebody else, or without words.
    """
    found = []
    for one in data:
        rows = {
            row.turn.index: row for row in turn_rows(one.conversation, vectors, speaker=speaker)
        }
        absent = sorted(set(one.labels) - set(rows))
        if absent:
            raise DatasetInvalid(
                f"conversation {one.conversation.id!r} has a label for turn {absent[0]}, which is "
                f"no turn of the {speaker} with words",
                remedy="correct the index of the turn",
            )
        group = one.group or f"conversation {one.conversation.id}"
        found += [
            Labelled(_example(rows[index]), label, group)
            for index, label in sorted(one.labels.items())
        ]
    return found


def check_rows(rows: Sequence[Labelled]) -> None:
    """Check that there is enough to learn from.

    Raises:
        DatasetInvalid: There is too little; the message says how much of what is needed.
    """
    counts = Counter(row.label for row in rows)
    groups = len({row.group for row in rows})
    enough = [label for label, count in counts.items() if count >= LEAST_TURNS]
    if groups < LEAST_CONVERSATIONS or len(enough) < 2:
        have = ", ".join(f"{count} of {label!r}" for label, count in counts.most_common())
        raise DatasetInvalid(
            f"{len(rows)} labelled turns ({have or 'none'}) of {groups} conversations; a head "
            f"needs {LEAST_CONVERSATIONS} conversations and two labels with {LEAST_TURNS} turns",
            remedy="label more turns",
        )


def judge_held_out(
    rows: Sequence[Labelled], *, seed: int, progress: Callable[[int, int], None] | None = None
) -> HeldOut:
    """Judge every turn with a head that never saw its conversation, settings included."""
    gains = dense_gains(len(rows[0].example.dense))
    return held_out(rows, gains, GRID, macro_f1, seed=seed, progress=progress)


def _report(
    rows: Sequence[Labelled],
    judged: HeldOut,
    settings: HeadSettings,
    encoder: ModelReference,
    speaker: Speaker,
    seed: int,
) -> TurnReport:
    import numpy as np

    from nlu.reason_calibration import reliability

    classes = np.asarray([judged.labels.index(row.label) for row in rows])
    found = judged.probabilities.argmax(axis=1)
    ones = np.ones(len(rows))
    f1 = {}
    for number, label in enumerate(judged.labels):
        right = int(((classes == number) & (found == number)).sum())
        wrong = int(((classes == number) != (found == number)).sum())
        f1[label] = round(2 * right / (2 * right + wrong), 4) if right + wrong else 0.0
    counts = Counter(row.label for row in rows)
    return TurnReport(
        speaker=speaker,
        n_turns=len(rows),
        n_conversations=len({row.group for row in rows}),
        labels={label: counts[label] for label in judged.labels},
        encoder=encoder,
        lexical_c=settings.lexical_c,
        dense_c=settings.dense_c,
        dense_share=settings.dense_share,
        seed=seed,
        accuracy=round(float((classes == found).mean()), 4),
        macro_f1=round(macro_f1(judged.probabilities, classes, ones), 4),
        f1=f1,
        reliability=reliability(judged.probabilities.max(axis=1), classes == found),
        versions={name: importlib.metadata.version(name) for name in PACKAGES},
    )


def _example(row: TurnRow) -> Example:
    return Example(((row.text,),), row.dense)

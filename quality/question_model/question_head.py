"""A head that answers one question of a scorecard as analysts answered it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conversation import Evidence, ModelReference
from quality.contact import Contact
from quality.findings import LEVELS
from quality.helpers import Opinion
from quality.moments import quote
from quality.question_model.contact_features import ContactRow, contact_row
from quality.question_model.head_folder import StoredHead, load_head, same_encoder, save_head
from quality.question_model.training_report import QuestionReport, question_card
from quality.sentences import sentence_texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NOT_APPLICABLE = "na"
_SHOWN = 2


@dataclass(frozen=True)
class TrainedOpinion(Opinion):
    """What a trained head expects an analyst to answer.

    Attributes:
        probabilities: Of 1, 0.5 and 0 where the question applies; they sum to 1.
        evidence: The agent's sentences that speak most for the most probable answer, at most two.
        not_applicable: Probability that the question does not apply.
        least_probability: Of an answer that is given; what is less sure is left to a person.
    """

    not_applicable: float = 0.0
    least_probability: float = 0.0


@dataclass(frozen=True, eq=False)
class QuestionHead:
    """A head trained from analysts' answers to one question (:class:`quality.QuestionModel`).

    Attributes:
        stored: Words, weights and encoder.
        report: What it was trained on and what is known of it.
    """

    stored: StoredHead
    report: QuestionReport

    @property
    def reference(self) -> ModelReference:
        """Name and hash of its folder; without a hash while it is not saved."""
        return self.stored.reference or ModelReference(name=self.report.item)

    def opinion(self, contact: Contact) -> TrainedOpinion | None:
        """Read a contact.

        Returns:
            The opinion; None without sentence vectors of the head's encoder, or where the agent
            says no sentence.
        """
        vectors = contact.vectors
        if vectors is None or not vectors.can_give(sentence_texts(contact.conversation)):
            return None
        row = contact_row(contact.conversation, contact.metrics, vectors)
        if row is None or vectors.model is None:
            return None
        if not same_encoder(vectors.model, self.stored.encoder):
            return None
        expected = self.probabilities(row)
        label = max(expected, key=lambda name: expected[name])
        absent = expected.get(NOT_APPLICABLE, 0.0)
        values = {value: expected.get(f"{value:g}", 0.0) for value in reversed(LEVELS)}
        applies = sum(values.values())
        return TrainedOpinion(
            probabilities={
                value: probability / applies if applies > 0 else 1 / len(values)
                for value, probability in values.items()
            },
            evidence=self._evidence(row, label),
            not_applicable=absent,
            least_probability=self.report.choice.threshold,
        )

    def probabilities(self, row: ContactRow) -> Mapping[str, float]:
        """Return the calibrated probability of each answer, as labels write it."""
        example = row.example
        found = self.stored.head.probabilities(
            self.stored.blocks.matrix([example]), example.dense[None]
        )[0]
        return dict(zip(self.stored.head.labels, found.astype(float).tolist(), strict=True))

    def contributions(self, row: ContactRow, label: str) -> tuple[NDArray[np.float32], ...]:
        """Return how far each sentence speaks for an answer rather than the mean answer.

        Returns:
            For each speaker an array of shape (n_sentences,). With what the figures of the
            contact add, and a constant, they sum to the score.
        """
        head = self.stored.head
        words = self.stored.blocks.contributions(row.example, head.word_weights(label))
        meaning = row.dense_contributions(head.dense_weights_of(label), head.centre)
        return tuple(word + mean for word, mean in zip(words, meaning, strict=True))

    def save(self, folder: Path) -> ModelReference:
        """Write the head and its model card to a folder.

        Raises:
            BadInput: The folder holds something else or cannot be written.
        """
        return save_head(self.stored, folder, card=question_card(self.report))

    def _evidence(self, row: ContactRow, label: str) -> tuple[Evidence, ...]:
        amounts = self.contributions(row, label)[0]  # of the agent, whom the question is about
        ranked = sorted(
            zip(amounts.tolist(), row.sentences[0], strict=True), key=lambda pair: -pair[0]
        )
        kept = ranked[:1] + [pair for pair in ranked[1:_SHOWN] if pair[0] > 0]
        return tuple(quote(one.turn, one.start, one.end) for _, one in kept)


def load_question_head(folder: Path, *, encoder: ModelReference | None = None) -> QuestionHead:
    """Read what :meth:`QuestionHead.save` wrote.

    Args:
        folder: The folder.
        encoder: Whose vectors it will read; None: checked when a contact is read.

    Raises:
        ModelMissing: A file is not there.
        ModelCorrupt: The files are not what they should be.
        BadInput: The head is for turns, or was trained with another encoder.
    """
    stored = load_head(folder, "question", encoder=encoder)
    return QuestionHead(stored, QuestionReport.read(stored.report, folder))


def load_question_heads(
    names: Iterable[str], *, base: Path, encoder: ModelReference | None = None
) -> dict[str, QuestionHead]:
    """Load the heads that a card names, for :attr:`quality.helpers.Helpers.question_models`.

    Args:
        names: As the card gives them (:func:`quality.detectors.model.models_of`).
        base: Folder that relative names start from, such as that of the card.
        encoder: As for :func:`load_question_head`.

    Raises:
        ModelMissing: A folder or a file of it is not there.
        ModelCorrupt: The files of one are not what they should be.
        BadInput: One was trained with another encoder.
    """
    return {name: load_question_head(base / name, encoder=encoder) for name in names}

"""What the machine made of conversations, card by card: drafts until people confirm them."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from conversation.errors import NotFound
from quality.agreement import Gates, QuestionGate, apply_gates
from quality.results import Evaluation
from quality.review import GateChanged
from quality.review.event import Gate
from quality.scorecard import Scorecard
from serving.reviewing.contacts import Contact
from serving.reviewing.sql_log import SqlEventLog
from serving.store.database import Database
from serving.store.tables import EvaluationRow


class Draft(BaseModel):
    """An automatic evaluation.

    Attributes:
        evaluation: With one card; its score counts the questions whose gate is ``auto``.
        gates: How far each question's answer is trusted (``auto``: counted, ``assist``: shown but
            not counted, ``off``: withdrawn).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    evaluation: Evaluation
    gates: dict[str, Gate]


class Drafts:
    """Keeps and finds automatic evaluations.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, contact: Contact) -> tuple[Evaluation, ...]:
        """Return all evaluations of a conversation: that of its analysis first, then by card."""
        first = contact.result.evaluation
        with self._database.reading() as session:
            rows = session.scalars(
                select(EvaluationRow)
                .where(EvaluationRow.conversation_id == contact.stored.id)
                .order_by(EvaluationRow.created_at, EvaluationRow.scorecard, EvaluationRow.version)
            ).all()
            others = [Evaluation.model_validate_json(row.document) for row in rows]
        own = None if first is None else (first.scorecard, first.version)
        kept = [one for one in others if (one.scorecard, one.version) != own]
        return tuple(([] if first is None else [first]) + kept)

    def find(
        self, contact: Contact, scorecard: str | None = None, version: str | None = None
    ) -> Evaluation:
        """Return one evaluation of a conversation.

        Args:
            contact: The conversation.
            scorecard: Name of the card; None: that of the analysis.
            version: Of the card; None: the newest that this conversation was scored with.

        Raises:
            NotFound: It was not scored so.
        """
        found = self.of(contact)
        wanted = [
            one
            for one in found
            if scorecard in (None, one.scorecard) and version in (None, one.version)
        ]
        if not wanted:
            have = ", ".join(f"{one.scorecard} {one.version}" for one in found) or "no card"
            raise NotFound(
                f"the conversation was scored with {have}, "
                f"not with {scorecard or 'a card'} {version or ''}".rstrip(),
                remedy="score it again with that card: POST /v1/evaluations/scoring",
            )
        return wanted[0] if scorecard is None else wanted[-1]

    def keep(self, evaluation: Evaluation, card: Scorecard, *, team: str) -> None:
        """Keep an evaluation; one with the same version of the card is replaced by it.

        Args:
            evaluation: Under the store's id of the conversation.
            card: It was made with.
            team: Whose it is.
        """
        row = EvaluationRow(
            conversation_id=evaluation.conversation_id,
            scorecard=card.name,
            version=card.version,
            team=team,
            scorecard_sha256=card.sha256,
            created_at=datetime.now(UTC),
            score_100=evaluation.score_100,
            document=evaluation.model_dump_json(),
        )
        with self._database.writing() as session:
            session.merge(row)


def gates_in_force(log: SqlEventLog, scorecard: str) -> Gates:
    """Return the gates of a card as they were announced last."""
    held = {
        one.item: QuestionGate(gate=one.after, question_sha256=one.question_sha256)
        for one in log.card_events(scorecard)
        if isinstance(one, GateChanged)
    }
    return Gates(scorecard=scorecard, questions=held)


def draft_of(evaluation: Evaluation, log: SqlEventLog) -> Draft:
    """Return an evaluation as people are shown it: what is not trusted is not counted."""
    gated = apply_gates(evaluation, gates_in_force(log, evaluation.scorecard))
    return Draft(evaluation=gated.evaluation, gates=gated.gates)

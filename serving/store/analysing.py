"""What an analysis changes: how far it is, what it gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from serving.problems import Problem
from serving.store.parts import StorePart, has_outcome
from serving.store.tables import AnalysisRow, ConversationRow
from serving.store.values import Result, StoredConversation

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Analysing(StorePart):
    """Notes what happens to a conversation on its way from queued to done or failed."""

    def requeue(self) -> None:
        """Call what a process that is gone was analysing queued again."""
        with self._database.writing() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.status == "running")
                .values(status="queued", progress=0.0)
            )

    def begin(self, conversation_id: str) -> StoredConversation | None:
        """Note that an analysis starts.

        Returns:
            The conversation; None when it was erased meanwhile.
        """
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None:
                return None
            row.status = "running"
            row.attempts += 1
            row.progress = 0.0
            session.flush()
            return StoredConversation.model_validate(row)

    def interrupt(self, conversation_id: str) -> None:
        """Note that an analysis was stopped on purpose and will start again."""
        with self._database.writing() as session:
            session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(status="queued", attempts=ConversationRow.attempts - 1, progress=0.0)
            )

    def note_progress(self, conversation_id: str, progress: float) -> bool:
        """Note how far an analysis is.

        Args:
            conversation_id: Which.
            progress: Share that is done, 0 to 1.

        Returns:
            Whether the conversation is still in the store.
        """
        with self._database.writing() as session:
            changed = session.scalars(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(progress=min(max(progress, 0.0), 1.0))
                .returning(ConversationRow.id)
            ).all()
        return bool(changed)

    def keep_result(self, conversation_id: str, outcome: Result | Problem) -> None:
        """Keep what an analysis gave; one that is there, or an erased conversation, wins.

        Args:
            conversation_id: Which.
            outcome: The analysis, or why there is none.
        """
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None or has_outcome(session, row):
                return
            if isinstance(outcome, Problem):
                row.problem = outcome.as_json()
                return
            self.keep_analysis(session, conversation_id, outcome)

    def keep_analysis(self, session: Session, conversation_id: str, result: Result) -> None:
        """Keep an analysis in a transaction of others; the one before it is replaced.

        Args:
            session: Of the transaction.
            conversation_id: Whose; nothing is kept of one that was erased.
            result: The analysis.
        """
        row = session.get(ConversationRow, conversation_id, with_for_update=True)
        if row is None:
            return
        row.channel = result.channel
        row.spoken_language = result.spoken_language
        row.started_at = result.started_at or row.started_at
        row.direction = row.direction or result.direction  # who sent it knows
        row.duration_s = result.duration_s
        row.reason = result.reason
        row.score_100 = result.score_100
        session.merge(
            AnalysisRow(
                conversation_id=conversation_id,
                schema_version=result.schema_version,
                created_at=self._clock(),
                document=result.document,
            )
        )

    def has_outcome(self, conversation_id: str) -> bool:
        """Tell whether an analysis already gave something, be it a problem."""
        with self._database.reading() as session:
            row = session.get(ConversationRow, conversation_id)
            return row is not None and has_outcome(session, row)

    def settle(self, conversation_id: str) -> None:
        """Call a conversation done or failed, after what its analysis gave."""
        with self._database.writing() as session:
            row = session.get(ConversationRow, conversation_id, with_for_update=True)
            if row is None or row.status in ("done", "failed"):
                return
            if row.problem is None:
                row.status, row.progress = "done", 1.0
            else:
                row.status = "failed"
            row.finished_at = self._clock()

    def mark_sampled(self, conversation_ids: tuple[str, ...]) -> None:
        """Note that conversations were drawn or assigned for review: analysts see them now."""
        with self._database.writing() as session:
            for conversation_id in sorted(conversation_ids):
                session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.id == conversation_id)
                    .values(sampled=True)
                )

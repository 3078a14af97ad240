"""What an analysis gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, update

from serving.store.parts import StorePart
from serving.store.tables import AnalysisRow, CategoryRow, ConversationRow
from serving.store.values import Result

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Analysing(StorePart):
    """Keeps what the analysis of a conversation gave."""

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
        row.started_at = row.started_at or result.started_at  # who sent it knows
        row.direction = row.direction or result.direction
        row.duration_s = result.duration_s
        row.reason = result.reason
        row.score_100 = result.score_100
        row.sentiment = result.sentiment
        session.execute(delete(CategoryRow).where(CategoryRow.conversation_id == conversation_id))
        if result.categories:
            session.execute(
                insert(CategoryRow),
                [
                    {"conversation_id": conversation_id, "category": code, "alert": alert}
                    for code, alert in dict(result.categories).items()
                ],
            )
        session.merge(
            AnalysisRow(
                conversation_id=conversation_id,
                schema_version=result.schema_version,
                created_at=self._clock(),
                document=result.document,
            )
        )

    def mark_sampled(self, conversation_ids: tuple[str, ...]) -> None:
        """Note that conversations were drawn or assigned for review: analysts see them now."""
        with self._database.writing() as session:
            for conversation_id in sorted(conversation_ids):
                session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.id == conversation_id)
                    .values(sampled=True)
                )

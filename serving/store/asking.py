"""What is asked of the store: one conversation, or lists of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, literal, select, tuple_

from conversation import Conversation
from serving.access.visibility import EVERYTHING, Visibility
from serving.store.cursors import cursor_at, position_of
from serving.store.parts import StorePart, existing
from serving.store.tables import AnalysisRow, ConversationRow, UtcDateTime
from serving.store.values import NO_FILTERS, Filters, Page, Status, StoredConversation
from serving.store.visible import matching, seen_by

_SOME = 500  # names in one query; databases limit how many it may have


class Asking(StorePart):
    """Hands conversations out."""

    def get(
        self, conversation_id: str, *, visibility: Visibility = EVERYTHING
    ) -> StoredConversation:
        """Return a conversation.

        Args:
            conversation_id: Which.
            visibility: What may be seen.

        Raises:
            NotFound: There is none with this id that may be seen.
        """
        with self._database.reading() as session:
            return StoredConversation.model_validate(existing(session, conversation_id, visibility))

    def source(
        self, conversation_id: str, *, visibility: Visibility = EVERYTHING
    ) -> Conversation | None:
        """Return a conversation as it was received; None for recordings, and once it was erased.

        Args:
            conversation_id: Which.
            visibility: What may be seen.

        Raises:
            NotFound: There is none with this id that may be seen.
        """
        with self._database.reading() as session:
            source = existing(session, conversation_id, visibility).source
        return None if source is None else Conversation.model_validate_json(source)

    def given(self, conversation_id: str) -> tuple[StoredConversation, Conversation | None]:
        """Return a conversation and, unless it is a recording, what was received.

        Raises:
            NotFound: There is none with this id.
        """
        with self._database.reading() as session:
            row = existing(session, conversation_id)
            stored, source = StoredConversation.model_validate(row), row.source
        return stored, None if source is None else Conversation.model_validate_json(source)

    def analysis(self, conversation_id: str, *, visibility: Visibility = EVERYTHING) -> str | None:
        """Return the analysis of a conversation as JSON; None while there is none.

        Args:
            conversation_id: Which.
            visibility: What may be seen; of others there is none.
        """
        query = (
            select(AnalysisRow.document)
            .join(ConversationRow, ConversationRow.id == AnalysisRow.conversation_id)
            .where(AnalysisRow.conversation_id == conversation_id, seen_by(visibility))
        )
        with self._database.reading() as session:
            return session.scalar(query)

    def page(
        self,
        *,
        limit: int,
        cursor: str | None = None,
        status: Status | None = None,
        filters: Filters = NO_FILTERS,
        visibility: Visibility = EVERYTHING,
    ) -> Page:
        """List conversations, newest first.

        Args:
            limit: Most to return.
            cursor: Where to begin, from the page before; None: with the newest.
            status: Only those with this status.
            filters: Which conversations.
            visibility: What may be seen.

        Raises:
            BadInput: The cursor is none of ours, or no word could be looked for.
        """
        newest_first = (
            select(ConversationRow)
            .where(seen_by(visibility), matching(filters, self._database.kind))
            .order_by(ConversationRow.created_at.desc(), ConversationRow.id.desc())
        )
        if status is not None:
            newest_first = newest_first.where(ConversationRow.status == status)
        if cursor is not None:
            created_at, last_id = position_of(cursor)
            newest_first = newest_first.where(
                tuple_(ConversationRow.created_at, ConversationRow.id)
                < tuple_(literal(created_at, UtcDateTime), literal(last_id))
            )
        with self._database.reading() as session:
            rows = session.scalars(newest_first.limit(limit + 1)).all()
            found = tuple(StoredConversation.model_validate(row) for row in rows[:limit])
        return Page(found, cursor_at(found[-1]) if len(rows) > limit else None)

    def reason_counts(
        self, *, visibility: Visibility = EVERYTHING, since: datetime | None = None
    ) -> dict[str, int]:
        """Count conversations by contact reason; those without one are left out.

        Args:
            visibility: What may be seen.
            since: Accepted then or later; None: all.
        """
        query = (
            select(ConversationRow.reason, func.count())
            .where(seen_by(visibility), ConversationRow.reason.is_not(None))
            .group_by(ConversationRow.reason)
        )
        if since is not None:
            query = query.where(ConversationRow.created_at >= since)
        with self._database.reading() as session:
            return {str(reason): count for reason, count in session.execute(query)}

    def known(self, conversation_ids: Iterable[str]) -> set[str]:
        """Return those of the ids that are in the store."""
        asked, found = sorted(conversation_ids), set[str]()
        with self._database.reading() as session:
            for start in range(0, len(asked), _SOME):
                some = ConversationRow.id.in_(asked[start : start + _SOME])
                found.update(session.scalars(select(ConversationRow.id).where(some)))
        return found

    def of_customer(self, customer_key: str, *, team: str | None = None) -> tuple[str, ...]:
        """Return the ids of a customer's conversations, oldest first.

        Args:
            customer_key: Whose.
            team: Only this team's; None: every team's.
        """
        query = (
            select(ConversationRow.id)
            .where(ConversationRow.customer_key == customer_key)
            .order_by(ConversationRow.created_at, ConversationRow.id)
        )
        if team is not None:
            query = query.where(ConversationRow.team == team)
        with self._database.reading() as session:
            return tuple(session.scalars(query))

"""Looking at the bot's conversations as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from conversation.errors import NotFound
from kb_search.bot import Session
from serving.dialogues.seeing import sessions_seen_by
from serving.dialogues.values import Reply, StoredSession, stored_session
from serving.store.tables import BotReplyRow, BotSessionRow

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.store.database import Database


class StoredSessions:
    """Finds conversations with the bot; everybody finds what they may see.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, principal: Principal, session_id: str) -> StoredSession:
        """Return a session.

        Raises:
            NotFound: There is none that they may see.
        """
        with self._database.reading() as database:
            row = database.scalar(
                select(BotSessionRow).where(
                    BotSessionRow.id == session_id, sessions_seen_by(principal)
                )
            )
            if row is None:
                raise unknown_session(session_id)
            return stored_session(row)

    def newest(self, principal: Principal) -> tuple[str, int] | None:
        """Return the id and the version of the newest session; None where there is none."""
        query = (
            select(BotSessionRow.id, BotSessionRow.version)
            .where(sessions_seen_by(principal))
            .order_by(BotSessionRow.created_at.desc(), BotSessionRow.id.desc())
            .limit(1)
        )
        with self._database.reading() as database:
            found = database.execute(query).first()
            return None if found is None else (found.id, found.version)

    def all(
        self,
        principal: Principal,
        *,
        limit: int,
        state: str | None = None,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[StoredSession, ...]:
        """List sessions, newest first.

        Args:
            principal: Who asks.
            limit: Most to return.
            state: Only those that stand there; None: any.
            before: Moment and id of the session that the list goes on after.
        """
        query = (
            select(BotSessionRow)
            .where(sessions_seen_by(principal))
            .order_by(BotSessionRow.created_at.desc(), BotSessionRow.id.desc())
            .limit(limit)
        )
        if state is not None:
            query = query.where(BotSessionRow.state == state)
        if before is not None:
            query = query.where(tuple_(BotSessionRow.created_at, BotSessionRow.id) < before)
        with self._database.reading() as database:
            return tuple(stored_session(row) for row in database.scalars(query))

    def replies(self, principal: Principal, session_id: str) -> tuple[Reply, ...]:
        """Return all that the bot did after the greeting.

        Raises:
            NotFound: There is no such session that they may see.
        """
        self.get(principal, session_id)
        with self._database.reading() as database:
            documents = database.scalars(
                select(BotReplyRow.document).where(BotReplyRow.session_id == session_id)
            ).all()
        return tuple(Reply.model_validate_json(document) for document in documents)

    def between(
        self, team: str | None, *, since: datetime | None, until: datetime | None
    ) -> Iterator[Session]:
        """Yield the sessions that were opened in a period, for figures."""
        query = select(BotSessionRow.document).order_by(BotSessionRow.created_at)
        if team is not None:
            query = query.where(BotSessionRow.team == team)
        if since is not None:
            query = query.where(BotSessionRow.created_at >= since)
        if until is not None:
            query = query.where(BotSessionRow.created_at < until)
        with self._database.reading() as database:
            for document in database.scalars(query.execution_options(yield_per=200)):
                yield Session.model_validate_json(document)


def unknown_session(session_id: str) -> NotFound:
    """Return what is raised where there is no such session that somebody may see."""
    return NotFound(f"no session {session_id[:64]!r}", remedy="open one: POST /v1/bot/sessions")

"""Chats that wait for a person, and those that a person has."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from sqlalchemy import ColumnElement, and_, func, or_, select, true, update

from conversation.errors import Conflict, NotFound
from kb_search.bot.events import GivenBack, HumanClosed, HumanJoined, HumanWrote
from serving.dialogues.values import StoredSession, stored_session
from serving.store.tables import BotSessionRow

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.dialogues.bot_sessions import BotSessions
    from serving.dialogues.presence import Presence
    from serving.store.database import Database

MOST_WAITING = 100

Standing = Literal["waiting", "mine", "colleague", "over"]


@dataclass(frozen=True)
class Queue:
    """What is to be done in writing.

    Attributes:
        waiting: For anybody, the most urgent and then the longest waiting first.
        mine: What who asks has taken and not finished, the newest first.
        with_colleagues: How many chats others have.
    """

    waiting: tuple[StoredSession, ...]
    mine: tuple[StoredSession, ...]
    with_colleagues: int


class Chats:
    """Lets people take chats, write in them, and be done with them.

    Args:
        database: The store's.
        bots: Keep the conversations.
        presence: Knows who writes.
        named: How a person is named to customers; ``{name}`` is what they say.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        bots: BotSessions,
        presence: Presence,
        *,
        named: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bots = bots
        self._presence = presence
        self._named = named
        self._clock = clock

    def queue(self, principal: Principal) -> Queue:
        """Return what waits for a person, and what somebody has."""
        row = BotSessionRow
        mine = and_(row.agent_id == principal.id, row.done_at.is_(None))
        query = (
            select(row)
            .where(_of_team(principal), or_(_waiting(), mine))
            .order_by(row.updated_at.desc())
            .limit(2 * MOST_WAITING)
        )
        others = select(func.count()).where(
            _of_team(principal), row.state == "with_human", row.agent_id != principal.id
        )
        with self._database.reading() as session:
            found = [stored_session(one) for one in session.scalars(query)]
            with_colleagues = session.scalar(others) or 0
        taken = [one for one in found if one.agent_id == principal.id and one.done_at is None]
        waiting = [one for one in found if one.agent_id is None]
        waiting.sort(key=_urgent_first)
        taken.sort(key=lambda one: one.taken_at or one.created_at, reverse=True)
        return Queue(tuple(waiting[:MOST_WAITING]), tuple(taken), with_colleagues)

    def get(self, principal: Principal, session_id: str) -> StoredSession:
        """Return a chat in which a person was asked for.

        Raises:
            NotFound: There is none that they may see.
        """
        stored = self._bots.get(principal, session_id)
        if stored.packet is None and stored.agent_id is None:
            raise NotFound(
                "nobody was asked to take this conversation", remedy="take one of the queue"
            )
        return stored

    def standing(self, principal: Principal, stored: StoredSession) -> Standing:
        """Tell where a chat stands for somebody."""
        if stored.agent_id == principal.id and stored.done_at is None:
            return "mine"
        if stored.agent_id is not None and stored.done_at is None:
            return "colleague"
        if stored.hand_over == "message" and stored.done_at is None:
            return "waiting"
        return "waiting" if stored.session.state == "handing_over" else "over"

    def take(self, principal: Principal, session_id: str, name: str | None) -> StoredSession:
        """Take a chat: the customer sees who arrives, and the bot falls silent.

        Args:
            principal: Who takes it.
            session_id: Of the chat.
            name: What they call themselves; None: nothing.

        Raises:
            NotFound: There is none that they may see.
            Conflict: A colleague was faster, or the customer is gone.
        """
        stored = self.get(principal, session_id)
        standing = self.standing(principal, stored)
        if standing == "mine":
            return stored
        if standing == "colleague":
            raise Conflict(
                "a colleague was faster and has this conversation",
                remedy="take another one of the queue",
            )
        if standing == "over":
            raise Conflict(
                "the conversation is over, or no person is asked for any more",
                remedy="take another one of the queue",
            )
        shown = self._shown(name)
        if stored.session.state == "closed":  # a message that was left: nobody is there to greet
            self._claim(principal, session_id, shown)
        else:
            event = HumanJoined(id=f"joined-{uuid.uuid4().hex}", at=self._clock())
            self._bots.take(principal, session_id, event, agent_name=shown)
        return self.get(principal, session_id)

    def write(self, principal: Principal, session_id: str, event_id: str, text: str) -> None:
        """Say something to the customer; sent again under the same id, it is said once.

        Raises:
            NotFound: There is no such chat that they may see.
            Conflict: They have not taken it, or it is over.
        """
        self.own(principal, session_id)
        event = HumanWrote(id=event_id, at=self._clock(), text=text)
        self._bots.take(principal, session_id, event)
        self._presence.stop(session_id, "agent")

    def give_back(self, principal: Principal, session_id: str) -> None:
        """Give a chat back to the bot.

        Raises:
            NotFound: There is no such chat that they may see.
            Conflict: They have not taken it, or it is over.
        """
        self.own(principal, session_id)
        event = GivenBack(id=f"back-{uuid.uuid4().hex}", at=self._clock())
        self._bots.take(principal, session_id, event)

    def close(self, principal: Principal, session_id: str) -> StoredSession:
        """End a chat; one that is over stays as it is.

        Raises:
            NotFound: There is no such chat that they may see.
            Conflict: They have not taken it.
        """
        if self.own(principal, session_id).session.state != "closed":
            event = HumanClosed(id=f"closed-{uuid.uuid4().hex}", at=self._clock())
            self._bots.take(principal, session_id, event)
        return self.get(principal, session_id)

    def finish(self, principal: Principal, session_id: str) -> None:
        """Say that the person is done with a chat.

        Raises:
            NotFound: There is no such chat that they may see.
            Conflict: They have not taken it.
        """
        self.own(principal, session_id)
        with self._database.writing() as session:
            session.execute(
                update(BotSessionRow)
                .where(BotSessionRow.id == session_id, BotSessionRow.agent_id == principal.id)
                .values(done_at=self._clock())
            )
        self._presence.ring(session_id)

    def own(self, principal: Principal, session_id: str) -> StoredSession:
        """Return a chat that somebody has taken.

        Raises:
            NotFound: There is no such chat that they may see.
            Conflict: They have not taken it.
        """
        stored = self.get(principal, session_id)
        if stored.agent_id != principal.id:
            raise Conflict(
                "you have not taken this conversation", remedy="take it first, if it still waits"
            )
        return stored

    def _claim(self, principal: Principal, session_id: str, shown: str | None) -> None:
        with self._database.writing() as session:
            taken = session.scalars(
                update(BotSessionRow)
                .where(BotSessionRow.id == session_id, BotSessionRow.agent_id.is_(None))
                .values(agent_id=principal.id, agent_name=shown, taken_at=self._clock())
                .returning(BotSessionRow.id)
            ).all()
        if not taken:
            raise Conflict(
                "a colleague was faster and has this conversation",
                remedy="take another one of the queue",
            )
        self._presence.ring(session_id)

    def _shown(self, name: str | None) -> str | None:
        """Return how the customer sees a person; None: as any agent."""
        given = " ".join((name or "").split())
        if "{name}" not in self._named:
            return self._named
        return self._named.replace("{name}", given)[:80] if given else None


def _of_team(principal: Principal) -> ColumnElement[bool]:
    return true() if principal.team is None else BotSessionRow.team == principal.team


def _waiting() -> ColumnElement[bool]:
    row = BotSessionRow
    return and_(
        row.agent_id.is_(None),
        row.done_at.is_(None),
        or_(
            and_(row.state == "handing_over", row.hand_over == "live"),
            row.hand_over == "message",
        ),
    )


def _urgent_first(stored: StoredSession) -> tuple[int, datetime]:
    packet = stored.packet
    return (0 if packet is None else -packet.urgency, waiting_since(stored))


def waiting_since(stored: StoredSession) -> datetime:
    """Return since when a person is asked for."""
    return stored.created_at if stored.packet is None else stored.packet.created_at

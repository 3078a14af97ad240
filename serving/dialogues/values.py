"""What the bot's sessions hand out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from kb_search.bot import Action, HandOverPacket, Session
from serving.store.tables import BotSessionRow


class Reply(BaseModel):
    """What came of an event; the same event again gets the same reply.

    Attributes:
        actions: What the bot does, in order; empty while a person has the conversation.
        state: Where the conversation stands.
        version: How many events were taken in.
        muted: Whether a person has the conversation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    actions: tuple[Action, ...]
    state: str
    version: int
    muted: bool


@dataclass(frozen=True)
class StoredSession:
    """A session as it is kept.

    Attributes:
        session: All that the bot knows.
        team: Whose it is.
        created_at: When it was opened.
        updated_at: When it last changed.
        packet: The newest hand-over packet; None where nobody was asked for.
        hand_over: ``live`` where a person is to take it now, ``message`` where an answer is to
            come later; None where nobody was asked for.
        agent_id: Id of the key or account of the person who has it or had it last; None: nobody.
        agent_name: As the customer sees them; None where the centre names nobody.
        taken_at: When they took it.
        done_at: When the person was done with it; None until then.
        satisfaction: 1 to 5; None until the customer said.
        remark: In words.
    """

    session: Session
    team: str
    created_at: datetime
    updated_at: datetime
    packet: HandOverPacket | None
    hand_over: str | None
    agent_id: str | None
    agent_name: str | None
    taken_at: datetime | None
    done_at: datetime | None
    satisfaction: int | None
    remark: str | None


@dataclass(frozen=True)
class HandOverAsked:
    """A person is asked for; what other systems may be told of it.

    Attributes:
        session_id: Of the session.
        event_id: That decided it.
        team: Whose it is.
        channel: How the customer came.
        mode: ``live`` or ``message``.
        trigger: Why a person is needed.
        urgency: 0 to 3.
    """

    session_id: str
    event_id: str
    team: str
    channel: str
    mode: str
    trigger: str
    urgency: int


def stored_session(row: BotSessionRow) -> StoredSession:
    """Return what a row holds."""
    return StoredSession(
        session=Session.model_validate_json(row.document),
        team=row.team,
        created_at=row.created_at,
        updated_at=row.updated_at,
        packet=None if row.packet is None else HandOverPacket.model_validate_json(row.packet),
        hand_over=row.hand_over,
        agent_id=row.agent_id,
        agent_name=row.agent_name,
        taken_at=row.taken_at,
        done_at=row.done_at,
        satisfaction=row.satisfaction,
        remark=row.remark,
    )

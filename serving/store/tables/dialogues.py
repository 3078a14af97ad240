"""Dialogues: sessions with the bot and with the assistant, and what was sent in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime


class BotSessionRow(Base):
    """A customer's conversation with the bot, resumable from this row alone.

    Attributes:
        id: Given by the service.
        team: Whose it is.
        owner: Id of the key or account that opened it.
        customer_key: Of the customer; None where nobody knows them.
        version: Of the document; a writer that read an older one has to begin again.
        state: Where the conversation stands.
        created_at: When it was opened.
        updated_at: When it last changed.
        document: The :class:`kb_search.bot.Session` as JSON, card numbers removed.
        packet: The newest hand-over packet as JSON; None where nobody was asked for.
        hand_over: ``live`` where a person is to take it now, ``message`` where an answer is to
            come later; None where nobody was asked for.
        agent_id: Id of the key or account of the person who has it or had it last; None: nobody.
        agent_name: As the customer sees them; None where the centre names nobody.
        taken_at: When they took it.
        done_at: When the person was done with it; None until then.
        satisfaction: What the customer said of it, 1 to 5; None until they did.
        remark: In words, personal data removed.
    """

    __tablename__ = "bot_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    owner: Mapped[str] = mapped_column(String(128))
    customer_key: Mapped[str | None] = mapped_column(String(128))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)
    packet: Mapped[str | None] = mapped_column(Text)
    hand_over: Mapped[str | None] = mapped_column(String(16))
    agent_id: Mapped[str | None] = mapped_column(String(128))
    agent_name: Mapped[str | None] = mapped_column(String(80))
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    satisfaction: Mapped[int | None] = mapped_column(Integer)
    remark: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_bot_sessions_team_created_at_id", "team", "created_at", "id"),
        Index("ix_bot_sessions_customer_key", "customer_key"),
        Index("ix_bot_sessions_team_state", "team", "state"),
        Index("ix_bot_sessions_agent_id", "agent_id"),
    )


class BotReplyRow(Base):
    """What was answered to one event of a bot session; the same event again gets it again.

    Attributes:
        session_id: Of the session.
        event_id: Given by the client.
        request_sha256: Of what was sent; something else under the same id is refused.
        document: The answer as JSON.
    """

    __tablename__ = "bot_replies"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("bot_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    event_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    request_sha256: Mapped[str] = mapped_column(String(64))
    document: Mapped[str] = mapped_column(Text)


class AssistSessionRow(Base):
    """A conversation that the assistant follows.

    Attributes:
        id: Given by the service.
        team: Whose it is.
        owner: Id of the key or account that opened it.
        conversation_id: Of the stored conversation; None where it is not known (yet).
        created_at: When it was opened; the cards' clock counts from here.
        heard: How many turns were heard.
        version: Changes with every event; a writer that read an older one has to begin again.
    """

    __tablename__ = "assist_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    owner: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str | None] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heard: Mapped[int] = mapped_column(Integer, default=0)
    version: Mapped[int] = mapped_column(Integer, default=0)

    __table_args__ = (
        Index("ix_assist_sessions_conversation_id", "conversation_id"),
        Index("ix_assist_sessions_created_at", "created_at"),
    )


class CardEventRow(Base):
    """What happened to the cards of an assistant's session; never changed.

    Attributes:
        session_id: Of the session.
        position: In it, from 0.
        kind: ``shown``, ``up``, ``down``, ``used``, ``dismissed``, ``muted``, ``unmuted``.
        at: When.
        card_id: Of the card, in its session; None where all cards are concerned.
        article: Path of the document that the card quotes; None likewise.
        passage: Id of the passage that it quotes; None likewise.
        document: The :class:`kb_search.assistant.CardEvent` as JSON, card numbers removed.
    """

    __tablename__ = "card_events"

    session_id: Mapped[str] = mapped_column(
        ForeignKey("assist_sessions.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    card_id: Mapped[str | None] = mapped_column(String(64))
    article: Mapped[str | None] = mapped_column(Text)
    passage: Mapped[str | None] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_card_events_at", "at"),)

"""Who is told of what happens, and how the telling went."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime

DELIVERY_STATES = ("pending", "delivered", "failed", "disabled")


class WebhookRow(Base):
    """An address that wants to be told.

    Attributes:
        id: Given by the service.
        team: Whose events it is told of.
        url: Where to.
        kinds: Kinds of events; empty: all.
        secret: What signs, encrypted.
        enabled: Whether it is told.
        disabled_reason: Why not (``gone``: it answered 410; ``asked``: somebody switched it off).
        created_at: When it was made.
        created_by: Id of the key that made it.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(Boolean)
    disabled_reason: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[str] = mapped_column(String(64))

    __table_args__ = (Index("ix_webhooks_team_created_at_id", "team", "created_at", "id"),)


class WebhookDeliveryRow(Base):
    """One event for one address, and how far it came. It holds ids, no personal data.

    Attributes:
        id: Given by the service; the receiver sees it as ``webhook-id``, the same at each try.
        webhook_id: To whom.
        kind: Of event.
        conversation_id: Whom it is about, where it is about a conversation.
        body: What is sent, byte for byte the same at each try.
        created_at: When it happened.
        state: ``pending``, ``delivered``, ``failed`` or ``disabled``.
        attempts: How often it was tried.
        last_attempt_at: When it was tried last.
        last_status: HTTP status of the last answer; None: there was none.
        last_error: What went wrong instead of an answer, as a word.
        next_attempt_at: When it is tried again; None: not any more.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    last_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_status: Mapped[int | None] = mapped_column(Integer)
    last_error: Mapped[str | None] = mapped_column(String(64))
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"state IN {DELIVERY_STATES}", name="state"),
        Index("ix_webhook_deliveries_webhook_id_created_at_id", "webhook_id", "created_at", "id"),
        Index("ix_webhook_deliveries_state_next_attempt_at", "state", "next_attempt_at"),
        Index("ix_webhook_deliveries_conversation_id", "conversation_id"),
    )

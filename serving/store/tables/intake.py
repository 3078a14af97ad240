"""Requests that may be repeated, and vCons as they came in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import Base, UtcDateTime


class IdempotencyRow(Base):
    """A request that came with an idempotency key.

    Attributes:
        key_hash: SHA-256 of who sent it, the route and the key; the key itself is not kept.
        fingerprint: SHA-256 of what was sent.
        object_id: Id set aside for what the request makes, before it is made: whoever takes the
            request up again after a kill makes the same thing, or finds it made.
        state: ``running`` or ``done``.
        owner: Process that serves it.
        claimed_at: When that process took it.
        expires_at: When the key is forgotten.
        status: HTTP status of the answer; None until it is done.
        answer: The answer's body, which holds ids only; None until it is done.
    """

    __tablename__ = "idempotency_keys"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[int | None] = mapped_column(Integer)
    answer: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("state IN ('running', 'done')", name="state"),
        Index("ix_idempotency_keys_expires_at", "expires_at"),
        Index("ix_idempotency_keys_object_id", "object_id"),
    )


class ImportedVconRow(Base):
    """A vCon that a conversation came from, for what Entendu does not read of it.

    Attributes:
        conversation_id: Which; the row goes with the conversation.
        document: The vCon as JSON. Sound is left out: it is the conversation's recording.
        created_at: When it came.
    """

    __tablename__ = "imported_vcons"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    document: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

"""Conversations, their recordings and their analyses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime

DEFAULT_PURPOSE = "quality"
STATUSES = ("queued", "running", "done", "failed", "cancelled")


class RecordingRow(Base):
    """A recording on disk, once for each content.

    Attributes:
        sha256: Of its bytes; also says where the file is.
        size_bytes: Of what was received.
        created_at: When it was first received.
        key_id: Of the key that it is encrypted with; None: it lies as it came.
    """

    __tablename__ = "recordings"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    key_id: Mapped[str | None] = mapped_column(String(16))


class ConversationRow(Base):
    """One conversation that was accepted, and how far its analysis is.

    Attributes:
        id: Given by the service.
        team: Who it belongs to.
        status: ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
        name: File name as it was received, or the conversation's own identifier.
        created_at: When it was accepted.
        finished_at: When it became done or failed.
        attempts: How often its analysis was started.
        progress: Share of the analysis that is done, 0 to 1.
        language: Language asked for; None: the one in the settings.
        channels: Roles of the recording's channels asked for (``0=agent,1=customer``).
        recording_sha256: The recording; None for text, and once it was erased.
        source: The conversation as JSON, as it was received; None for recordings, and once it was
            erased.
        problem: Why it failed, as an RFC 9457 object.
        channel: How the contact came; this and what follows is known once it is done.
        spoken_language: Language of most of the talk.
        started_at: When the contact started.
        duration_s: Seconds.
        reason: Code of the contact reason; None when unknown.
        score_100: Draft score; None when nothing could be scored.
        sentiment: Of the customer over the whole contact, −1 to 1; None when unknown.
        agent_key: Pseudonymous id of the agent; None when unknown, as for the three that follow.
        customer_key: Id of the customer, by which they are found when they ask for what is stored.
        queue: Where the contact came in.
        direction: ``inbound`` or ``outbound``.
        purpose: What it is kept for; its time limit follows from it.
        priority: ``live`` is analysed before ``normal``, and that before ``batch``.
        sampled: Whether it was drawn or assigned for review: what analysts see.
        redacted: Whether personal data was removed before it was stored.
        consent_ref: The consent or notice under which it was recorded, as the ledger names it.
        content_erased_at: When its recording and words were erased while the rest stayed.
    """

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    status: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    language: Mapped[str | None] = mapped_column(String(16))
    channels: Mapped[str | None] = mapped_column(String(64))
    recording_sha256: Mapped[str | None] = mapped_column(ForeignKey("recordings.sha256"))
    source: Mapped[str | None] = mapped_column(Text)
    problem: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    channel: Mapped[str | None] = mapped_column(String(16))
    spoken_language: Mapped[str | None] = mapped_column(String(16))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duration_s: Mapped[float | None] = mapped_column(Float)
    reason: Mapped[str | None] = mapped_column(String(128))
    score_100: Mapped[float | None] = mapped_column(Float)
    sentiment: Mapped[float | None] = mapped_column(Float)
    agent_key: Mapped[str | None] = mapped_column(String(128))
    customer_key: Mapped[str | None] = mapped_column(String(128))
    queue: Mapped[str | None] = mapped_column(String(128))
    direction: Mapped[str | None] = mapped_column(String(16))
    purpose: Mapped[str] = mapped_column(
        String(64), default=DEFAULT_PURPOSE, server_default=DEFAULT_PURPOSE
    )
    priority: Mapped[str] = mapped_column(String(16), default="normal", server_default="normal")
    consent_ref: Mapped[str | None] = mapped_column(String(128))
    sampled: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    redacted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    content_erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        CheckConstraint(
            "recording_sha256 IS NOT NULL OR source IS NOT NULL OR content_erased_at IS NOT NULL",
            name="content",
        ),
        Index("ix_conversations_team_created_at_id", "team", "created_at", "id"),
        Index("ix_conversations_status", "status"),
        Index("ix_conversations_recording_sha256", "recording_sha256"),
        Index("ix_conversations_agent_key_created_at_id", "agent_key", "created_at", "id"),
        Index("ix_conversations_customer_key", "customer_key"),
        Index("ix_conversations_started_at", "started_at"),
        Index("ix_conversations_reason_created_at_id", "reason", "created_at", "id"),
        Index("ix_conversations_queue_created_at_id", "queue", "created_at", "id"),
    )


class CategoryRow(Base):
    """A named event that was found in a conversation.

    Attributes:
        conversation_id: Whose.
        category: Its code.
        alert: Whether it is worth showing at once.
    """

    __tablename__ = "conversation_categories"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(String(64), primary_key=True)
    alert: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index("ix_conversation_categories_category", "category", "conversation_id"),)


class AnalysisRow(Base):
    """What was concluded about a conversation.

    Attributes:
        conversation_id: Whose.
        schema_version: Of the document's shape.
        created_at: When it was stored.
        document: The :class:`serving.analysis.Analysis` as JSON.
    """

    __tablename__ = "analyses"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    schema_version: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)

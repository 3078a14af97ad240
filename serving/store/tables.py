"""The tables of the store; their changes over time are in ``migrations/versions``."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

STATUSES = ("queued", "running", "done", "failed")
DEFAULT_TEAM = "default"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, also where the database forgets time zones (SQLite does)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone, turn the others to UTC."""
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"expected a moment with a time zone, got {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class RecordingRow(Base):
    """A recording on disk, once for each content.

    Attributes:
        sha256: Of its bytes; also says where the file is.
        size_bytes: Of the file.
        created_at: When it was first received.
    """

    __tablename__ = "recordings"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConversationRow(Base):
    """One conversation that was accepted, and how far its analysis is.

    Attributes:
        id: Given by the service.
        team: Who it belongs to.
        status: ``queued``, ``running``, ``done`` or ``failed``.
        name: File name as it was received, or the conversation's own identifier.
        created_at: When it was accepted.
        finished_at: When it became done or failed.
        attempts: How often its analysis was started.
        progress: Share of the analysis that is done, 0 to 1.
        language: Language asked for; None: the one in the settings.
        channels: Roles of the recording's channels asked for (``0=agent,1=customer``).
        recording_sha256: The recording; None for text.
        source: The conversation as JSON, as it was received; None for recordings.
        problem: Why it failed, as an RFC 9457 object.
        channel: How the contact came; this and what follows is known once it is done.
        spoken_language: Language of most of the talk.
        started_at: When the contact started.
        duration_s: Seconds.
        reason: Code of the contact reason; None when unknown.
        score_100: Draft score; None when nothing could be scored.
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

    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        CheckConstraint("(recording_sha256 IS NULL) <> (source IS NULL)", name="one_source"),
        Index("ix_conversations_team_created_at_id", "team", "created_at", "id"),
        Index("ix_conversations_status", "status"),
        Index("ix_conversations_recording_sha256", "recording_sha256"),
    )


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

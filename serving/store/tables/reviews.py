"""Reviews: their events, evaluations with further cards, assignments, samples."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime


class ReviewEventRow(Base):
    """An event of a review, of a blind session, or of the trust in a card; never changed.

    Attributes:
        number: In the order in which they were added.
        team: Whose it is.
        id: Of the event; once in a team.
        stream: The events that are folded together.
        position: In its stream, from 0; two writers cannot take the same one.
        kind: Of the event.
        conversation_id: That a review is about; None for sessions and cards.
        at: When it happened.
        document: The event as JSON.
    """

    __tablename__ = "review_events"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    id: Mapped[str] = mapped_column(String(64))
    stream: Mapped[str] = mapped_column(String(400))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("team", "id"),
        UniqueConstraint("team", "stream", "position"),
        Index("ix_review_events_conversation_id", "conversation_id"),
        Index("ix_review_events_team_kind", "team", "kind"),
    )


class EvaluationRow(Base):
    """What the machine made of a conversation with a card other than the one of its analysis.

    Attributes:
        conversation_id: Which conversation.
        scorecard: Name of the card.
        version: Of the card.
        team: Whose it is.
        scorecard_sha256: Of what the card said.
        created_at: When it was scored.
        score_100: Draft score; None when nothing could be scored.
        document: The evaluation as JSON.
    """

    __tablename__ = "evaluations"

    conversation_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scorecard: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(32), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    scorecard_sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    score_100: Mapped[float | None] = mapped_column(Float)
    document: Mapped[str] = mapped_column(Text)


class AssignmentRow(Base):
    """A review that was given to somebody.

    Attributes:
        id: Of the event that assigned it.
        team: Whose it is.
        conversation_id: Which conversation.
        scorecard: Name of the card.
        version: Of the card.
        assignee: Id of who is to review.
        assigned_by: Id of who gave it.
        created_at: When.
        due_at: By when it is to be done; None: whenever.
        completed_at: When people had answered every question with points; None until then.
    """

    __tablename__ = "assignments"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    conversation_id: Mapped[str] = mapped_column(String(64))
    scorecard: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    assignee: Mapped[str] = mapped_column(String(128))
    assigned_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_assignments_team_created_at", "team", "created_at"),
        Index("ix_assignments_assignee", "assignee"),
        Index("ix_assignments_conversation_id", "conversation_id"),
    )


class SampleRow(Base):
    """A sample that was drawn from stored conversations.

    Attributes:
        id: Given by the service.
        team: Whose it is.
        created_by: Id of who drew it.
        created_at: When.
        document: The :class:`quality.sampling.Sample` as JSON.
    """

    __tablename__ = "samples"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    created_by: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str] = mapped_column(Text)

    __table_args__ = (Index("ix_samples_team_created_at", "team", "created_at"),)

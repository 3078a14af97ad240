"""Jobs, what their stages gave, and the workers that do them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from serving.store.tables.base import DEFAULT_TEAM, Base, UtcDateTime

JOB_STATES = ("queued", "running", "done", "failed", "dead", "cancelled")


class JobRow(Base):
    """One piece of work that is done once, however often a process is killed meanwhile.

    Attributes:
        id: Given by the service.
        kind: What is to be done, as the registry of kinds names it.
        team: Who it belongs to.
        conversation_id: The conversation it works on; None where it works on none. The job goes
            when the conversation is erased.
        payload: What else it needs, ids only: whatever is personal is in the rows they name.
        once: Two jobs with the same value cannot be; None: as many as are asked for.
        state: ``queued``, ``running``, ``done``; ``failed``: its input cannot be used; ``dead``:
            given up, somebody has to look; ``cancelled``.
        stage: The stage that it is at, or ended at.
        stage_progress: Share of the stage that is done, 0 to 1.
        progress: Share of the whole that is done, 0 to 1.
        priority: Smaller goes first.
        attempts: How often it was begun since it was last asked for.
        run: Counts the workflows that were made for it; a workflow of an earlier run does nothing.
        dispatched_run: The last run that the queue has.
        fence: Grows whenever somebody takes the job; who holds an older one may write nothing.
        worker: Who has it, or had it last.
        problem: Why it ended, or why it waits for another attempt, as an RFC 9457 object.
        not_before: When the next attempt may begin; None: at once.
        created_at: When it was asked for.
        started_at: When it was first begun.
        finished_at: When it came to an end.
        told: Whether those who wait for its end were told of it.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    team: Mapped[str] = mapped_column(String(64), default=DEFAULT_TEAM)
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    payload: Mapped[dict[str, str]] = mapped_column(JSON)
    once: Mapped[str | None] = mapped_column(String(128), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    stage: Mapped[str | None] = mapped_column(String(32))
    stage_progress: Mapped[float] = mapped_column(Float, default=0.0)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    priority: Mapped[int] = mapped_column(Integer)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    run: Mapped[int] = mapped_column(Integer, default=1)
    dispatched_run: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    worker: Mapped[str | None] = mapped_column(String(128))
    problem: Mapped[dict[str, object] | None] = mapped_column(JSON(none_as_null=True))
    not_before: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(f"state IN {JOB_STATES}", name="state"),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        Index("ix_jobs_team_created_at_id", "team", "created_at", "id"),
        Index("ix_jobs_state_told", "state", "told"),
        Index("ix_jobs_conversation_id", "conversation_id"),
    )


class JobStageRow(Base):
    """That a stage of a job is done, and what it gave.

    Attributes:
        job_id: Whose.
        stage: Which; one row for each, whoever did it and however often it was tried.
        fence: Under which the worker held the job.
        worker: Who did it.
        seconds: It took.
        created_at: When it was kept.
        document: What the next stages need, as JSON; None once the job is done, since the
            analysis holds it then, and where nothing is needed.
    """

    __tablename__ = "job_stages"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[str] = mapped_column(String(32), primary_key=True)
    fence: Mapped[int] = mapped_column(BigInteger)
    worker: Mapped[str] = mapped_column(String(128))
    seconds: Mapped[float] = mapped_column(Float)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    document: Mapped[str | None] = mapped_column(Text)


class WorkerRow(Base):
    """A process that does jobs, or hands them out.

    Attributes:
        id: Made anew by each process; also its executor id in the queue.
        machine: Where it runs: host, boot and process namespace in one.
        pid: Its number there.
        beats: Grows as long as it lives. Others watch it by their own clocks, which need not
            agree.
        started_at: When it began.
        seen_at: When it last gave a sign, by its own clock; for people.
    """

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    machine: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int] = mapped_column(Integer)
    beats: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)

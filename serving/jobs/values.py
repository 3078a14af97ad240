"""A job as others see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.problems import Problem

JobState = Literal["queued", "running", "done", "failed", "dead", "cancelled"]

FINAL: frozenset[JobState] = frozenset(("done", "failed", "dead", "cancelled"))
"""States that a job leaves only when a person asks for it again."""


class Priority(IntEnum):
    """Who waits for the result; the smaller number goes first."""

    LIVE = 1
    NORMAL = 5
    BATCH = 9


class Job(BaseModel):
    """One piece of work and how far it is.

    Attributes:
        id: Given by the service.
        kind: What is to be done: ``process``, ``import``, ``rescore``, ``export``, ``purge``…
        team: Who it belongs to.
        conversation_id: The conversation it works on; None where it works on none.
        payload: What else it was asked with: ids, never anything personal.
        state: ``queued``, ``running`` or ``done``; ``failed``: its input cannot be used as it is;
            ``dead``: given up, because of an error that cannot pass or after too many attempts;
            ``cancelled``: by a person.
        stage: The stage that it is at, or ended at.
        stage_progress: Share of the stage that is done, 0 to 1.
        progress: Share of the whole that is done, 0 to 1.
        priority: Smaller goes first: 1 live, 5 normal, 9 batch.
        attempts: How often it was begun since it was last asked for.
        worker: Who has it, or had it last.
        problem: Why it ended, or why it waits for another attempt.
        not_before: When the next attempt may begin; None: at once.
        created_at: When it was asked for.
        started_at: When it was first begun.
        finished_at: When it came to an end.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    kind: str
    team: str
    conversation_id: str | None
    payload: dict[str, str]
    state: JobState
    stage: str | None
    stage_progress: float = Field(ge=0, le=1)
    progress: float = Field(ge=0, le=1)
    priority: int
    attempts: int
    worker: str | None
    problem: Problem | None
    not_before: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class JobPage:
    """Some jobs, newest first.

    Attributes:
        jobs: The jobs.
        next_cursor: Where the next page begins; None on the last.
    """

    jobs: tuple[Job, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Claim:
    """The right to work on a job, until somebody takes it over.

    Attributes:
        job: As it was when it was taken.
        run: The workflow that it is done in.
        fence: Whoever takes it later has a larger one; what is written under a smaller one is
            refused.
        worker: Who took it.
        done: The stages that are done.
    """

    job: Job
    run: int
    fence: int
    worker: str
    done: frozenset[str] = frozenset()


class ClaimLost(Exception):
    """The job was cancelled, erased, or taken over by another worker."""

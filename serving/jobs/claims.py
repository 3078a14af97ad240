"""Jobs that are being done: taken, noted, kept, ended.

Every change of a job that is being done names the fence under which it was taken, in the same
transaction as what it writes: whoever lost the job meanwhile, because it was thought dead or
because a person cancelled the job, changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from conversation.errors import NotFound
from serving.jobs.values import Claim, ClaimLost, Job, JobState
from serving.store.tables import ConversationRow, JobRow, JobStageRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.kinds import Kinds
    from serving.problems import Problem
    from serving.store.database import Database

OPEN = ("queued", "running")


@dataclass(frozen=True)
class DoneStage:
    """A stage that was done.

    Attributes:
        name: Which.
        document: What it gave, for those after it.
        seconds: It took.
        effects: What else is to be written in the same transaction.
    """

    name: str
    document: str | None
    seconds: float
    effects: tuple[Callable[[Session], None], ...] = ()


class Claims:
    """Takes jobs, and writes what is done of them.

    Args:
        database: The store's.
        kinds: What this process knows to do.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        kinds: Kinds,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.database = database
        self.kinds = kinds
        self.clock = clock

    def claim(self, job_id: str, run: int, worker: str) -> Claim | None:
        """Take a job.

        Args:
            job_id: Which.
            run: The workflow that does it.
            worker: Who takes it.

        Returns:
            The claim; None where there is nothing left to do in this workflow.
        """
        with self.database.writing() as session:
            row = self._locked(session, job_id)
            if row is None or row.run != run or row.state not in OPEN:
                return None
            done: frozenset[str] = frozenset()
            if row.started_at is not None:
                kept = select(JobStageRow.stage).where(JobStageRow.job_id == job_id)
                done = frozenset(session.scalars(kept))
            row.fence += 1
            row.attempts += 1
            row.worker, row.state, row.not_before = worker, "running", None
            row.started_at = row.started_at or self.clock()
            kind = self.kinds.find(row.kind)
            row.stage = row.stage or (kind.stages[0].name if kind is not None else None)
            self._follow(session, row)
            return Claim(Job.model_validate(row), run, row.fence, worker, done)

    def document(self, job_id: str, stage: str) -> str | None:
        """Return what a stage kept; None where it kept nothing."""
        with self.database.reading() as session:
            return session.scalar(
                select(JobStageRow.document).where(
                    JobStageRow.job_id == job_id, JobStageRow.stage == stage
                )
            )

    def stages_done(self, job_id: str) -> frozenset[str]:
        """Return the stages of a job that are done."""
        with self.database.reading() as session:
            return frozenset(
                session.scalars(select(JobStageRow.stage).where(JobStageRow.job_id == job_id))
            )

    def note(self, claim: Claim, stage: str, *, share: float, progress: float) -> None:
        """Note how far a job is.

        Args:
            claim: Of the job.
            stage: That it is at.
            share: Of the stage, 0 to 1.
            progress: Of the whole, 0 to 1.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.stage, row.stage_progress = stage, min(max(share, 0.0), 1.0)
            row.progress = min(max(progress, 0.0), 1.0)
            self._follow(session, row)

    def keep(
        self,
        claim: Claim,
        stages: Sequence[DoneStage],
        *,
        progress: float,
        following: str | None,
        ends: bool = False,
    ) -> Job | None:
        """Keep what stages gave, and what belongs to it, in one transaction.

        Args:
            claim: Of the job.
            stages: That are done, in order.
            progress: Share of the whole that is done now.
            following: The stage that begins now; None after the last.
            ends: Whether the job is done with them; what only its stages needed is dropped then.

        Returns:
            The job, where it is done.

        Raises:
            ClaimLost: Somebody took the job away; nothing is kept.
        """
        now = self.clock()
        with self.database.writing() as session:
            row = self._held(session, claim)
            for stage in stages:
                for effect in stage.effects:
                    effect(session)
            if stages:
                session.execute(
                    insert(JobStageRow),
                    [
                        {
                            "job_id": row.id, "stage": stage.name, "fence": claim.fence,
                            "worker": claim.worker, "seconds": stage.seconds, "created_at": now,
                            "document": None if ends else stage.document,
                        }
                        for stage in stages
                    ],
                )  # fmt: skip
                last = stages[-1].name
                row.stage, row.stage_progress = following or last, 0.0 if following else 1.0
            row.progress = min(progress, 1.0)
            if ends:
                session.execute(
                    update(JobStageRow)
                    .where(JobStageRow.job_id == row.id, JobStageRow.document.is_not(None))
                    .values(document=None)
                    .execution_options(synchronize_session=False)
                )
                row.state, row.progress, row.finished_at, row.problem = "done", 1.0, now, None
            self._follow(session, row)
            return Job.model_validate(row) if ends else None

    def end(self, claim: Claim, state: JobState, problem: Problem) -> Job:
        """End a job without a result.

        Args:
            claim: Of the job.
            state: ``failed`` or ``dead``.
            problem: Why.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.state, row.problem, row.finished_at = state, problem.as_json(), self.clock()
            self._follow(session, row)
            return Job.model_validate(row)

    def postpone(self, claim: Claim, problem: Problem, *, delay_s: float) -> None:
        """Put a job back into the queue, to be tried again later.

        Args:
            claim: Of the job.
            problem: Why it could not be done now.
            delay_s: Seconds until the next attempt.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.state, row.problem, row.run = "queued", problem.as_json(), row.run + 1
            row.not_before = self.clock() + timedelta(seconds=delay_s)
            self._follow(session, row)

    def interrupt(self, claim: Claim) -> None:
        """Give a job back that was begun and stopped on purpose; it does not count as an attempt.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.state, row.attempts, row.fence = "queued", row.attempts - 1, row.fence + 1
            self._follow(session, row)

    def _held(self, session: Session, claim: Claim) -> JobRow:
        """Return the row of a job, locked, where the claim still holds."""
        if claim.job.conversation_id is not None:
            self._lock_conversation(session, claim.job.conversation_id)
        row = session.get(JobRow, claim.job.id, with_for_update=True)
        if row is None or row.fence != claim.fence or row.state != "running":
            raise ClaimLost
        return row

    def _locked(self, session: Session, job_id: str) -> JobRow | None:
        """Return the row of a job, locked after its conversation's, as erasure locks them, too."""
        if self.database.kind == "postgresql":
            asked = select(JobRow.conversation_id).where(JobRow.id == job_id)
            conversation_id = session.scalar(asked)
            if conversation_id is not None:
                self._lock_conversation(session, conversation_id)
        return session.get(JobRow, job_id, with_for_update=True)

    def _existing(self, session: Session, job_id: str) -> JobRow:
        row = self._locked(session, job_id)
        if row is None:
            raise no_job(job_id)
        return row

    def _lock_conversation(self, session: Session, conversation_id: str) -> None:
        if self.database.kind == "postgresql":  # SQLite has one writer at a time
            session.execute(
                select(ConversationRow.id)
                .where(ConversationRow.id == conversation_id)
                .with_for_update()
            )

    def _follow(self, session: Session, row: JobRow) -> None:
        """Write the row, and let what else shows the job's state follow it."""
        session.flush()
        kind = self.kinds.find(row.kind)
        if kind is not None and kind.follow is not None:
            kind.follow(session, row)


def no_job(job_id: str) -> NotFound:
    """Return the error that says that there is no job with an id."""
    return NotFound(f"no job {job_id[:64]!r}", remedy="GET /v1/jobs lists those that are stored")

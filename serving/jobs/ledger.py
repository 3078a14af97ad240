"""The rows of jobs: what is left to do, who has it, what its stages gave.

The store says what has to be done and what is done; the queue (:mod:`serving.jobs.queue`) only
says who is to do it next. Every change of a job that is being done names the fence under which it
was taken, in the same transaction as what it writes: whoever lost the job meanwhile, because it
was thought dead or because a person cancelled the job, changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from conversation.errors import Conflict, NotFound
from serving.jobs.values import FINAL, Claim, ClaimLost, Job, JobState, Priority
from serving.store.tables import DEFAULT_TEAM, ConversationRow, JobRow, JobStageRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.kinds import Kind, Kinds
    from serving.problems import Problem
    from serving.store.database import Database

_OPEN = ("queued", "running")


class Ledger:
    """Reads and writes the rows of jobs; one for each process.

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

    # Asking for work

    def add(
        self,
        kind: Kind,
        payload: Mapping[str, str],
        *,
        conversation_id: str | None = None,
        team: str = DEFAULT_TEAM,
        priority: int = Priority.NORMAL,
        once: str | None = None,
    ) -> tuple[Job, bool]:
        """Add a job, unless there is one for the same purpose.

        Args:
            kind: What is to be done.
            payload: Ids of what it is to be done with.
            conversation_id: The conversation it works on.
            team: Who it belongs to.
            priority: Smaller goes first.
            once: Names the purpose; where a job has it already, that job is returned.

        Returns:
            The job, and whether it is new.

        Raises:
            NotFound: The conversation was erased meanwhile.
        """
        values = {
            "id": uuid.uuid4().hex, "kind": kind.name, "team": team, "payload": dict(payload),
            "conversation_id": conversation_id, "once": once, "state": "queued",
            "priority": int(priority), "created_at": self.clock(), "stage_progress": 0.0,
            "progress": 0.0, "attempts": 0, "run": 1, "dispatched_run": 0, "fence": 0,
            "told": False,
        }  # fmt: skip
        insert: Any = insert_postgresql if self.database.kind == "postgresql" else insert_sqlite
        with self.database.writing() as session:
            if conversation_id is not None and not _lock_conversation(session, conversation_id):
                raise NotFound(
                    f"no conversation {conversation_id[:64]!r}", remedy="it was erased meanwhile"
                )
            added = session.scalar(
                insert(JobRow).values(values).on_conflict_do_nothing().returning(JobRow.id)
            )
            if added is None:
                row = session.scalars(select(JobRow).where(JobRow.once == once)).one()
                return Job.model_validate(row), False
            row = session.get_one(JobRow, added)
            return Job.model_validate(row), True

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFound: There is none with this id.
        """
        with self.database.reading() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise _no_job(job_id)
            return Job.model_validate(row)

    def of_conversation(self, conversation_id: str) -> tuple[Job, ...]:
        """Return the jobs that work on a conversation, the newest first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(JobRow)
                .where(JobRow.conversation_id == conversation_id)
                .order_by(JobRow.created_at.desc(), JobRow.id.desc())
            )
            return tuple(map(Job.model_validate, rows))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; who works on it finds out and stops.

        Raises:
            NotFound: There is none with this id.
            Conflict: It came to an end already.
        """
        with self.database.writing() as session:
            row = _existing(session, job_id)
            if row.state in FINAL:
                raise Conflict(
                    f"the job {job_id} is {row.state} already", remedy="nothing is left to cancel"
                )
            row.fence += 1
            row.state, row.finished_at = "cancelled", self.clock()
            return self._followed(session, row)

    def ask_again(self, job_id: str) -> Job:
        """Queue a job again that ended without a result; what its stages gave is used again.

        Raises:
            NotFound: There is none with this id.
            Conflict: It is done, or not at its end yet.
        """
        with self.database.writing() as session:
            row = _existing(session, job_id)
            if row.state not in FINAL or row.state == "done":
                raise Conflict(
                    f"the job {job_id} is {row.state}, expected failed, dead or cancelled",
                    remedy="only a job that ended without a result can be tried again",
                )
            row.run += 1
            row.fence += 1
            row.attempts, row.state, row.finished_at, row.told = 0, "queued", None, False
            row.problem = row.not_before = None
            return self._followed(session, row)

    # Doing it

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
            row = _locked(session, job_id)
            if row is None or row.run != run or row.state not in _OPEN:
                return None
            row.fence += 1
            row.attempts += 1
            row.worker, row.state, row.not_before = worker, "running", None
            row.started_at = row.started_at or self.clock()
            kind = self.kinds.find(row.kind)
            row.stage = row.stage or (kind.stages[0].name if kind is not None else None)
            return Claim(self._followed(session, row), run, row.fence, worker)

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
            self._followed(session, row)

    def keep_stage(
        self,
        claim: Claim,
        stage: str,
        document: str | None,
        *,
        seconds: float,
        progress: float,
        following: str | None = None,
        effects: tuple[Callable[[Session], None], ...] = (),
    ) -> None:
        """Keep what a stage gave, and what belongs to it, in one transaction.

        Args:
            claim: Of the job.
            stage: That is done.
            document: What it gave.
            seconds: It took.
            progress: Share of the whole that is done now.
            following: The stage that begins now; None after the last.
            effects: What else is to be written.

        Raises:
            ClaimLost: Somebody took the job away; nothing is kept.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            for effect in effects:
                effect(session)
            session.add(
                JobStageRow(
                    job_id=row.id, stage=stage, fence=claim.fence, worker=claim.worker,
                    seconds=seconds, created_at=self.clock(), document=document,
                )
            )  # fmt: skip
            row.stage, row.stage_progress = following or stage, 0.0 if following else 1.0
            row.progress = min(progress, 1.0)
            self._followed(session, row)

    def finish(self, claim: Claim) -> Job:
        """Call a job done; what only its stages needed is dropped.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.state, row.progress, row.finished_at = "done", 1.0, self.clock()
            row.problem = None
            session.execute(
                update(JobStageRow).where(JobStageRow.job_id == row.id).values(document=None)
            )
            return self._followed(session, row)

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
            return self._followed(session, row)

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
            self._followed(session, row)

    def interrupt(self, claim: Claim) -> None:
        """Give a job back that was begun and stopped on purpose; it does not count as an attempt.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self.database.writing() as session:
            row = self._held(session, claim)
            row.state, row.attempts, row.fence = "queued", row.attempts - 1, row.fence + 1
            self._followed(session, row)

    # Its end

    def untold(self, limit: int) -> tuple[Job, ...]:
        """Return jobs that came to an end of which nobody was told yet, the oldest first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(JobRow)
                .where(JobRow.state.in_(sorted(FINAL)), JobRow.told.is_(False))
                .order_by(JobRow.finished_at)
                .limit(limit)
            )
            return tuple(map(Job.model_validate, rows))

    def mark_told(self, jobs: Sequence[Job]) -> None:
        """Note that the end of jobs was told; one that was asked for again meanwhile is not."""
        with self.database.writing() as session:
            for job in jobs:
                session.execute(
                    update(JobRow)
                    .where(JobRow.id == job.id, JobRow.finished_at == job.finished_at)
                    .values(told=True)
                )

    # Keeping the queue in line

    def undispatched(self, limit: int) -> tuple[tuple[Job, int], ...]:
        """Return jobs that the queue does not have yet, with their run, the most urgent first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(JobRow)
                .where(JobRow.state.in_(_OPEN), JobRow.dispatched_run < JobRow.run)
                .order_by(JobRow.priority, JobRow.created_at)
                .limit(limit)
            )
            return tuple((Job.model_validate(row), row.run) for row in rows)

    def mark_dispatched(self, runs: Mapping[str, int]) -> None:
        """Note the runs that the queue has now.

        Args:
            runs: By id of the job.
        """
        with self.database.writing() as session:
            for job_id, run in runs.items():
                session.execute(
                    update(JobRow)
                    .where(JobRow.id == job_id, JobRow.dispatched_run < run)
                    .values(dispatched_run=run)
                )

    def open_runs(self, limit: int | None = None) -> dict[str, int]:
        """Return the jobs that are not at their end and that the queue has, oldest first.

        Args:
            limit: Most to return; None: all.
        """
        with self.database.reading() as session:
            rows = session.execute(
                select(JobRow.id, JobRow.run)
                .where(JobRow.state.in_(_OPEN), JobRow.dispatched_run >= JobRow.run)
                .order_by(JobRow.created_at)
                .limit(limit)
            )
            return dict(rows.all())

    def dispatch_again(self, runs: Mapping[str, int]) -> None:
        """Give jobs another workflow, where that of the given run came to nothing.

        Args:
            runs: By id of the job; one that has another run meanwhile is left alone.
        """
        with self.database.writing() as session:
            for job_id, run in runs.items():
                row = _locked(session, job_id)
                if row is not None and row.run == run and row.state in _OPEN:
                    row.run, row.fence, row.state = run + 1, row.fence + 1, "queued"
                    self._followed(session, row)

    def drop_finished(self, before: datetime, kinds: tuple[str, ...]) -> int:
        """Delete jobs of some kinds that ended before a moment.

        Args:
            before: The moment.
            kinds: Of the jobs.

        Returns:
            How many.
        """
        with self.database.writing() as session:
            return len(
                session.scalars(
                    delete(JobRow)
                    .where(
                        JobRow.kind.in_(kinds), JobRow.state.in_(FINAL),
                        JobRow.finished_at < before,
                    )
                    .returning(JobRow.id)
                ).all()
            )  # fmt: skip

    def _held(self, session: Session, claim: Claim) -> JobRow:
        """Return the row of a job, locked, where the claim still holds."""
        row = _locked(session, claim.job.id)
        if row is None or row.fence != claim.fence or row.state != "running":
            raise ClaimLost
        return row

    def _followed(self, session: Session, row: JobRow) -> Job:
        session.flush()
        kind = self.kinds.find(row.kind)
        if kind is not None and kind.follow is not None:
            kind.follow(session, row)
        return Job.model_validate(row)


def _locked(session: Session, job_id: str) -> JobRow | None:
    """Return the row of a job, locked after its conversation's, as erasure locks them, too."""
    conversation_id = session.scalar(select(JobRow.conversation_id).where(JobRow.id == job_id))
    if conversation_id is not None:
        _lock_conversation(session, conversation_id)
    return session.get(JobRow, job_id, with_for_update=True)


def _existing(session: Session, job_id: str) -> JobRow:
    row = _locked(session, job_id)
    if row is None:
        raise _no_job(job_id)
    return row


def _lock_conversation(session: Session, conversation_id: str) -> bool:
    return (
        session.scalar(
            select(ConversationRow.id)
            .where(ConversationRow.id == conversation_id)
            .with_for_update()
        )
        is not None
    )


def _no_job(job_id: str) -> NotFound:
    return NotFound(f"no job {job_id[:64]!r}", remedy="GET /v1/jobs lists those that are stored")

"""The rows of jobs: what is left to do, who has it, what its stages gave.

The store says what has to be done and what is done; the queue (:mod:`serving.jobs.queue`) only
says who is to do it next.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from conversation.errors import Conflict, NotFound
from serving.jobs.claims import OPEN, Claims, no_job
from serving.jobs.values import FINAL, Job, Priority
from serving.store.tables import DEFAULT_TEAM, ConversationRow, JobRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.kinds import Kind


_NOT_BEGUN: dict[str, object] = {
    "stage": None, "worker": None, "problem": None, "not_before": None, "started_at": None,
    "finished_at": None,
}  # fmt: skip


class Ledger(Claims):
    """All that is read and written of the rows of jobs; one for each process."""

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
        session: Session | None = None,
    ) -> tuple[Job, bool]:
        """Add a job, unless there is one for the same purpose.

        Args:
            kind: What is to be done.
            payload: Ids of what it is to be done with.
            conversation_id: The conversation it works on.
            team: Who it belongs to.
            priority: Smaller goes first.
            once: Names the purpose; where a job has it already, that job is returned.
            session: Of the transaction that it belongs to; None: one of its own.

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
        own = self.database.writing() if session is None else nullcontext(session)
        with own as session:
            if conversation_id is not None and not _is_there(session, conversation_id):
                raise NotFound(
                    f"no conversation {conversation_id[:64]!r}", remedy="it was erased meanwhile"
                )
            added = session.scalar(
                insert(JobRow).values(values).on_conflict_do_nothing().returning(JobRow.id)
            )
            if added is None:
                row = session.scalars(select(JobRow).where(JobRow.once == once)).one()
                return Job.model_validate(row), False
        return Job.model_validate(_NOT_BEGUN | values), True

    def get(self, job_id: str) -> Job:
        """Return a job.

        Raises:
            NotFound: There is none with this id.
        """
        with self.database.reading() as session:
            row = session.get(JobRow, job_id)
            if row is None:
                raise no_job(job_id)
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
            row = self._existing(session, job_id)
            if row.state in FINAL:
                raise Conflict(
                    f"the job {job_id} is {row.state} already", remedy="nothing is left to cancel"
                )
            row.fence += 1
            row.state, row.finished_at = "cancelled", self.clock()
            self._follow(session, row)
            return Job.model_validate(row)

    def ask_again(self, job_id: str) -> Job:
        """Queue a job again that ended without a result; what its stages gave is used again.

        Raises:
            NotFound: There is none with this id.
            Conflict: It is done, or not at its end yet.
        """
        with self.database.writing() as session:
            row = self._existing(session, job_id)
            if row.state not in FINAL or row.state == "done":
                raise Conflict(
                    f"the job {job_id} is {row.state}, expected failed, dead or cancelled",
                    remedy="only a job that ended without a result can be tried again",
                )
            row.run += 1
            row.fence += 1
            row.attempts, row.state, row.finished_at, row.told = 0, "queued", None, False
            row.problem = row.not_before = None
            self._follow(session, row)
            return Job.model_validate(row)

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
        if not jobs:
            return
        named = update(JobRow).where(
            JobRow.id == bindparam("job_id"), JobRow.finished_at == bindparam("ended_at")
        )
        ends = [{"job_id": job.id, "ended_at": job.finished_at} for job in jobs]
        with self.database.writing() as session:
            session.connection().execute(named.values(told=True), ends)

    # Keeping the queue in line

    def undispatched(self, limit: int) -> tuple[tuple[Job, int], ...]:
        """Return jobs that the queue does not have yet, with their run, the most urgent first."""
        with self.database.reading() as session:
            rows = session.scalars(
                select(JobRow)
                .where(JobRow.state.in_(OPEN), JobRow.dispatched_run < JobRow.run)
                .order_by(JobRow.priority, JobRow.created_at)
                .limit(limit)
            )
            return tuple((Job.model_validate(row), row.run) for row in rows)

    def mark_dispatched(self, runs: Mapping[str, int]) -> None:
        """Note the runs that the queue has now.

        Args:
            runs: By id of the job.
        """
        by_run: defaultdict[int, list[str]] = defaultdict(list)
        for job_id, run in runs.items():
            by_run[run].append(job_id)
        if not by_run:
            return
        with self.database.writing() as session:
            for run, job_ids in by_run.items():
                session.execute(
                    update(JobRow)
                    .where(JobRow.id.in_(job_ids), JobRow.dispatched_run < run)
                    .values(dispatched_run=run)
                    .execution_options(synchronize_session=False)
                )

    def open_runs(self, limit: int | None = None) -> dict[str, int]:
        """Return the jobs that are not at their end and that the queue has, oldest first.

        Args:
            limit: Most to return; None: all.
        """
        with self.database.reading() as session:
            rows = session.execute(
                select(JobRow.id, JobRow.run)
                .where(JobRow.state.in_(OPEN), JobRow.dispatched_run >= JobRow.run)
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
                row = self._locked(session, job_id)
                if row is not None and row.run == run and row.state in OPEN:
                    row.run, row.fence, row.state = run + 1, row.fence + 1, "queued"
                    self._follow(session, row)

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


def _is_there(session: Session, conversation_id: str) -> bool:
    """Tell whether a conversation is there, and let nobody erase it before the transaction ends."""
    asked = select(ConversationRow.id).where(ConversationRow.id == conversation_id)
    return session.scalar(asked.with_for_update()) is not None

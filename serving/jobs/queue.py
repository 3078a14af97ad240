"""Durable work: what was accepted is done once, also when processes are killed.

The store's table of jobs says what has to be done (:mod:`serving.jobs.ledger`), DBOS who does it
next: one workflow for each run of a job. Its stages are no steps of DBOS: the store checkpoints
each in the transaction that holds what it gave, and a second note in the queue's database would
cost two transactions a stage and could only say less. The queue's database holds ids only,
whatever is personal is in the store and goes with it. It is ``jobs.sqlite`` in the
data folder, or the store's PostgreSQL database, which several processes share.

Every process looks after both (:mod:`serving.jobs.tending`), so that nothing depends on one
living from one write to the next.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL

from conversation.errors import Conflict, EntenduError
from serving.jobs import timing
from serving.jobs.hand import WorkInHand
from serving.jobs.kinds import QUEUES, Kind, Kinds, QueueName, StageFunction, task
from serving.jobs.ledger import Ledger
from serving.jobs.processing import PROCESS, once_for, processing
from serving.jobs.quiet_logs import Seldom
from serving.jobs.runner import Runner
from serving.jobs.schedule import Schedule
from serving.jobs.tending import WORKFLOW, Tender, Workflow
from serving.jobs.values import Job, Priority
from serving.jobs.workers import Workers
from serving.operation.tracing import Attribute, carrier, continued, span
from serving.store.tables import DEFAULT_TEAM

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.stages.analyser import Analyser
    from serving.store import Store

logger = logging.getLogger("entendu.jobs")

DATABASE_FILE = "jobs.sqlite"
# A constant, so that a new release takes up the work of the one before. It changes when the
# steps of the workflow change in a way that half-done work cannot follow.
WORKFLOW_VERSION = "2"
DEFAULT_LEASE_S = 20.0

# Jobs of each queue that a process takes: one that is done, the others wait for it to end. Where
# others could do them meanwhile, few.
_AHEAD, _AHEAD_ALONE = 2, 8

_one_at_a_time = threading.Lock()  # DBOS is one to a process


class Jobs:
    """The jobs of a service, and the worker that does them.

    Args:
        store: Where conversations and jobs are.
        analyser: Analyses conversations.
        database_url: PostgreSQL database that the queue shares with the store; None: a SQLite
            file in the data folder, and this process is the only one.
        works: Whether this process does jobs, or only hands them out.
        lease_s: Seconds of silence after which another process counts as dead, and its work is
            taken up here.
        finished: Called with each job that came to an end, whoever did it, at least once: a
            process may be killed before it could note that it called. What it raises is logged.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        store: Store,
        analyser: Analyser,
        *,
        database_url: str | None = None,
        works: bool = True,
        lease_s: float = DEFAULT_LEASE_S,
        finished: Callable[[Job], None] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.kinds = Kinds()
        self.kinds.register(processing(store, analyser))
        self._store = store
        self._database_url = database_url
        self._works = works
        self.ledger = Ledger(store.database, self.kinds, clock=clock)
        self.workers = Workers(store.database, lease_s=lease_s, clock=clock)
        self._runner = Runner(self.ledger, worker=self.workers.me)
        self._finished = finished
        self._schedules: list[Schedule] = []
        self._owns_dbos = False
        self._something_new = threading.Event()
        self._tender: Tender | None = None
        self._in_hand: set[str] = set()

    # For those who have something to be done

    def register(self, kind: Kind) -> None:
        """Let this process do jobs of a kind; before :meth:`start`."""
        self.kinds.register(kind)

    def submit(
        self,
        kind: str,
        payload_ids: Mapping[str, str] | None = None,
        priority: int = Priority.NORMAL,
        *,
        conversation_id: str | None = None,
        team: str = DEFAULT_TEAM,
        once: str | None = None,
        session: Session | None = None,
    ) -> Job:
        """Ask for a job; when this returns it will be done, whatever happens to this process.

        Args:
            kind: What is to be done.
            payload_ids: What it is to be done with: ids only, for the rows they name are erased
                with what is personal in them, and a job's are not.
            priority: Smaller goes first.
            conversation_id: The conversation it works on; the job goes with it.
            team: Who it belongs to.
            once: Names the purpose; where a job has the same, that one is returned.
            session: Of the transaction that it belongs to, within :meth:`telling`; None: one of
                its own.

        Raises:
            NotFound: There is no such kind, or the conversation was erased meanwhile.
            Unavailable: The database does not answer; nothing was asked for.
        """
        job, _ = self.ledger.add(
            self.kinds.get(kind), {**(payload_ids or {}), **carrier()},
            conversation_id=conversation_id, team=team, priority=priority, once=once,
            session=session,
        )  # fmt: skip
        if session is None:
            self._something_new.set()
        return job

    def submit_conversation(
        self,
        conversation_id: str,
        *,
        team: str = DEFAULT_TEAM,
        priority: int = Priority.NORMAL,
        session: Session | None = None,
    ) -> Job:
        """Ask for the first analysis of a conversation; one that was asked for already stays."""
        return self.submit(
            PROCESS, {}, priority, session=session,
            conversation_id=conversation_id, team=team, once=once_for(conversation_id),
        )  # fmt: skip

    @contextmanager
    def telling(self) -> Iterator[None]:
        """Begin with what this block asks for in a transaction of others, when it is over."""
        try:
            yield
        finally:
            self._something_new.set()

    def schedule(
        self, name: str, cron: str, function: StageFunction, priority: int = Priority.BATCH
    ) -> None:
        """Have something done again and again; before :meth:`start`.

        Args:
            name: Of the kind of job that it is; :meth:`submit` with it does it now.
            cron: When, five fields in UTC (``30 2 * * *``: each day at 02:30).
            function: Does it.
            priority: Smaller goes first.

        Raises:
            DefinitionInvalid: The expression names no time.
        """
        self._schedules.append(Schedule(name, cron, priority))
        self.register(task(name, function))

    def cancel(self, job_id: str) -> Job:
        """Cancel a job, also one that is running: it stops at its next sign of progress.

        Raises:
            NotFound: There is none with this id.
            Conflict: It came to an end already.
        """
        job = self.ledger.cancel(job_id)
        self._something_new.set()
        return job

    def retry(self, job_id: str) -> Job:
        """Try a job again that ended without a result, from the stage that failed.

        Raises:
            NotFound: There is none with this id.
            Conflict: It is done, or not at its end yet.
        """
        job = self.ledger.ask_again(job_id)
        self._something_new.set()
        return job

    def forget(self, job_ids: list[str]) -> None:
        """Drop what the queue knows of jobs that were erased; a later comparison finds the rest.

        Args:
            job_ids: Of the jobs; one that is being done is dropped when it noticed.
        """
        from dbos import DBOS

        flows = [
            flow.workflow_id
            for job_id in job_ids
            for flow in DBOS.list_workflows(
                workflow_id_prefix=f"{job_id}.", load_input=False, load_output=False
            )
            if flow.status != "PENDING"
        ]
        if flows:
            DBOS.delete_workflows(flows)

    # Its life

    def start(self) -> None:
        """Take up the work that is left, then wait for more.

        Raises:
            Conflict: There is another queue in this process, or its database cannot be read.
        """
        if not _one_at_a_time.acquire(blocking=False):
            raise Conflict("a job queue already runs in this process", remedy="stop it first")
        self._owns_dbos = True
        try:
            if self._database_url is None:  # the folder is locked: whoever was here is gone
                self.workers.bury(self.workers.look()[0])
            self.workers.beat()
            self._tender = Tender(
                self.ledger, self.workers, self.kinds, self._schedules, self._in_hand,
                self._finished, self._launch(), self._something_new,
            )  # fmt: skip
            self._tender.start()
        except BaseException:
            self.stop(grace_s=0)
            raise

    def stop(self, *, grace_s: float = 5.0) -> bool:
        """Stop working; what is not finished goes on at the next start, or with another worker.

        Args:
            grace_s: How long to wait for the jobs that are running to notice.

        Returns:
            Whether they noticed; when not, a thread still computes and only the end of the
            process stops it.
        """
        from dbos import DBOS

        self._runner.stopping.set()
        idle = self._runner.wait_until_idle(grace_s)
        if self._tender is not None:
            self._tender.stop(grace_s=grace_s)
            self._tender = None
        if self._owns_dbos:
            try:
                self.workers.leave()
            except (EntenduError, OSError):
                logger.warning("could not say good-bye")
            DBOS.destroy(destroy_registry=True)
            self._owns_dbos = False
            _one_at_a_time.release()
        return idle

    def _launch(self) -> Workflow:
        from dbos import DBOS

        # A handler of its own keeps DBOS from adding one that writes to the console.
        dbos_logger = logging.getLogger("dbos")
        dbos_logger.addHandler(logging.NullHandler())
        if not any(isinstance(one, Seldom) for one in dbos_logger.filters):
            dbos_logger.addFilter(Seldom())
        DBOS(
            config={
                "name": "entendu",
                "system_database_url": self._system_database_url(),
                "application_version": WORKFLOW_VERSION,
                "executor_id": self.workers.me,
                "log_level": "WARNING",
                "enable_otlp": False,
                "sys_db_pool_size": 5,
                "notification_listener_polling_interval_sec": timing.LISTEN_INTERVAL_S,
            }
        )

        def do_job(
            job_id: str, run: int, queue: QueueName = "analysis", priority: int = Priority.NORMAL
        ) -> str:
            return self._do_job(job_id, run, queue, priority)

        # The number of attempts is counted in the store, where people see the end of it.
        workflow = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(do_job)
        if not self._works:
            DBOS.listen_queues([])
        DBOS.launch()
        for queue in QUEUES:
            interval_s = timing.POLL_INTERVAL_S if queue == "analysis" else timing.TASKS_INTERVAL_S
            DBOS.register_queue(
                queue,
                worker_concurrency=_AHEAD_ALONE if self._database_url is None else _AHEAD,
                polling_interval_sec=interval_s,
            )
        return workflow

    def _system_database_url(self) -> str:
        if self._database_url is not None:
            from serving.store.engines import postgresql_url

            url = postgresql_url(self._database_url).set(drivername="postgresql")
            return url.render_as_string(hide_password=False)
        path = self._store.data_dir / DATABASE_FILE
        _use_write_ahead_log(path)
        return URL.create("sqlite", database=str(path)).render_as_string()

    # The workflow. It may be begun again after a kill, here or elsewhere: the store then knows
    # which stages are done.

    def _do_job(self, job_id: str, run: int, queue: QueueName, priority: int) -> str:
        name = f"{job_id}.{run}"
        self._in_hand.add(name)
        try:
            return self._do_claimed(job_id, run, queue, priority)
        finally:
            self._in_hand.discard(name)

    def _do_claimed(self, job_id: str, run: int, queue: QueueName, priority: int) -> str:
        runner = self._runner
        claim = runner.take(job_id, run, queue, priority)
        if claim is None:
            return "nothing to do"
        work = WorkInHand(claim, self.ledger, runner.stopping)
        try:
            facts: dict[str, Attribute] = {"entendu.job.id": job_id}
            with continued(claim.job.payload), span(f"job {claim.job.kind}", facts):
                for stage in runner.stages_of(claim):
                    outcome = runner.do(stage, work)
                    if outcome != "kept":
                        return outcome
                return runner.finish(work)
        finally:
            work.leave()
            runner.leave(queue)
            self._something_new.set()


def _use_write_ahead_log(path: Path) -> None:
    """Let readers of the queue's database go on while somebody writes; the file remembers it."""
    path.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            connection.execute("PRAGMA journal_mode=WAL").close()
    except sqlite3.DatabaseError as error:
        raise Conflict(
            f"{path} is not the database of a queue ({error})",
            remedy="move it away: the store knows what is left to do",
        ) from error

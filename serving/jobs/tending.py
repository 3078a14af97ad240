"""What every process does beside its work, so that nothing depends on one living on.

It gives signs of life, hands new jobs to the queue, takes the work of dead workers back into it,
asks for what is due, tells those who wait for the end of a job, and compares the queue with the
store. All of it can be done by several processes at once and twice over.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from conversation.errors import NotFound
from serving.jobs import timing
from serving.jobs.kinds import Kinds, QueueName
from serving.jobs.ledger import Ledger
from serving.jobs.processing import PROCESS, conversations_without_job, once_for
from serving.jobs.retrying import Interrupted, may_pass
from serving.jobs.schedule import Schedule
from serving.jobs.values import Job, Priority
from serving.jobs.workers import Workers

logger = logging.getLogger("entendu.jobs")

WORKFLOW = "do_job"
Workflow = Callable[[str, int, QueueName, int], str]
"""Does a run of a job of a queue with a priority."""

_AT_ONCE = 500
_LOOKED_AT = 2000
_OVER = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")


@dataclass
class Tender:
    """Looks after the queue; DBOS must be launched.

    Attributes:
        ledger: The rows of jobs.
        workers: Who is alive.
        kinds: What this process knows to do.
        schedules: What is to be asked for again and again.
        in_hand: Names of the workflows that this process has begun.
        finished: Called with each job that came to an end, at least once; None: nobody waits.
        workflow: What is handed to the queue.
        something_new: Is set when there may be something to hand over or to tell.
    """

    ledger: Ledger
    workers: Workers
    kinds: Kinds
    schedules: list[Schedule]
    in_hand: set[str]
    finished: Callable[[Job], None] | None
    workflow: Workflow
    something_new: threading.Event
    _closing: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _idle_before: set[str] = field(default_factory=set)

    def start(self) -> None:
        """Bring everything in line, then look after it in threads of its own."""
        self.take_back_work()
        self.tidy(everything=True)
        self.dispatch()
        for name, target in (("beats", self._beat), ("jobs", self._tend)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, *, grace_s: float) -> None:
        """End the threads.

        Args:
            grace_s: How long to wait for them.
        """
        self._closing.set()
        self.something_new.set()
        for thread in self._threads:
            thread.join(timeout=max(grace_s, 1.0))

    def _beat(self) -> None:
        """Give signs of life, whatever else takes its time."""
        while not self._closing.wait(self.workers.beat_s):
            self._try(self.workers.beat)

    def _tend(self) -> None:
        looked_at_s = tidied_at_s = time.monotonic()
        while not self._closing.is_set():
            self.something_new.wait(
                max(0.05, self.workers.beat_s - (time.monotonic() - looked_at_s))
            )
            self.something_new.clear()
            if self._closing.is_set():
                return
            self._try(self.dispatch, self.tell_ends)
            self._closing.wait(timing.ROUND_INTERVAL_S)
            if time.monotonic() - looked_at_s >= self.workers.beat_s:
                looked_at_s = time.monotonic()
                self._try(self.take_back_work, self.ask_for_what_is_due, self.adopt)
            if time.monotonic() - tidied_at_s >= timing.TIDY_INTERVAL_S:
                tidied_at_s = time.monotonic()
                self._try(self.tidy)

    def _try(self, *actions: Callable[[], None]) -> None:
        """Do things of which each is tried again soon if it fails."""
        for action in actions:
            try:
                action()
            except Interrupted:
                return
            except Exception as error:
                if self._closing.is_set():
                    return
                if may_pass(error):
                    facts = {"error": type(error).__name__, "what": action.__name__}
                    logger.warning("the queue waits", extra={"facts": facts})
                    self._closing.wait(0.5)
                else:
                    logger.exception("the queue could not be tended")

    def dispatch(self) -> None:
        """Hand jobs to the queue that it does not have yet."""
        from dbos import DBOS, SetEnqueueOptions, SetWorkflowID

        while True:
            waiting = self.ledger.undispatched(_AT_ONCE)
            for job, run in waiting:
                kind = self.kinds.find(job.kind)
                delay_s = None
                if job.not_before is not None and job.not_before > self.ledger.clock():
                    delay_s = (job.not_before - self.ledger.clock()).total_seconds()
                queue: QueueName = "tasks" if kind is None else kind.queue
                with (
                    SetWorkflowID(f"{job.id}.{run}"),
                    SetEnqueueOptions(priority=job.priority, delay_seconds=delay_s),
                ):
                    DBOS.enqueue_workflow(queue, self.workflow, job.id, run, queue, job.priority)
            self.ledger.mark_dispatched({job.id: run for job, run in waiting})
            if len(waiting) < _AT_ONCE or self._closing.is_set():
                return

    def tell_ends(self) -> None:
        """Tell those who wait for the end of jobs."""
        if self.finished is None:
            return
        while ended := self.ledger.untold(_AT_ONCE):
            for job in ended:
                try:
                    self.finished(job)
                except Exception as error:
                    if may_pass(error):
                        raise  # and is told later
                    logger.exception("nobody could be told", extra={"facts": {"job": job.id}})
            self.ledger.mark_told(ended)

    def take_back_work(self) -> None:
        """Put back into the queue what dead workers had begun."""
        from dbos import DBOS

        alive, dead = self.workers.look()
        pending = DBOS.list_workflows(
            name=WORKFLOW, status="PENDING", load_input=False, load_output=False
        )
        gone = {flow.executor_id or "" for flow in pending} - alive
        if gone:
            handles = DBOS._recover_pending_workflows(sorted(gone))  # noqa: SLF001 - its only way
            logger.warning(
                "work of other workers taken back",
                extra={"facts": {"workers": sorted(gone), "jobs": len(handles)}},
            )
        if dead:
            self.workers.bury(dead)
        self._take_back_lost_claims(
            {flow.workflow_id for flow in pending if flow.executor_id == self.workers.me}
        )

    def _take_back_lost_claims(self, mine: set[str]) -> None:
        """Give new workflows to jobs that the queue gave to this process and that never began.

        DBOS claims a workflow in one transaction and reads it in the next, and the database may
        go away between the two.
        """
        from dbos import DBOS

        idle = mine - self.in_hand
        lost, self._idle_before = idle & self._idle_before, idle
        if lost:
            DBOS.cancel_workflows(sorted(lost))
            self.ledger.dispatch_again(
                {job_id: int(run) for job_id, _, run in (one.rpartition(".") for one in lost)}
            )
            self.something_new.set()

    def ask_for_what_is_due(self) -> None:
        """Ask for the jobs of schedules whose time has come."""
        for schedule in self.schedules:
            _, is_new = self.ledger.add(
                self.kinds.get(schedule.kind), {},
                priority=schedule.priority, once=schedule.once(self.ledger.clock()),
            )  # fmt: skip
            if is_new:
                logger.info("scheduled", extra={"facts": {"kind": schedule.kind}})
                self.something_new.set()

    def adopt(self) -> None:
        """Ask for the analysis of conversations that have no job.

        A process was killed, or the database went away, between the two.
        """
        with self.ledger.database.reading() as session:
            jobless = conversations_without_job(session, _AT_ONCE)
        for conversation_id, team, priority in jobless:
            try:
                self.ledger.add(
                    self.kinds.get(PROCESS), {},
                    conversation_id=conversation_id, team=team,
                    priority=Priority[priority.upper()], once=once_for(conversation_id),
                )  # fmt: skip
            except NotFound:  # erased meanwhile
                continue

    def tidy(self, *, everything: bool = False) -> None:
        """Compare the queue with the store, which is right.

        A process may have been killed between two writes, a disk have been full, a backup have
        been put back, or the queue's file have been thrown away.

        Args:
            everything: Also what is in the middle of a long backlog.
        """
        from dbos import DBOS

        self.adopt()
        runs = self.ledger.open_runs(None if everything else _LOOKED_AT)
        lost: dict[str, int] = {}
        ids = {f"{job_id}.{run}": job_id for job_id, run in runs.items()}
        names = list(ids)
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            known = {
                flow.workflow_id: flow.status
                for flow in DBOS.list_workflows(
                    workflow_ids=some, load_input=False, load_output=False
                )
            }
            lost |= {
                ids[name]: runs[ids[name]] for name in some if known.get(name, "ERROR") in _OVER
            }
        if lost:
            self.ledger.dispatch_again(lost)
            logger.warning("work taken up again", extra={"facts": {"jobs": len(lost)}})
            self.something_new.set()
        before = self.ledger.clock() - timedelta(
            seconds=0 if everything else timing.KEEP_FINISHED_S
        )
        over = DBOS.list_workflows(
            status=list(_OVER), completed_before=before.isoformat(), limit=10 * _AT_ONCE,
            load_input=False, load_output=False,
        )  # fmt: skip
        if over:
            DBOS.delete_workflows([flow.workflow_id for flow in over])

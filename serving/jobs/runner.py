"""Does one job: takes it, runs the stages that are left, keeps what they give, ends it.

Nothing that goes wrong in a stage reaches the queue, whose database would keep the message, and
with it perhaps somebody's words: a stage tells the queue only in one word how it went.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

from pydantic import BaseModel

from conversation.errors import EntenduError, NotFound
from serving.jobs import timing
from serving.jobs.kinds import QUEUES, Kind, Stage, Value
from serving.jobs.retrying import MAX_ATTEMPTS, Interrupted, delay_before, may_pass, patiently
from serving.jobs.values import Claim, ClaimLost, Job
from serving.operation.metrics import JOBS_FINISHED, STAGE_SECONDS
from serving.operation.tracing import span
from serving.problems import (
    Problem,
    outcome_of,
    problem_of,
    problem_of_status,
    unexpected_problem,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.ledger import Ledger

logger = logging.getLogger("entendu.jobs")

Outcome = Literal["kept", "lost", "ended", "postponed", "nothing to do"]

T = TypeVar("T")


class Runner:
    """Does jobs, one of each queue at a time.

    Args:
        ledger: The rows of jobs.
        worker: The name of this process.
    """

    def __init__(self, ledger: Ledger, *, worker: str) -> None:
        self._ledger = ledger
        self._worker = worker
        self._turns = {queue: threading.Lock() for queue in QUEUES}
        self.stopping = threading.Event()

    def take(self, job_id: str, run: int) -> Claim | None:
        """Wait for the turn, then take a job; :meth:`leave` gives the turn to the next.

        Args:
            job_id: Which.
            run: The workflow that does it.

        Returns:
            The claim; None where there is nothing left to do, and the turn is not taken.

        Raises:
            Interrupted: The service stops.
        """
        kind = self._kind_of(job_id)
        turn = self._turns["tasks" if kind is None else kind.queue]
        turn.acquire()
        claim: Claim | None = None
        try:
            self._go_on()
            claim = self._patiently(partial(self._ledger.claim, job_id, run, self._worker))
            if claim is not None and claim.job.attempts > MAX_ATTEMPTS:
                self._end_after_too_many(claim)
                claim = None
            elif claim is not None and kind is None:
                self._end(claim, "dead", _unknown_kind(claim.job))
                claim = None
        finally:
            if claim is None:
                turn.release()
        return claim

    def leave(self, claim: Claim) -> None:
        """Let the next job have its turn."""
        self._turns[self._ledger.kinds.get(claim.job.kind).queue].release()

    def stages_of(self, claim: Claim) -> tuple[Stage, ...]:
        """Return all stages of a job, in order; :meth:`do` knows which are done."""
        return self._ledger.kinds.get(claim.job.kind).stages

    def wait_until_idle(self, patience_s: float) -> bool:
        """Wait for the jobs that are running to notice that the service stops.

        Args:
            patience_s: How long.

        Returns:
            Whether none is running any more.
        """
        give_up_at_s = time.monotonic() + patience_s
        for turn in self._turns.values():
            if not turn.acquire(timeout=max(0.0, give_up_at_s - time.monotonic())):
                return False
            turn.release()
        return True

    def do(self, stage: Stage, work: WorkInHand) -> Outcome:
        """Do a stage, unless it is done, and keep what it gives.

        Args:
            stage: Which.
            work: The job.

        Raises:
            Interrupted: The service stops; the job is given back.
        """
        claim = work.claim
        try:
            self._go_on()
            if work.done is None:
                work.done = set(self._patiently(partial(self._ledger.stages_done, claim.job.id)))
            if stage.name in work.done:
                return "kept"
            with span(f"stage {stage.name}", {"entendu.job.id": claim.job.id}):
                return self._do(stage, work)
        except Interrupted:
            with suppress(ClaimLost, Exception):
                self._ledger.interrupt(claim)
            raise
        except ClaimLost:
            logger.info("claim lost", extra={"facts": {"job": claim.job.id, "stage": stage.name}})
            return "lost"

    def finish(self, claim: Claim) -> Outcome:
        """Call a job done whose stages are.

        Raises:
            Interrupted: The service stops.
        """
        try:
            job = self._patiently(partial(self._ledger.finish, claim))
        except ClaimLost:
            return "lost"
        _note_end(job)
        return "ended"

    def _do(self, stage: Stage, work: WorkInHand) -> Outcome:
        claim = work.claim
        facts: dict[str, object] = {
            "job": claim.job.id, "kind": claim.job.kind, "stage": stage.name,
            "attempt": claim.job.attempts,
        }  # fmt: skip
        if claim.job.conversation_id is not None:
            facts["conversation"] = claim.job.conversation_id
        began_s = time.perf_counter()
        try:
            work.at(stage)
            given = stage.run(work)
            seconds = time.perf_counter() - began_s
            self._patiently(partial(work.keep, stage, given, seconds))
        except ClaimLost:
            raise
        except EntenduError as error:
            logger.warning("stage failed", extra={"facts": facts | {"error": type(error).__name__}})
            return self._failed(claim, error, problem_of(error, instance=_instance(claim.job)))
        except Exception as error:
            passing = may_pass(error)
            facts["error"] = type(error).__name__
            if passing:
                logger.warning("stage failed", extra={"facts": facts})
            else:
                logger.exception("stage failed unexpectedly", extra={"facts": facts})
            problem = _of_the_machine(error) if passing else unexpected_problem()
            problem = problem.model_copy(update={"instance": _instance(claim.job)})
            return self._failed(claim, error, problem)
        STAGE_SECONDS.labels(stage=stage.name).observe(seconds)
        logger.info("stage done", extra={"facts": facts | {"wall_s": round(seconds, 3)}})
        return "kept"

    def _failed(self, claim: Claim, error: Exception, problem: Problem) -> Outcome:
        if may_pass(error) and claim.job.attempts < MAX_ATTEMPTS:
            delay_s = delay_before(claim.job.attempts)
            self._patiently(partial(self._ledger.postpone, claim, problem, delay_s=delay_s))
            return "postponed"
        is_refusal = isinstance(error, EntenduError) and outcome_of(type(error)).status < 500
        self._end(claim, "failed" if is_refusal and not may_pass(error) else "dead", problem)
        return "ended"

    def _end_after_too_many(self, claim: Claim) -> None:
        logger.error("given up", extra={"facts": {"job": claim.job.id}})
        problem = claim.job.problem or problem_of_status(
            500,
            f"the service stopped {MAX_ATTEMPTS} times while it worked on this",
            remedy="look in the log and at the memory of the machine, then try it again",
            instance=_instance(claim.job),
        )
        self._end(claim, "dead", problem)

    def _end(self, claim: Claim, state: Literal["failed", "dead"], problem: Problem) -> None:
        with suppress(ClaimLost):
            _note_end(self._patiently(partial(self._ledger.end, claim, state, problem)))

    def _go_on(self) -> None:
        if self.stopping.is_set():
            raise Interrupted

    def _kind_of(self, job_id: str) -> Kind | None:
        try:
            job = self._patiently(partial(self._ledger.get, job_id))
        except NotFound:
            return None
        return self._ledger.kinds.find(job.kind)

    def _patiently(self, action: Callable[[], T]) -> T:
        return patiently(action, stopping=self.stopping)


class WorkInHand:
    """A job that is being done; see :class:`serving.jobs.kinds.Work`.

    Args:
        claim: Of the job.
        ledger: The rows of jobs.
        stopping: Is set when the service stops.

    Attributes:
        done: The stages that are done; None as long as nobody looked.
    """

    def __init__(self, claim: Claim, ledger: Ledger, stopping: threading.Event) -> None:
        self.claim = claim
        self._ledger = ledger
        self._kind = ledger.kinds.get(claim.job.kind)
        self._stopping = stopping
        self._stage = self._kind.stages[0]
        self._noted_at_s = 0.0
        self._values: dict[str, BaseModel] = {}
        self._effects: list[Callable[[Session], None]] = []
        self.done: set[str] | None = None

    @property
    def job(self) -> Job:
        """As it was when it was taken."""
        return self.claim.job

    def at(self, stage: Stage) -> None:
        """Begin a stage."""
        self._stage = stage
        self._effects = []
        self._noted_at_s = time.monotonic()

    def progress(self, share: float) -> None:
        """Say how far the stage is; see :meth:`serving.jobs.kinds.Work.progress`."""
        if self._stopping.is_set():
            raise Interrupted
        if time.monotonic() - self._noted_at_s >= timing.PROGRESS_INTERVAL_S:
            self._note(share)

    def result(self, stage: str) -> str | None:
        """Return what an earlier stage kept."""
        return self._ledger.document(self.job.id, stage)

    def value(self, stage: str, kind: type[Value]) -> Value:
        """Return what an earlier stage kept, read as a value."""
        known = self._values.get(stage)
        if isinstance(known, kind):
            return known
        document = self.result(stage)
        if document is None:
            raise ValueError(f"the stage {stage} kept nothing")
        value = kind.model_validate_json(document)
        self._values[stage] = value
        return value

    def together(self, effect: Callable[[Session], None]) -> None:
        """Do something in the transaction that keeps the stage's result."""
        self._effects.append(effect)

    def keep(self, stage: Stage, given: BaseModel | str | None, seconds: float) -> None:
        """Keep what a stage gave."""
        before, own = self._kind.share_before(stage.name)
        document = given.model_dump_json() if isinstance(given, BaseModel) else given
        self._ledger.keep_stage(
            self.claim, stage.name, document,
            seconds=seconds, progress=round(before + own, 6), following=self._after(stage),
            effects=tuple(self._effects),
        )  # fmt: skip
        if self.done is not None:
            self.done.add(stage.name)
        if isinstance(given, BaseModel):
            self._values[stage.name] = given

    def _after(self, stage: Stage) -> str | None:
        names = [one.name for one in self._kind.stages]
        place = names.index(stage.name) + 1
        return names[place] if place < len(names) else None

    def _note(self, share: float) -> None:
        self._noted_at_s = time.monotonic()
        before, own = self._kind.share_before(self._stage.name)
        try:
            self._ledger.note(
                self.claim, self._stage.name, share=share, progress=round(before + own * share, 6)
            )
        except ClaimLost:
            raise
        except Exception as error:  # progress that cannot be written down stops no work
            if not may_pass(error):
                raise


def _note_end(job: Job) -> None:
    JOBS_FINISHED.labels(outcome=job.state).inc()
    logger.info("job ended", extra={"facts": {"job": job.id, "state": job.state}})


def _instance(job: Job) -> str:
    if job.conversation_id is not None:
        return f"/v1/conversations/{job.conversation_id}"
    return f"/v1/jobs/{job.id}"


def _of_the_machine(error: Exception) -> Problem:
    """Describe an error of the machine without its message, which may name files and people."""
    return problem_of_status(
        503,
        f"the machine could not do it now ({type(error).__name__})",
        remedy="look at its disk, its memory and its database; it is tried again by itself",
    )


def _unknown_kind(job: Job) -> Problem:
    return problem_of_status(
        501,
        f"this worker does not know jobs of the kind {job.kind!r}",
        remedy="update the worker, then retry the job",
    )

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

from conversation.errors import EntenduError
from serving.jobs.hand import WorkInHand
from serving.jobs.kinds import QUEUES, QueueName, Stage
from serving.jobs.retrying import MAX_ATTEMPTS, Interrupted, delay_before, may_pass, patiently
from serving.jobs.turns import Turn
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
        self._turns = {queue: Turn() for queue in QUEUES}
        self.stopping = threading.Event()

    def take(self, job_id: str, run: int, queue: QueueName, priority: int) -> Claim | None:
        """Wait for the turn, then take a job; :meth:`leave` gives the turn to the next.

        Args:
            job_id: Which.
            run: The workflow that does it.
            queue: Whose turn.
            priority: Smaller goes first.

        Returns:
            The claim; None where there is nothing left to do, and the turn is not taken.

        Raises:
            Interrupted: The service stops.
        """
        self._turns[queue].take(priority)
        claim: Claim | None = None
        try:
            self._go_on()
            claim = self._patiently(partial(self._ledger.claim, job_id, run, self._worker))
            if claim is not None and claim.job.attempts > MAX_ATTEMPTS:
                self._end_after_too_many(claim)
                claim = None
            elif claim is not None and self._ledger.kinds.find(claim.job.kind) is None:
                self._end(claim, "dead", _unknown_kind(claim.job))
                claim = None
        finally:
            if claim is None:
                self._turns[queue].give()
        return claim

    def leave(self, queue: QueueName) -> None:
        """Let the next job have its turn."""
        self._turns[queue].give()

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
            if not turn.wait_until_free(max(0.0, give_up_at_s - time.monotonic())):
                return False
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
            if stage.name in work.done:
                return "kept"
            with span(f"stage {stage.name}", {"entendu.job.id": claim.job.id}):
                return self._do(stage, work)
        except Interrupted:
            with suppress(ClaimLost, Exception):
                work.keep_held()
                self._ledger.interrupt(claim)
            raise
        except ClaimLost:
            logger.info("claim lost", extra={"facts": {"job": claim.job.id, "stage": stage.name}})
            return "lost"

    def finish(self, work: WorkInHand) -> Outcome:
        """Call a job done whose stages are, unless its last one did.

        Args:
            work: The job.

        Raises:
            Interrupted: The service stops.
        """
        try:
            job = work.ended or self._patiently(work.end)
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
            return self._failed(work, error, problem_of(error, instance=_instance(claim.job)))
        except Exception as error:
            passing = may_pass(error)
            facts["error"] = type(error).__name__
            if passing:
                logger.warning("stage failed", extra={"facts": facts})
            else:
                logger.exception("stage failed unexpectedly", extra={"facts": facts})
            problem = _of_the_machine(error) if passing else unexpected_problem()
            problem = problem.model_copy(update={"instance": _instance(claim.job)})
            return self._failed(work, error, problem)
        STAGE_SECONDS.labels(stage=stage.name).observe(seconds)
        logger.info("stage done", extra={"facts": facts | {"wall_s": round(seconds, 3)}})
        return "kept"

    def _failed(self, work: WorkInHand, error: Exception, problem: Problem) -> Outcome:
        claim = work.claim
        self._patiently(work.keep_held)
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

    def _patiently(self, action: Callable[[], T]) -> T:
        return patiently(action, stopping=self.stopping)


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

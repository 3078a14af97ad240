"""Durable analysis: what was accepted is analysed once, also when the process is killed.

The store says what has to be done; DBOS (``<data>/jobs.sqlite``) says how far it is. One workflow
for each conversation, under the conversation's id, has two steps: *analyse* keeps its outcome in
the store, *settle* calls the conversation done or failed. The queue's database holds ids only:
whatever is personal is in the store, and goes with it.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from conversation.errors import Conflict, EntenduError
from serving.problems import Problem, problem_of, problem_of_status, unexpected_problem
from serving.store import Result, Store, StoredConversation

if TYPE_CHECKING:
    from dbos import StepOptions

    from serving.analysis import Analysis
    from serving.pipeline import Analyser

logger = logging.getLogger("entendu.jobs")

DATABASE_FILE = "jobs.sqlite"
QUEUE = "analysis"
WORKFLOW = "analyse_conversation"
# A constant, so that a new release takes up the work of the one before. It changes when the
# steps of the workflow change in a way that half-done work cannot follow.
WORKFLOW_VERSION = "1"
MAX_ATTEMPTS = 10
PROGRESS_INTERVAL_S = 0.5
POLL_INTERVAL_S = 0.2
LISTEN_INTERVAL_S = 0.5  # nobody is waited for, but stopping waits for this

_one_at_a_time = threading.Lock()  # DBOS is one to a process


class _Interrupted(BaseException):
    """The service stops; not an ``Exception``, so that nothing on the way records a failure."""


class _Erased(BaseException):
    """The conversation was erased while it was analysed."""


class Jobs:
    """The queue of conversations to analyse, and the worker that analyses them one by one.

    Args:
        store: Where conversations are, and their results go.
        analyser: Does the work.
    """

    def __init__(self, store: Store, analyser: Analyser) -> None:
        self._store = store
        self._analyser = analyser
        self._stopping = threading.Event()
        self._working = threading.Lock()
        self._workflow: Callable[[str], None] | None = None
        self._owns_dbos = False

    def start(self) -> None:
        """Take up the work that is left, then wait for more.

        Raises:
            Conflict: There is another queue in this process, or its database cannot be read.
        """
        from dbos import DBOS
        from sqlalchemy import URL

        if not _one_at_a_time.acquire(blocking=False):
            raise Conflict("a job queue already runs in this process", remedy="stop it first")
        self._owns_dbos = True
        try:
            self._store.requeue()
            path = self._store.data_dir / DATABASE_FILE
            _use_write_ahead_log(path)
            # A handler of its own keeps DBOS from adding one that writes to the console.
            logging.getLogger("dbos").addHandler(logging.NullHandler())
            DBOS(
                config={
                    "name": "entendu",
                    "system_database_url": URL.create(
                        "sqlite", database=str(path)
                    ).render_as_string(),
                    "application_version": WORKFLOW_VERSION,
                    "executor_id": "local",
                    "log_level": "WARNING",
                    "enable_otlp": False,
                    "notification_listener_polling_interval_sec": LISTEN_INTERVAL_S,
                }
            )

            def analyse_conversation(conversation_id: str) -> None:
                DBOS.run_step(_step("analyse"), self._analyse, conversation_id)
                DBOS.run_step(_step("settle"), self._settle, conversation_id)

            # The number of attempts is counted in the store, where the client sees the end of it.
            self._workflow = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(
                analyse_conversation
            )
            DBOS.launch()
            DBOS.register_queue(QUEUE, global_concurrency=1, polling_interval_sec=POLL_INTERVAL_S)
            self._reconcile()
        except BaseException:
            self.stop(grace_s=0)
            raise

    def submit(self, conversation_id: str) -> None:
        """Queue a conversation; one that is queued already stays where it is."""
        from dbos import DBOS, SetWorkflowID

        if self._workflow is None:
            raise Conflict("the job queue is not running", remedy="start the service")
        with SetWorkflowID(conversation_id):
            DBOS.enqueue_workflow(QUEUE, self._workflow, conversation_id)

    def forget(self, conversation_id: str) -> None:
        """Drop what the queue knows of an erased conversation.

        One that is being analysed is dropped at the next start: the worker still has to write
        down that it stopped.
        """
        from dbos import DBOS

        status = DBOS.get_workflow_status(conversation_id)
        if status is not None and status.status in _OVER:
            DBOS.delete_workflow(conversation_id)

    def stop(self, *, grace_s: float = 5.0) -> bool:
        """Stop working; what is not finished goes on at the next start.

        Args:
            grace_s: How long to wait for the analysis that is running to notice.

        Returns:
            Whether it noticed; when not, its thread still computes and only the end of the
            process stops it.
        """
        from dbos import DBOS

        self._stopping.set()
        idle = self._working.acquire(timeout=grace_s)
        if idle:
            self._working.release()
        if self._owns_dbos:
            DBOS.destroy(destroy_registry=True)
            self._workflow = None
            self._owns_dbos = False
            _one_at_a_time.release()
        return idle

    def _reconcile(self) -> None:
        """Bring the queue in line with the store.

        The process may have been killed between the two, or a disk have been full.
        """
        from dbos import DBOS

        flows = {
            flow.workflow_id: flow.status
            for flow in DBOS.list_workflows(name=WORKFLOW, load_input=False, load_output=False)
        }
        stale = flows.keys() - self._store.known(set(flows))
        unfinished = self._store.unfinished()
        stale |= {one for one in unfinished if flows.get(one) in _OVER}
        if stale:
            DBOS.delete_workflows(sorted(stale))
        for conversation_id in unfinished:
            self.submit(conversation_id)
        if unfinished:
            logger.info("work taken up", extra={"facts": {"conversations": len(unfinished)}})

    # The two steps. Each may be run again after a kill, and then finds what it did.

    def _analyse(self, conversation_id: str) -> str:
        with self._working:
            if self._stopping.is_set():
                raise _Interrupted
            if self._store.has_outcome(conversation_id):
                return "kept before"
            queued = self._store.begin(conversation_id)
            if queued is None:
                return "erased"
            try:
                outcome = self._outcome(queued)
            except _Erased:
                return "erased"
            except _Interrupted:
                self._store.interrupt(conversation_id)
                raise
            self._store.keep_result(conversation_id, outcome)
            return "failed" if isinstance(outcome, Problem) else "analysed"

    def _settle(self, conversation_id: str) -> str:
        self._store.settle(conversation_id)
        return "settled"

    def _outcome(self, queued: StoredConversation) -> Result | Problem:
        instance = f"/v1/conversations/{queued.id}"
        facts: dict[str, object] = {"conversation": queued.id, "attempt": queued.attempts}
        if queued.attempts > MAX_ATTEMPTS:
            logger.error("given up", extra={"facts": facts})
            return problem_of_status(
                500,
                f"the service stopped {MAX_ATTEMPTS} times while it analysed this",
                remedy="look in the log and at the memory of the machine, then send it again",
                instance=instance,
            )
        began = time.perf_counter()
        try:
            result = _result(self._run(queued))
        except EntenduError as error:
            facts["error"] = type(error).__name__
            logger.warning("analysis failed", extra={"facts": facts})
            return problem_of(error, instance=instance)
        except Exception:
            logger.exception("analysis failed unexpectedly", extra={"facts": facts})
            return unexpected_problem(instance=instance)
        facts["wall_s"] = round(time.perf_counter() - began, 3)
        logger.info("analysis done", extra={"facts": facts})
        return result

    def _run(self, queued: StoredConversation) -> Analysis:
        source = self._store.source(queued.id)
        if source is not None:
            return self._analyser.analyse_conversation(source, language=queued.language)
        if queued.recording_sha256 is None:
            raise ValueError("a conversation with neither text nor recording")
        from speech import parse_channels

        channels = None if queued.channels is None else parse_channels(queued.channels)
        with self._store.files.named(queued.recording_sha256, queued.name) as path:
            return self._analyser.analyse(
                path,
                language=queued.language,
                channels=channels,
                progress=self._progress_of(queued.id),
            )

    def _progress_of(self, conversation_id: str) -> Callable[[float], None]:
        noted_at = time.monotonic()

        def note(share: float) -> None:
            nonlocal noted_at
            if self._stopping.is_set():
                raise _Interrupted
            if time.monotonic() - noted_at >= PROGRESS_INTERVAL_S:
                noted_at = time.monotonic()
                if not self._store.note_progress(conversation_id, share):
                    raise _Erased

        return note


def _step(name: str) -> StepOptions:
    """Name a step and let it wait, up to ten minutes in all, for a full disk to be emptied."""
    return {
        "name": name,
        "retries_allowed": True,
        "interval_seconds": 5,
        "max_attempts": 7,
        "should_retry": lambda error: isinstance(error, (OSError, OperationalError)),
    }


_OVER = frozenset(("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"))


def _result(analysis: Analysis) -> Result:
    conversation = analysis.conversation
    primary = analysis.understanding.reasons.primary
    return Result(
        document=analysis.model_dump_json(),
        schema_version=analysis.schema_version,
        channel=conversation.channel,
        spoken_language=analysis.understanding.language,
        started_at=conversation.started_at,
        duration_s=conversation.duration_s,
        reason=None if primary is None else primary.code,
        score_100=analysis.evaluation.score_100,
    )


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

"""A job that this process is doing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from pydantic import BaseModel

from serving.jobs import timing
from serving.jobs.claims import DoneStage
from serving.jobs.kinds import Stage, Value
from serving.jobs.retrying import Interrupted, may_pass
from serving.jobs.values import Claim, ClaimLost, Job

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.jobs.ledger import Ledger


class WorkInHand:
    """A job that is being done; see :class:`serving.jobs.kinds.Work`.

    What a stage gives is kept in a transaction at its end, unless it took so little time that
    keeping it costs more than doing it again: then it is kept together with the stage after it,
    or a moment later where that takes its time, so that everybody sees how far the job is.

    Args:
        claim: Of the job.
        ledger: The rows of jobs.
        stopping: Is set when the service stops.

    Attributes:
        done: The stages that are done, also those that are not kept yet.
        ended: The job as its last stage left it; None as long as it is not done.
    """

    def __init__(self, claim: Claim, ledger: Ledger, stopping: threading.Event) -> None:
        self.claim = claim
        self.done = set(claim.done)
        self.ended: Job | None = None
        self._ledger = ledger
        self._kind = ledger.kinds.get(claim.job.kind)
        self._stopping = stopping
        self._stage = self._kind.stages[0]
        self._noted_at_s = 0.0
        self._values: dict[str, BaseModel] = {}
        self._effects: list[Callable[[Session], None]] = []
        self._held: list[DoneStage] = []
        self._keeping = threading.RLock()
        self._timer: threading.Timer | None = None

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
        with self._keeping:
            for held in self._held:
                if held.name == stage:
                    return held.document
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
        """Keep what a stage gave; with the last stage the job is done.

        Args:
            stage: Which.
            given: What it gave.
            seconds: It took.

        Raises:
            ClaimLost: Somebody took the job away.
        """
        document = given.model_dump_json() if isinstance(given, BaseModel) else given
        done = DoneStage(stage.name, document, seconds, tuple(self._effects))
        is_last = stage is self._kind.stages[-1]
        with self._keeping:
            together = [*self._held, done]
            if is_last or sum(one.seconds for one in together) >= timing.KEPT_WITHIN_S:
                self.ended = self._keep(together, ends=is_last)
            else:
                self._held = together
                self._keep_soon()
        self.done.add(stage.name)
        if isinstance(given, BaseModel):
            self._values[stage.name] = given

    def keep_held(self) -> None:
        """Keep what waits for the stage after it.

        Raises:
            ClaimLost: Somebody took the job away.
        """
        with self._keeping:
            if self._held:
                self._keep(self._held, ends=False)

    def leave(self) -> None:
        """Do nothing more with the job."""
        with self._keeping:
            self._held = []
            self._stop_waiting()

    def _keep_soon(self) -> None:
        if self._timer is None:
            self._timer = threading.Timer(timing.HELD_FOR_S, self._keep_in_passing)
            self._timer.daemon = True
            self._timer.start()

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _keep_in_passing(self) -> None:
        # Whatever is wrong, the end of the stage that runs finds it out.
        with self._keeping, suppress(Exception):
            self._timer = None
            self.keep_held()

    def end(self) -> Job:
        """Call the job done, all of whose stages were kept by who had it before.

        Raises:
            ClaimLost: Somebody took it away.
        """
        with self._keeping:
            ended = self._keep([], ends=True)
        if ended is None:
            raise ValueError("a job that does not end")
        return ended

    def _keep(self, stages: list[DoneStage], *, ends: bool) -> Job | None:
        last = stages[-1].name if stages else self._kind.stages[-1].name
        before, own = self._kind.share_before(last)
        ended = self._ledger.keep(
            self.claim, stages,
            progress=round(before + own, 6), following=self._after(last), ends=ends,
        )  # fmt: skip
        self._held = []
        self._stop_waiting()
        return ended

    def _after(self, stage: str) -> str | None:
        names = [one.name for one in self._kind.stages]
        place = names.index(stage) + 1
        return names[place] if place < len(names) else None

    def _note(self, share: float) -> None:
        self._noted_at_s = time.monotonic()
        before, own = self._kind.share_before(self._stage.name)
        try:
            self.keep_held()  # which would set it back
            self._ledger.note(
                self.claim, self._stage.name, share=share, progress=round(before + own * share, 6)
            )
        except ClaimLost:
            raise
        except Exception as error:  # progress that cannot be written down stops no work
            if not may_pass(error):
                raise

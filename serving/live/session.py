"""One live session: sound or messages in, events out, and nothing lost in between."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Literal

from conversation import Turn
from conversation.errors import Conflict, EntenduError
from serving.live.concluding import Concluding
from serving.live.events import (
    Acknowledged,
    CardsMuted,
    Closed,
    Draining,
    Failed,
    Started,
    Watching,
)
from serving.live.facts import RunningSession, SessionFacts
from serving.live.hearing import Hearing
from serving.live.incoming import Incoming
from serving.live.outbox import Outbox
from serving.live.parts import Limits, Parts
from serving.live.record import Record
from serving.live.sound import SoundBuffer
from serving.live.spool import Kept
from serving.problems import problem_of, problem_of_status, unexpected_problem

logger = logging.getLogger("entendu.live")

EndReason = Literal["end", "cut", "failed", "limit"]

TICK_S = 0.5
_LONGEST_NOTE_S = 20.0


class LiveSession(Incoming):
    """A conversation that is going on. All methods are for the event loop.

    Args:
        facts: Of the session.
        token: With which a client comes back; secret.
        parts: What it works with.
        limits: How much it may take.
        restored: What a service before this one kept of it.
        on_over: Called when it is over.

    Attributes:
        record: What was said so far.
        is_muted: Whether the agent asked for no cards.
        over: Set when everything is said and stored.
    """

    def __init__(
        self,
        facts: SessionFacts,
        token: str,
        parts: Parts,
        limits: Limits,
        *,
        restored: Kept | None = None,
        on_over: Callable[[LiveSession], None],
    ) -> None:
        self.facts = facts
        self.token = token
        self.limits = limits
        self.is_muted = False
        self.over = asyncio.Event()
        self._parts = parts
        self._on_over = on_over
        self._began_s = self._last_input_s = parts.clock()
        self._cut_at_s: float | None = None if restored is None else self._began_s
        self._concluding: Concluding | None = None
        self.record = Record(parts.redactor, parts.spool, restored=restored, on_turn=self._on_turn)
        if parts.follower is not None:
            self._concluding = Concluding(
                parts.follower,
                self.record,
                facts=facts,
                executor=parts.executor,
                age_s=lambda: self.age_s,
                notify=parts.notify,
                keep=parts.keep_card,
            )
        self._hearing: Hearing | None = None
        if parts.stream is not None and facts.sound is not None:
            self._hearing = Hearing(
                parts.stream,
                facts.sound,
                self.record,
                kept=0 if restored is None else restored.kept,
                clock=parts.clock,
            )
        self._is_ending = self._is_draining = False
        self._reason: EndReason = "end"
        self._lost_from_s: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._heard: asyncio.Task[None] | None = None
        self._noted: asyncio.Task[None] | None = None
        self._finishing: asyncio.Task[None] | None = None

    @property
    def age_s(self) -> float:
        """Seconds since it began."""
        return self._parts.clock() - self._began_s

    @property
    def sound(self) -> SoundBuffer | None:
        """Its sound by place; None where there is none."""
        return None if self._hearing is None else self._hearing.sound

    @property
    def received(self) -> int:
        """Bytes of sound, or messages, that have arrived."""
        return len(self.record.messages) if self.sound is None else self.sound.received

    @property
    def kept(self) -> int:
        """Bytes of sound, or messages, that would outlive a kill of the service."""
        if self._parts.spool is None:
            return 0
        return len(self.record.messages) if self.sound is None else self.sound.kept

    # Life

    def start(self) -> None:
        """Begin to work."""
        if self._hearing is not None:
            self._run(self._hearing.feed_on())
            self._heard = self._run(self._hearing.hear_on())
        if self._concluding is not None:
            self._noted = self._run(self._concluding.run())
        self._run(self._tick_on())

    def attach(self, outbox: Outbox, *, last_seq: int = 0) -> None:
        """Send events to a client from now on; one that was there before is let go.

        Args:
            outbox: To which they go, ``started`` first.
            last_seq: The newest event that the client has; those after it are sent again.

        Raises:
            Conflict: The session is over.
        """
        if self._finishing is not None or self._is_draining:
            raise Conflict("the session is over", remedy="start another one")
        resumed = self._cut_at_s is not None or self.record.outbox is not None
        if self.record.outbox is not None:
            self.record.outbox.close()
        self.record.outbox, self._cut_at_s = outbox, None
        self.touch()
        resumable = self.facts.is_resumable
        outbox.put(
            Started(
                session=self.facts.id,
                conversation=self.facts.id if self.facts.is_kept else None,
                resume_token=self.token if resumable else None,
                resume_s=self.limits.resume_s if resumable else 0.0,
                resume_from=self.received,
                last_seq=len(self.record.events),
                resumed=resumed,
            )
        )
        if self.is_muted:
            outbox.put(CardsMuted(muted=True))
        for event in self.record.events[last_seq:]:
            outbox.put_again(event)

    def detach(self, outbox: Outbox) -> None:
        """Say that a client is gone; it may come back where its protocol knows how."""
        if self.record.outbox is not outbox:
            return
        self.record.outbox = None
        if self.facts.is_resumable:
            self._cut_at_s = self._parts.clock()
        else:
            self.end("cut")

    @property
    def running(self) -> RunningSession:
        """What a list shows of it."""
        facts = self.facts
        return RunningSession(
            id=facts.id,
            protocol=facts.protocol,
            channel=facts.channel,
            started_at=facts.started_at,
            language=facts.language,
            direction=facts.direction,
            queue=facts.queue,
            agent_key=facts.agent_key,
            customer_key=facts.customer_key,
            turns=len(self.record.turns),
            is_cut=self._cut_at_s is not None,
        )

    def watch(self, outbox: Outbox, *, last_seq: int = 0) -> None:
        """Tell somebody else what happens, from the beginning on.

        Args:
            outbox: Theirs.
            last_seq: The newest event that they have; those after it are sent again.

        Raises:
            Conflict: The session is over.
        """
        if self._is_draining or self.over.is_set():
            raise Conflict("the session is over", remedy="read the conversation that it became")
        outbox.put(Watching(session=self.running, last_seq=len(self.record.events)))
        if self.is_muted:
            outbox.put(CardsMuted(muted=True))
        for event in self.record.events[last_seq:]:
            outbox.put_again(event)
        self.record.watchers.append(outbox)

    def unwatch(self, outbox: Outbox) -> None:
        """Tell them no more."""
        if outbox in self.record.watchers:
            self.record.watchers.remove(outbox)

    def touch(self) -> None:
        """Note that the client is there."""
        self._last_input_s = self._parts.clock()

    def end(self, reason: EndReason = "end") -> None:
        """End the session: what was said last is heard, and the conversation is stored."""
        if self._finishing is None and not self._is_draining:
            self._reason = reason
            self._finishing = asyncio.get_running_loop().create_task(self._finish())

    def end_at_limit(self) -> None:
        """End a session that is as long as one may be."""
        self.end("limit")

    # Time

    async def _tick_on(self) -> None:
        said = (-1, -1)
        while not (self._is_ending or self._is_draining):
            await asyncio.sleep(TICK_S)
            now_s = self._parts.clock()
            await self.record.settle(now_s)
            if self._hearing is not None:
                await self._hearing.keep()
            if (self.received, self.kept) != said:
                said = (self.received, self.kept)
                self._acknowledge()
            if self._concluding is not None:
                await self._concluding.tick()
            if self._cut_at_s is not None and now_s - self._cut_at_s > self.limits.resume_s:
                self.end("cut")
            outbox = self.record.outbox
            if outbox is not None and now_s - self._last_input_s > self.limits.idle_s:
                problem = problem_of_status(
                    408,
                    f"nothing came for {self.limits.idle_s:g} s",
                    remedy="send keepalive while nobody speaks",
                )
                outbox.put(Failed(problem=problem.as_json(), fatal=True))
                outbox.close()

    def _acknowledge(self) -> None:
        self.record.put(Acknowledged(received=self.received, kept=self.kept))

    def _on_turn(self, turn: Turn) -> None:
        if self._concluding is not None:
            self._concluding.hear(turn)

    # The end

    async def _finish(self) -> None:
        self._is_ending = True
        conversation: str | None = None
        try:
            if self._hearing is not None:
                self._hearing.end()
                if self._heard is not None and self._reason != "failed":
                    await self._heard
            await self._keep_last()
            if self._concluding is not None and self._noted is not None:
                self._concluding.stop()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(self._noted), _LONGEST_NOTE_S)
            conversation = await asyncio.to_thread(self._parts.store, self)
        except Exception as error:  # noqa: BLE001 - its client is told
            self._tell(error)
            self._reason = "failed"
        self._acknowledge()
        self.record.put(
            Closed(
                conversation=conversation,
                duration_s=0.0 if self.sound is None else round(self.sound.received_s, 3),
                turns=len(self.record.turns),
                lost_from_s=self._lost_from_s,
                reason=self._reason,
            )
        )
        self._let_go()

    async def _keep_last(self) -> None:
        if self._reason == "failed":  # what was not heard may hold card data: it is not written
            if self._hearing is not None:
                await self._hearing.cancel()
            return
        await self.record.settle(self._parts.clock(), everything=True)
        if self._hearing is not None:
            await self._hearing.keep(everything=True)

    async def drain(self, grace_s: float) -> None:
        """Stop with a service that stops: what was said is heard and kept, to be gone on with.

        Args:
            grace_s: How long the last words may take.
        """
        if self._finishing is not None or self._is_draining:
            await self.over.wait()
            return
        hearing = self._hearing
        if hearing is not None:
            with contextlib.suppress(TimeoutError, Conflict):
                async with asyncio.timeout(grace_s):
                    await self.flush()
                    await hearing.finish_speaking()
        self._is_draining = True
        if hearing is not None:
            await hearing.keep(everything=hearing.is_settled)
        token = self.token if self.facts.is_resumable else None
        self.record.put(Draining(resume_token=token, resume_from=self.kept))
        if hearing is not None:
            await hearing.cancel()
        self._let_go()
        if self._parts.spool is not None:
            self._parts.spool.close()

    def _let_go(self) -> None:
        if self.record.outbox is not None:
            self.record.outbox.close()
        for watcher in self.record.watchers:
            watcher.close()
        for task in self._tasks:
            task.cancel()
        self.over.set()
        self._on_over(self)

    def _fail(self, error: Exception) -> None:
        """End a session that cannot go on; what is kept is stored, the rest is named as lost."""
        self._tell(error, fatal=True)
        if self.sound is not None and self.facts.sound is not None:
            self._lost_from_s = self.facts.sound.seconds(self.sound.kept)
        self.end("failed")
        self._reason = "failed"

    def _tell(self, error: Exception, *, fatal: bool = False) -> None:
        facts = {"session": self.facts.id, "error": type(error).__name__}
        if isinstance(error, EntenduError):
            logger.warning("session failed", extra={"facts": facts})
            problem = problem_of(error)
        else:
            logger.error("session failed unexpectedly", exc_info=error, extra={"facts": facts})
            problem = unexpected_problem()
        self.record.put(Failed(problem=problem.as_json(), fatal=fatal))

    def _check_open(self) -> None:
        if self._is_ending or self._is_draining or self._finishing is not None:
            raise Conflict("the session is ending", remedy="start another one")

    def _run(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        async def guarded() -> None:
            try:
                await work
            except Exception as error:  # noqa: BLE001 - its client is told
                self._fail(error)

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

"""Concluding while people speak, without ever keeping them waiting."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from conversation import Turn
from conversation.errors import EntenduError
from kb_search.assistant.cards import CardEvent, Judgement
from serving.live.events import AlertRaised, CardShown, Failed, Lasting, Summary
from serving.live.facts import SessionFacts
from serving.live.insight import Follower
from serving.live.record import Record
from serving.problems import problem_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

logger = logging.getLogger("entendu.live")


class Concluding:
    """Gives the turns of a session to its follower, one after another, and tells what comes of it.

    Cards and alerts are asked for at each turn; what looks at the whole conversation only when no
    turn waits, so that a busy machine looks less often instead of later and later.

    Args:
        follower: Concludes.
        record: Where it goes.
        facts: Of the session.
        executor: Runs the follower.
        age_s: Seconds since the session began.
        notify: Tells other systems of an alert, blocking.
        keep: Keeps what happened to a card, blocking.
    """

    def __init__(
        self,
        follower: Follower,
        record: Record,
        *,
        facts: SessionFacts,
        executor: Executor,
        age_s: Callable[[], float],
        notify: Callable[[SessionFacts, AlertRaised], None],
        keep: Callable[[SessionFacts, CardEvent], None],
    ) -> None:
        self._follower = follower
        self._record = record
        self._executor = executor
        self._age_s = age_s
        self._facts = facts
        self._notify = notify
        self._keep = keep
        self._turns: asyncio.Queue[Turn | None] = asyncio.Queue()
        self._one_at_a_time = asyncio.Lock()
        self._told: set[type[EntenduError]] = set()

    def hear(self, turn: Turn) -> None:
        """Take the next turn, redacted."""
        self._turns.put_nowait(turn)

    def stop(self) -> None:
        """Say that nothing more will be said; :meth:`run` ends when all is concluded."""
        self._turns.put_nowait(None)

    async def run(self) -> None:
        """Conclude until :meth:`stop`, then look at the whole once more and write the note."""
        is_seen = True
        while (turn := await self._turns.get()) is not None:
            await self._hear(turn)
            is_seen = self._turns.empty()
            if is_seen:
                await self._look()
        if not is_seen:  # the end came while turns waited: a reason is told all the same
            await self._look()
        await self._act(lambda: self._follower.conclude(self._said()))

    async def tick(self) -> None:
        """Let time pass."""
        if not self._one_at_a_time.locked():
            await self._act(self._follower.tick)

    async def judge(self, card_id: str, judgement: Judgement) -> bool:
        """Take what the agent did with a card; False: there is no such card."""
        if not await self._act(lambda: self._follower.judge(card_id, judgement)):
            return False
        await self._kept(
            CardEvent(
                kind=judgement, at_s=self._age_s(), conversation=self._facts.id, card_id=card_id
            )
        )
        return True

    async def mute(self, *, is_muted: bool) -> bool:
        """Show no cards, or show them again; False: that failed."""
        return await self._act(lambda: self._follower.mute(is_muted=is_muted))

    async def _hear(self, turn: Turn) -> None:
        ended_s = turn.end_s if turn.end_s is not None else self._age_s()
        await self._act(lambda: self._follower.hear(turn, ended_s))

    async def _look(self) -> None:
        said = self._said()
        await self._act(lambda: self._follower.look(said))

    def _said(self) -> Sequence[Turn]:
        return tuple(self._record.turns.values())

    async def _act(self, work: Callable[[], Summary | Sequence[Lasting] | None]) -> bool:
        """Run what concludes; a failure there never ends a session. False: it failed."""
        async with self._one_at_a_time:
            try:
                found = await asyncio.get_running_loop().run_in_executor(self._executor, work)
            except EntenduError as error:
                if type(error) not in self._told:  # a model that is missing is so at each turn
                    self._told.add(type(error))
                    self._record.put(Failed(problem=problem_of(error).as_json()))
                return False
            except Exception:
                logger.exception("nothing concluded", extra={"facts": {"session": self._facts.id}})
                return False
        if isinstance(found, Summary):
            await self._record.conclude([found])
        elif found is not None:
            await self._record.conclude(found)
            for one in found:
                if isinstance(one, AlertRaised):
                    await asyncio.to_thread(self._notify, self._facts, one)
                if isinstance(one, CardShown):
                    await self._kept(
                        CardEvent(
                            kind="shown", at_s=one.card.shown_at_s, conversation=self._facts.id,
                            card_id=one.card.id, card=one.card,
                        )
                    )  # fmt: skip
        return True

    async def _kept(self, event: CardEvent) -> None:
        await asyncio.to_thread(self._keep, self._facts, event)

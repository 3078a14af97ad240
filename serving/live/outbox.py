"""Events on their way to one client, who may read slowly."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from serving.live.events import (
    Acknowledged,
    FinalText,
    Lagging,
    PartialText,
    SessionEvent,
)
from speech.live import SpeechEnded, SpeechStarted, Withdrawn

MOST_EVENTS = 256
"""What waits for a client before its connection is given up: minutes of talk."""


@dataclass(frozen=True)
class Mark:
    """A place among the events that a protocol put there itself, to answer in order.

    Attributes:
        name: What it stands for.
    """

    name: str


Outgoing = SessionEvent | SpeechStarted | SpeechEnded | Withdrawn | Mark


class Outbox:
    """A bounded queue; a session never waits for it.

    What gives way first: a partial to the next of its channel, an acknowledgement to the next,
    then all partials. When there is still no room the outbox is over: its client is too slow.

    Args:
        revises: Whether the protocol can say a turn again. Where it cannot, a turn with hidden
            digits waits until it is known what they are.
        wants_speech: Whether the protocol says when speech starts and ends, or was none.
        most: Events that may wait.

    Attributes:
        overflowed: Whether the client was too slow.
    """

    def __init__(
        self, *, revises: bool = False, wants_speech: bool = False, most: int = MOST_EVENTS
    ) -> None:
        self.revises = revises
        self.wants_speech = wants_speech
        self.overflowed = False
        self._most = most
        self._events: deque[Outgoing] = deque()
        self._changed = asyncio.Event()
        self._is_over = False
        self._said: set[int] = set()
        self._again = 0

    def put(self, event: Outgoing) -> None:
        """Add an event."""
        if self._is_over:
            return
        for waiting in self._events:
            if _replaces(event, waiting):
                self._events.remove(waiting)
                break
        if len(self._events) >= self._most + self._again:
            self._events = deque(
                one for one in self._events if not isinstance(one, PartialText | Lagging)
            )
            if isinstance(event, PartialText):
                return
        if len(self._events) >= self._most + self._again:
            self.overflowed = True
            self.close()
            return
        self._events.append(event)
        self._changed.set()

    def put_final(self, final: FinalText, *, is_open: bool) -> None:
        """Add a turn, when the protocol can say it as it is.

        Args:
            final: The turn.
            is_open: Digits are hidden in it until it is known what they are.
        """
        if not self.revises:
            if is_open or final.turn in self._said:
                return
            self._said.add(final.turn)
        self.put(final)

    def put_again(self, event: Outgoing) -> None:
        """Add an event of before a cut; what waits then is not bounded, its client waits for it."""
        self._again += 1
        self._events.append(event)
        self._changed.set()

    def close(self) -> None:
        """Take no more; what waits can still be read."""
        self._is_over = True
        self._changed.set()

    async def get(self) -> Outgoing | None:
        """Wait for the next event; None after the last one."""
        while not self._events:
            if self._is_over:
                return None
            self._changed.clear()
            await self._changed.wait()
        self._again = max(0, self._again - 1)
        return self._events.popleft()


def _replaces(event: object, waiting: object) -> bool:
    if isinstance(event, PartialText):
        return isinstance(waiting, PartialText) and waiting.channel == event.channel
    return isinstance(event, Acknowledged | Lagging) and type(event) is type(waiting)

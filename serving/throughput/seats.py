"""How many long requests are served at once, and how many may wait for that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio

from conversation.errors import Overloaded


class Seats:
    """Lets so many requests in at a time; some more wait, the others are refused.

    Args:
        at_once: How many are served at once.
        waiting: How many may wait.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once = at_once
        self._most_waiting = waiting
        self._taken = 0
        self._waiting: list[anyio.Event] = []

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Wait for a seat and hold it in this block; to be called in the event loop.

        Raises:
            Overloaded: Too many wait already.
        """
        if self._taken < self._at_once:
            self._taken += 1
        else:
            await self._wait()
        try:
            yield
        finally:
            self._free()

    async def _wait(self) -> None:
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded(
                f"{self._taken} recordings are being transcribed and {len(self._waiting)} wait",
                remedy="send it again later, or to POST /v1/conversations, which queues it",
                retry_after_s=5.0,
            )
        turn = anyio.Event()
        self._waiting.append(turn)
        try:
            await turn.wait()
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            else:  # the seat came in the same moment
                self._free()
            raise

    def _free(self) -> None:
        """Give the seat to who waits longest."""
        if self._waiting:
            self._waiting.pop(0).set()
        else:
            self._taken -= 1

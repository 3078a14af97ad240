"""Waking asyncio tasks from another thread."""

from __future__ import annotations

import asyncio
import contextlib


class Wakeups:
    """Futures of asyncio tasks that wait for something to change.

    The owner holds its lock around all calls.
    """

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def add(self) -> asyncio.Future[None]:
        """Return a future of the running loop that the next :meth:`wake` resolves."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        return future

    def discard(self, future: asyncio.Future[None]) -> None:
        """Stop waiting."""
        self._waiting.discard(future)

    def wake(self) -> None:
        """Resolve all that wait, from any thread."""
        for future in self._waiting:
            with contextlib.suppress(RuntimeError):  # its loop is closed
                future.get_loop().call_soon_threadsafe(_resolve, future)
        self._waiting.clear()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)

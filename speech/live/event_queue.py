"""Events on their way from the decoding thread to a reader in a thread or in asyncio."""

from __future__ import annotations

import threading
import time
from collections import deque

from speech.live.events import Ended, Lag, LiveEvent, Partial, Recovered
from speech.live.wakeups import Wakeups


class EventQueue:
    """Events in order, for one reader; a partial that nobody read yet gives way to the next.

    So what waits for a slow reader is bounded by what was said, and nothing is said twice.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._events: deque[LiveEvent] = deque()
        self._wakeups = Wakeups()
        self._failure: BaseException | None = None
        self._is_over = False

    def put(self, event: LiveEvent) -> None:
        """Add an event; one that the next makes superfluous is taken out."""
        with self._changed:
            if self._is_over:
                return
            for waiting in reversed(self._events):
                if _replaces(event, waiting):
                    self._events.remove(waiting)
                    break
                if not isinstance(waiting, Partial | Lag):
                    break
            self._events.append(event)
            self._is_over = isinstance(event, Ended)
            self._wake()

    def fail(self, error: BaseException) -> None:
        """Have the reader raise an error after what is still to read."""
        with self._changed:
            self._failure = error
            self._is_over = True
            self._wake()

    def get(self, timeout_s: float | None = None) -> LiveEvent | None:
        """Wait in a thread for the next event.

        Args:
            timeout_s: Give up after that long, seconds; None waits for ever.

        Returns:
            The event; None after the last one, and when none came in time.
        """
        end_s = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not self._events and not self._is_over:
                left_s = None if end_s is None else end_s - time.monotonic()
                if left_s is not None and left_s <= 0:
                    return None
                self._changed.wait(left_s)
            return self._take()

    async def get_async(self) -> LiveEvent | None:
        """Wait in asyncio for the next event; None after the last one."""
        while True:
            with self._changed:
                if self._events or self._is_over:
                    return self._take()
                waiter = self._wakeups.add()
            try:
                await waiter
            finally:
                with self._changed:
                    self._wakeups.discard(waiter)

    def _take(self) -> LiveEvent | None:
        if self._events:
            return self._events.popleft()
        if self._failure is not None:
            raise self._failure
        return None

    def _wake(self) -> None:
        self._changed.notify_all()
        self._wakeups.wake()


def _replaces(event: LiveEvent, waiting: LiveEvent) -> bool:
    if isinstance(event, Partial):
        return isinstance(waiting, Partial) and (event.channel, event.utterance) == (
            waiting.channel,
            waiting.utterance,
        )
    return isinstance(event, Lag | Recovered) and isinstance(waiting, Lag)

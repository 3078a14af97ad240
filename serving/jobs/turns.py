"""One at a time, the most urgent of those who wait first."""

from __future__ import annotations

import heapq
import itertools
import threading


class Turn:
    """Who has it does something; the others wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._is_taken = False
        self._waiting: list[tuple[int, int]] = []
        self._numbers = itertools.count()

    def take(self, priority: int) -> None:
        """Wait for the turn.

        Args:
            priority: Smaller goes first; of the same, who came first.
        """
        with self._changed:
            ticket = (priority, next(self._numbers))
            heapq.heappush(self._waiting, ticket)
            while self._is_taken or self._waiting[0] != ticket:
                self._changed.wait()
            heapq.heappop(self._waiting)
            self._is_taken = True

    def give(self) -> None:
        """Let the next one have it."""
        with self._changed:
            self._is_taken = False
            self._changed.notify_all()

    def wait_until_free(self, patience_s: float) -> bool:
        """Wait until nobody has it.

        Args:
            patience_s: How long.

        Returns:
            Whether nobody has it.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._is_taken, patience_s)

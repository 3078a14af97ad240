"""Counters of requests in memory, where one process serves all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_MANY = 10_000


class MemoryCounters:
    """Counts in fixed windows, as :class:`serving.access.counters.DatabaseCounters` does.

    Args:
        clock: Returns seconds since 1970.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int, float]] = {}

    def count(self, name: str, window_s: float) -> tuple[int, float]:
        """Count.

        Args:
            name: Of the counter.
            window_s: Seconds of the window that the first one opens.

        Returns:
            How many there are in the window, and when it ends, in seconds since 1970.
        """
        now = self._clock()
        with self._lock:
            hits, ends_at = self._open.get(name, (0, now))
            if ends_at <= now:
                hits, ends_at = 0, now + window_s
            self._open[name] = hits + 1, ends_at
            if len(self._open) > _MANY:
                self._sweep(now)
            return hits + 1, ends_at

    def look(self, name: str) -> tuple[int, float]:
        """Return how many there are in the window, and when it ends, without counting."""
        now = self._clock()
        with self._lock:
            hits, ends_at = self._open.get(name, (0, now))
        return (hits, ends_at) if ends_at > now else (0, now)

    def _sweep(self, now: float) -> None:
        """Forget what is over; of what is not, the half that ends first."""
        left = sorted(
            (one for one in self._open.items() if one[1][1] > now), key=lambda one: one[1][1]
        )
        self._open = dict(left if len(left) <= _MANY // 2 else left[-_MANY // 2 :])

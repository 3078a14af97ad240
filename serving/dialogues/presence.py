"""What only matters right now: who writes, and that something changed. Nothing of it is kept."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

Side = Literal["customer", "agent"]

TYPING_S = 5.0
"""Seconds for which somebody is said to write after their last key."""

_MOST = 10_000


class Presence:
    """Hints between the sides of a conversation, in this process alone.

    What must not be lost is in the database; whoever follows a conversation looks there too,
    less often, for what other processes did.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rung = 0
        self._of: dict[str, int] = {}
        self._writes: dict[tuple[str, Side], float] = {}

    @property
    def rung(self) -> int:
        """How often anything changed."""
        return self._rung

    def ring(self, session_id: str) -> None:
        """Tell that a session changed."""
        with self._lock:
            self._rung += 1
            self._of.pop(session_id, None)
            self._of[session_id] = self._rung
            if len(self._of) > _MOST:
                self._of.pop(next(iter(self._of)))

    def last(self, session_id: str) -> int:
        """Return a number that grows with the changes of a session; 0 where none is known."""
        return self._of.get(session_id, 0)

    def write(self, session_id: str, side: Side) -> None:
        """Tell that one side is writing."""
        now = self._clock()
        with self._lock:
            if len(self._writes) >= _MOST:
                self._writes = {key: at for key, at in self._writes.items() if now - at < TYPING_S}
            self._writes[session_id, side] = now
        self.ring(session_id)

    def stop(self, session_id: str, side: Side) -> None:
        """Tell that one side has sent what it wrote."""
        with self._lock:
            self._writes.pop((session_id, side), None)

    def writes(self, session_id: str, side: Side) -> bool:
        """Tell whether one side is writing."""
        at = self._writes.get((session_id, side))
        return at is not None and self._clock() - at < TYPING_S

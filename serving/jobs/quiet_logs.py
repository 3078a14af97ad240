"""Keeps a library from saying the same thing many times a second."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

SAME_START = 40
"""Characters that two messages share when they say the same."""


class Seldom(logging.Filter):
    """Lets a message through once in a while, however often it is said.

    While its database is away DBOS complains at every look for work.

    Args:
        every_s: Seconds in which one of the same messages is enough.
        monotonic_s: Returns seconds that only grow.
    """

    def __init__(
        self, every_s: float = 10.0, *, monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._every_s = every_s
        self._monotonic_s = monotonic_s
        self._said_at_s: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written."""
        what = str(record.msg)[:SAME_START]
        now_s = self._monotonic_s()
        if now_s - self._said_at_s.get(what, -self._every_s) < self._every_s:
            return False
        self._said_at_s[what] = now_s
        if len(self._said_at_s) > 1000:  # messages that begin with an id
            self._said_at_s.clear()
        return True

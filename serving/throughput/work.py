"""On whose behalf a model computes, and how urgent that is."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first; the smaller number does."""

    LIVE = 0
    INTERACTIVE = 1
    BATCH = 2


class CallerGone(Exception):
    """The caller went away before the result was there."""


@dataclass(eq=False)
class Work:
    """What one request, stream or job asks of the models.

    Attributes:
        priority: How urgent it is.
        caller: Who asked; callers of one priority take turns. Empty: the service itself.
    """

    priority: Priority = Priority.BATCH
    caller: str | Callable[[], str] = ""
    _gone: threading.Event = field(default_factory=threading.Event)
    _tell: list[Callable[[], object]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def name(self) -> str:
        """Who asked, looked up now: a key is known only once it was checked."""
        return self.caller if isinstance(self.caller, str) else self.caller()

    @property
    def is_gone(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._gone.is_set()

    def go(self) -> None:
        """Give it up: what was not begun is not computed."""
        with self._lock:
            self._gone.set()
            tell, self._tell[:] = list(self._tell), []
        for one in tell:
            one()

    def check(self) -> None:
        """Raise :class:`CallerGone` where nobody waits for it any more."""
        if self.is_gone:
            raise CallerGone

    @contextmanager
    def telling(self, tell: Callable[[], object]) -> Iterator[None]:
        """Have a function called, within this block, when the caller goes away."""
        with self._lock:
            gone = self._gone.is_set()
            if not gone:
                self._tell.append(tell)
        if gone:
            tell()
        try:
            yield
        finally:
            with self._lock:
                if tell in self._tell:
                    self._tell.remove(tell)


_CURRENT: ContextVar[Work | None] = ContextVar("entendu_work", default=None)


def current_work() -> Work:
    """Return what is being done in this context; batch work of the service where nobody said."""
    return _CURRENT.get() or Work()


@contextmanager
def working(work: Work) -> Iterator[Work]:
    """Do what is in this block, and what it starts with this context, on behalf of somebody."""
    token = _CURRENT.set(work)
    try:
        yield work
    finally:
        _CURRENT.reset(token)

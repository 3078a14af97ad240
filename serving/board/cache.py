"""Figures that were computed a moment ago are not computed again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")

KEPT_S = 5.0
"""Seconds after which a figure is computed anew."""

_MOST = 256


class Moments:
    """Keeps values for some seconds; one caller computes, the others wait for it.

    Args:
        kept_s: Seconds.
        clock: Tells the seconds.
    """

    def __init__(
        self, kept_s: float = KEPT_S, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._kept_s = kept_s
        self._clock = clock
        self._held: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()
        self._computing: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """Return a value, computed now or a moment ago.

        Args:
            key: What it is, and who may see it.
            compute: Makes it.
        """
        with self._lock:
            mine = self._computing.setdefault(key, threading.Lock())
        with mine:
            with self._lock:
                held = self._held.get(key)
            if held is not None and self._clock() - held[0] < self._kept_s:
                found: Value = held[1]
                return found
            value = compute()
            with self._lock:
                self._held[key] = (self._clock(), value)
                self._held.move_to_end(key)
                self._drop_old()
            return value

    def _drop_old(self) -> None:
        """Let go of what is too old to be given again: it may hold thousands of conversations."""
        now = self._clock()
        for key, (at, _) in list(self._held.items()):
            if now - at < self._kept_s and len(self._held) <= _MOST:
                break  # the rest is younger
            del self._held[key]
            if not self._computing[key].locked():
                del self._computing[key]

    def forget(self) -> None:
        """Compute everything anew."""
        with self._lock:
            self._held.clear()

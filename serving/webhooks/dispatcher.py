"""The thread that delivers what is due, and sleeps in between."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime

from conversation.errors import Unavailable
from serving.webhooks.webhooks import Webhooks

logger = logging.getLogger("entendu.webhooks")

AT_ONCE = 4
IDLE_S = 5.0
"""Other processes put messages into the same database: somebody has to look."""


class Dispatcher:
    """Delivers messages that are due, a few at a time.

    What is to be delivered is in the database, with the moment of the next attempt: a process that
    is killed loses nothing, and any other takes over.

    Args:
        webhooks: What there is to deliver.
        idle_s: Seconds after which it looks without being woken.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        webhooks: Webhooks,
        *,
        idle_s: float = IDLE_S,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._webhooks = webhooks
        self._idle_s = idle_s
        self._clock = clock
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._webhooks.wake(self._woken.set)
        self._thread.start()

    def stop(self, *, grace_s: float = 5.0) -> None:
        """Stop after the attempts that are running, or after ``grace_s`` seconds."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(grace_s)

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
            while not self._stopping.is_set():
                self._woken.clear()
                try:
                    taken = self._webhooks.take_due(AT_ONCE)
                    wait([pool.submit(self._attempt, one) for one in taken])
                    pause_s = 0.0 if taken else self._pause_s()
                except Unavailable:
                    pause_s = self._idle_s
                if pause_s > 0:
                    self._woken.wait(pause_s)

    def _attempt(self, delivery_id: str) -> None:
        try:
            self._webhooks.attempt(delivery_id)
        except Exception:
            # The message stays due: its lease runs out, and it is tried again.
            logger.exception("delivery failed", extra={"facts": {"delivery": delivery_id}})

    def _pause_s(self) -> float:
        due = self._webhooks.next_due()
        if due is None:
            return self._idle_s
        return min(max((due - self._clock()).total_seconds(), 0.01), self._idle_s)

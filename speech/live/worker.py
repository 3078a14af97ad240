"""The thread that decodes."""

from __future__ import annotations

import threading

from speech.live.scheduler import Scheduler


class Worker:
    """Runs the rounds of a scheduler in a thread, and sleeps while nothing is due.

    Args:
        scheduler: Whose rounds.
    """

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_stopped = False
        self._thread = threading.Thread(target=self._work, name="live-speech", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the round that it is in, and wait for that."""
        with self._scheduler.changed:
            self._is_stopped = True
            self._scheduler.changed.notify_all()
        self._thread.join()

    def _work(self) -> None:
        while True:
            with self._scheduler.changed:
                while not (self._is_stopped or self._scheduler.has_work()):
                    self._scheduler.changed.wait()
                if self._is_stopped:
                    return
            self._scheduler.step()

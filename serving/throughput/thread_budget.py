"""The one place that says how many threads compute, whichever library they belong to.

PyTorch, CTranslate2, ONNX Runtime, OpenBLAS (NumPy) and OpenMP (faiss) each start as many threads
as the machine has cores, and each request thread its own team of them: on two cores that is slower
than one. Here the models get the threads of the budget, one unit of work a thread, and what
computes in the threads of requests (faiss, BLAS, tokenizers) gets one each.
"""

from __future__ import annotations

import heapq
import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from serving.throughput.work import Priority

_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
)
RECENT_S = 2.0
"""Somebody who asked for something short within this time is expected to ask again."""
PRESSED_S = 4.0
"""A live stream that had to wait for a lane within this time has all of them."""
STARVED_S = 20.0
"""Long work of the batch that waits so long has its turn beside any live stream."""
_WAITED_S = 0.2


@dataclass(frozen=True)
class Lanes:
    """What runs and what waits.

    Attributes:
        short: Units of milliseconds (a batch of texts) that run.
        long: Units of seconds (a pass of the recogniser) that run.
        waiting: Units that wait.
    """

    short: int
    long: int
    waiting: int


class ThreadBudget:
    """Hands out lanes: a unit of work that keeps one thread busy runs in one.

    No more units run than there are threads, with one exception: something short never waits
    for something long, which may take seconds, and has one lane in any case; so has something
    long, which a stream of short units would starve. Long work of the batch leaves a lane free
    while a live stream is open or something short came lately, and leaves all of them for
    a while where a live stream had to wait, until it has waited long enough itself.

    Args:
        threads: At least 1.
    """

    def __init__(self, threads: int) -> None:
        self.threads = threads
        self._changed = threading.Condition()
        self._short = 0
        self._long = 0
        self._live = 0
        self._last_short_s = float("-inf")
        self._last_pressed_s = float("-inf")
        self._order = itertools.count()
        self._waiting_short: list[tuple[int, int]] = []
        self._waiting_long: list[tuple[int, int]] = []

    @contextmanager
    def short_lane(self, priority: Priority) -> Iterator[None]:
        """Wait for a lane, and hold it in this block, for something that takes milliseconds."""
        with self._changed:
            ticket = self._queue(self._waiting_short, priority)
            while self._waiting_short[0] != ticket or not self._has_room_for_short():
                self._changed.wait()
            heapq.heappop(self._waiting_short)
            self._short += 1
            self._last_short_s = time.monotonic()
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._short -= 1
                self._changed.notify_all()

    @contextmanager
    def long_lane(self, priority: Priority) -> Iterator[None]:
        """Wait for a lane, and hold it in this block, for something that takes seconds."""
        with self._changed:
            ticket = self._queue(self._waiting_long, priority)
            came_s = time.monotonic()
            while self._waiting_long[0] != ticket or not self._has_room_for_long(priority, came_s):
                # what is "lately" ends without anybody telling
                self._changed.wait(RECENT_S)
            heapq.heappop(self._waiting_long)
            if priority is Priority.LIVE and time.monotonic() - came_s > _WAITED_S:
                self._last_pressed_s = time.monotonic()
            self._long += 1
            self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._long -= 1
                self._changed.notify_all()

    @contextmanager
    def live(self) -> Iterator[None]:
        """Tell that a live stream is open: long work of the batch leaves a lane free."""
        with self._changed:
            self._live += 1
        try:
            yield
        finally:
            with self._changed:
                self._live -= 1
                self._changed.notify_all()

    @property
    def has_live(self) -> bool:
        """Whether a live stream is open."""
        return self._live > 0

    @property
    def lanes(self) -> Lanes:
        """What runs and what waits."""
        with self._changed:
            waiting = len(self._waiting_short) + len(self._waiting_long)
            return Lanes(short=self._short, long=self._long, waiting=waiting)

    def _queue(self, waiting: list[tuple[int, int]], priority: Priority) -> tuple[int, int]:
        ticket = (int(priority), next(self._order))
        heapq.heappush(waiting, ticket)
        return ticket

    def _has_room_for_short(self) -> bool:
        return self._short < max(self.threads - self._long, 1)

    def _has_room_for_long(self, priority: Priority, came_s: float) -> bool:
        most = self.threads
        if priority is Priority.BATCH:
            now_s = time.monotonic()
            pressed = self._live and now_s - self._last_pressed_s < PRESSED_S
            if pressed and now_s - came_s < STARVED_S:
                return False
            expected = self._live or now_s - self._last_short_s < RECENT_S
            most = max(most - 1, 1) if expected else most
        return self._long < max(most - self._short, 1)


def share_threads(threads: int) -> None:
    """Tell the libraries of this process how many threads they may have.

    To be called before a model is loaded. OpenMP reads its variable when a library with it is
    loaded, and later calls count for the calling thread only; so the variables are set, where the
    user has not set them, and what is loaded already is told directly.

    Args:
        threads: Of the models together.
    """
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
    # tokenizers would start threads of its own, and warns when a process forks after that
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_num_threads(threads)
    faiss = sys.modules.get("faiss")
    if faiss is not None:
        faiss.omp_set_num_threads(1)

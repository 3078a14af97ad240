"""The parts under the pool: memory of vectors, model handles, lanes, work."""

from __future__ import annotations

import threading
import time

import anyio
import numpy as np
import pytest

from conversation.errors import Overloaded
from serving.throughput import thread_budget
from serving.throughput.model_handle import ModelHandle
from serving.throughput.seats import Seats
from serving.throughput.thread_budget import ThreadBudget
from serving.throughput.vector_cache import VectorCache, key_of
from serving.throughput.work import Priority, Work, current_work, working


def test_the_memory_of_vectors_stays_in_its_bound_and_keeps_what_is_used():
    cache = VectorCache(10 * (4 * 100 + 256))
    vector = np.ones(100, np.float32)
    cache.put(key_of("query", "kept"), vector, 3)
    for number in range(50):
        cache.put(key_of("query", str(number)), vector, 1)
        assert cache.get(key_of("query", "kept")).tokens == 3
        assert cache.size_bytes <= 10 * (4 * 100 + 256)
    assert len(cache) == 10
    assert cache.get(key_of("query", "0")) is None
    assert cache.get(key_of("passage", "kept")) is None
    cache.clear()
    assert (len(cache), cache.size_bytes) == (0, 0)


def test_no_text_is_kept_with_its_vector():
    assert b"Dupont" not in key_of("query", "Dupont")
    assert len(key_of("query", "x" * 10_000)) == 16


def test_a_model_is_loaded_once_whoever_comes_first():
    loads = []

    def load():
        time.sleep(0.02)
        loads.append(1)
        return object()

    handle = ModelHandle("m", load)
    seen = set()

    def use():
        with handle.use() as model:
            seen.add(id(model))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(loads), len(seen)) == (1, 1)


def test_a_model_that_cannot_be_loaded_is_tried_again():
    answers = [RuntimeError("no memory"), "model"]

    def load():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    handle = ModelHandle("m", load)
    with pytest.raises(RuntimeError), handle.use():
        pass
    with handle.use() as model:
        assert model == "model"


def test_an_idle_model_is_let_go_of_and_one_in_use_is_not():
    now = [0.0]
    handle = ModelHandle("m", object, clock=lambda: now[0])
    assert not handle.unload_if_idle(10)
    with handle.use():
        now[0] = 100.0
        assert not handle.unload_if_idle(10)
        assert handle.memory.in_use == 1
    now[0] = 105.0
    assert not handle.unload_if_idle(10)
    now[0] = 110.0
    assert handle.unload_if_idle(10)
    assert not handle.memory.loaded
    with handle.use():
        pass
    assert handle.memory.loads == 2
    assert handle.memory.memory_mb is not None


class Lane:
    """Holds a lane in a thread until it is told to let go."""

    def __init__(self, lane, priority=Priority.BATCH):
        self.has_it = threading.Event()
        self._go = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(lane, priority))
        self._thread.start()

    def _hold(self, lane, priority):
        with lane(priority):
            self.has_it.set()
            assert self._go.wait(20)

    @property
    def waits(self):
        return not self.has_it.wait(0.05)

    def end(self):
        self._go.set()
        self._thread.join(10)


def test_no_more_long_work_runs_than_there_are_threads_and_the_urgent_goes_first():
    budget = ThreadBudget(2)
    running = [Lane(budget.long_lane), Lane(budget.long_lane)]
    assert all(lane.has_it.wait(5) for lane in running)
    batch = Lane(budget.long_lane)
    assert batch.waits
    live = Lane(budget.long_lane, Priority.LIVE)
    assert live.waits
    running[0].end()
    assert live.has_it.wait(5)
    assert batch.waits
    for lane in (running[1], live, batch):
        lane.end()
    assert batch.has_it.is_set()
    assert (budget.lanes.long, budget.lanes.waiting) == (0, 0)


def test_short_work_never_waits_for_long_work_and_long_work_is_not_starved():
    budget = ThreadBudget(1)
    long = Lane(budget.long_lane)
    assert long.has_it.wait(5)
    short = Lane(budget.short_lane, Priority.INTERACTIVE)
    assert short.has_it.wait(5)
    second = Lane(budget.short_lane, Priority.INTERACTIVE)
    assert second.waits
    long.end()
    again = Lane(budget.long_lane)
    assert again.has_it.wait(5)
    for lane in (short, second, again):
        lane.end()


def test_the_batch_leaves_a_lane_free_while_somebody_speaks(monkeypatch):
    monkeypatch.setattr(thread_budget, "RECENT_S", 0.01)
    budget = ThreadBudget(2)
    with budget.live():
        first = Lane(budget.long_lane)
        assert first.has_it.wait(5)
        second = Lane(budget.long_lane)
        assert second.waits
        live = Lane(budget.long_lane, Priority.LIVE)
        assert live.has_it.wait(5)
        live.end()
        assert second.waits
    assert second.has_it.wait(5)
    first.end()
    second.end()


def test_the_batch_leaves_every_lane_to_a_live_stream_that_had_to_wait(monkeypatch):
    monkeypatch.setattr(thread_budget, "RECENT_S", 0.01)
    monkeypatch.setattr(thread_budget, "PRESSED_S", 0.5)
    budget = ThreadBudget(2)
    with budget.live():
        talking = [Lane(budget.long_lane, Priority.LIVE) for _ in range(2)]
        assert all(lane.has_it.wait(5) for lane in talking)
        late = Lane(budget.long_lane, Priority.LIVE)
        assert not late.has_it.wait(0.3)
        for lane in talking:
            lane.end()
        assert late.has_it.wait(5)
        late.end()
        batch = Lane(budget.long_lane)
        assert not batch.has_it.wait(0.3)
        assert batch.has_it.wait(5)
        batch.end()


def test_the_batch_has_its_turn_in_the_end_beside_live_streams_that_always_wait(monkeypatch):
    monkeypatch.setattr(thread_budget, "RECENT_S", 0.01)
    monkeypatch.setattr(thread_budget, "PRESSED_S", 1000.0)
    monkeypatch.setattr(thread_budget, "STARVED_S", 0.4)
    budget = ThreadBudget(1)
    with budget.live():
        first = Lane(budget.long_lane, Priority.LIVE)
        assert first.has_it.wait(5)
        second = Lane(budget.long_lane, Priority.LIVE)
        assert not second.has_it.wait(0.3)
        first.end()
        assert second.has_it.wait(5)
        second.end()
        batch = Lane(budget.long_lane)
        assert not batch.has_it.wait(0.2)
        assert batch.has_it.wait(5)
        batch.end()


def test_work_is_of_the_batch_unless_somebody_says_otherwise():
    assert current_work().priority is Priority.BATCH
    with working(Work(Priority.LIVE, lambda: "key-1")) as work:
        assert current_work() is work
        assert work.name == "key-1"
    assert current_work().priority is Priority.BATCH


def test_whoever_listens_is_told_once_that_the_caller_is_gone():
    work, told = Work(), []
    with work.telling(lambda: told.append(1)):
        work.go()
        work.go()
    with work.telling(lambda: told.append(2)):
        pass
    assert told == [1, 2]


def test_seats_are_given_in_turn_and_the_rest_is_refused():
    order = []

    async def main():
        seats = Seats(1, 2)
        leave = anyio.Event()

        async def sit(name):
            async with seats.taken():
                order.append(name)
                await leave.wait()

        async with anyio.create_task_group() as tasks:
            for name in "abc":
                tasks.start_soon(sit, name)
                await anyio.wait_all_tasks_blocked()
            with pytest.raises(Overloaded):
                async with seats.taken():
                    pass
            leave.set()
        async with anyio.create_task_group() as tasks:  # a guest who leaves the queue
            leave = anyio.Event()
            tasks.start_soon(sit, "d")
            await anyio.wait_all_tasks_blocked()
            with anyio.move_on_after(0.01):
                async with seats.taken():
                    pass
            leave.set()
        async with seats.taken():
            order.append("e")

    anyio.run(main)
    assert order == ["a", "b", "c", "d", "e"]

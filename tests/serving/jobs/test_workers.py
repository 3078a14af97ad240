from __future__ import annotations

import os
import subprocess
import sys

import pytest

from serving.jobs.workers import Workers

LEASE_S = 10.0


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def two(database, monkeypatch):
    """Two workers that seem to be on different machines, with a clock each."""
    made = []
    for name in ("here", "there"):
        monkeypatch.setattr("serving.jobs.workers.machine", lambda name=name: name)
        clock = Clock()
        workers = Workers(database, lease_s=LEASE_S, monotonic_s=clock)
        workers.beat()
        made.append((workers, clock))
    return made


def look_for(workers, clock, seconds):
    """Look again and again, as a process that lives does."""
    until = clock.now_s + seconds
    alive, dead = workers.look()
    while clock.now_s < until:
        clock.now_s += workers.beat_s
        alive, dead = workers.look()
    return alive, dead


def test_who_gives_no_sign_for_a_lease_is_dead_and_nobody_sooner(two):
    (here, clock), (there, _) = two
    alive, dead = look_for(here, clock, LEASE_S - here.beat_s)
    assert (there.me in alive, dead) == (True, frozenset())
    alive, dead = look_for(here, clock, 2 * here.beat_s)
    assert dead == {there.me}
    assert alive == {here.me}


def test_who_gives_signs_lives_whatever_its_clock_says(two):
    (here, clock), (there, their_clock) = two
    their_clock.now_s = -1e9
    for _ in range(50):
        there.beat()
        clock.now_s += LEASE_S * 0.9
        assert here.look()[1] == frozenset()


def test_who_was_paused_itself_calls_nobody_dead_at_once(two):
    (here, clock), (there, _) = two
    here.look()
    clock.now_s += 1000 * LEASE_S
    assert here.look()[1] == frozenset()
    there.beat()
    assert look_for(here, clock, LEASE_S - here.beat_s)[1] == frozenset()


def test_who_was_thought_dead_and_lives_comes_back(two):
    (here, clock), (there, _) = two
    here.bury(look_for(here, clock, 2 * LEASE_S)[1])
    assert here.look()[0] == {here.me}
    there.beat()
    assert here.look()[0] == {here.me, there.me}


def test_who_leaves_is_neither_alive_nor_dead(two):
    (here, _), (there, _) = two
    there.leave()
    assert here.look() == ({here.me}, frozenset())


def test_a_process_of_this_machine_that_is_gone_is_dead_at_once(database, monkeypatch):
    here = Workers(database, lease_s=LEASE_S)
    here.beat()
    process = subprocess.Popen([sys.executable, "-c", ""])
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: process.pid)
        there = Workers(database, lease_s=LEASE_S)
        there.beat()
    process.wait()
    assert here.look() == ({here.me}, {there.me})

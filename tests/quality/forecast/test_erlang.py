"""Erlang's formulas against published figures and against a simulated queue."""

from __future__ import annotations

import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality.forecast import (
    ServiceTarget,
    agents_for,
    erlang_b,
    erlang_c,
    queue_figures,
    scheduled,
    scheduled_hours,
)


def simulate(rate, handling_s, agents, *, within_s, patience_s=None, n=60_000, seed=1):
    """A queue served in order of arrival: share answered in time, mean wait, share abandoned."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1 / rate, n))
    services = rng.exponential(handling_s, n)
    patience = rng.exponential(patience_s, n) if patience_s else np.full(n, np.inf)
    free = [0.0] * agents
    good = lost = 0
    waits = []
    for at, service, stays in zip(
        arrivals.tolist(), services.tolist(), patience.tolist(), strict=True
    ):
        wait = max(0.0, free[0] - at)
        if wait > stays:
            lost += 1
            waits.append(stays)
            continue
        waits.append(wait)
        good += wait <= within_s
        heapq.heapreplace(free, at + wait + service)
    return good / n, float(np.mean(waits)), lost / n


def test_blocking_is_that_of_published_tables():
    # Erlang B tables: 1 % of 10 lines at 4.46 Erlangs, of 20 at 12.0, of 50 at 37.9
    for load, lines in ((4.461, 10), (12.03, 20), (37.90, 50)):
        assert erlang_b(load, lines) == pytest.approx(0.01, rel=0.01)
    assert erlang_b(1.0, 1) == 0.5


def test_a_worked_example_that_was_published_comes_out():
    # 360 calls in half an hour, 4 minutes each, 55 agents, 15 s
    found = queue_figures(360 / 1800, 240, 55, within_s=15)
    assert found.load == pytest.approx(48)
    assert found.occupancy == pytest.approx(0.873, abs=5e-4)
    assert found.waits == pytest.approx(0.239, abs=5e-4)
    assert found.service_level == pytest.approx(0.846, abs=5e-4)
    assert found.wait_s == pytest.approx(8.18, abs=0.02)


def test_a_hundred_calls_of_three_minutes_take_fourteen_agents():
    found = agents_for(100 / 1800, 180, ServiceTarget.parse("80/20"))
    assert found.agents == 14
    assert found.service_level == pytest.approx(0.888, abs=5e-4)
    assert found.wait_s == pytest.approx(7.8, abs=0.05)


@pytest.mark.parametrize(("rate", "agents"), [(100 / 1800, 12), (40 / 1800, 6)])
def test_erlang_c_is_what_a_simulated_queue_does(rate, agents):
    found = queue_figures(rate, 180, agents, within_s=20)
    level, wait, _ = simulate(rate, 180, agents, within_s=20)
    assert found.service_level == pytest.approx(level, abs=0.03)
    assert found.wait_s == pytest.approx(wait, rel=0.15)


@pytest.mark.parametrize(("agents", "patience_s"), [(12, 120), (8, 120), (9, 400)])
def test_erlang_a_is_what_a_simulated_queue_with_impatience_does(agents, patience_s):
    found = queue_figures(100 / 1800, 180, agents, within_s=20, patience_s=patience_s)
    level, wait, lost = simulate(100 / 1800, 180, agents, within_s=20, patience_s=patience_s)
    assert found.service_level == pytest.approx(level, abs=0.02)
    assert found.abandons == pytest.approx(lost, abs=0.015)
    assert found.wait_s == pytest.approx(wait, rel=0.1)


@given(st.floats(0.1, 200), st.integers(1, 250))
def test_erlang_b_is_the_ratio_of_its_sum(load, agents):
    terms = [k * math.log(load) - math.lgamma(k + 1) for k in range(agents + 1)]
    top = max(terms)
    whole = sum(math.exp(term - top) for term in terms)
    assert erlang_b(load, agents) == pytest.approx(math.exp(terms[-1] - top) / whole, rel=1e-9)


@given(st.floats(0, 60), st.integers(0, 80))
def test_waiting_is_a_share_and_falls_with_agents(load, agents):
    assert 0 <= erlang_c(load, agents + 1) <= erlang_c(load, agents) + 1e-12 <= 1 + 1e-12


@given(
    st.floats(0, 0.5), st.floats(10, 900), st.floats(0.5, 0.99), st.floats(0, 120),
    st.floats(0.5, 1),
)  # fmt: skip
def test_the_fewest_agents_meet_the_target_and_one_fewer_do_not(
    rate, handling_s, level, within_s, occupancy
):
    target = ServiceTarget(level, within_s)
    found = agents_for(rate, handling_s, target, max_occupancy=occupancy)
    assert found.service_level >= level
    assert found.occupancy <= occupancy + 1e-9
    if found.agents > 0:
        fewer = queue_figures(rate, handling_s, found.agents - 1, within_s=within_s)
        assert fewer.service_level < level or fewer.occupancy > occupancy


@given(st.floats(0.001, 0.5), st.integers(1, 60), st.floats(5, 5000))
def test_impatience_never_leaves_the_range_of_shares(rate, agents, patience_s):
    found = queue_figures(rate, 300, agents, patience_s=patience_s)
    assert 0 <= found.abandons <= 1
    assert 0 <= found.service_level <= 1 - found.abandons + 1e-6
    assert 0 <= found.occupancy <= 1


def test_endless_patience_is_erlang_c():
    patient = queue_figures(0.05, 180, 12, patience_s=1e7)
    assert patient.service_level == pytest.approx(
        queue_figures(0.05, 180, 12).service_level, abs=1e-4
    )


def test_nobody_calls_and_nobody_is_needed():
    assert agents_for(0, 300, ServiceTarget()).agents == 0


@pytest.mark.parametrize("text", ["80", "80/x", "0/20", "100/20", "80/-1", "80/20/3", "nan/20"])
def test_targets_that_cannot_be_read_are_refused(text):
    with pytest.raises(BadInput, match="80/20"):
        ServiceTarget.parse(text)


def test_impossible_numbers_are_refused():
    with pytest.raises(BadInput):
        queue_figures(-1, 300, 3)
    with pytest.raises(BadInput):
        queue_figures(1, 0, 3)
    with pytest.raises(BadInput):
        agents_for(100, 3600, ServiceTarget())
    with pytest.raises(BadInput):
        agents_for(0.01, 300, ServiceTarget(), max_occupancy=85)
    with pytest.raises(BadInput):
        queue_figures(0.01, 300, 3, patience_s=0)


def test_shrinkage_is_undone():
    assert scheduled(14, 0.3) == 20
    assert scheduled(7, 0.3) == 10
    assert scheduled(0, 0.3) == 0
    with pytest.raises(BadInput):
        scheduled(3, 1.0)


def test_hours_of_a_day_are_not_rounded_up_half_hour_by_half_hour():
    assert scheduled(1, 0.3) == 2  # people of one half-hour are whole
    assert scheduled_hours(32 * 0.5 * 1, 0.3) == pytest.approx(16 / 0.7)
    assert scheduled_hours(16, 0) == 16
    with pytest.raises(BadInput):
        scheduled_hours(3, 1.0)

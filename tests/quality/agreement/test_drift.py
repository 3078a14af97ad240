"""The drift alarm: seldom without a change, soon with one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.agreement.drift import (
    DriftDetector,
    DriftRule,
    Observation,
    find_drift,
    highest_share,
)

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def stream(random, shares, per_week=20):
    """Twenty contacts a week, each share of disagreement for one week."""
    drawn = [random.random() < share for share in shares for _ in range(per_week)]
    step = timedelta(weeks=1) / per_week
    return [Observation(NINE + i * step, float(one)) for i, one in enumerate(drawn)]


def test_false_alarms_are_fewer_than_stated():
    random = np.random.default_rng(1)
    rule = DriftRule(weeks_per_false_alarm=20)
    alarms = sum(find_drift(stream(random, [0.1] * 100), rule=rule) is not None for _ in range(60))
    assert alarms / 60 < 1 - np.exp(-95 / 20)
    patient = sum(find_drift(stream(random, [0.1] * 100)) is not None for _ in range(60))
    assert patient / 60 < 0.25


def test_a_plain_fall_is_found_and_dated():
    random = np.random.default_rng(2)
    found = find_drift(stream(random, [0.08] * 12 + [0.45] * 12), questions=20)
    assert found is not None
    assert abs((found.since - NINE) / timedelta(weeks=1) - 12) < 3
    assert found.recent > 0.3
    assert found.baseline < 0.2
    assert 0 < found.n < 20 * 6


def test_rising_agreement_is_no_alarm():
    random = np.random.default_rng(3)
    assert find_drift(stream(random, [0.3] * 10 + [0.02] * 60), questions=1) is None


def test_nothing_is_said_before_the_baseline_is_complete():
    assert find_drift(stream(np.random.default_rng(4), [1.0] * 4)) is None
    assert find_drift([]) is None


@given(st.floats(0.02, 0.9), st.lists(st.floats(0, 1), max_size=30))
def test_what_is_staked_is_never_below_nothing(baseline, seen):
    detector = DriftDetector(baseline, threshold=1e12, odds=(1.5, 3, 10))
    for one in seen:
        detector.observe(one)
        assert min(detector._held) >= 0
    assert 0 <= detector.change <= len(seen)


def test_halves_count_as_halves():
    whole = DriftDetector(0.1, threshold=1e3, odds=(3.0,))
    half = DriftDetector(0.1, threshold=1e3, odds=(3.0,))
    first = next(n for n in range(1000) if whole.observe(1.0))
    second = next(n for n in range(1000) if half.observe(0.5))
    assert first < second


def test_the_baseline_is_taken_with_caution():
    assert highest_share(0, 100, confidence=0.9) == pytest.approx(0.0134, abs=2e-3)
    assert 0.1 < highest_share(10, 100, confidence=0.9) < 0.16

"""Growth is a statistic: exact, corrected, and blind to a busier week."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from nlu.topics.growth import count_periods, decide_growth, measure_growth

FIRST = date(2026, 9, 1)


def days(*counts: int) -> list[date]:
    return [FIRST + timedelta(days=i) for i, count in enumerate(counts) for _ in range(count)]


def growth(own, everything, windows=(7,)):
    return measure_growth(own, Counter(everything), windows_days=windows, baseline_days=56)


def test_the_test_is_the_exact_comparison_of_two_rates():
    found = growth(days(*[1] * 21, *[3] * 7), days(*[50] * 28))
    expected = binomtest(21, 42, 350 / 1400, alternative="greater")
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.ratio == pytest.approx(3.0)
    share = binomtest(21, 42).proportion_ci(method="exact")
    assert found.low == pytest.approx(3 * share.low / (1 - share.low))
    assert found.high == pytest.approx(3 * share.high / (1 - share.high))


def test_one_then_two_is_no_growth():
    found = growth(days(1, *[0] * 26, 2), days(*[20] * 28))
    assert found.ratio > 2
    assert decide_growth([found], error=0.05)[0].growing is False


def test_a_busier_week_is_no_growth():
    everything = days(*[20] * 28, *[60] * 7)
    own = days(*[2] * 28, *[6] * 7)
    found = growth(own, everything)
    assert found.ratio == pytest.approx(1.0)
    assert not decide_growth([found], error=0.05)[0].growing


def test_what_was_never_said_before_has_no_ratio_but_a_least_one():
    found = decide_growth([growth(days(*[0] * 21, *[2] * 7), days(*[20] * 28))], error=0.01)[0]
    assert (found.before, found.ratio, found.high) == (0, None, None)
    assert found.growing
    assert found.low > 5


def test_a_burst_of_one_day_is_seen_in_the_window_of_one_day():
    own = days(*[1] * 27, 12)
    assert growth(own, days(*[40] * 28), windows=(1, 7)).window_days == 1


def test_nothing_before_gives_nothing_to_compare():
    assert growth(days(5), days(20)) is None
    assert growth([], []) is None


def test_many_topics_are_held_to_more():
    one = growth(days(*[1] * 21, *[2] * 7), days(*[50] * 28))
    alone = decide_growth([one], error=0.05)[0]
    among_many = decide_growth([one] * 40, error=0.05)
    assert alone.growing
    assert not any(each.growing for each in among_many)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=120), st.integers(0, 3))
def test_periods_hold_every_conversation_once(counts, extra):
    everything = days(*[count + 1 + extra for count in counts])
    own = days(*counts)
    periods = count_periods(own, Counter(everything))
    assert sum(period.count for period in periods) == len(own)
    assert sum(period.total for period in periods) == len(everything)
    steps = {(b.start - a.start).days for a, b in pairwise(periods)}
    assert steps <= {7 if len(counts) > 62 else 1}
    assert all(period.low <= period.count <= period.high for period in periods)


def test_without_dates_there_are_no_periods():
    assert count_periods([], {}) == ()

"""Periods in local days: buckets, the period before, and the days on which the clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from conversation.errors import BadInput
from serving.board.scope import scope_of

PARIS = ZoneInfo("Europe/Paris")
TODAY = date(2026, 11, 22)


def scope(first=None, last=None, **more):
    return scope_of(first=first, last=last, zone=PARIS, today=TODAY, **more)


def test_four_weeks_up_to_today_are_shown_unless_something_is_asked_for():
    found = scope()
    assert (found.first, found.last, found.step) == (date(2026, 10, 26), TODAY, "day")
    assert (found.before.first, found.before.last) == (date(2026, 9, 28), date(2026, 10, 25))


def test_a_day_of_25_hours_is_one_bucket_from_midnight_to_midnight():
    found = scope(date(2026, 10, 25), date(2026, 10, 25))
    (day,) = found.buckets
    assert day.since == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert day.until == datetime(2026, 10, 25, 23, tzinfo=UTC)


def test_long_periods_go_by_week_and_buckets_join_without_gap():
    found = scope(date(2026, 9, 10), date(2026, 11, 22))
    assert found.step == "week"
    buckets = found.buckets
    assert buckets[0].first == found.first
    assert buckets[-1].until == found.until
    assert all(a.until == b.since for a, b in pairwise(buckets))
    assert [one.is_whole for one in buckets] == [False] + [True] * (len(buckets) - 1)
    assert all(one.first.weekday() == 0 for one in buckets[1:])


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 11, 2), date(2026, 11, 1)), (date(2025, 1, 1), date(2026, 11, 1)),
     (date(1, 1, 1), date(1, 1, 5))],
)  # fmt: skip
def test_a_period_that_ends_before_it_begins_or_has_no_end_is_refused(first, last):
    with pytest.raises(BadInput):
        scope(first, last)

"""Days counted from the day of a conversation."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Direction = Literal["past", "future"]
_SATURDAY = 5


@dataclass(frozen=True)
class Days:
    """A day, or all days from one to another.

    Attributes:
        first: The first day.
        last: The last day, the same for a single one.
    """

    first: date
    last: date

    @property
    def value(self) -> str:
        """ISO 8601: the date, or the interval."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}/{last}"


def one_day(day: date) -> Days:
    """Return a single day."""
    return Days(day, day)


def weekday_near(today: date, weekday: int, direction: Direction, *, weeks: int = 0) -> date:
    """Return the nearest day of that name before or after today, never today itself.

    Args:
        today: Day of the conversation.
        weekday: 0 for Monday to 6 for Sunday.
        direction: Which way to look.
        weeks: How many weeks further.
    """
    if direction == "future":
        ahead = (weekday - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead + 7 * weeks)
    back = (today.weekday() - weekday - 1) % 7 + 1
    return today - timedelta(days=back + 7 * weeks)


def week_of(today: date, offset: int) -> Days:
    """Return Monday to Sunday of this week (0), the next (1) or the last (-1)."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
    return Days(monday, monday + timedelta(days=6))


def month_of(today: date, offset: int) -> Days:
    """Return the first to the last day of this month (0), the next (1) or the last (-1)."""
    first = add_months(today.replace(day=1), offset)
    return Days(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]))


def add_months(day: date, months: int) -> date:
    """Return the same day some months later; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def add_business_days(day: date, count: int) -> date:
    """Return the day some working days later; Saturdays and Sundays do not count.

    Public holidays are counted as working days: they differ by country and trade.
    """
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            count -= 1
    return day


def nearest_year(today: date, day: int, month: int, direction: Direction | None) -> date | None:
    """Return the date of that day and month nearest to today.

    Args:
        today: Day of the conversation.
        day: Of the month.
        month: From 1.
        direction: Where it is expected; the other way it must be three times as near.


    Returns:
        None where the month has no such day.
    """
    candidates = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda one: _distance(one - today, direction), default=None)


def _distance(ahead: timedelta, direction: Direction | None) -> float:
    """Days away; the other way than expected counts three times."""
    is_expected = direction is None or (ahead.days >= 0) == (direction == "future")
    return abs(ahead.days) * (1 if is_expected else 3)

"""Local times of a centre as instants, right across the change to and from daylight saving."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from conversation.dates import read_moment
from quality.kpi.cells import CellError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?")
_FIGURES = re.compile(
    r"(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})[T ]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
)
_EXPECTED = "a date and time such as 2026-11-22T14:05:06 or 22/11/2026 14:05:06"
_PLAIN_DAY, _CHANGE_DAY = 0, 1

Instants = tuple[float, ...]
"""Seconds since 1970 that a local time may mean: one, or two in the hour that comes twice."""


class LocalClock:
    """Reads times of one zone.

    Args:
        zone: In which times without an offset are.
        month_first: Whether ``03/04/2026`` is the 4th of March.
    """

    def __init__(self, zone: tzinfo, *, month_first: bool = False) -> None:
        self._zone = zone
        self._month_first = month_first
        self._days: dict[str, tuple[int, float, date]] = {}

    def read(self, text: str) -> Instants:
        """Return what a cell's time may mean.

        Args:
            text: ISO 8601, ``22/11/2026 14:05:06`` and what
                :func:`conversation.dates.read_moment` reads; with an offset or without.

        Returns:
            One instant; two, in order, for a local time in the hour that comes twice in autumn.

        Raises:
            CellError: It is no time, or one that the change in spring skips.
        """
        found = _ISO.fullmatch(text) or _FIGURES.fullmatch(text)
        if found is None:
            return self._read_slowly(text)
        day, hour, minute, second, fraction = found.groups()
        kind, midnight, of_day = self._day(day, text)
        hours, minutes, seconds = int(hour), int(minute), int(second or 0)
        if hours > 23 or minutes > 59 or seconds > 59:
            raise CellError(text, _EXPECTED)
        part = float(f"0.{fraction}") if fraction else 0.0
        if kind == _PLAIN_DAY:
            return (midnight + 3600 * hours + 60 * minutes + seconds + part,)
        moment = datetime(of_day.year, of_day.month, of_day.day, hours, minutes, seconds)  # noqa: DTZ001
        return tuple(instant + part for instant in self._instants(moment, text))

    def day_of(self, instant: float) -> date:
        """Return the local day of an instant."""
        return datetime.fromtimestamp(instant, UTC).astimezone(self._zone).date()

    def end_of_day(self, instant: float) -> float:
        """Return the instant at which the local day of an instant ends."""
        following = self.day_of(instant) + timedelta(days=1)
        return datetime.combine(following, datetime.min.time(), self._zone).timestamp()

    def _day(self, written: str, text: str) -> tuple[int, float, date]:
        known = self._days.get(written)
        if known is not None:
            return known
        parts = [int(part) for part in re.split(r"[/.-]", written)]
        if parts[0] > 31:
            year, month, day = parts
        elif self._month_first:
            month, day, year = parts
        else:
            day, month, year = parts
        try:
            of_day = date(year, month, day)
        except ValueError:
            raise CellError(text, _EXPECTED) from None
        if not 1970 < year < 2200:
            raise CellError(text, _EXPECTED)
        midnight = datetime(year, month, day, tzinfo=self._zone)
        after = datetime.combine(of_day + timedelta(days=1), datetime.min.time(), self._zone)
        plain = midnight.utcoffset() == after.utcoffset()
        known = (_PLAIN_DAY if plain else _CHANGE_DAY, midnight.timestamp(), of_day)
        self._days[written] = known
        return known

    def _read_slowly(self, text: str) -> Instants:
        moment = read_moment(text, month_first=self._month_first)
        if moment is None:
            raise CellError(text, _EXPECTED)
        return (moment.timestamp(),) if moment.tzinfo else self._instants(moment, text)

    def _instants(self, moment: datetime, text: str) -> Instants:
        first = moment.replace(tzinfo=self._zone, fold=0)
        second = moment.replace(tzinfo=self._zone, fold=1)
        before, after = first.utcoffset(), second.utcoffset()
        if before == after or before is None or after is None:
            return (first.timestamp(),)
        if before < after:
            raise CellError(text, "a time that exists: the clock skips this one in spring")
        return (first.timestamp(), second.timestamp())


def settle(times: Sequence[Instants | None]) -> tuple[float | None, ...]:
    """Choose what times mean that follow one another.

    Args:
        times: Of one contact, each not before the one ahead of it; None where there is none.

    Returns:
        For each the instant; where the hour that comes twice leaves a choice, the one in which
        they follow one another in the shortest time, and of equal ones the earliest.
    """
    if all(time is None or len(time) == 1 for time in times):
        return tuple(None if time is None else time[0] for time in times)
    given = [time for time in times if time is not None]
    choices = [
        chosen
        for chosen in itertools.product(*given)
        if all(a <= b for a, b in itertools.pairwise(chosen))
    ]
    best = min(choices, key=lambda chosen: (chosen[-1] - chosen[0], chosen)) if choices else None
    settled = iter(best if best is not None else [time[0] for time in given])
    return tuple(None if time is None else next(settled) for time in times)


def local_seconds(instants: NDArray[np.float64], zone: tzinfo) -> NDArray[np.float64]:
    """Return instants as seconds of the local wall clock since 1970.

    Args:
        instants: float64 array of shape (n,), seconds since 1970 UTC.
        zone: Of the wall clock; its offset is taken to change on full quarters of hours only.
    """
    import numpy as np

    quarters, places = np.unique(np.floor_divide(instants, 900.0), return_inverse=True)
    offsets = np.array(
        [_offset_s(float(quarter) * 900.0, zone) for quarter in quarters], dtype=np.float64
    )
    if not len(offsets):
        return instants.copy()
    return np.asarray(instants + offsets[places], dtype=np.float64)


def _offset_s(instant: float, zone: tzinfo) -> float:
    offset = datetime.fromtimestamp(instant, UTC).astimezone(zone).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0

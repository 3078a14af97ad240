"""Contacts counted by local half-hour, right on the days on which the clock changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from quality.kpi.local_times import local_seconds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLOTS = 48
"""Half-hours of a local day."""

SLOT_S = 1800

_EPOCH = date(1970, 1, 1)
_PARTIAL = 0.5  # of the usual total of that weekday


@dataclass(frozen=True)
class Volumes:
    """How many contacts came in each local half-hour of whole days.

    Attributes:
        first: First day.
        counts: float64 array of shape (n_days, 48, n_reasons).
        lengths: float64 array of shape (n_days, 48): how often the half-hour comes on that day: 1;
            0 where the clock skips it in spring, 2 where it comes twice in autumn.
        reasons: Names of the last axis; one empty name where reasons are not known.
        dropped: Days at either end that were left out because they look cut off.
    """

    first: date
    counts: NDArray[np.float64]
    lengths: NDArray[np.float64]
    reasons: tuple[str, ...]
    dropped: tuple[date, ...] = ()

    @property
    def days(self) -> list[date]:
        """The days, in order."""
        return [self.first + timedelta(days=i) for i in range(len(self.counts))]

    @property
    def total(self) -> NDArray[np.float64]:
        """Of all reasons; float64 array of shape (n_days, 48)."""
        import numpy as np

        return np.asarray(self.counts.sum(axis=2), dtype=np.float64)


def count_half_hours(
    instants: NDArray[np.float64],
    zone: tzinfo,
    *,
    reasons: NDArray[np.int32] | None = None,
    names: Sequence[str] = (),
) -> Volumes:
    """Count contacts by local half-hour.

    Args:
        instants: float64 array of shape (n,), at least one; seconds since 1970 UTC.
        zone: Of the local time.
        reasons: int32 array of shape (n,), -1 for an unknown one; None where none is known.
        names: Of the reasons.

    Returns:
        Whole days: one at either end with less than half of its weekday's usual contacts is taken
        to be cut off and left out.
    """
    import numpy as np

    local = local_seconds(instants, zone)
    days = np.floor_divide(local, 86400).astype(np.int64)
    slots = np.floor_divide(local - days * 86400.0, SLOT_S).astype(np.int64).clip(0, SLOTS - 1)
    first, last = int(days.min()), int(days.max())
    if reasons is None or not len(names):
        codes = np.zeros(len(instants), np.int64)
        labels: tuple[str, ...] = ("",)
    else:
        known = reasons >= 0
        codes = np.where(known, reasons, len(names)).astype(np.int64)
        labels = tuple(names) if known.all() else (*names, "")
    shape = (last - first + 1, SLOTS, len(labels))
    counts = np.zeros(shape, dtype=np.float64)
    np.add.at(counts, (days - first, slots, codes), 1.0)
    start, end, dropped = _whole_days(counts.sum(axis=(1, 2)), first)
    opening = _EPOCH + timedelta(days=first + start)
    return Volumes(
        first=opening,
        counts=counts[start:end],
        lengths=slot_lengths(opening, end - start, zone),
        reasons=labels,
        dropped=dropped,
    )


def slot_lengths(first: date, n_days: int, zone: tzinfo) -> NDArray[np.float64]:
    """Return how often each local half-hour comes on each of some days.

    Args:
        first: First day.
        n_days: How many.
        zone: Of the local time.

    Returns:
        float64 array of shape (n_days, 48).
    """
    import numpy as np

    lengths = np.ones((n_days, SLOTS), dtype=np.float64)
    for i in range(n_days):
        day = first + timedelta(days=i)
        since, until = midnight(day, zone), midnight(day + timedelta(days=1), zone)
        if (until - since) == timedelta(days=1):
            continue
        lengths[i] = 0
        for at in half_hours_of(day, zone):
            lengths[i, slot_of(at, zone)] += 1
    return lengths


def half_hours_of(day: date, zone: tzinfo) -> list[datetime]:
    """Return the starts of the half-hours of a local day, in UTC: 48, 46 or 50."""
    at, until, found = midnight(day, zone), midnight(day + timedelta(days=1), zone), []
    while at < until:
        found.append(at)
        at += timedelta(seconds=SLOT_S)
    return found


def slot_of(instant: datetime, zone: tzinfo) -> int:
    """Return the local half-hour of an instant, 0 to 47."""
    local = instant.astimezone(zone)
    return local.hour * 2 + local.minute // 30


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant at which a local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _whole_days(totals: NDArray[np.float64], first: int) -> tuple[int, int, tuple[date, ...]]:
    import numpy as np

    start, end, dropped = 0, len(totals), []
    for place in (0, len(totals) - 1):
        alike = [totals[i] for i in range(place % 7, len(totals), 7) if i != place]
        if len(alike) >= 2 and totals[place] < _PARTIAL * float(np.median(alike)):
            dropped.append(_EPOCH + timedelta(days=first + place))
            start, end = (1, end) if place == 0 else (start, end - 1)
    return start, end, tuple(dropped)

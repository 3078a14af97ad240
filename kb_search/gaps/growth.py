"""Whether something is asked more often than before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from kb_search.gaps.report import Growth, WeekCount


def day_of(at: datetime) -> date:
    """Return the day of a moment, in UTC."""
    return at.astimezone(UTC).date()


def count_weeks(days: Sequence[date], all_days: Mapping[date, int]) -> tuple[WeekCount, ...]:
    """Count conversations by week, also the weeks without any of the gap.

    Args:
        days: Of the gap's conversations.
        all_days: All conversations of each day that has any; they set the span.
    """
    if not all_days:
        return ()
    first = _monday(min(all_days))
    length = (max(all_days) - first).days // 7 + 1
    counts, totals = [0] * length, [0] * length
    for day in days:
        counts[(day - first).days // 7] += 1
    for day, total in all_days.items():
        totals[(day - first).days // 7] += total
    return tuple(
        WeekCount(start=first + timedelta(weeks=week), count=count, total=total)
        for week, (count, total) in enumerate(zip(counts, totals, strict=True))
    )


def measure_growth(
    days: Sequence[date], all_days: Mapping[date, int], *, recent_days: int
) -> Growth | None:
    """Compare the last days with the time before.

    Given their sum, the recent count is binomial with the share of all conversations that are
    recent (Przyborowski and Wilenski 1940), so that a busier week is no growth.

    Args:
        days: Of the gap's conversations.
        all_days: All conversations of each day that has any; the last one ends the window.
        recent_days: Length of the window.

    Returns:
        None where there are no conversations both in the window and before it.
    """
    if not all_days:
        return None
    from scipy.stats import binomtest

    start = max(all_days) - timedelta(days=recent_days - 1)
    recent_total = sum(count for day, count in all_days.items() if day >= start)
    before_total = sum(all_days.values()) - recent_total
    if not before_total:
        return None
    recent = sum(day >= start for day in days)
    before = len(days) - recent
    share = recent_total / (recent_total + before_total)
    p_value = binomtest(recent, recent + before, share, alternative="greater").pvalue if days else 1
    return Growth(
        recent_days=recent_days,
        recent=recent,
        recent_total=recent_total,
        before=before,
        before_total=before_total,
        ratio=recent * before_total / (before * recent_total) if before else None,
        p_value=float(p_value),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

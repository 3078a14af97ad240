"""Whether something is said more often than before, as a statistic and not as a ratio of counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

LONGEST_BY_DAY = 62
"""Days up to which counts are given by day; longer spans are counted by week."""

CONFIDENCE = 0.95
"""Of every interval."""


class PeriodCount(BaseModel):
    """Conversations of one day or one week.

    Attributes:
        start: First day (UTC); weeks start on Monday.
        count: Conversations of the topic.
        total: All conversations, whatever their reason.
        low: Lower end of the 95 % interval of the expected count (Garwood 1936, exact Poisson).
        high: Upper end of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: date
    count: int = Field(ge=0)
    total: int = Field(ge=0)
    low: float = Field(ge=0)
    high: float = Field(ge=0)


class Growth(BaseModel):
    """How the share of a topic in all conversations changed, in the window that shows most.

    The ratio of the two rates is tested exactly: given their sum, the recent count is binomial
    (Przyborowski and Wilenski 1940), with the number of all conversations as exposure, so that
    a busier week is no growth.

    Attributes:
        window_days: Length of the recent window, which ends on the last day with a conversation.
        recent: Conversations of the topic in it.
        recent_total: All conversations in it.
        before: Conversations of the topic in the time before.
        before_total: All conversations in the time before.
        ratio: Recent share divided by the share before; None where there was none before.
        low: Lower end of the 95 % interval of the ratio (Clopper and Pearson 1934).
        high: Upper end of it; None where there is no bound.
        p_value: Of no growth, one-sided, corrected for the windows that were tried (Bonferroni).
        growing: Whether it is growth once corrected for the number of topics (Holm 1979).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    window_days: int = Field(ge=1)
    recent: int = Field(ge=0)
    recent_total: int = Field(ge=0)
    before: int = Field(ge=0)
    before_total: int = Field(ge=0)
    ratio: float | None
    low: float = Field(ge=0)
    high: float | None
    p_value: float = Field(ge=0, le=1)
    growing: bool = False


def day_of(at: datetime) -> date:
    """Return the day of a moment, in UTC."""
    return at.astimezone(UTC).date()


def count_periods(days: Iterable[date], all_days: Mapping[date, int]) -> tuple[PeriodCount, ...]:
    """Count conversations by day, or by week where all of them span more than 62 days.

    Args:
        days: Of the topic's conversations.
        all_days: All conversations of each day that has any; they set the span.

    Returns:
        Every period of the span in order, also those without a conversation of the topic.
    """
    if not all_days:
        return ()
    first, last = min(all_days), max(all_days)
    step = 1 if (last - first).days < LONGEST_BY_DAY else 7
    start = first if step == 1 else first - timedelta(days=first.weekday())
    length = (last - start).days // step + 1
    counts, totals = [0] * length, [0] * length
    for day in days:
        counts[(day - start).days // step] += 1
    for day, total in all_days.items():
        totals[(day - start).days // step] += total
    intervals = {count: _poisson_interval(count) for count in set(counts)}
    return tuple(
        PeriodCount(
            start=start + timedelta(days=i * step),
            count=counts[i],
            total=totals[i],
            low=intervals[counts[i]][0],
            high=intervals[counts[i]][1],
        )
        for i in range(length)
    )


def measure_growth(
    days: Sequence[date],
    all_days: Mapping[date, int],
    *,
    windows_days: Sequence[int],
    baseline_days: int,
) -> Growth | None:
    """Compare the last days with those before.

    Args:
        days: Of the topic's conversations.
        all_days: All conversations of each day that has any; the last day ends the window.
        windows_days: Lengths of recent windows to try.
        baseline_days: How far the time before reaches back from the recent window.

    Returns:
        The window with the least p-value, the longest of several; ``growing`` is not decided
        yet. None when no window has conversations both in it and before it.
    """
    if not all_days:
        return None
    end = max(all_days)
    found: list[Growth] = []
    for window in sorted(windows_days):
        start = end - timedelta(days=window - 1)
        oldest = start - timedelta(days=baseline_days)
        recent_total = sum(n for day, n in all_days.items() if day >= start)
        before_total = sum(n for day, n in all_days.items() if oldest <= day < start)
        if not recent_total or not before_total:
            continue
        recent = sum(day >= start for day in days)
        before = sum(oldest <= day < start for day in days)
        found.append(
            _compare(window, recent, recent_total, before, before_total, tries=len(windows_days))
        )
    return min(found, key=lambda growth: (growth.p_value, -growth.window_days), default=None)


def decide_growth(growths: Sequence[Growth | None], *, error: float) -> list[Growth | None]:
    """Decide which of several changes are growth, with Holm's correction.

    Args:
        growths: One for each topic.
        error: Probability of calling one of them growing when none is.

    Returns:
        The same in the same order, decided.
    """
    order = sorted(
        (i for i, growth in enumerate(growths) if growth is not None),
        key=lambda i: growths[i].p_value,  # type: ignore[union-attr]
    )
    decided = list(growths)
    for rank, i in enumerate(order):
        growth = growths[i]
        if growth is None or growth.p_value > error / (len(order) - rank):
            break
        decided[i] = growth.model_copy(update={"growing": True})
    return decided


def rate_p_value(recent: int, recent_total: int, before: int, before_total: int) -> float:
    """Return the exact one-sided p-value of a recent rate being no higher than the one before."""
    from scipy.stats import binom

    share = recent_total / (recent_total + before_total)
    return float(binom.sf(recent - 1, recent + before, share))


def _compare(
    window: int, recent: int, recent_total: int, before: int, before_total: int, *, tries: int
) -> Growth:
    from scipy.stats import beta

    tail = (1 - CONFIDENCE) / 2
    low_share = float(beta.ppf(tail, recent, before + 1)) if recent else 0.0
    high_share = float(beta.ppf(1 - tail, recent + 1, before)) if before else 1.0
    exposure = before_total / recent_total
    p_value = rate_p_value(recent, recent_total, before, before_total)
    return Growth(
        window_days=window,
        recent=recent,
        recent_total=recent_total,
        before=before,
        before_total=before_total,
        ratio=exposure * recent / before if before else None,
        low=exposure * low_share / (1 - low_share) if low_share < 1 else 0.0,
        high=exposure * high_share / (1 - high_share) if high_share < 1 else None,
        p_value=min(1.0, p_value * tries),
    )


def _poisson_interval(count: int) -> tuple[float, float]:
    from scipy.stats import chi2

    tail = (1 - CONFIDENCE) / 2
    low = float(chi2.ppf(tail, 2 * count) / 2) if count else 0.0
    return low, float(chi2.ppf(1 - tail, 2 * count + 2) / 2)

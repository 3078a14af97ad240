"""Arithmetic on stretches of time: union, overlap and what is left between."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[float, float]
"""Start and end in seconds, the end never before the start."""


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that overlap or touch.

    Args:
        intervals: In any order.

    Returns:
        Disjoint intervals in time order, none of them empty.
    """
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end > start]


def total_s(intervals: Iterable[Interval]) -> float:
    """Sum the lengths in seconds."""
    return sum(end - start for start, end in intervals)


def gaps(intervals: list[Interval], *, start_s: float, end_s: float) -> list[Interval]:
    """Find what the intervals leave uncovered between two times.

    Args:
        intervals: Disjoint, in time order, as :func:`merge` gives them.
        start_s: Seconds where to begin.
        end_s: Seconds where to stop.

    Returns:
        Disjoint intervals in time order, none of them empty.
    """
    free: list[Interval] = []
    cursor = start_s
    for start, end in intervals:
        if start > cursor:
            free.append((cursor, min(start, end_s)))
        cursor = max(cursor, end)
        if cursor >= end_s:
            break
    if cursor < end_s:
        free.append((cursor, end_s))
    return [(start, end) for start, end in free if end > start]

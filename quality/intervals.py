"""Arithmetic on stretches of time: union, overlap and what is left between."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[float, float]
"""Start and end in seconds, the end never before the start."""


def merge(intervals: Iterable[Interval], *, gap_s: float = 0.0) -> list[Interval]:
    """Join intervals that overlap, touch, or lie less than ``gap_s`` apart.

    Args:
        intervals: In any order.
        gap_s: Seconds; a pause shorter than this is bridged.

    Returns:
        Disjoint intervals in time order, none of them empty.
    """
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and (start <= joined[-1][1] or start - joined[-1][1] < gap_s):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end > start]


def total_s(intervals: Iterable[Interval]) -> float:
    """Sum the lengths in seconds."""
    return sum(end - start for start, end in intervals)


def intersect(left: list[Interval], right: list[Interval]) -> list[Interval]:
    """Find the times that lie in both lists.

    Args:
        left: Disjoint, in time order, as :func:`merge` gives them.
        right: Likewise.

    Returns:
        Disjoint intervals in time order, none of them empty.
    """
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if end > start:
            common.append((start, end))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return common


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

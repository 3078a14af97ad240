"""The two order statistics that the metrics need."""

from __future__ import annotations

from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """Interpolate a percentile linearly between order statistics.

    Args:
        values: In any order and unit.
        share: 0 to 1; 0.5 is the median.

    Returns:
        In the same unit; None without values. Type 7 of Hyndman and Fan, "Sample quantiles in
        statistical packages", The American Statistician 50 (1996).
    """
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])

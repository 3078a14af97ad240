"""Intervals around shares, means and the NPS: a figure of few contacts is not a sure one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Z_95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval.

    Attributes:
        value: In the figure's unit; None without observations.
        low: Lower end; None where there is no interval.
        high: Upper end.
        n: Observations.
        method: How the interval was made; None without one.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str | None = None


def share(count: float, n: int) -> Estimate:
    """Estimate a share with Wilson's interval.

    Args:
        count: Cases; of values between 0 and 1 their sum, and the interval is rather too wide
            then.
        n: Out of how many.

    Returns:
        The share, 0 to 1. Source: E. B. Wilson, "Probable inference, the law of succession, and
        statistical inference", JASA 22 (1927).
    """
    if n <= 0:
        return Estimate(None, None, None, 0)
    p, z2 = count / n, Z_95**2
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(
        p, max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half)), n, "Wilson"
    )


def mean(values: NDArray[np.float64]) -> Estimate:
    """Estimate a mean with Student's interval.

    Args:
        values: float array of shape (n,) without NaN.

    Returns:
        The mean in the unit of the values; no interval below two values. Source: Student, "The
        probable error of a mean", Biometrika 6 (1908); at n above 30 close to any distribution's.
    """
    n = len(values)
    if n == 0:
        return Estimate(None, None, None, 0)
    value = float(values.mean())
    if n == 1:
        return Estimate(value, None, None, 1)
    half = _student(n - 1) * float(values.std(ddof=1)) / math.sqrt(n)
    return Estimate(value, value - half, value + half, n, "Student")


def ratio(numerators: NDArray[np.float64], denominators: NDArray[np.float64]) -> Estimate:
    """Estimate a ratio of two sums over contacts, with the interval of linearisation.

    Args:
        numerators: float array of shape (n,), one for each contact.
        denominators: float array of shape (n,), one for each contact.

    Returns:
        Σ numerators / Σ denominators. Source: W. G. Cochran, "Sampling Techniques" (1977), ch. 6.
    """
    n = len(numerators)
    total = float(denominators.sum())
    if n == 0 or total <= 0:
        return Estimate(None, None, None, n)
    value = float(numerators.sum()) / total
    if n == 1:
        return Estimate(value, None, None, 1)
    residuals = numerators - value * denominators
    error = math.sqrt(n / (n - 1) * float((residuals**2).sum())) / total
    half = _student(n - 1) * error
    return Estimate(value, value - half, value + half, n, "ratio")


def net_promoter(scores: NDArray[np.float64]) -> Estimate:
    """Estimate a net promoter score.

    Args:
        scores: float array of shape (n,), 0 to 10.

    Returns:
        Points from -100 to 100: share of 9 and 10 minus share of 0 to 6, with the normal interval
        of a difference of two shares of one multinomial sample.
    """
    n = len(scores)
    if n == 0:
        return Estimate(None, None, None, 0)
    promoters = float((scores >= 9).mean())
    detractors = float((scores <= 6).mean())
    value = promoters - detractors
    variance = max(0.0, promoters + detractors - value**2) / n
    half = Z_95 * math.sqrt(variance)
    low, high = max(-1.0, value - half), min(1.0, value + half)
    return Estimate(100 * value, 100 * low, 100 * high, n, "normal")


def _student(freedom: int) -> float:
    if freedom > 2000:
        return Z_95
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))

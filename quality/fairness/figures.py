"""The arithmetic of the fairness test: rates and shifts over conversations, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from quality.sampling.shares import wilson_interval

Verdict = Literal["holds", "too_few", "doubtful", "fails"]
VERDICTS: tuple[Verdict, ...] = ("holds", "too_few", "doubtful", "fails")
"""From the best to the worst."""

BOOTSTRAP_DRAWS = 2000
FEWEST_FOR_A_SHIFT = 10
"""Conversations below which the interval of a mean shift is not relied on."""

_EXACT_FLIPS = 12
_RANDOM_FLIPS = 5000
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Rate(BaseModel):
    """How many copies got another answer.

    Attributes:
        flips: Copies with another answer than the original.
        pairs: Copies compared.
        conversations: Originals that they come from.
        rate: flips / pairs, 0 to 1; 0 without pairs.
        low: Lower limit of the interval, 0 to 1.
        high: Upper limit, 0 to 1.
    """

    model_config = _FROZEN

    flips: int = Field(ge=0)
    pairs: int = Field(ge=0)
    conversations: int = Field(ge=0)
    rate: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)

    def verdict(self, tolerance: float) -> Verdict:
        """Compare the interval with the highest rate that is tolerated, 0 to 1."""
        if self.high <= tolerance:
            return "holds"
        if self.low > tolerance:
            return "fails"
        return "too_few" if self.rate <= tolerance else "doubtful"


class Shift(BaseModel):
    """By how much a number differs between originals and copies.

    Attributes:
        conversations: How many it is the mean of.
        mean: Copy minus original, in the number's unit; each conversation counts once.
        low: Lower limit of the interval.
        high: Upper limit.
        p_value: Chance of a mean at least as far from zero if signs were random.
    """

    model_config = _FROZEN

    conversations: int = Field(ge=0)
    mean: float
    low: float
    high: float
    p_value: float = Field(ge=0, le=1)

    def verdict(self, tolerance: float) -> Verdict:
        """Compare the interval with the largest mean that is tolerated, in the number's unit.

        Below :data:`FEWEST_FOR_A_SHIFT` conversations resampling says nothing: neither ``holds``
        nor ``fails``.
        """
        if self.conversations < FEWEST_FOR_A_SHIFT:
            return "too_few" if abs(self.mean) <= tolerance else "doubtful"
        if -tolerance <= self.low and self.high <= tolerance:
            return "holds"
        if self.low > tolerance or self.high < -tolerance:
            return "fails"
        return "too_few" if abs(self.mean) <= tolerance else "doubtful"


def flip_rate(counts: Sequence[tuple[int, int]], *, level: float = 0.95) -> Rate:
    """Estimate a flip rate over copies that come in groups.

    Args:
        counts: For each conversation its flips and its copies.
        level: Confidence of the interval.

    Returns:
        The rate with Wilson's interval at the effective sample size p(1−p)/V, V the variance
        between conversations (Korn and Graubard, Survey Methodology 24, 1998), at most the
        number of copies; with a rate of 0 or 1 the number of conversations, since copies of one
        conversation tell the same story several times.
    """
    used = [(flips, pairs) for flips, pairs in counts if pairs > 0]
    total = sum(pairs for _, pairs in used)
    flips = sum(flips for flips, _ in used)
    if total == 0:
        return Rate(flips=0, pairs=0, conversations=0, rate=0.0, low=0.0, high=1.0)
    rate = flips / total
    size = float(len(used))
    if 0 < rate < 1 and len(used) > 1:
        spread = sum((flip - rate * pairs) ** 2 for flip, pairs in used)
        variance = spread * len(used) / (len(used) - 1) / total**2
        size = min(float(total), rate * (1 - rate) / variance) if variance > 0 else size
    low, high = wilson_interval(rate * size, size, level=level)
    return Rate(
        flips=flips, pairs=total, conversations=len(used), rate=rate,
        low=min(low, rate), high=max(high, rate),
    )  # fmt: skip


def mean_shift(differences: Sequence[float], *, seed: int, level: float = 0.95) -> Shift:
    """Estimate a mean difference.

    Args:
        differences: Copy minus original, one for each conversation.
        seed: Of the resampling.
        level: Confidence of the interval.

    Returns:
        The mean with the percentile interval of :data:`BOOTSTRAP_DRAWS` resamples of
        conversations (Efron 1979), and the p-value of :func:`sign_flip_p`.
    """
    if not differences:
        return Shift(conversations=0, mean=0.0, low=0.0, high=0.0, p_value=1.0)
    import numpy as np

    values = np.asarray(differences, dtype=float)
    mean = float(values.mean())
    if not values.any():
        return Shift(conversations=len(values), mean=0.0, low=0.0, high=0.0, p_value=1.0)
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(values), (BOOTSTRAP_DRAWS, len(values)))
    means = values[drawn].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Shift(
        conversations=len(values), mean=mean, low=float(min(low, mean)),
        high=float(max(high, mean)), p_value=sign_flip_p(differences, seed=seed),
    )  # fmt: skip


def sign_flip_p(differences: Sequence[float], *, seed: int) -> float:
    """Test whether paired differences lie around zero.

    Args:
        differences: One for each conversation.
        seed: Of the random signs.

    Returns:
        Two-sided p-value of the randomisation test: how often random signs give a mean at least
        as far from zero (Fisher, "The Design of Experiments", 1935, §21). All signs are tried
        up to twelve differences that are not zero, 5,000 drawn above; 1 without any.
    """
    values = [one for one in differences if one != 0]
    if not values:
        return 1.0
    observed = abs(math.fsum(values)) - 1e-12
    if len(values) <= _EXACT_FLIPS:
        signs = list(product((1, -1), repeat=len(values)))
        as_far = sum(
            abs(sum(s * v for s, v in zip(one, values, strict=True))) >= observed for one in signs
        )
        return as_far / len(signs)
    import numpy as np

    generator = np.random.default_rng(seed)
    drawn = generator.choice((-1.0, 1.0), size=(_RANDOM_FLIPS, len(values)))
    sums = np.abs(drawn @ np.asarray(values))
    return float((1 + (sums >= observed).sum()) / (1 + _RANDOM_FLIPS))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number (Holm, Scandinavian Journal of Statistics 6, 1979).

    Args:
        p_values: Of tests that are read together.

    Returns:
        Adjusted ones, in the same order.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[at]))
        adjusted[at] = highest
    return adjusted


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst of some verdicts; ``too_few`` of none."""
    return max(verdicts, key=VERDICTS.index, default="too_few")


def conversations_needed(tolerance: float, *, level: float = 0.95) -> int:
    """Tell how many conversations without any flip show that a tolerance holds.

    Args:
        tolerance: Highest rate, above 0 and below 1.
        level: Confidence.

    Returns:
        The least n with Wilson's upper limit z²/(n+z²) at most the tolerance.
    """
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.5 + level / 2)
    return math.ceil(z * z * (1 - tolerance) / tolerance - 1e-9)

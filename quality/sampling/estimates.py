"""Estimating a team's score from a sample: without bias, with its variance and interval.

With :math:`N` contacts, a sample :math:`s`, values :math:`y_i` and inclusion probabilities
:math:`π_i`:

* Horvitz–Thompson: :math:`e + (1/N) Σ_s (y_i - e)/π_i` with a score :math:`e` that the rule
  fixed before the draw. Its expectation over all samples is the team's mean, whatever the values
  and :math:`e` are (Horvitz and Thompson, JASA 47, 1952; differences from a value known
  beforehand: Särndal, Swensson and Wretman, "Model Assisted Survey Sampling", 1992, §6.3).
* Hájek: :math:`Σ_s y_i/π_i / Σ_s 1/π_i`. A ratio of two such sums: a bias that vanishes as the
  sample grows, often less variance (Hájek, in "Foundations of Statistical Inference", 1971).

Variances are those of the design: exact for Poisson sampling; for samples of fixed size Deville's
form of Hájek's approximation ("Variance estimation for complex statistics and estimators",
Survey Methodology 25, 1999), which within cells of simple random sampling is the textbook
estimator :math:`N²(1-n/N)s²/n` (Cochran, "Sampling Techniques", 1977, §5.3). Cells with one
sampled contact are joined with the next, which errs on the wide side.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from quality.sampling.contacts import UNKNOWN
from quality.sampling.drawing import Sample, SampledContact
from quality.sampling.rule import Purpose
from quality.sampling.shares import wilson_interval

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Estimate(BaseModel):
    """A mean with what chance allows around it.

    Attributes:
        value: The estimate, in the unit of the values.
        standard_error: Root of the estimated variance over all samples that the design could
            have drawn; None where fewer than two contacts were evaluated.
        low: Lower limit of the interval; None without a standard error.
        high: Upper limit of the interval; None without a standard error.
    """

    model_config = _FROZEN

    value: float
    standard_error: float | None = Field(default=None, ge=0)
    low: float | None = None
    high: float | None = None


class TeamEstimate(BaseModel):
    """What a sample says of the mean of all contacts.

    Attributes:
        purpose: For which purpose the sample was drawn.
        population: How many contacts the estimate speaks for.
        sampled: How many of them were drawn.
        evaluated: How many of those have a value.
        level: Confidence of the intervals.
        horvitz_thompson: Unbiased estimate; None where a drawn contact has no value, since what
            is missing would count as zero.
        hajek: Ratio estimate; where values are missing it takes those of the same cell to be
            like the others. None without any value.
    """

    model_config = _FROZEN

    purpose: Purpose
    population: int = Field(ge=0)
    sampled: int = Field(ge=0)
    evaluated: int = Field(ge=0)
    level: float
    horvitz_thompson: Estimate | None
    hajek: Estimate | None


@dataclass(frozen=True)
class _Observed:
    """One sampled contact in a sum: its cell, inclusion probability and value."""

    cell: int
    probability: float
    value: float


def estimate_mean(
    sample: Sample,
    values: Mapping[str, float],
    *,
    purpose: Purpose,
    agents: Collection[str] | None = None,
    level: float = 0.95,
    limits: tuple[float, float] = (0.0, 100.0),
) -> TeamEstimate:
    """Estimate the mean of a value over all contacts of a team.

    Args:
        sample: What was drawn.
        values: Of the contacts drawn, by id; those of other contacts are not looked at, since
            they were not drawn by chance.
        purpose: Which draw.
        agents: The team, by pseudonymous key; everybody when None.
        level: Confidence of the intervals, by Student's distribution.
        limits: Lowest and highest possible value, in the unit of the values; intervals are cut
            there.

    Returns:
        Both estimates; formulas and sources are those of this module.

    Raises:
        BadInput: A value lies outside the limits.
    """
    inside = [one for one in sample.contacts_for(purpose) if agents is None or one.agent in agents]
    for one in inside:
        value = values.get(one.id)
        if value is not None and not limits[0] <= value <= limits[1]:
            raise BadInput(
                f"contact {one.id!r} has the value {value:g}, expected {limits[0]:g} to "
                f"{limits[1]:g}",
                remedy="give values on that scale",
            )
    population = sum(
        cell.population if agents is None else sum(cell.agents.get(agent, 0) for agent in agents)
        for cell in sample.cells
        if cell.purpose == purpose
    )
    evaluated = [one for one in inside if one.id in values]
    ht = hajek = None
    if evaluated and len(evaluated) == len(inside):
        ht = _horvitz_thompson(
            sample, inside, values, population,
            expected=sample.expected_score, level=level, limits=limits,
        )  # fmt: skip
    if evaluated:
        hajek = _hajek(sample, inside, values, level=level, limits=limits)
    return TeamEstimate(
        purpose=purpose,
        population=population,
        sampled=len(inside),
        evaluated=len(evaluated),
        level=level,
        horvitz_thompson=ht,
        hajek=hajek,
    )


def estimate_share(
    sample: Sample,
    holds: Mapping[str, bool],
    *,
    purpose: Purpose,
    agents: Collection[str] | None = None,
    level: float = 0.95,
) -> Estimate | None:
    """Estimate the share of contacts for which something holds.

    Args:
        sample: What was drawn.
        holds: Whether it holds, by id of the contacts drawn.
        purpose: Which draw.
        agents: The team; everybody when None.
        level: Confidence of the interval.

    Returns:
        Hájek's estimate with Wilson's interval at the effective sample size p(1−p)/V (Korn and
        Graubard, Survey Methodology 24, 1998), never above the number evaluated; with a share
        of 0 or 1 that number itself. None without any answer.
    """
    numbers = {contact: float(answer) for contact, answer in holds.items()}
    found = estimate_mean(
        sample, numbers, purpose=purpose, agents=agents, level=level, limits=(0.0, 1.0)
    )
    if found.hajek is None:
        return None
    share = min(1.0, max(0.0, found.hajek.value))
    size = float(found.evaluated)
    error = found.hajek.standard_error
    if error and 0 < share < 1:
        size = min(size, share * (1 - share) / error**2)
    low, high = wilson_interval(share * size, size, level=level)
    return Estimate(value=share, standard_error=error, low=low, high=high)


def _horvitz_thompson(
    sample: Sample,
    inside: Sequence[SampledContact],
    values: Mapping[str, float],
    population: int,
    *,
    expected: float,
    level: float,
    limits: tuple[float, float],
) -> Estimate:
    expected = min(limits[1], max(limits[0], expected))
    own = {one.id for one in inside}
    cells = {one.cell for one in inside}
    purpose = inside[0].purpose
    observed = [
        _Observed(
            one.cell,
            one.probability,
            (values[one.id] - expected) / population if one.id in own else 0.0,
        )
        for one in sample.contacts_for(purpose)
        if one.cell in cells
    ]
    value = expected + sum(one.value / one.probability for one in observed)
    return _with_interval(value, _variance(observed, sample), observed, level, limits)


def _hajek(
    sample: Sample,
    inside: Sequence[SampledContact],
    values: Mapping[str, float],
    *,
    level: float,
    limits: tuple[float, float],
) -> Estimate:
    observed = _answering(inside, values)
    size = sum(1 / one.probability for one in observed)
    value = sum(one.value / one.probability for one in observed) / size
    # the ratio's linear part: Särndal, Swensson and Wretman, 1992, §5.7
    parts = [replace(one, value=(one.value - value) / size) for one in observed]
    return _with_interval(value, _variance(parts, sample), parts, level, limits)


def _answering(inside: Sequence[SampledContact], values: Mapping[str, float]) -> list[_Observed]:
    """Lower the probabilities by the share of each cell that has values.

    Response homogeneity groups: Särndal, Swensson and Wretman, 1992, §15.6.
    """
    drawn = Counter(one.cell for one in inside)
    answered = Counter(one.cell for one in inside if one.id in values)
    return [
        _Observed(one.cell, one.probability * answered[one.cell] / drawn[one.cell], values[one.id])
        for one in inside
        if one.id in values
    ]


def _variance(observed: Sequence[_Observed], sample: Sample) -> float | None:
    """Estimate the variance of the sum of value / probability; None below two contacts."""
    if len(observed) < 2:
        return None
    if sample.method == "poisson":
        return sum((1 - one.probability) * (one.value / one.probability) ** 2 for one in observed)
    return sum(_spread(group) for group in _joined(observed))


def _spread(group: Sequence[_Observed]) -> float:
    left = [1 - one.probability for one in group]
    total = sum(left)
    if total <= 0:
        return 0.0
    sums = [one.value / one.probability for one in group]
    middle = sum(w * y for w, y in zip(left, sums, strict=True)) / total
    scale = len(group) / (len(group) - 1)
    return scale * sum(w * (y - middle) ** 2 for w, y in zip(left, sums, strict=True))


def _joined(observed: Sequence[_Observed]) -> list[list[_Observed]]:
    """Group by cell, cells with one contact together with the next (or the one before)."""
    by_cell: defaultdict[int, list[_Observed]] = defaultdict(list)
    for one in observed:
        by_cell[one.cell].append(one)
    groups: list[list[_Observed]] = []
    for _, members in sorted(by_cell.items()):
        if groups and len(groups[-1]) < 2:
            groups[-1] += members
        else:
            groups.append(list(members))
    if len(groups) > 1 and len(groups[-1]) < 2:
        groups[-2] += groups.pop()
    return groups


def _with_interval(
    value: float,
    variance: float | None,
    observed: Sequence[_Observed],
    level: float,
    limits: tuple[float, float],
) -> Estimate:
    if variance is None:
        return Estimate(value=value)
    from scipy.special import stdtrit

    error = math.sqrt(max(0.0, variance))
    freedom = max(1, len(observed) - len(_joined(observed)))
    half = float(stdtrit(freedom, 0.5 + level / 2)) * error
    low, high = max(limits[0], value - half), min(limits[1], value + half)
    return Estimate(value=value, standard_error=error, low=min(low, high), high=max(low, high))


def population_of(sample: Sample, purpose: Purpose) -> Counter[str]:
    """Count the contacts of each agent; ``?`` for those whose agent is not known."""
    counts: Counter[str] = Counter({UNKNOWN: 0})
    for cell in sample.cells:
        if cell.purpose == purpose:
            counts.update(cell.agents)
    return +counts

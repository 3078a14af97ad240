"""Intervals by weighing contacts anew at random: no formula for a coefficient's spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LEVEL = 0.95
REPLICATES = 2000
PRIOR_CONTACTS = 2.0
"""Contacts' worth of ignorance, spread over all cells of the table."""


class Figure(BaseModel):
    """A figure with its interval.

    Attributes:
        value: None where it is not defined (nothing to count, or all answers the same).
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None = Field(default=None, ge=-1, le=1)
    low: float | None = None
    high: float | None = None


def resampled_tables(
    contributions: NDArray[np.float64], *, seed: int, replicates: int = REPLICATES
) -> NDArray[np.float64]:
    """Sum what contacts contribute to a table, each contact with a random weight.

    The Bayesian bootstrap (D. B. Rubin, "The Bayesian bootstrap", Annals of Statistics 9, 1981)
    with a little prior weight on every cell. Drawing contacts with replacement instead never
    sees an answer that happens to be missing from a small sample, and its intervals for kappa
    then hold the truth too rarely where failures are rare (bench/quality/agreement.json).

    Args:
        contributions: What each contact adds, shape ``(n_contacts, k, k)``.
        seed: Of the draw.
        replicates: How many draws.

    Returns:
        Shape ``(replicates, k, k)``; each sums to what the contributions sum to.
    """
    import numpy as np

    size = contributions.shape[1]
    distinct, counts = np.unique(
        contributions.reshape(len(contributions), -1), axis=0, return_counts=True
    )
    total = float(contributions.sum())
    cells = np.eye(size * size) * total / len(contributions)
    # A Dirichlet draw is independent gamma draws over their sum, and the sums end at ``total``
    # whatever that sum is: it need not be divided by.
    weights = np.random.default_rng(seed).standard_gamma(counts, size=(replicates, len(counts)))
    drawn = weights @ distinct + _prior_weights(size, seed, replicates) @ cells
    drawn *= (total / drawn.sum(axis=1))[:, None]
    tables: NDArray[np.float64] = drawn.reshape(replicates, size, size)
    return tables


@lru_cache(maxsize=16)
def _prior_weights(size: int, seed: int, replicates: int) -> NDArray[np.float64]:
    """Draw the weight of each cell's ignorance, which no answer changes: once for all tables.

    Returns:
        Shape ``(replicates, size * size)``.
    """
    import numpy as np

    draws = np.random.default_rng([seed, size])
    weights: NDArray[np.float64] = draws.standard_gamma(
        PRIOR_CONTACTS / size**2, size=(replicates, size * size)
    )
    return weights


def figure(
    contributions: NDArray[np.float64],
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    *,
    seed: int,
    replicates: int = REPLICATES,
) -> Figure:
    """Compute a coefficient and its interval.

    Args:
        contributions: What each contact adds to the table, shape ``(n_contacts, k, k)``.
        statistic: From tables to coefficients (:mod:`quality.agreement.coefficients`).
        seed: Of the draw.
        replicates: How many draws.

    Returns:
        The coefficient of all contacts, and the middle 95 % of those of the draws, widened to
        the coefficient itself where it lies at the edge (perfect agreement).
    """
    return figures(contributions, (statistic,), seed=seed, replicates=replicates)[0]


def figures(
    contributions: NDArray[np.float64],
    statistics: Sequence[Callable[[NDArray[np.float64]], NDArray[np.float64]]],
    *,
    seed: int,
    replicates: int = REPLICATES,
) -> list[Figure]:
    """Compute several coefficients of the same tables, from the same draws (see :func:`figure`)."""
    import numpy as np

    if not len(contributions) or contributions.sum() <= 0:
        return [Figure() for _ in statistics]
    drawn: NDArray[np.float64] | None = None
    found = []
    for statistic in statistics:
        value = float(statistic(contributions.sum(axis=0)[None])[0])
        if np.isnan(value):
            found.append(Figure())
            continue
        value = min(1.0, max(-1.0, value))
        if drawn is None:
            drawn = resampled_tables(contributions, seed=seed, replicates=replicates)
        low, high = np.nanquantile(statistic(drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        found.append(Figure(value=value, low=min(value, float(low)), high=max(value, float(high))))
    return found

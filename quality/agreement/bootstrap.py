"""Intervals by weighing contacts anew at random: no formula for a coefficient's spread."""

from __future__ import annotations

from collections.abc import Callable
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
    shapes = np.concatenate([counts, np.full(size * size, PRIOR_CONTACTS / size**2)])
    weights = np.random.default_rng(seed).dirichlet(shapes, size=replicates)
    drawn = weights @ np.concatenate([distinct, cells])
    drawn *= (total / drawn.sum(axis=1))[:, None]
    tables: NDArray[np.float64] = drawn.reshape(replicates, size, size)
    return tables


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
    import numpy as np

    if not len(contributions) or contributions.sum() <= 0:
        return Figure()
    value = float(statistic(contributions.sum(axis=0)[None])[0])
    if np.isnan(value):
        return Figure()
    value = min(1.0, max(-1.0, value))
    drawn = statistic(resampled_tables(contributions, seed=seed, replicates=replicates))
    low, high = np.nanquantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Figure(value=value, low=min(value, float(low)), high=max(value, float(high)))

"""Chance-corrected agreement from tables of answers, many tables at once.

A table counts, for ``k`` possible answers, how often one rater gave answer ``i`` where another
gave ``j``; weights of one half are fine. Every function takes float arrays of shape
``(..., k, k)`` and returns an array of shape ``(...)``, NaN where the figure is not defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def raw_agreement(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of equal answers."""
    import numpy as np

    total = tables.sum(axis=(-2, -1))
    same = np.trace(tables, axis1=-2, axis2=-1)
    out: NDArray[np.float64] = np.full_like(total, np.nan)
    np.divide(same, total, out=out, where=total > 0)
    return out


def cohen_kappa(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Agreement beyond what each rater's own habits give by chance.

    κ = (p_o − p_e) / (1 − p_e) with p_e = Σ_i p_i+ · p_+i; not defined where p_e = 1. Source:
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20 (1960).
    """
    import numpy as np

    rows, columns = _margins(tables)
    return _beyond_chance(raw_agreement(tables), np.sum(rows * columns, axis=-1))


def gwet_ac1(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Agreement beyond chance that stays meaningful where one answer is rare.

    AC1 = (p_a − p_e) / (1 − p_e) with p_e = Σ_i π_i (1 − π_i) / (k − 1), π_i the mean of both
    raters' shares of answer i, k the number of possible answers. Source: K. L. Gwet, "Computing
    inter-rater reliability and its variance in the presence of high agreement", British Journal
    of Mathematical and Statistical Psychology 61 (2008).
    """
    import numpy as np

    rows, columns = _margins(tables)
    shares = (rows + columns) / 2
    answers = tables.shape[-1]
    chance = np.sum(shares * (1 - shares), axis=-1) / (answers - 1)
    return _beyond_chance(raw_agreement(tables), chance)


def krippendorff_alpha(coincidences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Reliability of any number of raters, answers missing or not, for nominal answers.

    α = 1 − D_o / D_e with D_o = Σ_{c≠k} o_ck / n and D_e = Σ_{c≠k} n_c n_k / (n (n − 1)); not
    defined where all answers are the same. Source: K. Krippendorff, "Computing Krippendorff's
    alpha-reliability" (2011), from the coincidence matrix.

    Args:
        coincidences: From :func:`coincidence_table`, shape ``(..., k, k)``.
    """
    import numpy as np

    coincidences = (coincidences + coincidences.swapaxes(-1, -2)) / 2
    margins = coincidences.sum(axis=-1)
    total = margins.sum(axis=-1)
    observed = total - np.trace(coincidences, axis1=-2, axis2=-1)
    expected = np.square(total) - np.sum(np.square(margins), axis=-1)
    ratio: NDArray[np.float64] = np.full_like(total, np.nan)
    np.divide((total - 1) * observed, expected, out=ratio, where=expected > 1e-9)
    return 1 - ratio


def coincidence_table(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Count how often two answers meet in one unit.

    Args:
        answers: How many raters gave each answer to each unit, shape ``(n_units, k)``.

    Returns:
        Shape ``(n_units, k, k)``: each ordered pair of raters counts 1 / (m − 1), m the unit's
        raters; units with fewer than two raters count nothing. Sum over units for
        :func:`krippendorff_alpha`.
    """
    import numpy as np

    counts = np.asarray(answers, dtype=np.float64)
    raters = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :]
    diagonal = np.arange(counts.shape[1])
    pairs[:, diagonal, diagonal] -= counts
    paired = raters >= 2
    pairs[paired] /= (raters[paired] - 1)[:, None, None]
    pairs[~paired] = 0
    return pairs


def _margins(tables: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np

    total = tables.sum(axis=(-2, -1))[..., None]
    safe = np.where(total > 0, total, np.nan)
    return tables.sum(axis=-1) / safe, tables.sum(axis=-2) / safe


def _beyond_chance(
    observed: NDArray[np.float64], chance: NDArray[np.float64]
) -> NDArray[np.float64]:
    import numpy as np

    room = 1 - chance
    out: NDArray[np.float64] = np.full_like(observed, np.nan)
    np.divide(observed - chance, room, out=out, where=room > 1e-12)
    return out

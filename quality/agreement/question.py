"""Agreement on one question, with everything that is needed to judge it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from quality.agreement.bootstrap import REPLICATES, Figure, figure, figures
from quality.agreement.ratings import Rated, machine_tables, rater_counts, rater_tables
from quality.review.answers import ANSWERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class QuestionAgreement(BaseModel):
    """How far machine and people, and people among themselves, agree on a question.

    Attributes:
        item: Id of the question.
        n: Contacts that people answered.
        compared: Of them, those that the machine answered too.
        doubly_scored: Of those compared, those that two people or more scored blind.
        failures: Contacts among those doubly scored that people hold not to conform (0 or 0.5);
            where they could not agree, the share who do.
        prevalence: Share of each answer among people's, by answer.
        raw: Share of equal answers of machine and people.
        kappa: Cohen's kappa of machine and people.
        ac1: Gwet's AC1 of machine and people.
        double_kappa: Cohen's kappa of machine and consensus, on doubly scored contacts alone.
        human_raw: Share of equal answers of two people.
        human_kappa: Kappa between people, no one first; on the same contacts as
            ``double_kappa``.
        human_alpha: Krippendorff's alpha between people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    n: int = Field(ge=0)
    compared: int = Field(ge=0)
    doubly_scored: int = Field(ge=0)
    failures: float = Field(ge=0)
    prevalence: dict[str, float]
    raw: Figure
    kappa: Figure
    ac1: Figure
    double_kappa: Figure = Figure()
    human_raw: Figure = Figure()
    human_kappa: Figure = Figure()
    human_alpha: Figure = Figure()


def measure_question(
    item: str, rated: Sequence[Rated], *, seed: int = 0, replicates: int = REPLICATES
) -> QuestionAgreement:
    """Measure agreement on one question.

    Args:
        item: Id of the question.
        rated: Answers to it, one for each contact.
        seed: Of the bootstrap.
        replicates: Draws of the bootstrap.

    Returns:
        All figures, each with its 95 % interval.
    """
    from quality.agreement.coefficients import (
        cohen_kappa,
        coincidence_table,
        gwet_ac1,
        krippendorff_alpha,
        raw_agreement,
    )

    compared = [one for one in rated if one.machine is not None]
    double = [one for one in compared if len(one.raters) > 1]
    several = [one for one in rated if len(one.raters) > 1]
    tables = _used(machine_tables(compared))
    draw = {"seed": seed, "replicates": replicates}
    raw, kappa, ac1 = figures(tables, (raw_agreement, cohen_kappa, gwet_ac1), **draw)
    between: dict[str, Figure] = {}
    if several:
        human_raw, human_kappa = figures(
            rater_tables(several), (raw_agreement, cohen_kappa), **draw
        )
        between = {
            "human_raw": human_raw,
            "human_alpha": figure(
                coincidence_table(rater_counts(several)), krippendorff_alpha, **draw
            ),
        }
    if double:
        between["human_kappa"] = (
            human_kappa
            if len(double) == len(several)
            else figure(rater_tables(double), cohen_kappa, **draw)
        )
        between["double_kappa"] = figure(machine_tables(double), cohen_kappa, **draw)
    return QuestionAgreement(
        item=item,
        n=len(rated),
        compared=len(compared),
        doubly_scored=len(double),
        failures=sum(one.failure for one in double),
        prevalence=_prevalence(rated),
        raw=raw,
        kappa=kappa,
        ac1=ac1,
        **between,
    )


def _prevalence(rated: Sequence[Rated]) -> dict[str, float]:
    shares = dict.fromkeys(ANSWERS, 0.0)
    for one in rated:
        for answer, weight in one.truth:
            shares[answer] += weight / len(rated)
    return {written(answer): share for answer, share in shares.items()}


def written(answer: float | str | None) -> str:
    """Write an answer as labels do: ``1``, ``0.5``, ``0``, ``na``; ``–`` where there is none."""
    if answer is None:
        return "–"
    return f"{answer:g}" if isinstance(answer, int | float) else answer


def _used(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out answers that nobody gave: AC1 counts the answers that are possible."""
    import numpy as np

    if not len(tables):
        return tables
    total = tables.sum(axis=0)
    used = (total.sum(axis=0) + total.sum(axis=1)) > 0
    if used.sum() < 2:  # one answer alone: a second is always possible
        used[np.flatnonzero(~used)[0]] = True
    return tables[:, used][:, :, used]

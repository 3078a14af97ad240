"""Figures of what customers answered: CSAT, NPS and CES come from nowhere else."""

from __future__ import annotations

from collections.abc import Sequence

from quality.kpi.estimates import mean, net_promoter, share
from quality.kpi.figure import Figure, Note, figure, without
from quality.kpi.settings import KpiSettings
from quality.kpi.small_tables import SurveyAnswer

_FROM = "surveys"
_DIRECTION: Note = (
    "le sens de l'échelle : ces_high_means (easy ou effort)",
    "the direction of the scale: ces_high_means (easy or effort)",
)


def survey_figures(answers: Sequence[SurveyAnswer], *, settings: KpiSettings) -> list[Figure]:
    """Compute CSAT, NPS, CES and the resolution that customers declare.

    Args:
        answers: Of the group.
        settings: Wording and direction of the effort question.
    """
    import numpy as np

    csat = [each.csat for each in answers if each.csat is not None]
    nps = [each.nps for each in answers if each.nps is not None]
    ces = [each.ces for each in answers if each.ces is not None]
    resolved = [each.resolved for each in answers if each.resolved is not None]
    high = settings.ces_high_means
    easy = sum(value >= 5 if high == "easy" else value <= 3 for value in ces)
    return [
        figure("csat", share(sum(value >= 4 for value in csat), len(csat)), _FROM),
        figure("nps", net_promoter(np.array(nps, dtype=np.float64)), _FROM),
        figure("ces", mean(np.array(ces, dtype=np.float64)), _FROM, notes=_ces_notes(settings)),
        figure("ces_easy", share(easy, len(ces)), _FROM, notes=_ces_notes(settings))
        if high is not None
        else without("ces_easy", _DIRECTION, _FROM),
        figure("fcr_declared", share(sum(resolved), len(resolved)), _FROM),
    ]


def _ces_notes(settings: KpiSettings) -> tuple[Note, ...]:
    said = settings.ces_wording
    wording = (
        (f"question : « {said} »", f"question: “{said}”")
        if said
        else ("question non déclarée (ces_wording)", "question not declared (ces_wording)")
    )
    direction = {
        "easy": ("7 = très facile : plus haut est mieux", "7 = very easy: higher is better"),
        "effort": (
            "7 = beaucoup d'effort : plus bas est mieux",
            "7 = much effort: lower is better",
        ),
        None: ("sens de l'échelle non déclaré", "direction of the scale not declared"),
    }[settings.ces_high_means]
    return wording, direction

"""Figures of single agents: from thirty evaluated contacts on, and no order unless it is set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from quality.findings import Bilingual, both
from quality.sampling.contacts import UNKNOWN
from quality.sampling.drawing import Sample
from quality.sampling.estimates import Estimate, estimate_mean, population_of
from quality.sampling.rule import Purpose, SamplingRule

MIN_EVALUATED = 30
"""Evaluated contacts below which an agent has no figure: only material for coaching."""

_TOO_FEW = both(
    f"Moins de {MIN_EVALUATED} contacts évalués : pour l'accompagnement seulement, ni note ni "
    "comparaison.",
    f"Fewer than {MIN_EVALUATED} evaluated contacts: for coaching only, no score, no comparison.",
)
_NO_ORDER = both(
    "Par ordre d'identifiant : la règle ne prévoit aucun classement.",
    "In order of ids: the rule sets no ranking.",
)
_ORDER = both(
    "Classés parce que la règle le prévoit ; des intervalles qui se recouvrent ne séparent pas "
    "deux agents.",
    "Ranked because the rule says so; intervals that overlap do not tell two agents apart.",
)


class AgentFigure(BaseModel):
    """What the sample says of one agent's contacts.

    Attributes:
        agent: Pseudonymous key.
        population: Contacts of the agent.
        evaluated: Contacts drawn that have a score.
        estimate: Hájek's estimate of the mean score; None below :data:`MIN_EVALUATED`.
        note: Why there is none; None where there is one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent: str
    population: int = Field(ge=0)
    evaluated: int = Field(ge=0)
    estimate: Estimate | None
    note: Bilingual | None


class AgentFigures(BaseModel):
    """All agents of a sample.

    Attributes:
        order: ``key`` unless the rule sets a ranking.
        note: What the order means.
        agents: Where ranked: those with a figure from the highest down, then the others by key.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: Literal["key", "score"]
    note: Bilingual
    agents: tuple[AgentFigure, ...]


def agent_figures(
    sample: Sample, scores: Mapping[str, float], *, rule: SamplingRule, purpose: Purpose
) -> AgentFigures:
    """Estimate each agent's mean score where enough contacts were evaluated.

    Args:
        sample: What was drawn.
        scores: 0 to 100, by id of the contacts drawn.
        rule: The one of the sample; says whether there may be a ranking.
        purpose: Which draw.

    Raises:
        BadInput: The sample was drawn by another rule, or a score is not between 0 and 100.
    """
    if rule.sha256 != sample.rule_sha256:
        raise BadInput(
            f"the sample was drawn by the rule {sample.rule!r} version {sample.rule_version}, "
            f"not by {rule.name!r} version {rule.version} as it is now",
            remedy="give the rule of the sample",
        )
    figures = []
    for agent, population in sorted(population_of(sample, purpose).items()):
        if agent == UNKNOWN:
            continue
        found = estimate_mean(sample, scores, purpose=purpose, agents=(agent,))
        enough = found.evaluated >= MIN_EVALUATED
        figures.append(
            AgentFigure(
                agent=agent,
                population=population,
                evaluated=found.evaluated,
                estimate=found.hajek if enough else None,
                note=None if enough else _TOO_FEW,
            )
        )
    if not rule.ranking:
        return AgentFigures(order="key", note=_NO_ORDER, agents=tuple(figures))
    figures.sort(key=lambda one: (one.estimate is None, -one.estimate.value if one.estimate else 0))
    return AgentFigures(order="score", note=_ORDER, agents=tuple(figures))

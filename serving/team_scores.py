"""A team's score: from the contacts that a sampling rule drew, never from those at hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from quality.findings import both
from quality.sampling import (
    AgentFigures,
    AgentKeys,
    Sample,
    SamplingRule,
    TeamEstimate,
    agent_figures,
    estimate_mean,
    sample,
)
from quality.sampling.rule import Purpose
from serving.sampling import Population
from serving.score_run import Failed, is_result

_FROZEN = ConfigDict(frozen=True, extra="forbid")

NO_RULE = both(
    "Sans règle d'échantillonnage (--sampling), ces notes ne disent rien d'une équipe, et évaluer "
    "systématiquement demande une base légale (CNIL) : docs/sampling.md.",
    "Without a sampling rule (--sampling) these scores say nothing of a team, and evaluating "
    "systematically needs a legal ground (CNIL): docs/sampling.md.",
)
"""Said once where several contacts are scored without a rule."""


class PurposeScores(BaseModel):
    """What the scores of a sample say, for one purpose of the rule.

    Attributes:
        purpose: Which.
        team: Both estimates of the mean score on 100 of all contacts.
        agents: Under pseudonymous ids; a figure only from enough evaluated contacts on, an order
            only where the rule sets one.
    """

    model_config = _FROZEN

    purpose: Purpose
    team: TeamEstimate
    agents: AgentFigures


class TeamScores(BaseModel):
    """A sample, and what its scores say of all contacts.

    Attributes:
        sample: What was drawn, of how many, by which rule.
        purposes: What is estimated, for each purpose of the rule; the scores are the machine's
            drafts.
    """

    model_config = _FROZEN

    sample: Sample
    purposes: tuple[PurposeScores, ...]


@dataclass(frozen=True)
class Drawn:
    """The contacts to score.

    Attributes:
        rule: By which they were drawn.
        sample: What was drawn, of how many.
        contacts: Their identifiers, by the file to score; each file once.
        failures: Files that could not be drawn from.
    """

    rule: SamplingRule
    sample: Sample
    contacts: dict[Path, str]
    failures: tuple[Failed, ...]

    def scored(self, scores: Mapping[Path, float]) -> TeamScores:
        """Estimate the team's mean score for each purpose of the rule.

        Args:
            scores: 0 to 100, by file; a contact drawn that has none is missing.
        """
        known = {self.contacts[path]: score for path, score in scores.items()}
        return TeamScores(
            sample=self.sample,
            purposes=tuple(
                PurposeScores(
                    purpose=purpose.id,
                    team=estimate_mean(self.sample, known, purpose=purpose.id),
                    agents=agent_figures(self.sample, known, rule=self.rule, purpose=purpose.id),
                )
                for purpose in self.rule.purposes
            ),
        )


def draw(files: Iterable[Path], rule: SamplingRule, keys: AgentKeys) -> Drawn:
    """Draw the contacts that a rule selects.

    Args:
        files: Results of ``entendu process``, or conversations: the whole population.
        rule: How.
        keys: Makes the pseudonymous ids of agents.

    Returns:
        What was drawn, in the order of the files; a file that cannot be read is in no
        population, and is named.
    """
    population = Population(keys)
    for file in files:
        if is_result(file):
            population.read(file)
        else:
            population.read_conversation(file)
    drawn = sample(population.contacts.values(), rule)
    wanted = {one.id for one in drawn.contacts}
    failures = (
        Failed(path, why if path.name in why else f"{path.name}: {why}")
        for path, why in population.failures
    )
    return Drawn(
        rule,
        drawn,
        {path: one for one, path in population.paths.items() if one in wanted},
        tuple(failures),
    )

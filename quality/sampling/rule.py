"""The sampling rule: what share of the contacts is evaluated, why, and how they are drawn.

A rule is required: the CNIL takes permanent or systematic listening for quality to be
disproportionate, so nobody evaluates contacts here without having said which share, for which
purpose and, where it is all of them, on which basis.
"""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from conversation.errors import DefinitionInvalid
from nlu.definition_file import DefinitionFile
from quality.findings import Bilingual, both
from quality.sampling.contacts import Signal

Purpose = Literal["training", "evaluation", "service_quality"]
Design = Literal["random", "stratified", "weighted"]
Stratum = Literal["agent", "month", "reason", "channel", "duration"]

PURPOSE_LABELS: dict[str, Bilingual] = {
    "training": both("formation", "training"),
    "evaluation": both("évaluation", "evaluation"),
    "service_quality": both("qualité du service", "quality of service"),
}
MIN_BASIS_LETTERS = 20
EXAMPLE = "example.yaml"
"""A rule to start from, in ``quality/sampling/rules``."""

_FROZEN = ConfigDict(frozen=True, extra="forbid")
_Rate = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]


class SampledPurpose(BaseModel):
    """What contacts are listened to for, and how many.

    Attributes:
        id: The purpose that the agents were told.
        rate: Share of the contacts, 0 to 1.
        agents: Other shares for single agents, by pseudonymous key.
    """

    model_config = _FROZEN

    id: Purpose
    rate: _Rate
    agents: dict[str, _Rate] = Field(default_factory=dict)

    def rate_of(self, agent: str | None) -> float:
        """Return the share of an agent's contacts."""
        return self.rate if agent is None else self.agents.get(agent, self.rate)


class AgentMonth(BaseModel):
    """How many contacts of one agent are drawn in one month, for one purpose.

    Attributes:
        min: Fewest, where the agent has so many.
        max: Most; None: no limit.
    """

    model_config = _FROZEN

    min: int = Field(default=1, ge=1)
    max: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.max is not None and self.max < self.min:
            raise ValueError(f"min {self.min} is above max {self.max}")
        return self


class Strata(BaseModel):
    """What a stratified sample keeps in proportion.

    Attributes:
        by: Which properties; strata that are too small for two contacts are joined.
        durations_s: Limits between classes of duration, in seconds, ascending.
    """

    model_config = _FROZEN

    by: tuple[Stratum, ...] = Field(min_length=1)
    durations_s: tuple[Annotated[float, Field(gt=0, allow_inf_nan=False)], ...] = (180.0, 600.0)

    @model_validator(mode="after")
    def _limits_ascend(self) -> Self:
        if list(self.durations_s) != sorted(set(self.durations_s)):
            raise ValueError(f"durations_s {list(self.durations_s)} must ascend")
        if len(set(self.by)) != len(self.by):
            raise ValueError(f"by {list(self.by)} names a property twice")
        return self


class Weights(BaseModel):
    """How much likelier contacts with a signal are drawn.

    Attributes:
        method: ``systematic`` keeps the size of the sample (unequal probabilities along a list
            in random order: Madow 1949; Hartley and Rao 1962); ``poisson`` draws every contact
            by itself: simplest variance, size left to chance.
        signals: Factor of each signal; factors of one contact multiply, a contact without
            signals has 1.
    """

    model_config = _FROZEN

    method: Literal["systematic", "poisson"] = "systematic"
    signals: dict[Signal, Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]] = Field(
        min_length=1
    )


class SamplingRule(BaseModel):
    """Which contacts are evaluated.

    Attributes:
        name: Of the rule.
        version: Raised by the centre whenever it changes.
        seed: Of the draw; kept with every sample, so that it can be drawn again.
        design: ``random``, ``stratified`` (needs ``strata``) or ``weighted`` (needs
            ``weights``).
        purposes: What is listened for; each is drawn by itself.
        basis: Why all contacts may be taken, in writing (legal text, decision, date); needed as
            soon as one rate is 1.
        per_agent_month: Fewest and most contacts per agent and month.
        strata: Of a stratified design.
        weights: Of a weighted design.
        ranking: Whether agents may be ordered by score, those with enough evaluated contacts.
        expected_score: Score, 0 to 100, that is expected before anything is evaluated. Whatever
            it is, the estimate stays unbiased; near the truth it makes weighted designs tighter.
    """

    model_config = _FROZEN

    name: str = Field(min_length=1, max_length=100)
    version: str = Field(default="1", min_length=1)
    seed: int = Field(ge=0, lt=2**63)
    design: Design
    purposes: tuple[SampledPurpose, ...] = Field(min_length=1)
    basis: str = ""
    per_agent_month: AgentMonth | None = None
    strata: Strata | None = None
    weights: Weights | None = None
    ranking: bool = False
    expected_score: float = Field(default=75.0, ge=0, le=100)

    @model_validator(mode="after")
    def _design_has_what_it_needs(self) -> Self:
        for design, name, given in (
            ("stratified", "strata", self.strata),
            ("weighted", "weights", self.weights),
        ):
            if (self.design == design) != (given is not None):
                raise ValueError(
                    f"design {self.design!r} {'needs' if given is None else 'does not use'} {name}"
                )
        if self.weights and self.weights.method == "poisson" and self.per_agent_month:
            raise ValueError(
                "method 'poisson' leaves the number of contacts to chance and cannot keep "
                "per_agent_month; use method systematic"
            )
        return self

    @model_validator(mode="after")
    def _purposes_are_sound(self) -> Self:
        ids = [purpose.id for purpose in self.purposes]
        if len(set(ids)) != len(ids):
            raise ValueError("a purpose stands twice in purposes")
        whole = any(1.0 in (one.rate, *one.agents.values()) for one in self.purposes)
        if whole and len(self.basis.strip()) < MIN_BASIS_LETTERS:
            raise ValueError(
                "a rate of 1 is systematic listening and needs a written basis of at least "
                f"{MIN_BASIS_LETTERS} letters (legal text or decision, and its date)"
            )
        return self

    @property
    def sha256(self) -> str:
        """Hash of what the rule says; comments and layout of its file do not change it."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

    @property
    def may_take_all(self) -> bool:
        """Whether a written basis allows probabilities of 1."""
        return bool(self.basis.strip())

    def purpose(self, wanted: str | None = None) -> SampledPurpose:
        """Return one of the purposes, or the only one.

        Raises:
            DefinitionInvalid: It is not in the rule, or none was named and there are several.
        """
        ids = [one.id for one in self.purposes]
        if wanted is None and len(ids) == 1:
            return self.purposes[0]
        for one in self.purposes:
            if one.id == wanted:
                return one
        raise DefinitionInvalid(
            f"the rule {self.name!r} has the purposes {', '.join(ids)}, got {wanted!r}",
            remedy="name one of them",
        )


def load_sampling_rule(path: str | Path | None) -> SamplingRule:
    """Load the rule of a centre.

    Args:
        path: YAML file; None where the setting is missing, which is refused.

    Returns:
        The rule, checked.

    Raises:
        DefinitionInvalid: No rule is set, or the file breaks its rules; names file and line.
        NotFound: There is no such file.
    """
    if path is None:
        raise DefinitionInvalid(
            "no sampling rule is set: contacts are evaluated by sample, not systematically (CNIL)",
            remedy="write a rule (docs/sampling.md) and set it: --sampling FILE, "
            "ENTENDU_SAMPLING or sampling in entendu.toml",
        )
    file = DefinitionFile(Path(path))
    if not isinstance(file.values, dict):
        file.fail((), "expected fields with names", remedy="start from docs/sampling.md")
    try:
        return SamplingRule.model_validate(file.values)
    except ValidationError as error:
        file.fail_validation(error, remedy="correct it there; docs/sampling.md shows every field")


def example_rule() -> str:
    """Return the text of a rule to start from."""
    return (files("quality") / "sampling" / "rules" / EXAMPLE).read_text(encoding="utf-8")

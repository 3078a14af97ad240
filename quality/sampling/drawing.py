"""Drawing the sample: which contacts, with what probability, and why, in words."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import BadInput
from quality.findings import Bilingual
from quality.sampling.cells import Cell, Key, part, probabilities
from quality.sampling.contacts import UNKNOWN, SamplingContact, Signal
from quality.sampling.rule import Design, Purpose, SamplingRule
from quality.sampling.why import shortfall, why

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class SampledContact(BaseModel):
    """A contact that was drawn.

    Attributes:
        id: Of the conversation.
        purpose: What it is listened to for.
        agent: Pseudonymous key; None when not known.
        month: Year and month; ``?`` when not known.
        cell: Position of its cell in the sample's cells.
        probability: With which it was to be drawn, above 0, at most 1.
        signals: What made it likelier.
        why: Why it was drawn, in words.
    """

    model_config = _FROZEN

    id: str
    purpose: Purpose
    agent: str | None
    month: str
    cell: int = Field(ge=0)
    probability: float = Field(gt=0, le=1)
    signals: tuple[Signal, ...] = ()
    why: Bilingual


class SampledCell(BaseModel):
    """What was drawn from together.

    Attributes:
        purpose: For which purpose.
        key: What its contacts have in common, property by property; ``*`` where small strata
            were joined, ``?`` where it is not known.
        population: How many contacts it has.
        agents: How many of them each agent has; ``?`` for those without.
        drawn: How many were drawn.
    """

    model_config = _FROZEN

    purpose: Purpose
    key: dict[str, str]
    population: int = Field(ge=1)
    agents: dict[str, int]
    drawn: int = Field(ge=0)


class Sample(BaseModel):
    """What was drawn from a population, with all that estimates need.

    Attributes:
        rule: Name of the rule.
        rule_version: Of the rule.
        rule_sha256: Of what the rule says.
        design: How it was drawn.
        method: ``simple`` within cells, ``systematic`` or ``poisson``.
        seed: The same seed, rule and population give the same sample.
        basis: On which all contacts may be taken; empty where they are not.
        expected_score: What the rule expected, for :func:`quality.sampling.estimate_mean`.
        population: How many contacts there were.
        cells: What was drawn from.
        contacts: What was drawn, by purpose, then cell and id.
        notes: What could not be kept to, in words.
    """

    model_config = _FROZEN

    rule: str
    rule_version: str
    rule_sha256: str
    design: Design
    method: str
    seed: int
    basis: str
    expected_score: float = Field(ge=0, le=100)
    population: int = Field(ge=0)
    cells: tuple[SampledCell, ...]
    contacts: tuple[SampledContact, ...]
    notes: tuple[Bilingual, ...] = ()

    def contacts_for(self, purpose: Purpose) -> tuple[SampledContact, ...]:
        """Return what was drawn for one purpose."""
        return tuple(one for one in self.contacts if one.purpose == purpose)


def sample(contacts: Iterable[SamplingContact], rule: SamplingRule) -> Sample:
    """Draw a sample.

    Each cell has a random stream of its own, made from seed, purpose and key: contacts that come
    to one agent do not change what is drawn from another. Draw once a period is over: a cell
    with more contacts is drawn anew.

    Args:
        contacts: The whole population, in any order.
        rule: How.

    Returns:
        The sample; every contact of the population had a known probability above 0.

    Raises:
        BadInput: Two contacts have the same id.
    """
    population = list(contacts)
    doubled = [one for one, count in Counter(each.id for each in population).items() if count > 1]
    if doubled:
        raise BadInput(
            f"the contact {doubled[0]!r} stands twice among those to draw from",
            remedy="give every contact once",
        )
    cells: list[SampledCell] = []
    drawn: list[SampledContact] = []
    notes: list[Bilingual] = []
    for purpose in rule.purposes:
        for cell in part(population, rule, purpose):
            chances = probabilities(cell, rule)
            generator = _generator(rule.seed, purpose.id, cell.key)
            picked = _draw(chances, rule, cell, generator)
            agents = Counter(contact.agent or UNKNOWN for contact in cell.contacts)
            cells.append(
                SampledCell(
                    purpose=purpose.id,
                    key=dict(cell.key),
                    population=len(cell.contacts),
                    agents=dict(sorted(agents.items())),
                    drawn=len(picked),
                )
            )
            drawn += [
                _sampled(cell, i, chances[i], rule, purpose.id, len(cells) - 1) for i in picked
            ]
        notes += shortfall(cells, rule, purpose.id)
    logger.info(
        "drew %d of %d contacts by rule %s version %s, seed %d",
        len(drawn), len(population), rule.name, rule.version, rule.seed,
    )  # fmt: skip
    return Sample(
        rule=rule.name,
        rule_version=rule.version,
        rule_sha256=rule.sha256,
        design=rule.design,
        method=rule.weights.method if rule.weights else "simple",
        seed=rule.seed,
        basis=rule.basis.strip(),
        expected_score=rule.expected_score,
        population=len(population),
        cells=tuple(cells),
        contacts=tuple(drawn),
        notes=tuple(notes),
    )


def _sampled(
    cell: Cell, at: int, probability: float, rule: SamplingRule, purpose: Purpose, number: int
) -> SampledContact:
    contact = cell.contacts[at]
    weighted = rule.weights.signals if rule.weights else {}
    signals = tuple(sorted(contact.signals & weighted.keys()))
    return SampledContact(
        id=contact.id,
        purpose=purpose,
        agent=contact.agent,
        month=contact.month,
        cell=number,
        probability=probability,
        signals=signals,
        why=why(cell, rule, purpose, probability, signals),
    )


def _generator(seed: int, purpose: str, key: Key) -> np.random.Generator:
    import numpy as np

    digest = hashlib.sha256(f"{seed}\n{purpose}\n{key!r}".encode()).digest()
    return np.random.default_rng(int.from_bytes(digest, "big"))


def _draw(
    chances: Sequence[float], rule: SamplingRule, cell: Cell, generator: np.random.Generator
) -> list[int]:
    """Return the positions of what is drawn from a cell, ascending."""
    import numpy as np

    count = len(chances)
    if rule.weights is None:
        return sorted(int(i) for i in generator.choice(count, cell.size, replace=False))
    if rule.weights.method == "poisson":
        return [int(i) for i in np.flatnonzero(generator.random(count) < np.asarray(chances))]
    order = generator.permutation(count)
    # a sum such as 7.999999999 must not lose a contact to rounding
    ends = np.round(np.cumsum(np.asarray(chances)[order]), 9)
    ticks = np.arange(generator.random(), ends[-1], 1.0)
    return sorted(int(order[i]) for i in np.searchsorted(ends, ticks, side="right"))

"""How urgent a contact is, from 0 to 3, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from conversation import Evidence
from nlu.axes import pressure_patterns as said
from nlu.axes.cues import Cue, find_cue
from nlu.axes.danger import (
    DANGERS,
    Danger,
    EmergencyNumber,
    FoundDanger,
    find_dangers,
    numbers_to_give,
)
from nlu.axes.passages import Passage

UrgencyLevel = Literal[0, 1, 2, 3]
Pressure = Literal[
    "service_cut",
    "money_leaving",
    "card_lost",
    "vulnerable_person",
    "stranded_or_damage",
    "blocked",
    "deadline",
    "stated_urgent",
]

_PRESSURES: dict[Pressure, tuple[UrgencyLevel, tuple[Cue, ...], re.Pattern[str]]] = {
    "service_cut": (2, said.SERVICE_CUT, said.NOT_SERVICE_CUT),
    "money_leaving": (2, said.MONEY_LEAVING, said.NOT_MONEY),
    "card_lost": (2, said.CARD_LOST, said.NOT_CARD_LOST),
    "vulnerable_person": (2, said.VULNERABLE, said.NOT_VULNERABLE),
    "stranded_or_damage": (2, said.STRANDED, said.NOT_STRANDED),
    "blocked": (1, said.BLOCKED, said.NOT_BLOCKED),
    "deadline": (1, said.DEADLINE, said.NOT_DEADLINE),
    "stated_urgent": (1, said.STATED, said.NOT_STATED),
}


class UrgencyTrigger(BaseModel):
    """One thing said that makes a contact urgent.

    Attributes:
        kind: A danger (``gas_smell`` …), or what presses (``deadline`` …).
        level: What it makes of the contact by itself.
        evidence: The first sentence that says it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Danger | Pressure
    level: UrgencyLevel
    evidence: Evidence


class Urgency(BaseModel):
    """How fast somebody must act.

    Levels: 0, nothing presses. 1, soon: a deadline is stated, something is blocked today, or the
    customer says that it is urgent. 2, high: cut off, money leaving, card lost, stranded, damage
    going on, or a vulnerable person concerned. 3, immediate: somebody or somebody's money is in
    danger, a person must take over at once.

    Attributes:
        level: The highest of the triggers'; 0 without any.
        triggers: Why, gravest first.
        always_human: Whether no machine may answer; the same as level 3.
        emergency_numbers: French numbers for a person to give or to call, most fitting first;
            empty below level 3.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: UrgencyLevel
    triggers: tuple[UrgencyTrigger, ...]
    always_human: bool
    emergency_numbers: tuple[EmergencyNumber, ...]


def read_urgency(passages: Sequence[Passage], near: Sequence[FoundDanger] = ()) -> Urgency:
    """Tell how urgent a contact is.

    Args:
        passages: The customer's sentences, in order.
        near: Dangers that were told by their meaning (:mod:`nlu.axes.danger_head`); those that the
            sentences tell in so many words go before.

    Returns:
        The level with its reasons.
    """
    told = find_dangers(passages)
    kinds = {found.danger for found in told}
    every = (*told, *(found for found in near if found.danger not in kinds))
    dangers = sorted(every, key=lambda found: DANGERS.index(found.danger))
    triggers = [UrgencyTrigger(kind=d.danger, level=3, evidence=d.evidence) for d in dangers]
    pressures = [found for kind in _PRESSURES if (found := _find(kind, passages)) is not None]
    triggers += sorted(pressures, key=lambda trigger: -trigger.level)
    return Urgency(
        level=triggers[0].level if triggers else 0,
        triggers=tuple(triggers),
        always_human=bool(dangers),
        emergency_numbers=numbers_to_give(d.danger for d in dangers),
    )


def _find(kind: Pressure, passages: Sequence[Passage]) -> UrgencyTrigger | None:
    level, wanted, but = _PRESSURES[kind]
    for passage in passages:
        match = find_cue(passage.plain, wanted, but=but)
        if match is not None:
            evidence = passage.quote(match.start, match.end)
            return UrgencyTrigger(kind=kind, level=level, evidence=evidence)
    return None

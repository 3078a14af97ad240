"""Dangers that only people may handle: told from the customer's words, with the numbers to give.

The list is the house rule of always handing over at once: smell of gas, electric danger, fire,
threat to a person, suicidal words, medical emergency, stolen card, fraud going on, a minor or a
vulnerable adult in danger. It favours recall: what is said with "peut-être" counts; what is denied,
only supposed ("en cas de fuite"), long past or over does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from conversation import Evidence
from nlu.axes import hazard_patterns as hazard
from nlu.axes import person_patterns as person
from nlu.axes import theft_patterns as theft
from nlu.axes.cues import Cue, find_cue
from nlu.axes.passages import Passage

Danger = Literal[
    "gas_smell",
    "electric_danger",
    "fire",
    "suicidal_words",
    "medical_emergency",
    "personal_threat",
    "vulnerable_in_danger",
    "card_theft",
    "ongoing_fraud",
]
DANGERS: tuple[Danger, ...] = get_args(Danger)


class EmergencyNumber(BaseModel):
    """A French emergency number, to be given by a person.

    Attributes:
        number: To dial.
        fr: Who answers, in French.
        en: Who answers, in English.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    fr: str
    en: str


_NUMBERS = {
    number: EmergencyNumber(number=number, fr=fr, en=en)
    for number, fr, en in (
        ("15", "SAMU, urgence médicale", "medical emergency"),
        ("17", "police, gendarmerie", "police"),
        ("18", "pompiers", "fire brigade"),
        ("112", "urgences dans toute l'Union européenne", "emergencies anywhere in the EU"),
        (
            "114",
            "urgences par SMS ou visio, sourds et malentendants",
            "emergencies by text message",
        ),
        ("3114", "prévention du suicide, jour et nuit", "suicide prevention, day and night"),
    )
}
_TO_GIVE: dict[Danger, tuple[str, ...]] = {
    "gas_smell": ("18", "112", "114"),
    "electric_danger": ("18", "15", "112", "114"),
    "fire": ("18", "112", "114"),
    "suicidal_words": ("3114", "15", "112", "114"),
    "medical_emergency": ("15", "112", "114"),
    "personal_threat": ("17", "112", "114"),
    "vulnerable_in_danger": ("112", "15", "17", "114"),
    "card_theft": (),
    "ongoing_fraud": ("17",),
}
_CUES: dict[Danger, tuple[tuple[Cue, ...], re.Pattern[str]]] = {
    "gas_smell": (hazard.GAS, hazard.NOT_GAS),
    "electric_danger": (hazard.ELECTRIC, hazard.NOT_ELECTRIC),
    "fire": (hazard.FIRE, hazard.NOT_FIRE),
    "suicidal_words": (person.SUICIDE, person.NOT_SUICIDE),
    "medical_emergency": (hazard.MEDICAL, hazard.NOT_MEDICAL),
    "personal_threat": (person.THREAT, person.NOT_THREAT),
    "vulnerable_in_danger": (person.VULNERABLE, person.NOT_VULNERABLE),
    "card_theft": (theft.CARD_THEFT, theft.NOT_CARD_THEFT),
    "ongoing_fraud": (theft.FRAUD, theft.NOT_FRAUD),
}


@dataclass(frozen=True)
class FoundDanger:
    """A danger that the customer tells of.

    Attributes:
        danger: Which.
        evidence: The first sentence that tells it.
    """

    danger: Danger
    evidence: Evidence


def find_dangers(passages: Sequence[Passage]) -> tuple[FoundDanger, ...]:
    """Find the dangers of which a customer tells, each once, gravest first.

    Args:
        passages: The customer's sentences, in order.

    Returns:
        What was found, in the order of :data:`DANGERS`.
    """
    found: list[FoundDanger] = []
    for danger, (wanted, but) in _CUES.items():
        for passage in passages:
            match = find_cue(passage.plain, wanted, but=but)
            if match is not None:
                found.append(FoundDanger(danger, passage.quote(match.start, match.end)))
                break
    return tuple(found)


def has_words_of(danger: Danger, plain: str) -> bool:
    """Tell whether a sentence has words of a danger, or of what is mistaken for it.

    Args:
        danger: Which.
        plain: A sentence in plain text (:func:`nlu.axes.passages.fold`).

    Returns:
        Whether :func:`find_dangers` is the judge of it, be they meant or taken back.
    """
    wanted, but = _CUES[danger]
    return bool(but.search(plain)) or any(cue.pattern.search(plain) for cue in wanted)


def numbers_to_give(dangers: Iterable[Danger]) -> tuple[EmergencyNumber, ...]:
    """Return the emergency numbers for some dangers, the first danger's first, each once."""
    numbers = [number for danger in dangers for number in _TO_GIVE[danger]]
    return tuple(_NUMBERS[number] for number in dict.fromkeys(numbers))

"""Who is named in a conversation: the agent's and the customer's names, told apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from conversation import Conversation, Turn
from nlu.personal_data import find_personal_data
from quality.fairness.phrases import word_file
from quality.texts import fold

Role = Literal["agent", "customer"]
Gender = Literal["f", "m"]

_LETTERS = re.compile(r"[^\W\d_]+")
_TITLE_BEFORE = re.compile(
    r"(?i)\b(madame|mademoiselle|mme|mlle|monsieur|m\.|mr|mrs|ms|miss|sir)\.?\s+(?:[\w'’-]+\s+)?$"
)
_INTRODUCES = re.compile(
    r"(?i)(je m['’]appelle|mon pr[ée]nom est|je suis|moi c['’]est|ici|c['’]est|avec|"
    r"my name(?: is|['’]s)|this is|i am|i['’]m|"
    r"you(?:['’]re| are) (?:speaking|through)(?: to| with)?|speaking (?:to|with))\s+$"
)
_INTRODUCED = re.compile(
    r"(?i)^(?:\s+[\w'’-]+)?[\s,]*(à votre (?:écoute|service|disposition)|à l['’]appareil|"
    r"speaking|here\b|votre conseill|du service|from\b|(?:au|du) service)"
)
_FAMILY_AFTER = re.compile(
    r" ([A-ZÀ-Þ][^\W\d_]+(?:['’-][^\W\d_]+)*)(?=\s*[,.;:!?]|\s+(?:à|et|speaking|from|here)\b|$)"
)
_SIGNS_OFF = re.compile(r"(?i)(cordialement|salutations|bien à vous|regards|sincerely|thanks)")
_THIRD = re.compile(
    r"(?i)(coll[èe]gue|conseill\w+|mari|femme|[ée]poux|[ée]pouse|fils|fille|m[èe]re|p[èe]re|"
    r"colleague|husband|wife|son|daughter|mother|father|manager)\W+(?:\w+\W+){0,3}$"
)
_WOMEN = frozenset({"madame", "mademoiselle", "mme", "mlle", "mrs", "ms", "miss"})


@dataclass(frozen=True)
class Person:
    """What is known of one side's name.

    Attributes:
        role: Whose it is.
        first: First name, folded, in its parts; empty when not known.
        family: Family name, folded, in its parts; empty when not known.
        gender: By title or first name; None when not known.
    """

    role: Role
    first: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    gender: Gender | None = None

    @property
    def named(self) -> bool:
        """Whether any name is known."""
        return bool(self.first or self.family)


def find_people(conversation: Conversation, language: str) -> dict[Role, Person]:
    """Find the agent's and the customer's names.

    Args:
        conversation: As it is scored.
        language: ``fr`` or ``en``.

    Returns:
        For each role what was found; a name that both bear is given to neither.
    """
    said: dict[Role, list[_Mention]] = {"agent": [], "customer": []}
    first_of_agent = next((turn.index for turn in conversation.turns_of("agent")), None)
    given = conversation.model_copy(update={"language": language})
    for found in find_personal_data(given):
        if found.type == "person":
            turn = conversation.turns[found.turn_index]
            end = _with_family_name(turn.text, found.end)
            opening = found.turn_index == first_of_agent
            role = _role(turn, found.start, end, said["agent"], opening=opening)
            if role is not None:
                said[role].append(_mention(turn, found.start, end))
    for participant in conversation.participants:
        if participant.name and participant.role in ("agent", "customer"):
            parts = _parts(participant.name)
            role = participant.role
            said["agent" if role == "agent" else "customer"].append(_Mention(parts, None))
    agent = _person("agent", said["agent"], conversation)
    customer = _person("customer", said["customer"], conversation)
    shared = {*agent.first, *agent.family} & {*customer.first, *customer.family}
    return {one.role: _without(one, shared) for one in (agent, customer)}


def _with_family_name(text: str, end: int) -> int:
    """Take in a capitalised word that follows a name and ends its phrase."""
    following = _FAMILY_AFTER.match(text, end)
    return following.end(1) if following else end


@dataclass(frozen=True)
class _Mention:
    parts: tuple[str, ...]
    title: str | None


def _mention(turn: Turn, start: int, end: int) -> _Mention:
    title = _TITLE_BEFORE.search(turn.text[:start])
    words = list(_LETTERS.finditer(turn.text[start:end]))
    first = fold(words[0].group()) if words else ""
    inside = first if first in _WOMEN | {"monsieur", "mr", "sir"} else None
    parts = tuple(fold(word.group()) for word in words[1 if inside else 0 :])
    return _Mention(parts, inside or (fold(title.group(1)).rstrip(".") if title else None))


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(fold(word) for word in _LETTERS.findall(name))
    return tuple(part for part in parts if part not in _WOMEN | {"monsieur", "mr", "sir", "m"})


def _role(
    turn: Turn, start: int, end: int, agents: Iterable[_Mention], *, opening: bool
) -> Role | None:
    before, after = turn.text[:start], turn.text[end:]
    is_third = _THIRD.search(before[-60:]) is not None
    if turn.speaker == "agent":
        if opening or _INTRODUCES.search(before) or _INTRODUCED.search(after):
            return "customer" if _TITLE_BEFORE.search(before) else "agent"
        if _is_signature(before, after):
            return "agent"
        return None if is_third else "customer"
    if turn.speaker == "customer":
        if is_third:
            return None
        parts = set(_parts(turn.text[start:end]))
        known = {part for mention in agents for part in mention.parts}
        return "agent" if parts and parts <= known else "customer"
    return None


def _is_signature(before: str, after: str) -> bool:
    return bool(_SIGNS_OFF.search(before[-60:])) and not re.search(r"\w+\s+\w+\s+\w+", after)


def _person(role: Role, mentions: list[_Mention], conversation: Conversation) -> Person:
    known = _first_names()
    first: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    gender: Gender | None = None
    for mention in mentions:
        parts = mention.parts
        if not parts:
            continue
        if mention.title is not None:
            gender = gender or ("f" if mention.title in _WOMEN else "m")
        if mention.title is not None and (len(parts) == 1 or parts[0] not in known):
            family = family or parts
        elif len(parts) == 1:
            if role == "agent" or parts[0] in known:
                first = first or parts
            elif not (set(parts) & {*first, *family}):
                family = family or parts
        else:
            first, family = first or parts[:1], family or parts[1:]
    if first == family:
        first = ()
    gender = gender or known.get(first[0] if first else "")
    return Person(role, first, family, gender or _addressed(role, conversation))


def _addressed(role: Role, conversation: Conversation) -> Gender | None:
    """Read the gender from how the other side addresses somebody without a name."""
    other: Role = "customer" if role == "agent" else "agent"
    words = [
        fold(word) for turn in conversation.turns_of(other) for word in _LETTERS.findall(turn.text)
    ]
    women = sum(word in ("madame", "madam", "mademoiselle") for word in words)
    men = sum(word in ("monsieur", "sir") for word in words)
    if women == men:
        return None
    return "f" if women > men else "m"


def _without(person: Person, shared: set[str]) -> Person:
    first = () if shared & set(person.first) else person.first
    family = () if shared & set(person.family) else person.family
    return Person(person.role, first, family, person.gender)


@cache
def _first_names() -> dict[str, Gender]:
    """Return the first names of the shipped lists with their gender, and the commonest ones."""
    names: dict[str, Gender] = {}
    for groups in word_file("names").values():
        for group in groups.values():
            names |= dict.fromkeys((fold(n) for n in group["women"].split()), "f")  # type: ignore[index]
            names |= dict.fromkeys((fold(n) for n in group["men"].split()), "m")  # type: ignore[index]
    for text, gender in (
        (
            "claire marie anne lea emma alice ines sarah laura nadia martine sylvie chantal celine "
            "monique christine brigitte michelle anna jane ann mary margaret lisa amelie charlotte "
            "manon chloe pauline elodie sandrine valerie veronique caroline aurelie karine linda",
            "f",
        ),
        (
            "marc paul jean pierre jacques michel andre daniel john tom bob peter robert antoine "
            "hugo lucas louis alexandre maxime sebastien christophe stephane david eric vincent "
            "patrick bruno gilles pascal francois henri george richard charles kevin steve",
            "m",
        ),
    ):
        names |= {name: gender for name in text.split() if name not in names}  # type: ignore[misc]
    return names

"""The parties of a vCon as participants of a conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conversation.participant import Participant
from conversation.roles import role_from_label
from conversation.turn import Speaker
from conversation.vcon_values import mapping, text

_MOST_PARTIES = 1000
_MOST_NAME_CHARS = 200
_CENTRE_ROLES: dict[str, Speaker] = {
    "supervisor": "agent", "sme": "agent", "ai": "bot", "thirdparty": "unknown",
    "other": "unknown",
}  # fmt: skip


def parties_of(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the parties; what is none stays as an empty one, since the place is the identity."""
    given = data.get("parties")
    return [mapping(party) for party in given][:_MOST_PARTIES] if isinstance(given, list) else []


def participant_of(party: Mapping[str, Any]) -> Participant:
    """Return who a party is by what it says of itself."""
    given = text(party.get("role"), mapping(party.get("meta")).get("role")).casefold()
    role = _CENTRE_ROLES.get(given) or (role_from_label(given) if given else None)
    if role is None and text(party.get("type")).casefold() == "bot":
        role = "bot"
    name = text(party.get("name"))[:_MOST_NAME_CHARS]
    return Participant(role=role or "unknown", name=name or None)


def with_other_side(people: Sequence[Participant]) -> tuple[Participant, ...]:
    """Where one of two is the customer, the other is the agent, and the other way round."""
    unknown = [place for place, person in enumerate(people) if person.role == "unknown"]
    known = list(people)
    if len(people) == len(unknown) + 1 == 2:
        other = people[1 - unknown[0]].role
        role: Speaker = "agent" if other == "customer" else "customer"
        known[unknown[0]] = people[unknown[0]].model_copy(update={"role": role})
    return tuple(known)

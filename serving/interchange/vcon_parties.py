"""Who takes part, as a vCon says it."""

from __future__ import annotations

from conversation import Conversation, Participant, Turn

VconObject = dict[str, object]

# Roles of the contact-centre extension (draft-ietf-vcon-cc-extension); its list is open.
_ROLES = {"agent": "agent", "customer": "customer", "system": "system"}


def parties_of(
    conversation: Conversation, *, redacted: bool
) -> tuple[list[VconObject], dict[int, int]]:
    """Return the parties of a conversation, and who says each turn.

    Args:
        conversation: Its participants keep their places; speakers who are none of them follow.
        redacted: Whether the keys of people are left out.

    Returns:
        The Party Objects, and for each turn the place of its speaker among them.
    """
    people = list(conversation.participants)
    speaker_of: dict[int, int] = {}
    for turn in conversation.turns:
        speaker_of[turn.index] = _place(turn, people)
    return [_party(person, redacted=redacted) for person in people], speaker_of


def _place(turn: Turn, people: list[Participant]) -> int:
    if turn.participant is not None and turn.participant < len(people):
        return turn.participant
    for place, person in enumerate(people):
        if person.role == turn.speaker:
            return place
    people.append(Participant(role=turn.speaker))
    return len(people) - 1


def _party(person: Participant, *, redacted: bool) -> VconObject:
    party: VconObject = {}
    if person.name is not None:
        party["name"] = person.name
    if person.role in _ROLES:
        party["role"] = _ROLES[person.role]
    party["type"] = "bot" if person.role in ("bot", "system") else "person"
    if person.role == "unknown":
        del party["type"]
    if person.key is not None and not redacted:
        party["key"] = person.key
    if person.audio_channel is not None:
        party["audio_channel"] = person.audio_channel
    return party

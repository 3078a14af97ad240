"""What speakers are called in a transcript, in the language of the call."""

from __future__ import annotations

from collections import Counter

from conversation import Conversation, Speaker

_FRENCH: dict[Speaker, str] = {
    "agent": "Conseiller",
    "customer": "Client",
    "bot": "Robot",
    "system": "Système",
    "unknown": "Locuteur",
}
_ENGLISH: dict[Speaker, str] = {
    "agent": "Agent",
    "customer": "Customer",
    "bot": "Bot",
    "system": "System",
    "unknown": "Speaker",
}


def is_french(conversation: Conversation) -> bool:
    """Tell whether its readers are spoken to in French; in English otherwise."""
    return (conversation.language or "").split("-")[0].casefold() == "fr"


def speaker_labels(conversation: Conversation) -> tuple[str, ...]:
    """Return what the speaker of each turn is called.

    Returns:
        For each turn the role in the language of the call. Where several people have a role they
        are told apart by a number ("Client 1", "Client 2"); where the role is not known, by the
        name if there is one.
    """
    words = _FRENCH if is_french(conversation) else _ENGLISH
    speakers = speaker_places(conversation)
    crowd = Counter(role for role, _ in set(speakers))
    numbers: dict[tuple[Speaker, int], int] = {}
    labels = []
    for role, place in speakers:
        name = _name(conversation, place) if role == "unknown" else None
        if name is None and crowd[role] > 1:
            taken = sum(known == role for known, _ in numbers)
            name = f"{words[role]} {numbers.setdefault((role, place), taken + 1)}"
        labels.append(name or words[role])
    return tuple(labels)


def speaker_places(conversation: Conversation) -> tuple[tuple[Speaker, int], ...]:
    """Return role and place among the participants of who says each turn.

    The place is that of the first participant with the role where the turn names none, and after
    the last where nobody has it.
    """
    roles = [participant.role for participant in conversation.participants]
    first: dict[Speaker, int] = {}
    places = []
    for turn in conversation.turns:
        place = turn.participant
        if place is None:
            if turn.speaker not in first:
                missing = len(roles) + len(first)
                first[turn.speaker] = (
                    roles.index(turn.speaker) if turn.speaker in roles else missing
                )
            place = first[turn.speaker]
        places.append((turn.speaker, place))
    return tuple(places)


def _name(conversation: Conversation, place: int) -> str | None:
    if place >= len(conversation.participants):
        return None
    return " ".join((conversation.participants[place].name or "").split()) or None

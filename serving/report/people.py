"""What a report calls the people of a conversation: by their role, numbered where it is shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from conversation import Conversation, Speaker, Turn
from speech.formats.labels import speaker_places


@dataclass(frozen=True)
class Person:
    """Somebody who speaks.

    Attributes:
        role: What they are in the conversation.
        label: What the report calls them.
        turns: What they say.
    """

    role: Speaker
    label: str
    turns: tuple[Turn, ...]


class People:
    """The people of a conversation, as a report names them.

    Args:
        conversation: Who says what.
        words: Of the report, in one language; those of the roles are used.
    """

    def __init__(self, conversation: Conversation, words: Mapping[str, str]) -> None:
        self._words = words
        self._who = speaker_places(conversation)
        by_role: dict[Speaker, list[int]] = {}
        for role, place in self._who:
            if place not in by_role.setdefault(role, []):
                by_role[role].append(place)
        for place, participant in enumerate(conversation.participants):
            known = by_role.setdefault(participant.role, [])
            if place not in known:
                known.append(place)
        self._labels = {
            (role, place): f"{words[role]} {number}" if len(places) > 1 else words[role]
            for role, places in by_role.items()
            for number, place in enumerate(places, start=1)
        }
        self._turns: dict[tuple[Speaker, int], list[Turn]] = {}
        for who, turn in zip(self._who, conversation.turns, strict=True):
            self._turns.setdefault(who, []).append(turn)

    def of_turn(self, turn: Turn) -> str:
        """Return what the speaker of a turn is called."""
        return self._labels[self._who[turn.index]]

    def at(self, place: int, role: Speaker) -> str:
        """Return what the participant at a place is called."""
        return self._labels.get((role, place), self._words[role])

    def speaking(self) -> Iterator[Person]:
        """Give those who say something: role by role, then by who speaks first."""
        order = ("agent", "customer", "bot", "system", "unknown")
        for role, place in sorted(self._turns, key=lambda who: order.index(who[0])):
            yield Person(role, self._labels[role, place], tuple(self._turns[role, place]))

"""One thing worth noting, and what it is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from conversation import Conversation, Evidence, Turn
from nlu.entities import Entity, EntityKind
from nlu.wrap_up.facts import facts_of
from nlu.wrap_up.note import NoteSection

WORTH: dict[EntityKind, float] = {
    "amount": 2.5, "date": 1.5, "deadline": 2.5, "order_number": 2.0, "product": 2.0,
    "percentage": 2.0, "quantity": 1.5, "duration": 1.5, "time": 1.5,
}  # fmt: skip
"""What the mention of an entity adds to a statement's worth."""


@dataclass(frozen=True)
class Statement:
    """One thing worth noting.

    Attributes:
        section: Where it belongs.
        text: Its words, shortened.
        evidence: The words as they were said.
        worth: The more, the better it is noted.
        stems: Content words and facts, by which repeats are told.
        turn_index: Where it was said.
        place: Where in the turn.
        is_quote: Whether they are the customer's own words, in the first person.
        is_reference: Whether it only names an order, a file or the like.
    """

    section: NoteSection
    text: str
    evidence: tuple[Evidence, ...]
    worth: float
    stems: frozenset[str]
    turn_index: int
    place: int = 0
    is_quote: bool = False
    is_reference: bool = False

    @property
    def words(self) -> int:
        """How many it has."""
        return len(self.text.split())


@dataclass(frozen=True)
class Source:
    """What the statements of a conversation are drawn from.

    Attributes:
        conversation: The conversation.
        entities: Its entities.
        promised: For each turn, the words of the promises in it.
        language: ``fr`` or ``en``.
    """

    conversation: Conversation
    entities: Sequence[Entity]
    promised: dict[int, list[str]]
    language: str

    def kinds_in(self, turn: Turn, text: str) -> set[tuple[EntityKind, str | None]]:
        """Return kind and value of the entities in a part of a turn."""
        return {
            (entity.kind, entity.value)
            for entity in self._entities_of.get(turn.index, ())
            if entity.text in text
        }

    @cached_property
    def _entities_of(self) -> dict[int, list[Entity]]:
        by_turn: dict[int, list[Entity]] = {}
        for entity in self.entities:
            by_turn.setdefault(entity.evidence.turn_index, []).append(entity)
        return by_turn


def stems_of(text: str, language: str) -> frozenset[str]:
    """Return the content words, numbers and days by which two statements are compared."""
    facts = facts_of(text, language)
    return facts.stems | facts.digits | facts.days


def count_words(text: str) -> int:
    """Return how many words a text has: what stands between spaces."""
    return len(text.split())

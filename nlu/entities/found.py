"""A span of a turn that a rule recognised, before it becomes an entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from nlu.entities.entity import EntityKind
from nlu.entities.written_text import WrittenText


@dataclass(frozen=True)
class Found:
    """What a rule found.

    Attributes:
        start: Where it begins in the written text.
        end: Where it ends there.
        kind: What it is.
        value: As :class:`nlu.entities.Entity` says.
        number: As there.
        unit: As there.
    """

    start: int
    end: int
    kind: EntityKind
    value: str | None
    number: Decimal | None = None
    unit: str | None = None


Finder = Callable[[WrittenText], Iterable[Found]]


def without_overlaps(found: Iterable[Found]) -> list[Found]:
    """Keep what was found first where two overlap; return it in the order of the text."""
    kept: list[Found] = []
    for one in found:
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)

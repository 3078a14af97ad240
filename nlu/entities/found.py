"""A span of a turn that a rule recognised, before it becomes an entity."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter

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
        place = bisect_left(kept, one.end, key=attrgetter("start"))
        if place == 0 or kept[place - 1].end <= one.start:
            kept.insert(place, one)
    return kept

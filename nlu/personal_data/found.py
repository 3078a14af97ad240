"""Something found in a stream, before it is given its place in the conversation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nlu.personal_data.kinds import PersonalDataType
from nlu.personal_data.tokens import Stream

_PER_COST = 0.004


@dataclass(frozen=True)
class Span:
    """Characters of a turn.

    Attributes:
        turn: Index of the turn.
        start: Index of the first character.
        end: Index after the last.
    """

    turn: int
    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Say whether the two share a character."""
        return self.turn == other.turn and self.start < other.end and other.start < self.end


@dataclass(frozen=True)
class Found:
    """A candidate for personal data.

    Attributes:
        type: What it is.
        spans: One for each turn that it is spread over, in order.
        value: Canonical form.
        checked: Whether check digits prove it.
        confidence: 0 to 1; of two that overlap, the surer one is kept.
        cost: How far its reading is from the plainest one.
    """

    type: PersonalDataType
    spans: tuple[Span, ...]
    value: str | None
    confidence: float
    checked: bool = False
    cost: int = 0

    @property
    def length(self) -> int:
        """Characters that it covers."""
        return sum(span.end - span.start for span in self.spans)


def spans_of(stream: Stream, first: int, end: int) -> tuple[Span, ...]:
    """Return what tokens cover, one span a turn, without what is only between the groups.

    Args:
        stream: Their stream.
        first: Index of the first token.
        end: Index after the last.
    """
    spans: dict[int, Span] = {}
    for at in range(first, end):
        token = stream.tokens[at]
        is_edge = at in (first, end - 1)
        if token.kind in ("turn", "break") or (stream.is_transparent(at) and not is_edge):
            continue
        known = spans.get(token.turn)
        start = known.start if known else token.start
        spans[token.turn] = Span(token.turn, start, token.end)
    return tuple(spans.values())


def without_overlaps(candidates: Iterable[Found]) -> list[Found]:
    """Keep, of those that overlap, the surest, then the longest, then the plainest.

    Args:
        candidates: In any order.

    Returns:
        Those kept, in the order of their first character.
    """
    kept: list[Found] = []
    taken: dict[int, list[Span]] = {}
    for found in sorted(candidates, key=_rank):
        if any(one.overlaps(span) for span in found.spans for one in taken.get(span.turn, ())):
            continue
        kept.append(found)
        for span in found.spans:
            taken.setdefault(span.turn, []).append(span)
    return sorted(kept, key=lambda found: (found.spans[0].turn, found.spans[0].start))


def _rank(found: Found) -> tuple[bool, float, int, int, int, int]:
    first: Sequence[Span] = found.spans
    return (
        not found.checked,
        -found.confidence + _PER_COST * found.cost,
        -found.length,
        found.cost,
        first[0].turn,
        first[0].start,
    )

"""When and where in a contact something is said, as far as it is known while it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import Turn
from quality.categories.definition import Position
from quality.moments import time_at
from quality.written_metrics import time_of

OPENING_S = 30.0
"""Seconds from the first words that are the opening of a recording."""

OPENING_TURNS = 2
"""Turns that are the opening where nothing has a time."""

CLOSING_S = 60.0
"""Seconds before the last words that are the closing of a recording."""

CLOSING_TURNS = 3
"""Turns that are the closing where nothing has a time."""


@dataclass(frozen=True)
class Moment:
    """When something is said.

    Attributes:
        turn: Number of the turn among those that have words, from 1.
        at_s: Seconds from the first words; None where that is not known.
    """

    turn: int
    at_s: float | None


class Clock:
    """Counts turns and seconds while a contact goes on.

    Args:
        spoken: Whether the contact is a call, and not a series of messages.

    Attributes:
        turns: How many turns with words there were.
        at_s: Start of the last turn in seconds from the first words; None where not known.
        end_s: End of the last words so far.
    """

    def __init__(self, *, spoken: bool) -> None:
        self.spoken = spoken
        self.turns = 0
        self.at_s: float | None = None
        self.end_s: float | None = None
        self._zero_s: float | None = None

    def advance(self, turn: Turn) -> None:
        """Take in the next turn that has words."""
        self.turns += 1
        start_s, end_s = _span(turn)
        if start_s is None:
            return
        if self._zero_s is None:
            self._zero_s = start_s
        # Messages may be dated out of order; a moment never goes back.
        self.at_s = max(start_s - self._zero_s, self.at_s or 0.0)
        self.end_s = max((end_s or start_s) - self._zero_s, self.end_s or 0.0)

    def moment(self, turn: Turn, offset: int) -> Moment:
        """Tell when a place in the last turn is said."""
        at_s = time_at(turn, offset)
        if at_s is None or self._zero_s is None:
            return Moment(self.turns, self.at_s)
        return Moment(self.turns, max(0.0, at_s - self._zero_s))


def holds(position: Position, moment: Moment, clock: Clock, *, ended: bool) -> bool | None:
    """Say whether something said then was said where a condition wants it.

    Args:
        position: What the condition wants.
        moment: When it was said.
        clock: How far the contact is.
        ended: Whether it is over.

    Returns:
        None while it depends on how long the contact goes on, or where times are not known.
    """
    if position.within_s is not None:
        return None if moment.at_s is None else moment.at_s <= position.within_s
    if position.turns is not None:
        first, last = position.turns.first, position.turns.last
        if position.turns.from_the_end and not ended:
            return None
        first = first if first > 0 else max(1, clock.turns + 1 + first)
        last = last if last > 0 else clock.turns + 1 + last
        return first <= moment.turn <= last
    if position.place == "opening":
        if clock.spoken and moment.at_s is not None:
            return moment.at_s <= OPENING_S
        return moment.turn <= OPENING_TURNS
    if position.place == "closing":
        if not ended:
            return None
        if clock.spoken and moment.at_s is not None and clock.end_s is not None:
            return moment.at_s >= clock.end_s - CLOSING_S
        return moment.turn > clock.turns - CLOSING_TURNS
    return True


def is_past(position: Position, clock: Clock) -> bool:
    """Say whether nothing that is said from the next turn on can be where a condition wants it."""
    if position.within_s is not None:
        return clock.at_s is not None and clock.at_s > position.within_s
    if position.turns is not None:
        last = position.turns.last
        return last > 0 and clock.turns >= last
    if position.place == "opening":
        if clock.spoken and clock.at_s is not None:
            return clock.at_s > OPENING_S
        return not clock.spoken and clock.turns >= OPENING_TURNS
    return False


def _span(turn: Turn) -> tuple[float | None, float | None]:
    if turn.start_s is not None:
        return turn.start_s, turn.end_s
    at = time_of(turn)
    return (None, None) if at is None else (at.timestamp(), at.timestamp())

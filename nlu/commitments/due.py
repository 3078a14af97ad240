"""By when something was promised."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import Conversation, Turn
from nlu.entities.found import Found, without_overlaps
from nlu.entities.moments import find_moments
from nlu.entities.written_text import WrittenText, read_written

_BESIDE = 16  # characters between a day and its hour


@dataclass(frozen=True)
class Due:
    """A day or deadline.

    Attributes:
        text: The words, verbatim.
        value: ISO 8601; None where the conversation's own day is not known.
    """

    text: str
    value: str | None


def due_in(
    turn: Turn, start: int, end: int, conversation: Conversation, language: str
) -> Due | None:
    """Return the first day or deadline of a part of a turn, with the hour beside it.

    Args:
        turn: The turn.
        start: Where the part begins in its text.
        end: Where it ends there.
        conversation: For the day from which days are counted.
        language: ``fr`` or ``en``.
    """
    written = read_written(turn.text, language)
    moments = [
        one
        for one in without_overlaps(find_moments(written, turn.at or conversation.started_at))
        if start <= written.original_span(one.start, one.end)[0] < end
    ]
    for number, one in enumerate(moments):
        if one.kind not in ("date", "deadline"):
            continue
        following = moments[number + 1 : number + 2]
        return _with_hour(written, one, following[0] if following else None)
    hours = [one for one in moments if one.kind == "time"]
    return _with_hour(written, hours[0], None) if hours else None


def _with_hour(written: WrittenText, day: Found, after: Found | None) -> Due:
    has_hour = after is not None and after.kind == "time" and after.start - day.end <= _BESIDE
    if after is None or not has_hour:
        value = None if day.kind == "time" else day.value
        return Due(written.quote(day.start, day.end), value)
    value = day.value
    if value and after.value and len(value) == len("2026-01-31"):
        value = "/".join(f"{value}T{hour}" for hour in after.value.split("/"))
    return Due(written.quote(day.start, after.end), value)

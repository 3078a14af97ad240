"""When something was said: seconds on recordings, the message's number on text channels."""

from __future__ import annotations

from conversation import Evidence, Turn
from quality.card_numbers import hide_card_number


def time_at(turn: Turn, offset: int) -> float | None:
    """Tell when a place in a turn's text was said.

    Args:
        turn: The turn.
        offset: Of a character in ``turn.text``.

    Returns:
        Seconds from the start of the recording: the start of the word at the offset where words
        have times, otherwise a share of the turn in proportion to the text; None on text
        channels.
    """
    if turn.start_s is None or turn.end_s is None:
        return None
    cursor = 0
    for word in turn.words:
        found = turn.text.find(word.text, cursor)
        if found < 0:
            break
        cursor = found + len(word.text)
        if cursor > offset:
            return word.start_s
    share = min(1.0, offset / len(turn.text)) if turn.text else 0.0
    return turn.start_s + share * (turn.end_s - turn.start_s)


def quote(turn: Turn, start: int, end: int) -> Evidence:
    """Quote a part of a turn; take in words to the left until the quote has only one place.

    A quote that also stands earlier in the turn would get that place's times. No quote repeats
    a card number: it ends after the first four digits.

    Raises:
        EvidenceMismatch: Nothing but spaces lies between the offsets.
    """
    end = hide_card_number(turn.text, start, end)
    while start > 0 and turn.text.find(turn.text[start:end]) < start:
        start = turn.text.rfind(" ", 0, start - 1) + 1
        end = hide_card_number(turn.text, start, end)
    return Evidence.from_turn(turn, turn.text[start:end])


def quote_start(turn: Turn, *, words: int = 15) -> Evidence | None:
    """Quote the first words of a turn; None when the turn is empty."""
    parts = turn.text.split()
    if not parts:
        return None
    end = 0
    for part in parts[:words]:
        end = turn.text.index(part, end) + len(part)
    return quote(turn, turn.text.index(parts[0]), end)


def quote_end(turn: Turn, *, words: int = 15) -> Evidence | None:
    """Quote the last words of a turn; None when the turn is empty."""
    parts = turn.text.split()
    if not parts:
        return None
    start = end = len(turn.text.rstrip())
    for part in reversed(parts[-words:]):
        start = turn.text.rindex(part, 0, start)
    return quote(turn, start, end)

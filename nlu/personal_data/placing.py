"""Where the words of a turn stand in its text, and the times of any stretch of it."""

from __future__ import annotations

from dataclasses import dataclass

from conversation import Turn, Word


@dataclass(frozen=True)
class PlacedWord:
    """A word and its characters.

    Attributes:
        word: With its times.
        start: Index of its first character in the turn's text.
        end: Index after the last.
    """

    word: Word
    start: int
    end: int


def place_words(turn: Turn) -> tuple[PlacedWord, ...]:
    """Find the words of a turn in its text, one after the other; those not in it are left out."""
    placed: list[PlacedWord] = []
    cursor = 0
    for word in turn.words:
        at = turn.text.find(word.text, cursor)
        if at < 0:
            continue
        cursor = at + len(word.text)
        placed.append(PlacedWord(word, at, cursor))
    return tuple(placed)


def times_of(
    turn: Turn, words: tuple[PlacedWord, ...], start: int, end: int
) -> tuple[float | None, float | None]:
    """Return when a stretch of a turn's text was said.

    Args:
        turn: The turn.
        words: Of :func:`place_words`.
        start: Index of the first character.
        end: Index after the last.

    Returns:
        Seconds where its first and last word start and end. Where its words are not known, the
        bounds reach to the words around it, at most to the turn's own: what must not be heard is
        covered in any case.
    """
    if turn.start_s is None:
        return None, None
    touched = [one for one in words if one.start < end and one.end > start]
    if touched and len(words) == len(turn.words):
        return touched[0].word.start_s, touched[-1].word.end_s
    before = [one.word.end_s for one in words if one.end <= start]
    after = [one.word.start_s for one in words if one.start >= end]
    start_s = before[-1] if before else turn.start_s
    end_s = after[0] if after else turn.end_s
    if end_s is not None and end_s < start_s:
        return turn.start_s, turn.end_s
    return start_s, end_s

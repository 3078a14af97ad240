"""A text whose spoken numbers are in figures, and the way back to the words that were said."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from conversation.written import Written, find_written
from conversation.written.numerals import NUMBER_WORDS

_WORD = re.compile(r"\S+")
_KEPT_TEXTS = 4096  # turns whose reading is remembered; entities, promises and notes share it
_LETTERS = re.compile(r"[a-z]+")
_READ_OUT = re.compile(r"\b\d{1,3}(?:[ ,]+\d{1,3}){2,}\b|\b(?:arobase|dot|tiret)\b")
_ARTICLES = frozenset("un une one a premier premiere second seconde first".split())


@dataclass(frozen=True)
class _Piece:
    """A run of characters of the written text and where it comes from.

    Attributes:
        start: Where it begins in the written text.
        original_start: Where it begins in the original.
        original_end: Where it ends in the original.
        is_rewritten: Whether its characters differ from the original's.
    """

    start: int
    original_start: int
    original_end: int
    is_rewritten: bool


@dataclass(frozen=True)
class WrittenText:
    """A text as rules read it.

    Attributes:
        original: As it was said or typed.
        text: The same with numbers, amounts, dates and references in figures.
        folded: ``text`` in lower case without accents, with straight apostrophes; its characters
            stand at the same places.
        language: ``fr`` or ``en``.
    """

    original: str
    text: str
    folded: str
    language: str
    _pieces: tuple[_Piece, ...]

    def quote(self, start: int, end: int) -> str:
        """Return what was said, verbatim, for a span of the written text."""
        first, last = self.original_span(start, end)
        return self.original[first:last]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original for a span of the written text.

        Where words were rewritten together the span holds all of them.
        """
        return self._back(start, at_end=False), self._back(end, at_end=True)

    def _back(self, position: int, *, at_end: bool) -> int:
        place = bisect_right(self._pieces, position - at_end, key=attrgetter("start"))
        number = max(place - 1, 0)
        piece = self._pieces[number]
        if not piece.is_rewritten:
            return min(piece.original_start + position - piece.start, piece.original_end)
        return piece.original_end if at_end else piece.original_start


@lru_cache(maxsize=_KEPT_TEXTS)
def read_written(text: str, language: str) -> WrittenText:
    """Write the numbers of a text in figures.

    Args:
        text: Of one turn or sentence.
        language: ``fr`` or ``en``; the text of any other is left as it is.

    Returns:
        The written text and the way back.
    """
    spans = [match.span() for match in _WORD.finditer(text)]
    written: tuple[Written, ...] = ()
    if _says_numbers(text, language):
        written = find_written([text[start:end] for start, end in spans], language=language)
    pieces: list[_Piece] = []
    out: list[str] = []
    length = 0
    cursor = 0

    def add(chunk: str, start: int, end: int, *, rewritten: bool) -> None:
        nonlocal length
        if chunk:
            pieces.append(_Piece(length, start, end, rewritten))
            out.append(chunk)
            length += len(chunk)

    for found in written:
        start, end = spans[found.first][0], spans[found.last][1]
        new, old = found.text, text[start:end]
        head = _common_edge(new, old)
        tail = _common_edge(new[head:][::-1], old[head:][::-1])
        add(text[cursor : start + head], cursor, start + head, rewritten=False)
        add(new[head : len(new) - tail], start + head, end - tail, rewritten=True)
        cursor = end - tail
    add(text[cursor:], cursor, len(text), rewritten=False)
    joined = "".join(out)
    return WrittenText(
        original=text,
        text=joined,
        folded=fold(joined),
        language=language,
        _pieces=tuple(pieces) or (_Piece(0, 0, 0, is_rewritten=False),),
    )


def _says_numbers(text: str, language: str) -> bool:
    """Say whether a text may hold anything to be written in figures.

    Most turns hold nothing; asking first makes a conversation five times faster to read.
    """
    folded = fold(text)
    if _READ_OUT.search(folded):
        return True
    return any(word in _SPOKEN.get(language, ()) for word in _LETTERS.findall(folded))


def fold(text: str) -> str:
    """Return a text in lower case, without accents, one character for each."""
    return "".join(_folded(character) for character in text)


@lru_cache(maxsize=2048)
def _folded(character: str) -> str:
    if character in "’ʼ`´":
        return "'"
    if character.isspace():
        return " "
    plain = unicodedata.normalize("NFD", character)[0].lower()
    return plain if len(plain) == 1 else character


def _common_edge(new: str, old: str) -> int:
    """Return how many characters that are no letters or digits both begin with."""
    count = 0
    for one, other in zip(new, old, strict=False):
        if one != other or one.isalnum():
            break
        count += 1
    return count


_SPOKEN = {
    language: frozenset(fold(word) for word in NUMBER_WORDS[language]) - _ARTICLES
    for language in ("fr", "en")
}

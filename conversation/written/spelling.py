"""Names that are spelled, letter by letter."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from conversation.written.line import ELISION, Line, Match
from conversation.written.numerals import BOUNDARY

_NATO = {
    word: word[0].upper()
    for word in (
        "alpha alfa bravo charlie delta echo foxtrot golf hotel india indigo juliet juliett kilo "
        "lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey whisky "
        "x-ray xray yankee zulu roméo québec écho hôtel juliette"
    ).split()
}
_AS_IN = {
    "fr": (("comme", "dans"), ("comme",)),
    "en": (("as", "in"), ("for",), ("like",)),
}
_ACCENTS = {"aigu": "\u0301", "grave": "\u0300", "circonflexe": "\u0302", "cédille": "\u0327"}
_MARKS = {"tréma": "\u0308", "cédille": "\u0327"}
_FEWEST_LETTERS = 3
_FEWEST_EXPLAINED = 2
_MOST_ITEMS = 60


@dataclass(frozen=True)
class _Item:
    """A letter that was said.

    Attributes:
        text: The letter; twice for "deux N", a joint for "tiret".
        end: Index of the first token after it.
        is_explained: Whether a word was given for it ("D comme Denis").
        is_code_word: Whether it was said as "delta".
    """

    text: str
    end: int
    is_explained: bool = False
    is_code_word: bool = False


def write_spelled(line: Line, at: int) -> Match | None:
    """Join letters that spell a name: "D U P O N T" and "D comme Denis, U comme Ursule"."""
    items = _items(line, at)
    letters = [item for item in items if item.text.isalpha()]
    n_code_words = sum(item.is_code_word for item in letters)
    n_letters = len(letters) - n_code_words
    is_explained = any(item.is_explained for item in letters)
    n_needed = _FEWEST_EXPLAINED if is_explained else _FEWEST_LETTERS
    if len(letters) < n_needed or (n_code_words and n_letters and n_code_words < n_needed - 1):
        return None
    text = unicodedata.normalize("NFC", "".join(item.text for item in items))
    return Match(items[-1].end, text)


def _items(line: Line, at: int) -> list[_Item]:
    items: list[_Item] = []
    position = at
    while len(items) < _MOST_ITEMS and (item := _item(line, position)):
        items.append(item)
        position = item.end
        mark = line.mark(position)
        if mark and all(sign in ",.…-;" for sign in mark):
            position += 1
    while items and not items[-1].text.isalpha():
        items.pop()
    # the pronoun after a name that was spelled
    if (
        line.language == "en"
        and len(items) > 1
        and items[-1].text == "I"
        and not items[-1].is_explained
        and line.key(items[-1].end) not in ("", BOUNDARY)
    ):
        items.pop()
    return items if items and items[0].text.isalpha() else []


def _item(line: Line, at: int) -> _Item | None:
    key = line.key(at)
    if key in ("", BOUNDARY, ELISION):
        return None
    if line.language == "fr":
        if key in ("deux", "2") and (letter := _letter(line, at + 1)):
            return _Item(letter.text * 2, letter.end, letter.is_explained)
        if key == "i" and line.key(at + 1) == "grec":
            return _Item("Y", at + 2)
        if key == "tiret":
            return _Item("-", at + 1)
        if key == "trait" and line.keys[at + 1 : at + 3] == (ELISION, "union"):
            return _Item("-", at + 3)
        if key == "espace":
            return _Item(" ", at + 1)
        if key == "apostrophe":
            return _Item("'", at + 1)
        if key == "double" and line.key(at + 1) in ("v", "vé"):
            return _Item("W", at + 2)
    elif key in ("dash", "hyphen"):
        return _Item("-", at + 1)
    if key == "double" and (letter := _letter(line, at + 1)):
        return _Item(letter.text * 2, letter.end, letter.is_explained)
    if key in _NATO and not _is_ordinary(line, at):
        return _Item(_NATO[key], at + 1, is_code_word=True)
    return _letter(line, at)


def _is_ordinary(line: Line, at: int) -> bool:
    """Say whether a code word stands alone: none and no letter beside it."""
    beside = (line.key(at - 1), line.key(at + 1), line.key(at + 2), line.key(at - 2))
    return not any(key in _NATO or (len(key) == 1 and key.isalpha()) for key in beside)


def _letter(line: Line, at: int) -> _Item | None:
    key = line.key(at)
    if len(key) != 1 or not key.isalpha():
        return None
    letter, end = key.upper(), at + 1
    if line.language == "fr":
        if line.key(end) == "accent" and line.key(end + 1) in _ACCENTS:
            letter, end = letter + _ACCENTS[line.key(end + 1)], end + 2
        elif line.key(end) in _MARKS:
            letter, end = letter + _MARKS[line.key(end)], end + 1
    letter = unicodedata.normalize("NFC", letter)
    for words in _AS_IN[line.language]:
        after = end + len(words)
        if line.keys[end:after] == words:
            named = line.key(after)
            if len(named) > 1 and _base(named[0]) == _base(letter[0]):
                return _Item(letter, after + 1, is_explained=True)
    if line.tokens[at].text.isupper():
        return _Item(letter, end)
    return None


def _base(letter: str) -> str:
    return unicodedata.normalize("NFKD", letter.lower())[0]

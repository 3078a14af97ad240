"""Spoken numbers of French and English read as digits.

Shared by the comparison of transcripts and by their written form. It never refuses: a word that
is no number is left as it is, and what cannot be one number is read as several ("quarante-sept
trente-deux" is 47, 32).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

BOUNDARY = "|"
"""Token that stands for punctuation; no number is read across it."""

QUATRE_VINGT = "quatrevingt"
"""Token of a hyphenated "quatre-vingt", which no number before it may take apart."""

_FR_UNITS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9,
}  # fmt: skip
_FR_TEENS = {
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_FR_TENS = {
    "vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
    "septante": 70, "huitante": 80, "octante": 80, "nonante": 90, QUATRE_VINGT: 80,
}  # fmt: skip
_FR_SCALES = {
    "milliard": 10**9, "milliards": 10**9, "million": 10**6, "millions": 10**6,
    "mille": 1000, "mil": 1000,
}  # fmt: skip
_FR_ORDINALS = {
    "premier": "un", "première": "un", "unième": "un", "deuxième": "deux", "troisième": "trois",
    "quatrième": "quatre", "cinquième": "cinq", "sixième": "six", "septième": "sept",
    "huitième": "huit", "neuvième": "neuf", "dixième": "dix", "onzième": "onze",
    "douzième": "douze", "treizième": "treize", "quatorzième": "quatorze", "quinzième": "quinze",
    "seizième": "seize", "vingtième": "vingt", "trentième": "trente", "quarantième": "quarante",
    "cinquantième": "cinquante", "soixantième": "soixante", "septantième": "septante",
    "huitantième": "huitante", "nonantième": "nonante", "centième": "cent",
    "millième": "mille", "millionième": "million",
}  # fmt: skip

_EN_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_EN_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_EN_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_EN_SCALES = {"billion": 10**9, "million": 10**6, "thousand": 1000}
_EN_ORDINALS = {
    "first": "one", "second": "two", "third": "three", "fourth": "four", "fifth": "five",
    "sixth": "six", "seventh": "seven", "eighth": "eight", "ninth": "nine", "tenth": "ten",
    "eleventh": "eleven", "twelfth": "twelve", "thirteenth": "thirteen",
    "fourteenth": "fourteen", "fifteenth": "fifteen", "sixteenth": "sixteen",
    "seventeenth": "seventeen", "eighteenth": "eighteen", "nineteenth": "nineteen",
    "twentieth": "twenty", "thirtieth": "thirty", "fortieth": "forty", "fiftieth": "fifty",
    "sixtieth": "sixty", "seventieth": "seventy", "eightieth": "eighty", "ninetieth": "ninety",
    "hundredth": "hundred", "thousandth": "thousand", "millionth": "million",
}  # fmt: skip

ORDINAL_MARK = {"fr": "ème", "en": "th"}
"""Token that follows the digits of an ordinal."""


@dataclass
class _Cursor:
    """Where the reading of one number stands.

    An ordinal ends a number, so ``word`` gives nothing any more once one was taken.
    """

    tokens: Sequence[str]
    at: int
    ordinals: dict[str, str]
    is_ordinal: bool = False

    def word(self, ahead: int = 0) -> str:
        position = self.at + ahead
        if self.is_ordinal or position >= len(self.tokens):
            return ""
        token = self.tokens[position]
        return self._cardinal(token) or token

    def take(self, count: int = 1) -> None:
        self.at += count
        self.is_ordinal = self._cardinal(self.tokens[self.at - 1]) is not None

    def _cardinal(self, token: str) -> str | None:
        return self.ordinals.get(token) or self.ordinals.get(token.removesuffix("s"))


def _fr_below_100(cursor: _Cursor) -> int | None:
    word = cursor.word()
    if word in _FR_TENS:
        return _fr_tens(cursor, _FR_TENS[word])
    if word == "quatre" and cursor.word(1) in ("vingt", "vingts"):
        cursor.take()
        return _fr_tens(cursor, 80)
    if word == "dix" and cursor.word(1) in ("sept", "huit", "neuf"):
        cursor.take(2)
        return 10 + _FR_UNITS[_last_cardinal(cursor)]
    for table in (_FR_UNITS, _FR_TEENS):
        if word in table:
            cursor.take()
            return table[word]
    return None


def _fr_tens(cursor: _Cursor, tens: int) -> int:
    cursor.take()
    and_word = cursor.word(1) if cursor.word() == "et" else ""
    if and_word in ("un", "une") or (and_word == "onze" and tens == 60):
        cursor.take(2)
        return tens + (11 if and_word == "onze" else 1)
    following = cursor.word()
    if following == "quatre" and cursor.word(1) == "vingts":
        return tens
    if following in _FR_UNITS:
        cursor.take()
        return tens + _FR_UNITS[following]
    if tens in (60, 80) and following in _FR_TEENS:
        return tens + (_fr_below_100(cursor) or 0)
    return tens


def _last_cardinal(cursor: _Cursor) -> str:
    token = cursor.tokens[cursor.at - 1]
    return cursor.ordinals.get(token) or cursor.ordinals.get(token.removesuffix("s")) or token


def _fr_below_1000(cursor: _Cursor) -> int | None:
    hundreds = _fr_below_100(cursor) if cursor.word() not in ("cent", "cents") else 1
    if hundreds is None or cursor.word() not in ("cent", "cents"):
        return hundreds
    cursor.take()
    return hundreds * 100 + (_fr_below_100(cursor) or 0)


def _en_below_100(cursor: _Cursor) -> int | None:
    word = cursor.word()
    if word in _EN_TENS:
        cursor.take()
        unit = _EN_UNITS.get(cursor.word())
        if unit:
            cursor.take()
        return _EN_TENS[word] + (unit or 0)
    for table in (_EN_UNITS, _EN_TEENS):
        if word in table:
            cursor.take()
            return table[word]
    return None


def _en_below_1000(cursor: _Cursor) -> int | None:
    if cursor.word() == "hundred":
        hundreds: int | None = 1
    elif cursor.word() == "a" and cursor.word(1) in ("hundred", *_EN_SCALES):
        cursor.take()
        hundreds = 1
    else:
        hundreds = _en_below_100(cursor)
    if hundreds is None or cursor.word() != "hundred":
        return hundreds
    cursor.take()
    return hundreds * 100 + _en_rest(cursor, _en_below_100)


def _en_rest(cursor: _Cursor, read: Callable[[_Cursor], int | None]) -> int:
    """Read what may follow a hundred or a thousand, with or without "and"."""
    start = cursor.at
    if cursor.word() == "and":
        cursor.take()
    value = read(cursor)
    if value is None:
        cursor.at = start
    return value or 0


@dataclass(frozen=True)
class _Grammar:
    zeros: frozenset[str]
    scales: dict[str, int]
    ordinals: dict[str, str]
    below_1000: Callable[[_Cursor], int | None]
    rest: Callable[[_Cursor], int]


_GRAMMARS = {
    "fr": _Grammar(
        zeros=frozenset({"zéro", "zero", "zéros"}),
        scales=_FR_SCALES,
        ordinals=_FR_ORDINALS,
        below_1000=_fr_below_1000,
        rest=lambda cursor: _fr_below_1000(cursor) or 0,
    ),
    "en": _Grammar(
        zeros=frozenset({"zero"}),
        scales=_EN_SCALES,
        ordinals=_EN_ORDINALS,
        below_1000=_en_below_1000,
        rest=lambda cursor: _en_rest(cursor, _en_below_1000),
    ),
}

NUMBER_WORDS = {
    "fr": frozenset({
        *_FR_UNITS, *_FR_TEENS, *_FR_TENS, *_FR_SCALES, *_GRAMMARS["fr"].zeros, "cent", "cents",
    }),
    "en": frozenset({
        *_EN_UNITS, *_EN_TEENS, *_EN_TENS, *_EN_SCALES, *_GRAMMARS["en"].zeros, "hundred",
    }),
}  # fmt: skip
"""Cardinal number words by language."""

_OPENINGS = {
    "fr": NUMBER_WORDS["fr"] | _FR_ORDINALS.keys(),
    "en": NUMBER_WORDS["en"] | _EN_ORDINALS.keys() | {"a"},
}


def numbers_to_digits(tokens: Sequence[str], language: str) -> list[str]:
    """Replace the spoken numbers of a tokenised text by digits.

    Args:
        tokens: Lower-case words, runs of digits and :data:`BOUNDARY` marks; hyphens are already
            split except in :data:`QUATRE_VINGT`.
        language: ``fr`` or ``en``; the tokens of any other language are returned as they are.

    Returns:
        The tokens with each number as one run of digits, an ordinal followed by
        :data:`ORDINAL_MARK`. Digits before "mille", "million" and the like are multiplied
        ("2 millions" is 2000000).
    """
    if language not in _GRAMMARS:
        return list(tokens)
    read: list[str] = []
    at = 0
    while at < len(tokens):
        number = read_number(tokens, at, language)
        if number is None:
            read.append(tokens[at])
            at += 1
            continue
        read.append(str(number.value))
        if number.is_ordinal:
            read.append(ORDINAL_MARK[language])
        at = number.end
    return read


@dataclass(frozen=True)
class SpokenNumber:
    """A number said in words.

    Attributes:
        value: Not negative.
        end: Index of the first token after it.
        is_ordinal: Whether it was said as an ordinal ("vingtième").
    """

    value: int
    end: int
    is_ordinal: bool


def read_number(tokens: Sequence[str], at: int, language: str) -> SpokenNumber | None:
    """Read the longest number that is said from one token on.

    Args:
        tokens: As of :func:`numbers_to_digits`.
        at: Index of its first token.
        language: ``fr`` or ``en``; nothing is read in any other.

    Returns:
        The number; None where none begins there. Digits are read only before "mille",
        "million" and the like.
    """
    grammar = _GRAMMARS.get(language)
    if grammar is None or at >= len(tokens) or not _may_begin(tokens[at], language):
        return None
    if tokens[at] in grammar.zeros:
        return SpokenNumber(0, at + 1, is_ordinal=False)
    cursor = _Cursor(tokens, at, grammar.ordinals)
    value = _read_number(cursor, grammar)
    if value is None:
        return None
    return SpokenNumber(value, cursor.at, cursor.is_ordinal)


def _may_begin(token: str, language: str) -> bool:
    """Say cheaply whether a number may begin with a token; most words of a talk are none."""
    openings = _OPENINGS[language]
    return token in openings or token.removesuffix("s") in openings or token.isdecimal()


def _read_number(cursor: _Cursor, grammar: _Grammar) -> int | None:
    token = cursor.word()
    if token.isdecimal():
        scale = grammar.scales.get(cursor.word(1))
        if scale is None or token.startswith("0"):
            return None
        cursor.take()
        group: int | None = int(token)
    elif token in grammar.scales:
        group = 1
    else:
        group = grammar.below_1000(cursor)
    if group is None:
        return None
    total, last_scale = 0, max(grammar.scales.values()) + 1
    while True:
        scale = grammar.scales.get(cursor.word())
        if scale is None or scale >= last_scale:
            return total + group
        cursor.take()
        total += group * scale
        last_scale = scale
        group = grammar.rest(cursor)
        if group == 0:
            following = grammar.scales.get(cursor.word())
            if following is None or following >= last_scale:
                return total
            group = 1  # "deux millions mille": one thousand is said without its one

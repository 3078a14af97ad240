"""Finding known values again: written otherwise, in part, spoken, or beside the conversation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from conversation.written import find_written
from conversation.written.line import read_line
from conversation.written.numerals import BOUNDARY, read_number
from nlu.redaction.folding import digits_of, fold, letters_and_digits
from nlu.redaction.persons import capitalised_words

LONGEST_DIGITS_LEFT = 5
"""Of a number that is redacted, no more digits in a row stay anywhere in the conversation."""

_GROUP_DIGITS = 4
_LEAST_DIGITS = 5
_LEAST_CHARACTERS = 4
_CVV = "card_cvv"
_NAMES = ("person", "agent_name")
_SPOKEN = ("fr", "en")
_DIGITS = re.compile(r"\d+")
_BETWEEN_GROUPS = re.compile(r"[\s.,;:/_+()\-‐‑–—·•]*")
_WORD = re.compile(r"\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_TAIL = re.compile(r"[\s.,;:!?…)»”\"]+$")


class Trace(NamedTuple):
    """A place in a text where a known value stands."""

    start: int
    end: int
    placeholder: str


@dataclass(frozen=True)
class Known:
    """A value that is redacted.

    Attributes:
        type: Of the personal data.
        placeholder: That stands for it.
        forms: How it was written or said, and its canonical form.
    """

    type: str
    placeholder: str
    forms: tuple[str, ...]


class _Digits(NamedTuple):
    """Digits with only spaces and marks between them.

    Attributes:
        text: All of them.
        places: Of each digit the place in the text of what says it: itself, or a spoken number.
        starts: Indexes of digits that begin a group.
        ends: Indexes after digits that end one.
    """

    text: str
    places: tuple[tuple[int, int], ...]
    starts: frozenset[int]
    ends: frozenset[int]


class Traces:
    """Looks for values that are known to be personal.

    What is found: a value in any spelling of its digits and letters; of a number with at least
    five digits every six digits in a row and every group of four or five that is all part of it,
    written or, in a French or English text, spoken; the words of a name where they begin with a
    capital; everything else as it was written, whatever its case.

    Args:
        known: The values.
        language: ``fr`` or ``en`` for spoken numbers; any other finds none.
    """

    def __init__(self, known: Iterable[Known], *, language: str | None) -> None:
        self._language = language or ""
        self._numbers: dict[str, str] = {}
        self._codes: dict[str, str] = {}
        self._names: dict[str, str] = {}
        spellings: dict[str, str] = {}
        for value in known:
            if value.type in _NAMES:
                for word in capitalised_words(value.forms):
                    self._names.setdefault(word, value.placeholder)
                continue
            for form in value.forms:
                digits = digits_of(form)
                if value.type == _CVV and digits:
                    self._codes.setdefault(digits, value.placeholder)
                plain = letters_and_digits(form)
                if len(digits) >= _LEAST_DIGITS and 2 * len(digits) >= len(plain):
                    self._numbers.setdefault(digits, value.placeholder)
                if len(plain) >= _LEAST_CHARACTERS:
                    spellings.setdefault(fold(form.strip()), value.placeholder)
        self._parts = _parts(self._numbers)
        self._spellings = [
            (_spelling(form), placeholder) for form, placeholder in spellings.items()
        ]

    def find(self, text: str, *, in_name: bool = False) -> tuple[Trace, ...]:
        """Find what is known in a text.

        Args:
            text: Any text.
            in_name: Whether the text is the name of a file, where names of persons are written
                small.

        Returns:
            The places, in no order; they may overlap.
        """
        found: list[Trace] = []
        if self._numbers or self._codes:
            for digits in _digit_runs(text):
                found += self._in_digits(digits)
            found += self._in_spoken(text)
        if self._spellings:
            folded = fold(text)
            for pattern, placeholder in self._spellings:
                found += [
                    Trace(match.start(), match.end(), placeholder)
                    for match in pattern.finditer(folded)
                ]
        if self._names:
            found += self._in_letters(text, in_name=in_name)
        return tuple(found)

    def _in_letters(self, text: str, *, in_name: bool) -> Iterator[Trace]:
        for match in _LETTERS.finditer(text):
            if in_name or match[0][0].isupper():
                placeholder = self._names.get(fold(match[0]))
                if placeholder is not None:
                    yield Trace(match.start(), match.end(), placeholder)

    def _in_digits(self, digits: _Digits) -> Iterator[Trace]:
        for start, end, placeholder in self._known_parts(digits):
            yield Trace(digits.places[start][0], digits.places[end - 1][1], placeholder)

    def _known_parts(self, digits: _Digits) -> Iterator[tuple[int, int, str]]:
        text = digits.text
        window = LONGEST_DIGITS_LEFT + 1
        for start in range(len(text) - window + 1):
            placeholder = self._parts.get(text[start : start + window])
            if placeholder is not None:
                yield start, start + window, placeholder
        for start in digits.starts:
            for length in (_GROUP_DIGITS, LONGEST_DIGITS_LEFT):
                if start + length in digits.ends:
                    placeholder = self._parts.get(text[start : start + length])
                    if placeholder is not None:
                        yield start, start + length, placeholder
            for code, placeholder in self._codes.items():
                if text.startswith(code, start) and start + len(code) in digits.ends:
                    yield start, start + len(code), placeholder

    def _in_spoken(self, text: str) -> Iterator[Trace]:
        """Look for known digits in numbers that are said in words."""
        words = list(_WORD.finditer(text))
        shown = [word[0] for word in words]
        for groups in (
            *_dictated(shown, self._language),
            *_counted(shown, self._language),
        ):
            yield from self._in_digits(
                _spoken_run(
                    [
                        (
                            words[first].start(),
                            words[last].start() + len(_TAIL.sub("", words[last][0])),
                            digits,
                        )
                        for first, last, digits in groups
                    ]
                )
            )


def _dictated(words: Sequence[str], language: str) -> Iterator[list[tuple[int, int, str]]]:
    """Read numbers as a dictation means them: "soixante douze" is 6012 where it must be.

    Yields:
        Numbers in a row, each with its first and last word and its digits.
    """
    run: list[tuple[int, int, str]] = []
    for found in find_written(words, language=language):
        digits = digits_of(found.text)
        if not digits or any(character.isalpha() for character in found.text):
            continue
        if run and found.first != run[-1][1] + 1:
            yield run
            run = []
        run.append((found.first, found.last, digits))
    yield run


def _counted(words: Sequence[str], language: str) -> Iterator[list[tuple[int, int, str]]]:
    """Read numbers one by one, whatever stands beside them; see :func:`_dictated`."""
    if language not in _SPOKEN:
        return
    line = read_line(words, language)
    run: list[tuple[int, int, str]] = []
    at = 0
    while at < len(line.keys):
        number = read_number(line.keys, at, language)
        end = at + 1
        if number is not None and not number.is_ordinal:
            end = number.end
            run.append((line.tokens[at].word, line.tokens[end - 1].word, str(number.value)))
        elif line.keys[at].isdecimal():
            run.append((line.tokens[at].word, line.tokens[at].word, line.keys[at]))
        elif line.keys[at] != BOUNDARY:
            yield run
            run = []
        at = end
    yield run


def _parts(numbers: dict[str, str]) -> dict[str, str]:
    """Return all four, five and six digits in a row of the numbers."""
    parts: dict[str, str] = {}
    for number, placeholder in numbers.items():
        for length in (_GROUP_DIGITS, LONGEST_DIGITS_LEFT, LONGEST_DIGITS_LEFT + 1):
            for start in range(len(number) - length + 1):
                parts.setdefault(number[start : start + length], placeholder)
    return parts


def _digit_runs(text: str) -> Iterator[_Digits]:
    groups: list[tuple[int, int, str]] = []
    for match in _DIGITS.finditer(text):
        if groups and not _BETWEEN_GROUPS.fullmatch(text, groups[-1][1], match.start()):
            yield _written_run(groups)
            groups = []
        groups.append((match.start(), match.end(), match[0]))
    yield _written_run(groups)


def _written_run(groups: Sequence[tuple[int, int, str]]) -> _Digits:
    return _run(
        groups, [(place, place + 1) for start, end, _ in groups for place in range(start, end)]
    )


def _spoken_run(groups: Sequence[tuple[int, int, str]]) -> _Digits:
    return _run(groups, [(start, end) for start, end, digits in groups for _ in digits])


def _run(groups: Sequence[tuple[int, int, str]], places: Sequence[tuple[int, int]]) -> _Digits:
    ends = list(accumulate(len(digits) for _, _, digits in groups))
    return _Digits(
        text="".join(digits for _, _, digits in groups),
        places=tuple(places),
        starts=frozenset([0, *ends[:-1]]),
        ends=frozenset(ends),
    )


def _spelling(form: str) -> re.Pattern[str]:
    """Match a value whatever stands between its pieces, as a whole."""
    pieces = re.findall(r"[^\W_]+|[^\w\s]+|_", form)
    is_code = any(character.isdecimal() for character in form) and "@" not in form
    if is_code:
        pieces = list(letters_and_digits(form))
    between = r"[\s.\-–/_]*" if is_code else r"\s*"
    body = between.join(re.escape(piece) for piece in pieces)
    return re.compile(rf"(?<![^\W_]){body}(?![^\W_])")

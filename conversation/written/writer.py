"""The written form of an utterance: its words, read by the rules from left to right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from conversation.written.addresses import write_address
from conversation.written.digit_strings import write_phone_number, write_reference
from conversation.written.line import Line, Match, Rule, read_line
from conversation.written.measures import write_measure
from conversation.written.moments import write_birth_date, write_date, write_time, write_year
from conversation.written.quantities import write_cardinal, write_ordinal, write_score
from conversation.written.spelling import write_spelled

WrittenKind = Literal[
    "address",
    "birth_date",
    "phone",
    "reference",
    "spelled",
    "date",
    "time",
    "measure",
    "score",
    "year",
    "ordinal",
    "cardinal",
]
_RULES: dict[WrittenKind, Rule] = {
    "address": write_address,
    "birth_date": write_birth_date,
    "phone": write_phone_number,
    "reference": write_reference,
    "spelled": write_spelled,
    "date": write_date,
    "time": write_time,
    "measure": write_measure,
    "score": write_score,
    "year": write_year,
    "ordinal": write_ordinal,
    "cardinal": write_cardinal,
}
_READ_OUT: dict[WrittenKind, Rule] = {
    kind: _RULES[kind] for kind in ("address", "phone", "reference", "spelled")
}
_LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Written:
    """Words in a row that are written as one.

    Attributes:
        first: Index of the first word.
        last: Index of the last word, included.
        text: How they are written, with the punctuation around them.
        kind: What they are.
    """

    first: int
    last: int
    text: str
    kind: WrittenKind


def find_written(words: Sequence[str | None], *, language: str) -> tuple[Written, ...]:
    """Find what an utterance says and a reader wants written otherwise.

    Args:
        words: Of one utterance, in order, with their punctuation; None for a word that must not
            be touched and that bounds what is beside it.
        language: BCP 47 tag; only French and English are read.

    Returns:
        What is to be written, in order; words that are written as they stand are left out.
    """
    primary = language.split("-", maxsplit=1)[0].lower()
    if primary not in _LANGUAGES:
        return ()
    return tuple(
        found
        for found in _find(read_line(list(words), primary), _RULES)
        if found.text != " ".join(word or "" for word in words[found.first : found.last + 1])
    )


def rewrite_text(text: str, language: str) -> str:
    """Join what a text reads out piece by piece, as :func:`find_written` does.

    Args:
        text: Words separated by spaces.
        language: ``fr`` or ``en``; any other is left as it is.

    Returns:
        The text with its telephone numbers, references, addresses and spelled names written;
        other numbers stay as they are.
    """
    if language not in _LANGUAGES:
        return text
    words = text.split()
    line = read_line(words, language)
    spans = _find(line, _READ_OUT)
    pieces: list[str] = []
    word = 0
    for span in spans:
        pieces += [*words[word : span.first], span.text]
        word = span.last + 1
    return " ".join([*pieces, *words[word:]])


def _find(line: Line, rules: Mapping[WrittenKind, Rule]) -> list[Written]:
    spans: list[Written] = []
    at = 0
    while at < len(line.tokens):
        found = _first_match(line, at, rules) if line.tokens[at].opens else None
        if found is None:
            at += 1
            continue
        kind, match = found
        first, last = line.tokens[at], line.tokens[match.end - 1]
        if match.text is not None:
            text = f"{first.prefix}{match.text}{last.tail}"
            spans.append(Written(first.word, last.word, text, kind))
        at = match.end
    return spans


def _first_match(
    line: Line, at: int, rules: Mapping[WrittenKind, Rule]
) -> tuple[WrittenKind, Match] | None:
    for kind, rule in rules.items():
        match = rule(line, at)
        if match is not None and line.tokens[match.end - 1].closes:
            return kind, match
    return None

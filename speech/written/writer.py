"""The written form of an utterance: its words, read by the rules from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from speech.heard import HeardWord
from speech.written.addresses import write_address
from speech.written.digit_strings import write_phone_number, write_reference
from speech.written.line import Line, Match, Rule, read_line
from speech.written.measures import write_measure
from speech.written.moments import write_birth_date, write_date, write_time, write_year
from speech.written.quantities import write_cardinal, write_ordinal, write_score
from speech.written.spelling import write_spelled

_RULES: tuple[Rule, ...] = (
    write_address,
    write_birth_date,
    write_phone_number,
    write_reference,
    write_spelled,
    write_date,
    write_time,
    write_measure,
    write_score,
    write_year,
    write_ordinal,
    write_cardinal,
)
_READ_OUT: tuple[Rule, ...] = (
    write_address,
    write_phone_number,
    write_reference,
    write_spelled,
)
_LANGUAGES = ("fr", "en")


def write_out(words: Sequence[HeardWord], *, language: str) -> tuple[HeardWord, ...]:
    """Write the numbers, dates, addresses and spelled names of an utterance as a reader wants.

    Args:
        words: Of one utterance, in order. Words that hold ``spoken`` already are left alone.
        language: BCP 47 tag; only French and English are written otherwise.

    Returns:
        The words; several that are written as one have the start of the first, the end of the
        last and the least probability, and keep what was recognised in ``spoken``. Joining
        ``word.spoken or word.text`` gives what it gave before. Writing out the result changes
        nothing.
    """
    primary = language.split("-", maxsplit=1)[0].lower()
    written = tuple(words)
    if primary not in _LANGUAGES:
        return written
    while True:
        # what a rule wrote bounds the numbers beside it, which may then read otherwise
        again = _write_once(written, primary)
        if again == written:
            return written
        written = again


def rewrite_text(text: str, language: str) -> str:
    """Join what a text reads out piece by piece, as :func:`write_out` does.

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
    for first, last, written in spans:
        pieces += [*words[word:first], written]
        word = last + 1
    return " ".join([*pieces, *words[word:]])


def _write_once(words: tuple[HeardWord, ...], language: str) -> tuple[HeardWord, ...]:
    line = read_line([None if word.spoken else word.text for word in words], language)
    written: list[HeardWord] = []
    place = 0
    for first, last, text in _find(line, _RULES):
        group = words[first : last + 1]
        spoken = " ".join(word.text for word in group)
        if spoken == text:
            continue
        written += words[place:first]
        written.append(
            replace(
                group[0],
                text=text,
                end_s=group[-1].end_s,
                probability=min(word.probability for word in group),
                spoken=spoken,
            )
        )
        place = last + 1
    return (*written, *words[place:])


def _find(line: Line, rules: Sequence[Rule]) -> list[tuple[int, int, str]]:
    """Return the first and last word of each stretch that is written, with how."""
    spans: list[tuple[int, int, str]] = []
    at = 0
    while at < len(line.tokens):
        match = _first_match(line, at, rules) if line.tokens[at].opens else None
        if match is None:
            at += 1
            continue
        first, last = line.tokens[at], line.tokens[match.end - 1]
        if match.text is not None:
            spans.append((first.word, last.word, f"{first.prefix}{match.text}{last.tail}"))
        at = match.end
    return spans


def _first_match(line: Line, at: int, rules: Sequence[Rule]) -> Match | None:
    for rule in rules:
        match = rule(line, at)
        if match is not None and line.tokens[match.end - 1].closes:
            return match
    return None

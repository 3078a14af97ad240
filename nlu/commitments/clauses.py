"""Turns cut into clauses: each says about one thing, with its place in the turn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlu.entities.written_text import fold
from nlu.sentiment_text import split_sentences

_SUBJECT = {
    "fr": r"(?:je\b|j'|on\b|nous\b|vous\b|il\b|elle\b|ils\b|elles\b|ca\b|c'est|ce sera|cela\b|"
    r"un technicien|une nouvelle|votre\b|vos\b|notre\b|si\b|s'il|des que|une fois que|quand\b|"
    r"merci de|est-ce|pouvez-vous|pourriez-vous|puis-je|voulez-vous|personne\b|le \w+ (?:est|sera|"
    r"a)\b|"
    r"la \w+ (?:est|sera|a)\b|les \w+ (?:sont|seront|ont)\b|l'\w+ (?:est|sera|a)\b)",
    "en": r"(?:i\b|i'|we\b|we'|you\b|you'|he\b|she\b|it\b|it's|they\b|they'|that's|there\b|"
    r"the \w+ (?:is|was|will|has)\b|your \w+ (?:is|was|will|has)\b|a technician|if\b|once\b|when\b|"
    r"as soon as|please\b|can you|could you|would you|is there|nobody|let me|let's)",
}
_JOINT = {
    "fr": r"(?:et|mais|donc|puis|car|alors|sinon|or|du coup|sauf que|parce que|par contre)",
    "en": r"(?:and|but|so|then|because|otherwise|though|and then|since)",
}
_BOUNDARY = {
    language: re.compile(
        rf"(?:,\s+(?:{_JOINT[language]}\s+)?|(?<!\s)\s+{_JOINT[language]}\s+)"
        rf"(?={_SUBJECT[language]})"
        r"|(?:(?<!\s)\s+)?[;:]\s+|(?<!\s)\s+[-–—]\s+"
    )
    for language in ("fr", "en")
}
_STARTS = {
    "fr": re.compile(
        r" (?=(?:je (?:vais|vous|peux|suis)|j'ai|c'est|est[ -]ce que|par contre|alors (?:je|c'est|"
        r"vous|on)|"
        r"on (?:va|vous)|vous (?:recevrez|aurez|devez|pouvez|avez)|il (?:faut|faudra|arrivera)|"
        r"en fait|merci|non|oui)\b)"
    ),
    "en": re.compile(
        r" (?=(?:i'm|i've|i'll|it'll|we'll|you'll|it's|we've|i have|i can|i need|you can|you need|"
        r"can you|okay|but|so i|thank|there's|that's|if (?:it|you|the))\b)"
    ),
}
_SUBORDINATES = frozenset(
    "que qu' si quand comme dont ou parce puisque lorsque car qui et mais that if when because as "
    "which what who "
    "and but so while since where how why think than".split()
)
_MARK = re.compile(r"[,;:.!?](?: |$)")
_LONG_WORDS = 14  # of a stretch that punctuation should have cut
_LEAST_WORDS = 4  # of what is cut off
_ABBREVIATED = re.compile(r"\b(?:[ap]\.m|no|ext|env|approx|tel|tél|réf|ref|etc)\.$", re.IGNORECASE)
_ABBREVIATION = 12  # characters that hold any of them


@dataclass(frozen=True)
class Clause:
    """A part of a sentence.

    Attributes:
        start: Where it begins in the turn's text.
        end: Where it ends there.
        text: ``turn.text[start:end]``.
        sentence: Number of its sentence in the turn, from 0.
        is_question: Whether its sentence ends with a question mark.
    """

    start: int
    end: int
    text: str
    sentence: int
    is_question: bool


def clauses_of(text: str, language: str) -> tuple[Clause, ...]:
    """Cut a turn's text where a new sentence, or a new subject, begins.

    Args:
        text: Of one turn.
        language: ``fr`` or ``en``.
    """
    return tuple(_clauses(text, language))


def _clauses(text: str, language: str) -> Iterator[Clause]:
    for number, (start, end) in enumerate(_sentences(text)):
        sentence = text[start:end]
        is_question = sentence.rstrip("\"»”') ").endswith("?")
        folded = fold(sentence)
        cuts = [0]
        for mark in _BOUNDARY[language].finditer(folded):
            cuts += [*_unmarked(folded, cuts[-1], mark.start(), language), mark.start(), mark.end()]
        cuts += _unmarked(folded, cuts[-1], len(folded), language)
        cuts.append(len(sentence))
        for first, last in zip(cuts[::2], cuts[1::2], strict=True):
            piece = sentence[first:last]
            if any(character.isalnum() for character in piece):
                yield Clause(start + first, start + last, piece, number, is_question=is_question)


def _unmarked(folded: str, start: int, end: int, language: str) -> list[int]:
    """Return where to cut a long stretch without punctuation, as raw transcripts have."""
    piece = folded[start:end]
    if len(piece.split()) <= _LONG_WORDS or _MARK.search(piece):
        return []
    cuts: list[int] = []
    last = 0
    for found in _STARTS[language].finditer(piece):
        before = piece[: found.start()].split()
        is_short = len(piece[last : found.start()].split()) < _LEAST_WORDS
        if is_short or not before or before[-1] in _SUBORDINATES:
            continue
        cuts += [start + found.start(), start + found.start() + 1]
        last = found.start()
    return cuts


def _sentences(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    cursor = 0
    for sentence in split_sentences(text):
        start = text.index(sentence, cursor)
        cursor = start + len(sentence)
        last = spans[-1][1] if spans else 0
        is_cut = _ABBREVIATED.search(text, max(0, last - _ABBREVIATION), last) is not None
        if is_cut and not text[start].isupper():
            spans[-1] = (spans[-1][0], cursor)  # "8 a.m. for two days"
        else:
            spans.append((start, cursor))
    return spans

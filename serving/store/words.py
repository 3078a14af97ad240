"""Words that are looked for in turns: read from a query, turned into conditions, found again.

Both databases index the same stems, made here: French and English words without accents and
endings, without words that say nothing (``le``, ``the``). What is found does therefore not depend
on the database. The words of a query are looked up under their stems in both languages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, literal_column, select, table
from sqlalchemy.sql import column

from conversation.errors import BadInput
from kb_search.words import LANGUAGES, Language, guess_language, query_stems, stems
from serving.store.tables import TurnRow

MAX_TERMS = 32
SNIPPET_LETTERS = 200
_PIECE = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")
_WORDS_INDEX = table("turns_words", column("rowid"))


@dataclass(frozen=True)
class Term:
    """A word, or words that belong together, in a query.

    Attributes:
        alternatives: The stems that count as it, each a sequence that must be said in a row.
    """

    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Snippet:
    """A part of a turn around the words that were found.

    Attributes:
        text: As it was said; ``…`` stands where something was cut off.
        marks: Where the words are in it: first letter, and the letter after the last.
    """

    text: str
    marks: tuple[tuple[int, int], ...]


def terms_of(query: str) -> tuple[Term, ...]:
    """Read a query.

    Args:
        query: Words, with ``"…"`` around those that must be said in a row.

    Raises:
        BadInput: It has no word that could be looked for, or too many.
    """
    terms: list[Term] = []
    for phrase, word in _PIECE.findall(query):
        if word:
            terms += [
                Term(tuple((stem,) for stem in same)) for same in query_stems(word, LANGUAGES)
            ]
            continue
        in_each = (tuple(stems(phrase, language)) for language in LANGUAGES)
        alternatives = tuple(dict.fromkeys(one for one in in_each if one))
        if alternatives:
            terms.append(Term(alternatives))
    found = tuple(dict.fromkeys(terms))
    if not found:
        raise BadInput(
            "the text to look for has no word that says something",
            remedy="give at least one word other than those like the, le or de",
        )
    if len(found) > MAX_TERMS:
        raise BadInput(
            f"{len(found)} words are looked for, expected at most {MAX_TERMS}",
            remedy="give fewer words",
        )
    return found


def stems_to_index(text: str, language: str | None) -> str:
    """Return what is indexed of a turn.

    Args:
        text: What was said.
        language: Of the turn; guessed from its words where it is None or another than French or
            English.
    """
    known: Language = (
        "en" if language == "en" else "fr" if language == "fr" else guess_language(text)
    )
    return " ".join(stems(text, known))


def said_by_turn(term: Term, dialect: str) -> ColumnElement[bool]:
    """Return the condition under which a turn has a term.

    Args:
        term: What is looked for.
        dialect: ``sqlite`` or ``postgresql``.
    """
    # Stems have letters and digits only: nothing in them means something to either index.
    if dialect == "postgresql":
        query = " | ".join(f"({' <-> '.join(one)})" for one in term.alternatives)
        indexed = func.to_tsvector(literal_column("'simple'::regconfig"), TurnRow.stems)
        asked = func.to_tsquery(literal_column("'simple'::regconfig"), query)
        return indexed.bool_op("@@")(asked)
    query = " OR ".join(f'"{" ".join(one)}"' for one in term.alternatives)
    matches = literal_column("turns_words").bool_op("MATCH")(literal(query))
    return TurnRow.id.in_(select(_WORDS_INDEX.c.rowid).where(matches))


def said_in_stems(term: Term, said: Sequence[str]) -> bool:
    """Tell whether the stems of a turn have a term.

    Args:
        term: What is looked for.
        said: From :func:`stems_to_index`, split.
    """
    for wanted in term.alternatives:
        length = len(wanted)
        if any(tuple(said[at : at + length]) == wanted for at in range(len(said) - length + 1)):
            return True
    return False


def snippet_of(text: str, terms: Sequence[Term]) -> Snippet:
    """Cut out of a turn what shows that terms are in it, and mark them.

    Args:
        text: What was said.
        terms: What was looked for; none: the beginning of the turn.
    """
    wanted = {stem for term in terms for one in term.alternatives for stem in one}
    marks = [
        match.span()
        for match in _WORD.finditer(text)
        if wanted and wanted.intersection(_stems_of_word(match.group()))
    ]
    first = marks[0][0] if marks else 0
    start = max(0, min(first - SNIPPET_LETTERS // 4, len(text) - SNIPPET_LETTERS))
    end = min(len(text), start + SNIPPET_LETTERS)
    start, end = _whole_words(text, start, end)
    before, after = ("… " if start else ""), (" …" if end < len(text) else "")
    shift = len(before) - start
    return Snippet(
        before + text[start:end] + after,
        tuple(
            (left + shift, right + shift) for left, right in marks if left >= start and right <= end
        ),
    )


def _stems_of_word(word: str) -> set[str]:
    return {stem for language in LANGUAGES for stem in stems(word, language)}


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Move the cuts to blanks, where one is near."""
    if start:
        blank = text.find(" ", start, start + 30)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", max(start, end - 30), end)
        end = blank if blank > start else end
    return start, end

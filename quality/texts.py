"""Texts made ready for searching: folded words with their places and sentences."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?…;\n]")
_CLOSING_MARK = re.compile(r"[ \u00a0\u202f]?[.!?…]+")
_ABBREVIATIONS = {"m": "monsieur", "mme": "madame", "mlle": "mademoiselle"}
_TITLES = frozenset({"mr", "mrs", "ms", "dr", *_ABBREVIATIONS})
_DROPPED = frozenset("jdlcmnst")
_CONSONANTS = frozenset("bcdfgjklmnpqrstvwxz")
_TITLE_LETTERS = 4
_WHOLE_SENTENCE_WORDS = 25
_WORDS_AROUND = 8
_TOLERANT_WORD_LETTERS = 6


@dataclass(frozen=True)
class Token:
    """One word of a text, in the form that is compared.

    Attributes:
        form: Lower case, without accents.
        start: Character offset of the word in the text.
        end: Character offset after the word.
        sentence: Number of the sentence, from 0.
        capital: Whether it is written with a capital letter.
    """

    form: str
    start: int
    end: int
    sentence: int
    capital: bool


@dataclass(frozen=True)
class Span:
    """Where a phrase was found.

    Attributes:
        start: Character offset of the first word in the text.
        end: Character offset after the last word.
        sentence: Number of the sentence where it starts.
        names: Character offsets of what ``<name>`` slots matched.
    """

    start: int
    end: int
    sentence: int
    names: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def fold(text: str) -> str:
    """Lower the case and take off the accents: what two spellings have in common."""
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def tokenize(text: str) -> list[Token]:
    """Cut a text into words with their sentences; lines quoted with ``>`` are left out."""
    tokens: list[Token] = []
    sentence = 0
    cursor = 0
    quoted = [match.span() for match in re.finditer(r"^[ \t]*>.*$", text, re.MULTILINE)]
    for match in _WORD.finditer(text):
        if any(start <= match.start() < end for start, end in quoted):
            cursor = match.end()
            continue
        between = text[cursor : match.start()]
        if tokens and _BREAK.search(between) and not _is_inner_dot(tokens[-1], between, match):
            sentence += 1
        form = fold(match.group())
        if form != "m" or text[match.start() : match.end() + 1] == "M.":
            form = _ABBREVIATIONS.get(form, form)
        form = _without_elision(form, text[match.end() : match.end() + 2])
        capital = match.group()[0].isupper()
        tokens.append(Token(form, match.start(), match.end(), sentence, capital))
        cursor = match.end()
    return tokens


def _without_elision(form: str, following: str) -> str:
    """Give back the vowel that only fast speech drops: "j'vous" is "je vous"."""
    spoken = form in _DROPPED and following[:1] in ("'", "’") and following[1:].islower()
    return f"{form}e" if spoken and fold(following[1:])[:1] in _CONSONANTS else form


def _is_inner_dot(before: Token, between: str, after: re.Match[str]) -> bool:
    """Whether a dot belongs to a number ("3.5") or a title ("M. Dubois")."""
    if between == ".":
        return before.form.isdigit() and after.group().isdigit()
    is_title = before.form in _TITLES or before.form in _ABBREVIATIONS.values()
    is_title = is_title and before.end - before.start <= _TITLE_LETTERS
    return is_title and between.strip() == "." and after.group()[0].isupper()


class Text:
    """A text ready for searching.

    Args:
        text: As said or written.
        corrections: Words of this text that are read as another word in long phrases.
    """

    def __init__(self, text: str, corrections: Mapping[str, str] | None = None) -> None:
        self.text = text
        self.tokens = tokenize(text)
        self._exact = _Stream(self.tokens, {})
        known = corrections or {}
        fixes = {t.form: known[t.form] for t in self.tokens if t.form in known}
        self._tolerant = _Stream(self.tokens, fixes) if fixes else None

    def clause(self, start: int, end: int) -> tuple[int, int]:
        """Widen a span to what a reader needs: its sentence, or some words on either side.

        Args:
            start: Character offset of a word.
            end: Character offset after a word.

        Returns:
            Character offsets around the span, punctuation at the end taken in.
        """
        inside = [i for i, token in enumerate(self.tokens) if start <= token.start < end]
        if not inside:
            return start, end
        first, last = inside[0], inside[-1]
        sentences = range(self.tokens[first].sentence, self.tokens[last].sentence + 1)
        whole = [i for i, token in enumerate(self.tokens) if token.sentence in sentences]
        if len(whole) > _WHOLE_SENTENCE_WORDS:
            whole = [i for i in whole if first - _WORDS_AROUND <= i <= last + _WORDS_AROUND]
        start, end = self.tokens[whole[0]].start, self.tokens[whole[-1]].end
        mark = _CLOSING_MARK.match(self.text, end)
        return start, mark.end() if mark else end

    def streams(self, *, tolerant: bool) -> Iterator[_Stream]:
        """Yield the exact reading, and the corrected one where it differs and is wanted."""
        yield self._exact
        if tolerant and self._tolerant is not None:
            yield self._tolerant


class _Stream:
    """The words of a text in one line, each followed by a space.

    Sentences are parted by dots, and a plus marks a capital letter.
    """

    def __init__(self, tokens: list[Token], corrections: Mapping[str, str]) -> None:
        self.tokens = tokens
        self.starts: dict[int, int] = {}
        self.ends: dict[int, int] = {}
        parts = [". "]
        position = len(parts[0])
        for number, token in enumerate(tokens):
            if number and token.sentence != tokens[number - 1].sentence:
                parts.append(". ")
                position += 2
            form = corrections.get(token.form, token.form)
            if token.capital:
                form = f"+{form}"
            self.starts[position] = number
            position += len(form) + 1
            self.ends[position] = number
            parts.append(f"{form} ")
        self.line = "".join(parts)

    def span(self, match: re.Match[str]) -> Span | None:
        """Turn a match on the line into offsets of the text; None where a name is not one."""
        start, end = match.span()
        if self.line[start : start + 2] == ". ":
            start += 2
        if start not in self.starts or end not in self.ends:
            return None
        first, last = self.tokens[self.starts[start]], self.tokens[self.ends[end]]
        names = {}
        for name, value in match.groupdict().items():
            if value is not None:
                token = self.tokens[self.starts[match.start(name)]]
                names[name] = (token.start, token.end)
        return Span(first.start, last.end, first.sentence, names)


def corrections(forms: Iterable[str], vocabulary: Iterable[str]) -> dict[str, str]:
    """Find words that are one letter away from a word of the patterns.

    Args:
        forms: Folded words of a conversation.
        vocabulary: Folded words of the patterns.

    Returns:
        For each form of six letters and more that is not itself in the vocabulary, the only
        word of the vocabulary with the same first two letters at an edit distance of one
        (Levenshtein 1966); forms with none or several are left out.
    """
    known = set(vocabulary)
    by_start: dict[str, list[str]] = {}
    for word in known:
        if len(word) >= _TOLERANT_WORD_LETTERS:
            by_start.setdefault(word[:2], []).append(word)
    found: dict[str, str] = {}
    for form in set(forms) - known:
        if len(form) >= _TOLERANT_WORD_LETTERS:
            close = [word for word in by_start.get(form[:2], ()) if _one_edit_apart(form, word)]
            if len(close) == 1:
                found[form] = close[0]
    return found


def _one_edit_apart(left: str, right: str) -> bool:
    if abs(len(left) - len(right)) > 1 or left == right:
        return False
    short, long = sorted((left, right), key=len)
    same = next((i for i, c in enumerate(short) if c != long[i]), len(short))
    tail = same + 1 if len(short) == len(long) else same
    return short[tail:] == long[same + 1 :]

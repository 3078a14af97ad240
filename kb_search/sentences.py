"""Where sentences begin and end in French and English text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

Span = tuple[int, int]

_ABBREVIATIONS = {
    "m", "mm", "mme", "mmes", "mlle", "dr", "st", "ste", "art", "al", "av", "bd", "cf", "env",
    "ex", "fig", "p", "pp", "réf", "ref", "nos", "tél", "tel", "vol", "chap", "éd", "ed",
    "mr", "mrs", "ms", "vs", "approx", "dept", "inc", "ltd", "e.g", "i.e", "c.-à-d", "c.à.d",
    "p.ex",
}  # fmt: skip
_END = re.compile(
    r"""(?<![.!?…])[.!?…]++[»”"')\]]*+(?:\s[»”"])?   # the mark, and what closes a quotation
        (?:\s++(?=[«“"'(\[]?\s?[A-ZÀ-ÖØ-ÞŒ0-9•–-])      # then a new beginning
          |(?<=[a-zà-öø-ÿœ]{2}[.!?])(?=[A-ZÀ-ÖØ-ÞŒ][a-zà-öø-ÿœ’']))  # or one glued to it
        |\n++""",
    re.VERBOSE,
)
_LAST_WORD = re.compile(r"[\w.\-]+$")
_LIST_NUMBER = re.compile(r"(?:^|\n)[^\S\n]*\d{1,3}$")
_CLAUSE_END = re.compile(r"[;:,]\s+")
_MAX_WORD_CHARACTERS = 100
_WORD = re.compile(rf"\S{{1,{_MAX_WORD_CHARACTERS}}}")


def sentence_spans(text: str, *, max_words: int | None = None) -> list[Span]:
    """Find the sentences of a text.

    A line break always ends a sentence. Abbreviations, initials, decimals and list numbers do
    not.

    Args:
        text: Any text.
        max_words: A longer sentence is cut at its clauses, and where it has none, between words.

    Returns:
        Start and end offsets in characters, in order, without surrounding blanks; together they
        hold every word of the text.
    """
    spans: list[Span] = []
    start = 0
    for mark in _END.finditer(text):
        if not _ends_sentence(text, mark):
            continue
        spans.extend(_trimmed(text, start, mark.end()))
        start = mark.end()
    spans.extend(_trimmed(text, start, len(text)))
    if max_words is None:
        return spans
    return [part for span in spans for part in _short_enough(text, span, max_words)]


def _ends_sentence(text: str, mark: re.Match[str]) -> bool:
    if not mark.group().startswith(".") or mark.group().startswith(".."):
        return True
    before = text[max(0, mark.start() - 20) : mark.start()]
    if _LIST_NUMBER.search(before if mark.start() <= len(before) else f" {before}"):
        return False
    word = _LAST_WORD.search(before)
    if word is None:
        return True
    last = word.group()
    is_initial = len(last) == 1 and last.isalpha() and last.isupper()
    return not is_initial and last.lower() not in _ABBREVIATIONS


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


def _short_enough(text: str, span: Span, max_words: int) -> Iterator[Span]:
    start, end = span
    while True:
        words = list(islice(_WORD.finditer(text, start, end), max_words + 1))
        if len(words) <= max_words:
            yield from _trimmed(text, start, end)
            return
        limit = words[max_words].start()
        cuts = [cut.end() for cut in _CLAUSE_END.finditer(text, start, limit)]
        cuts = [cut for cut in cuts if cut > words[max_words // 4].start()]
        cut = cuts[-1] if cuts else limit
        yield from _trimmed(text, start, cut)
        start = cut


def word_count(text: str) -> int:
    """Return the number of words: runs of characters that hold a letter or a digit.

    A run of more than 100 characters (encoded data, a script without blanks) counts once for each
    100, so that no text is endless by this measure.
    """
    return sum(1 for word in _WORD.findall(text) if any(letter.isalnum() for letter in word))

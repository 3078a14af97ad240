"""Text as the sentiment head and the question finder read it: cleaned, and cut in sentences."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_URL = re.compile(r"\b(?:https?://\S+|www\.\S+|http\b)")
_HANDLE = re.compile(r"(?<!\w)@\w+")
_SPACES = re.compile(r"\s+")
# An end of sentence: a mark followed by a space and not inside an abbreviation or a number.
_END = re.compile(
    r"(?<!\bM)(?<!\bMr)(?<!\bMrs)(?<!\bMme)(?<!\bDr)(?<!\bSt)(?<!\bn)(?<!\bex)"
    r"(?:[.!?…]++[\"»”')\]]*+)(?P<inside>(?=\S|\Z))?|\n+"
)
_CONNECTOR = re.compile(
    r"(?<!\s)\s+(?=(?:mais|par contre|en revanche|cependant|toutefois|sauf que|du coup|et puis|"
    r"alors que|parce que|but|however|although|though|and then|because|so)\b)",
    re.IGNORECASE,
)
LONG_UNIT_WORDS = 30
"""A sentence with more words is cut once more at its connectors (transcripts lack full stops)."""

LONGEST_SENTENCE = 2_000
"""Characters; a longer stretch without an end mark is cut at a space, or where there is none."""


def clean_text(text: str) -> str:
    r"""Undo escapes and remove what carries no feeling: links and mentions of users.

    Args:
        text: As it was written; literal escapes such as ``\u2019`` come from badly decoded JSON.

    Returns:
        The text on one line, with single spaces.
    """
    text = _ESCAPE.sub(_unescape, text).replace('\\"', '"').replace("\\n", " ")
    text = _HANDLE.sub(" ", _URL.sub(" ", text))
    return _SPACES.sub(" ", text.replace("#", "")).strip()


def split_sentences(text: str) -> tuple[str, ...]:
    """Cut a text in sentences; each is verbatim in the text, without surrounding spaces.

    Args:
        text: Any text, with or without punctuation.

    Returns:
        The sentences in order; empty when there is no visible character. None is longer than
        ``LONGEST_SENTENCE``: patterns read each by itself, some in the square of its length.
    """
    pieces: list[str] = []
    start = 0
    ends = [mark.end() for mark in _END.finditer(text) if mark["inside"] is None]
    for end in (*ends, len(text)):
        while end - start > LONGEST_SENTENCE:
            cut = text.rfind(" ", start + 1, start + LONGEST_SENTENCE)
            cut = start + LONGEST_SENTENCE if cut < 0 else cut
            pieces.append(text[start:cut])
            start = cut
        pieces.append(text[start:end])
        start = end
    return tuple(piece.strip() for piece in pieces if any(c.isalnum() for c in piece))


def split_units(text: str) -> tuple[str, ...]:
    """Cut a text in units to be judged one by one: sentences, and clauses of long sentences.

    Args:
        text: Any text.

    Returns:
        The units in order, each verbatim in the text.
    """
    units: list[str] = []
    for sentence in split_sentences(text):
        if len(sentence.split()) <= LONG_UNIT_WORDS:
            units.append(sentence)
            continue
        units.extend(unit for unit in _CONNECTOR.split(sentence) if unit.strip())
    return tuple(units)


def _unescape(match: re.Match[str]) -> str:
    code = int(match.group(1), 16)
    return " " if 0xD800 <= code <= 0xDFFF else chr(code)

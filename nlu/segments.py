"""Turns cut into pieces that each say about one thing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from conversation import Conversation, Speaker, Turn
from nlu.sentiment_text import split_sentences

WHOLE_WORDS = 18
"""Turns up to this long stay whole; longer ones are cut at the ends of sentences."""

MAX_WORDS = 40
"""Longer sentences, as unpunctuated transcripts have, are cut into equal parts."""

MIN_WORDS = 8
"""Shorter sentences of a long turn are joined with the next one."""

OPENING_WORDS = 40
"""The customer's first pieces, up to about this many words, are also read as one."""

_OPENING_LEAST_WORDS = 5

_WORD = re.compile(r"\S+")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Segment:
    """A verbatim piece of a turn.

    Attributes:
        turn_index: Which turn of the conversation.
        speaker: Who said it.
        text: Verbatim in the turn, without spaces around it.
    """

    turn_index: int
    speaker: Speaker
    text: str


def segments_of(conversation: Conversation) -> tuple[Segment, ...]:
    """Cut the turns of a conversation; turns without a letter give nothing."""
    return tuple(
        Segment(turn.index, turn.speaker, text)
        for turn in conversation.turns
        for text in _pieces(turn)
        if _LETTER.search(text)
    )


def opening_of(segments: Sequence[Segment]) -> str:
    """Return the customer's first pieces in one text, answers of a few words left out.

    A reason is often spread over the first sentences ("I ordered a lamp", "it is smashed"), each
    of which says little alone.

    Args:
        segments: Of one conversation.

    Returns:
        The text; empty when fewer than two pieces would be in it.
    """
    parts: list[str] = []
    words = 0
    for segment in segments:
        count = len(_WORD.findall(segment.text))
        if segment.speaker in {"customer", "unknown"} and count >= _OPENING_LEAST_WORDS:
            parts.append(segment.text)
            words += count
            if words >= OPENING_WORDS:
                break
    return " ".join(parts) if len(parts) > 1 else ""


def _pieces(turn: Turn) -> list[str]:
    text = turn.text
    if len(_WORD.findall(text)) <= WHOLE_WORDS:
        return [text.strip()]
    spans: list[tuple[int, int]] = []
    cursor = 0
    for sentence in split_sentences(text):
        start = text.index(sentence, cursor)
        cursor = start + len(sentence)
        spans += _cut(text, start, cursor)
    joined: list[tuple[int, int]] = []
    open_words = 0
    for start, end in spans:
        words = len(_WORD.findall(text[start:end]))
        if joined and open_words < MIN_WORDS and open_words + words <= MAX_WORDS:
            joined[-1] = (joined[-1][0], end)
            open_words += words
        else:
            joined.append((start, end))
            open_words = words
    return [text[start:end].strip() for start, end in joined]


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a sentence that is too long into equal parts."""
    words = [match.span() for match in _WORD.finditer(text, start, end)]
    parts = -(-len(words) // MAX_WORDS)
    if parts <= 1:
        return [(start, end)]
    bounds = [round(i * len(words) / parts) for i in range(parts + 1)]
    return [(words[first][0], words[last - 1][1]) for first, last in pairwise(bounds)]

"""The sentences of a passage that answer a question best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kb_search.answers import MAX_ANSWER_WORDS
from kb_search.planted import is_planted
from kb_search.sentences import Span, sentence_spans, word_count
from kb_search.words import LANGUAGES, query_stems

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_OVERLAP_WEIGHT = 0.1
_KEEPS_WITHIN = 0.12


def answer_spans(text: str) -> list[Span]:
    """Return the parts of a passage that are chosen from.

    A passage that is no longer than an answer may be is one part: its sentences explain each
    other. A longer one is cut into its sentences, none longer than an answer may be. Sentences
    planted to steer a language model are left out where others remain.
    """
    spans = sentence_spans(text, max_words=MAX_ANSWER_WORDS)
    told = [(start, end) for start, end in spans if not is_planted(text[start:end])]
    if told and len(told) < len(spans):
        return told
    return [(0, len(text))] if word_count(text) <= MAX_ANSWER_WORDS else spans


def best_extract(
    text: str,
    spans: Sequence[Span],
    question: str,
    closeness: NDArray[np.float32] | None = None,
) -> Span:
    """Choose neighbouring parts of a passage that answer a question, at most 60 words.

    The extract starts as the part closest to the question, in meaning and in words, and
    grows by the closer of its neighbours as long as it stays short enough and the neighbour is
    not much further from the question than the first.

    Args:
        text: Of the passage.
        spans: Its parts, from :func:`answer_spans`.
        question: As it was asked.
        closeness: Cosine of the question with each part; None to go by the words alone.

    Returns:
        Start and end offset of the extract in the text.
    """
    wanted = _stems(question)
    scores = [
        _OVERLAP_WEIGHT * _overlap(text[start:end], wanted)
        + (0.0 if closeness is None else float(closeness[number]))
        for number, (start, end) in enumerate(spans)
    ]
    best = max(range(len(spans)), key=lambda number: (scores[number], -number))
    first = last = best
    while True:
        neighbours = [
            number
            for number in (first - 1, last + 1)
            if 0 <= number < len(spans)
            and not _between(text, spans, number, first, last).strip()
            and word_count(text[spans[min(first, number)][0] : spans[max(last, number)][1]])
            <= MAX_ANSWER_WORDS
            and scores[number] >= scores[best] - _KEEPS_WITHIN
        ]
        if not neighbours:
            return spans[first][0], spans[last][1]
        nearest = max(neighbours, key=lambda number: (scores[number], -number))
        first, last = min(first, nearest), max(last, nearest)


def _between(text: str, spans: Sequence[Span], number: int, first: int, last: int) -> str:
    """Return what lies between an extract and the part before or after it."""
    if number < first:
        return text[spans[number][1] : spans[first][0]]
    return text[spans[last][1] : spans[number][0]]


def _overlap(sentence: str, wanted: set[str]) -> float:
    """Return the share of the question's stems that a sentence holds."""
    if not wanted:
        return 0.0
    return len(wanted & _stems(sentence)) / len(wanted)


def _stems(text: str) -> set[str]:
    return {stem for forms in query_stems(text, LANGUAGES) for stem in forms}

"""The words of an utterance with what is written otherwise than it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from conversation.written import find_written
from speech.heard import HeardWord


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
    written = tuple(words)
    while True:
        # what a rule wrote bounds the numbers beside it, which may then read otherwise
        again = _write_once(written, language)
        if again == written:
            return written
        written = again


def _write_once(words: tuple[HeardWord, ...], language: str) -> tuple[HeardWord, ...]:
    written: list[HeardWord] = []
    place = 0
    texts = [None if word.spoken else word.text for word in words]
    for found in find_written(texts, language=language):
        group = words[found.first : found.last + 1]
        written += words[place : found.first]
        written.append(
            replace(
                group[0],
                text=found.text,
                end_s=group[-1].end_s,
                probability=min(word.probability for word in group),
                spoken=" ".join(word.text for word in group),
            )
        )
        place = found.last + 1
    return (*written, *words[place:])

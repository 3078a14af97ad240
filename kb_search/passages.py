"""Documents cut into passages that follow their structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb_search.documents import Passage
from kb_search.reading.blocks import Block
from kb_search.sentences import sentence_spans, word_count
from kb_search.settings import IngestSettings
from kb_search.words import Language, fold, guess_language

_TIGHT = {"item", "row"}
_CUT_INSIDE_A_BLOCK = 0.15
_MIN_UNIT_WORDS = 8
_MAX_UNIT_WORDS = 60


@dataclass(frozen=True, slots=True)
class _Unit:
    """One or a few sentences of a block: what is never cut."""

    start: int
    end: int
    words: int
    ends_block: bool
    page: int | None


def join_blocks(blocks: Sequence[Block]) -> tuple[str, list[tuple[int, int]]]:
    """Write blocks as one text.

    Returns:
        The text, one line a block with a blank line between blocks other than neighbouring list
        items or table rows; and the start and end offset of each block in it.
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length = 0
    for number, block in enumerate(blocks):
        if number:
            tight = block.kind in _TIGHT and blocks[number - 1].kind == block.kind
            parts.append("\n" if tight else "\n\n")
            length += len(parts[-1])
        parts.append(block.text)
        spans.append((length, length + len(block.text)))
        length += len(block.text)
    return "".join(parts), spans


def cut_passages(
    blocks: Sequence[Block],
    *,
    document: str,
    title: str,
    language: str | None = None,
    settings: IngestSettings | None = None,
) -> tuple[str, tuple[Passage, ...]]:
    """Cut a document into passages.

    A heading always starts a new passage. A longer section is cut between sentences, if possible
    between its paragraphs, into parts of equal length.

    Args:
        blocks: Of the document, in reading order.
        document: Its path, which the passages carry.
        title: Its title; a first heading that repeats it, or its beginning, is not shown twice.
        language: Of the whole document where it is stated; otherwise each passage is looked at.
        settings: How long passages are.

    Returns:
        The document's text and its passages, verbatim parts of it.
    """
    settings = settings or IngestSettings()
    text, spans = join_blocks(blocks)
    fallback: Language = guess_language(text)
    passages: list[Passage] = []
    for heading, section in _sections(blocks, title):
        units = [unit for number in section for unit in _units(blocks[number], spans[number][0])]
        for part in _parts(units, settings):
            start, end = part[0].start, part[-1].end
            words = text[start:end]
            passages.append(
                Passage(
                    id=f"{document}#{len(passages) + 1}",
                    document=document,
                    title=title,
                    heading=heading,
                    text=words,
                    start=start,
                    end=end,
                    page=part[0].page,
                    language=language or guess_language(words, fallback),
                )
            )
    return text, tuple(passages)


def _sections(blocks: Sequence[Block], title: str) -> Iterator[tuple[str | None, list[int]]]:
    """Yield each heading path with the numbers of the blocks right under it."""
    path: list[tuple[int, str]] = []
    section: list[int] = []
    for number, block in enumerate(blocks):
        if block.kind != "heading":
            section.append(number)
            continue
        if section:
            yield _joined(path, title), section
            section = []
        while path and path[-1][0] >= block.level:
            path.pop()
        path.append((block.level, block.text))
    if section:
        yield _joined(path, title), section


def _joined(path: list[tuple[int, str]], title: str) -> str | None:
    names = [name for _, name in path]
    if names and fold(title).startswith(fold(names[0])):
        names = names[1:]
    return " › ".join(names) or None


def _units(block: Block, start: int) -> list[_Unit]:
    """Return the sentences of a block, very short ones together with those that follow."""
    if block.kind == "row" and word_count(block.text) <= _MAX_UNIT_WORDS:
        pieces = [(0, len(block.text))]
    else:
        pieces = sentence_spans(block.text, max_words=_MAX_UNIT_WORDS)
    units: list[_Unit] = []
    first, words = pieces[0][0], 0
    for begin, last in pieces:
        words += word_count(block.text[begin:last])
        ends_block = last == pieces[-1][1]
        if words >= _MIN_UNIT_WORDS or ends_block:
            units.append(_Unit(start + first, start + last, words, ends_block, block.page))
            first, words = last, 0
            while first < len(block.text) and block.text[first].isspace():
                first += 1
    return units


def _parts(units: list[_Unit], settings: IngestSettings) -> Iterator[list[_Unit]]:
    """Cut a section's units where the parts come nearest to the target length.

    Dynamic programming over the cuts: a part costs the square of its relative distance from the
    target, more below the minimum, and a little more when it ends inside a paragraph.
    """
    total = sum(unit.words for unit in units)
    if total <= settings.max_passage_words:
        yield units
        return
    target = total / max(1, round(total / settings.target_passage_words))
    best = [0.0] + [float("inf")] * len(units)
    cut_before = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += units[start].words
            if words > settings.max_passage_words and start < end - 1:
                break
            cost = best[start] + ((words - target) / target) ** 2
            if words < settings.min_passage_words:
                cost += 1.0
            if not units[end - 1].ends_block:
                cost += _CUT_INSIDE_A_BLOCK
            if cost < best[end]:
                best[end], cut_before[end] = cost, start
    cuts = [len(units)]
    while cuts[-1] > 0:
        cuts.append(cut_before[cuts[-1]])
    cuts.reverse()
    for start, end in pairwise(cuts):
        yield units[start:end]

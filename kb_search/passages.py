"""Documents cut into passages that follow their structure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb_search.documents import Metadata, Passage
from kb_search.reading.blocks import Block
from kb_search.sentences import sentence_spans, word_count
from kb_search.settings import IngestSettings
from kb_search.words import LANGUAGES, fold, guess_language

_TIGHT = {"item", "row"}
_CUT_INSIDE_A_BLOCK = 0.15
_CUT_INSIDE_A_LIST = 0.3
_CUT_AFTER_A_LEAD_IN = 1.0
_MIN_UNIT_WORDS = 8
_MAX_UNIT_WORDS = 60
_LONG_WORD_CHARACTERS = 20
"""Text whose words are longer on average is measured by its characters."""

_MAX_UNITS = 400
"""Most units of a passage: bounds the work on texts of many lines without a word."""

_MAX_HEADING_CHARACTERS = 300
"""A longer heading is a paragraph: it would be repeated as the context of each passage."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """One or a few sentences of a block: what is never cut."""

    start: int
    end: int
    words: int
    cut_cost: float
    page: int | None


@dataclass(slots=True)
class _Section:
    """Blocks under the same headings."""

    heading: str | None
    metadata: Metadata | None
    blocks: list[int]


def join_blocks(blocks: Sequence[Block]) -> tuple[str, list[tuple[int, int]]]:
    """Write blocks as one text.

    Returns:
        The text, one line a block with a blank line between blocks other than neighbouring list
        items or table rows; and the start and end offset of each block in it.
    """
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    length = 0
    before: Block | None = None
    for block in blocks:
        if block.kind == "end":
            spans.append((length, length))
            continue
        if before is not None:
            tight = block.kind in _TIGHT and before.kind == block.kind
            parts.append("\n" if tight else "\n\n")
            length += len(parts[-1])
        before = block
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
    likely: str | None = None,
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
        likely: What its format says the language is: holds for passages that do not show theirs,
            and for all when it is neither French nor English.
        settings: How long passages are.

    Returns:
        The document's text and its passages, verbatim parts of it that do not overlap and hold
        all of it but the headings.
    """
    settings = settings or IngestSettings()
    blocks = [_bounded(block) for block in blocks]
    text, spans = join_blocks(blocks)
    if likely is not None and likely not in LANGUAGES:
        language = language or likely
    fallback = guess_language(text, "en" if likely == "en" else "fr")
    passages: list[Passage] = []
    for section in _sections(blocks, title):
        units = _section_units(blocks, spans, section.blocks)
        own = section.metadata
        stated = (own.language if own else None) or language
        for part in _parts(units, settings):
            start, end = part[0].start, part[-1].end
            words = text[start:end]
            passages.append(
                Passage(
                    id=f"{document}#{len(passages) + 1}",
                    document=document,
                    title=(own.title if own else None) or title,
                    heading=section.heading,
                    text=words,
                    start=start,
                    end=end,
                    page=part[0].page,
                    language=stated or guess_language(words, fallback),
                    metadata=own,
                )
            )
    return text, tuple(passages)


def _bounded(block: Block) -> Block:
    if block.kind == "heading" and len(block.text) > _MAX_HEADING_CHARACTERS:
        return Block("paragraph", block.text, page=block.page)
    return block


def _sections(blocks: Sequence[Block], title: str) -> Iterator[_Section]:
    """Yield the blocks right under each heading, with the headings above it."""
    path: list[Block] = []
    section = _Section(None, None, [])
    for number, block in enumerate(blocks):
        if block.kind not in {"heading", "end"}:
            section.blocks.append(number)
            continue
        if section.blocks:
            yield section
        while path and path[-1].level >= block.level:
            path.pop()
        if block.kind == "heading":
            path.append(block)
        own = [heading.metadata for heading in path if heading.metadata is not None]
        section = _Section(_joined(path, title), own[-1] if own else None, [])
    if section.blocks:
        yield section


def _joined(path: Sequence[Block], title: str) -> str | None:
    names = [heading.text for heading in path]
    if names and fold(title).startswith(fold(names[0])):
        names = names[1:]
    return " › ".join(names) or None


def _section_units(
    blocks: Sequence[Block], spans: Sequence[tuple[int, int]], section: Sequence[int]
) -> list[_Unit]:
    """Return the units of a section, each with what it costs to cut after it."""
    units: list[_Unit] = []
    for place, number in enumerate(section):
        block = blocks[number]
        after = blocks[section[place + 1]] if place + 1 < len(section) else None
        cost = 0.0
        if after is not None and after.kind == "item" and block.kind == "item":
            cost = _CUT_INSIDE_A_LIST
        elif after is not None and block.text.endswith(":"):
            cost = _CUT_AFTER_A_LEAD_IN
        units.extend(_units(block, spans[number][0], cost))
    return units


def _units(block: Block, start: int, cost_after: float) -> Iterator[_Unit]:
    """Yield the sentences of a block, very short ones together with those that follow."""
    if block.kind == "row" and word_count(block.text) <= _MAX_UNIT_WORDS:
        pieces = [(0, len(block.text))]
    else:
        pieces = sentence_spans(block.text, max_words=_MAX_UNIT_WORDS)
    first, words = pieces[0][0], 0
    for begin, last in pieces:
        words += max(word_count(block.text[begin:last]), (last - begin) // _LONG_WORD_CHARACTERS)
        ends_block = last == pieces[-1][1]
        if words >= _MIN_UNIT_WORDS or ends_block:
            cost = cost_after if ends_block else _CUT_INSIDE_A_BLOCK
            yield _Unit(start + first, start + last, words, cost, block.page)
            first, words = last, 0
            while first < len(block.text) and block.text[first].isspace():
                first += 1


def _parts(units: list[_Unit], settings: IngestSettings) -> Iterator[list[_Unit]]:
    """Cut a section's units where the parts come nearest to the target length.

    Dynamic programming over the cuts: a part costs the square of its relative distance from the
    target, more below the minimum, and more when it ends inside a paragraph or a list, or between
    a list and the sentence that leads to it.
    """
    total = sum(unit.words for unit in units)
    if total <= settings.max_passage_words and len(units) <= _MAX_UNITS:
        yield units
        return
    target = max(1, total) / max(1, round(total / settings.target_passage_words))
    best = [0.0] + [float("inf")] * len(units)
    cut_before = [0] * (len(units) + 1)
    for end in range(1, len(units) + 1):
        words = 0
        for start in range(end - 1, -1, -1):
            words += units[start].words
            if words > settings.max_passage_words and start < end - 1:
                break
            if end - start > _MAX_UNITS:
                break
            cost = best[start] + ((words - target) / target) ** 2
            if words < settings.min_passage_words:
                cost += 1.0
            cost += units[end - 1].cut_cost
            if cost < best[end]:
                best[end], cut_before[end] = cost, start
    cuts = [len(units)]
    while cuts[-1] > 0:
        cuts.append(cut_before[cuts[-1]])
    cuts.reverse()
    for start, end in pairwise(cuts):
        yield units[start:end]

"""Lines, headings, lists and tables guessed from where the text of a PDF stands.

A PDF has no structure, only pieces of text with a place and a size. What is larger or bolder
than most of the text is a heading; pieces on one line with columns that repeat are a table; what
stands at the same height on most pages is a running header or footer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kb_search.reading.blocks import Block, clean
from kb_search.reading.pdf_lines import BULLET, Fragment, Line, join_lines
from kb_search.reading.pdf_tables import add_table, table_end

_STARTS_ITEM = re.compile(r"^(?:[•▪●◦‣]\s*|[–—*-]\s+|\d{1,3}[.)]\s+)")
_SENTENCE_END = re.compile(r"[.!?:;…][»”\")]*$")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.\s*)?(?:\d+|[ivxl]+)(?:\s*(?:/|sur|of)\s*\d+)?$", re.IGNORECASE
)
_HEADING_RATIO = 1.12
_PARAGRAPH_GAP = 1.75
_MAX_HEADING_CHARACTERS = 140
_KEEPS_HYPHEN = {
    "abat", "après", "arc", "auto", "avant", "au", "avoir", "celle", "celui", "ceux", "chef",
    "ci", "compte", "contre", "court", "demi", "dix", "e", "elle", "est", "eux", "ex", "haut",
    "hors", "là", "lui", "mi", "moi", "mot", "multi", "nous", "non", "on", "par", "passe",
    "peut", "porte", "post", "pour", "pré", "presque", "quelqu", "rendez", "sans", "semi",
    "sous", "super", "sur", "t", "tiers", "toi", "tout", "très", "vice", "vingt", "vous",
    "wi",
}  # fmt: skip


def layout_blocks(pages: Sequence[Sequence[Fragment]]) -> tuple[Block, ...]:
    """Read the pages of a document.

    Args:
        pages: The fragments of each page in drawing order.

    Returns:
        Headings, paragraphs, list items and table rows with their pages; without running headers
        and footers, with words that were cut at a line's end mended.
    """
    lines = [join_lines(page) for page in pages]
    running = _running_lines(lines)
    kept = [[line for line in page if _key(line) not in running] for page in lines]
    body = _body_size(kept)
    levels = _heading_levels(kept, body)
    vocabulary = Counter(
        word.casefold()
        for page in kept
        for line in page
        for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)
    )
    blocks: list[Block] = []
    for page in kept:
        _page_blocks(page, body, levels, vocabulary, blocks)
    return tuple(blocks)


def _key(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.first.y / 4)


def _running_lines(pages: Sequence[Sequence[Line]]) -> set[tuple[str, int]]:
    """Return the keys of page numbers, and of lines at the edge of most pages."""
    if len(pages) < 2:
        return set()
    counts: Counter[tuple[str, int]] = Counter()
    numbers: set[tuple[str, int]] = set()
    for page in pages:
        by_height = sorted(page, key=lambda line: line.first.y)
        edge = by_height[:3] + by_height[-3:]
        counts.update({_key(line) for line in edge})
        numbers |= {_key(line) for line in edge if _PAGE_NUMBER.match(line.text)}
    return numbers | {key for key, count in counts.items() if count > max(1, len(pages) / 2)}


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            for fragment in line.fragments:
                sizes[round(fragment.size * 2) / 2] += len(fragment.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_levels(pages: Sequence[Sequence[Line]], body: float) -> dict[float, int]:
    """Number the sizes of headings from the largest; bold text of the body's size comes last."""
    sizes = {
        round(line.size * 2) / 2
        for page in pages
        for line in page
        if line.size > body * _HEADING_RATIO
    }
    levels = {size: level for level, size in enumerate(sorted(sizes, reverse=True), 1)}
    return {**levels, body: len(levels) + 1}


def _page_blocks(
    lines: list[Line],
    body: float,
    levels: dict[float, int],
    vocabulary: Counter[str],
    blocks: list[Block],
) -> None:
    position = 0
    while position < len(lines):
        end = table_end(lines, position)
        if end > position:
            add_table(lines[position:end], blocks)
            position = end
            continue
        line = lines[position]
        if _is_heading(line, body):
            size = round(line.size * 2) / 2
            level = levels.get(size, levels[body])
            end = position + 1
            while end < len(lines) and _continues_heading(lines[end - 1], lines[end], body):
                end += 1
            text = _join(lines[position:end], vocabulary)
            blocks.append(Block("heading", text, level=level, page=line.first.page))
            position = end
            continue
        end = position + 1
        while (
            end < len(lines)
            and _continues(lines[end - 1], lines[end])
            and not _is_heading(lines[end], body)
            and table_end(lines, end) == end
        ):
            end += 1
        _add_paragraph(lines[position:end], vocabulary, blocks)
        position = end


def _is_heading(line: Line, body: float) -> bool:
    text = line.text
    if len(text) > _MAX_HEADING_CHARACTERS or not any(letter.isalpha() for letter in text):
        return False
    if line.size > body * _HEADING_RATIO:
        return True
    return line.bold and line.size >= body * 0.98 and not text.endswith((".", ",", ";", ":"))


def _continues_heading(last: Line, line: Line, body: float) -> bool:
    return (
        _is_heading(line, body)
        and abs(line.size - last.size) < 0.5
        and 0 < last.first.y - line.first.y <= 1.4 * line.size
        and not last.text.endswith("?")
    )


def _continues(last: Line, line: Line) -> bool:
    """Tell whether a line goes on with the paragraph of the line above it."""
    drop = last.first.y - line.first.y
    return (
        0 < drop <= _PARAGRAPH_GAP * max(last.size, line.size)
        and abs(last.size - line.size) < 0.6
        and not _STARTS_ITEM.match(line.text)
    )


def _add_paragraph(lines: list[Line], vocabulary: Counter[str], blocks: list[Block]) -> None:
    text = _join(lines, vocabulary)
    if not text:
        return
    first = lines[0].first
    is_item = bool(_STARTS_ITEM.match(text)) or bool(BULLET.match(first.text))
    last = blocks[-1] if blocks else None
    if (
        last is not None
        and last.kind in {"paragraph", "item"}
        and last.page != first.page
        and not is_item
        and not _SENTENCE_END.search(last.text)
        and text[0].islower()
    ):  # a paragraph that goes on over the page
        blocks[-1] = Block(last.kind, _glue(last.text, text, vocabulary), page=last.page)
        return
    if is_item:
        text = re.sub(r"^[•▪●◦‣–—*]\s*", "- ", text)
    blocks.append(Block("item" if is_item else "paragraph", text, page=first.page))


def _join(lines: Sequence[Line], vocabulary: Counter[str]) -> str:
    text = ""
    for line in lines:
        text = _glue(text, line.text, vocabulary) if text else line.text
    return clean(text)


def _glue(left: str, right: str, vocabulary: Counter[str]) -> str:
    """Join two lines; a word that was cut by a hyphen is mended."""
    cut = re.search(r"([^\W\d_]+)[-‐]$", left)
    rest = re.match(r"[^\W\d_]+", right)
    if cut is None or rest is None or not right[0].islower():
        return f"{left} {right}"
    whole = (cut.group(1) + rest.group()).casefold()
    hyphened = f"{cut.group(1)}-{rest.group()}".casefold()
    keeps = vocabulary[hyphened] > vocabulary[whole] or (
        vocabulary[whole] == 0 and cut.group(1).casefold() in _KEEPS_HYPHEN
    )
    return f"{left}{right}" if keeps else f"{left[:-1]}{right}"

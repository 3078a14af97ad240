"""Lines, headings, lists and tables guessed from where the text of a PDF stands.

A PDF has no structure, only pieces of text with a place and a size. What is larger or bolder
than most of the text is a heading; pieces on one line with columns that repeat are a table; what
stands at the same height on most pages is a running header or footer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb_search.reading.blocks import Block, clean, row_text

_BULLET = re.compile(r"^(?:[•▪●◦‣–—*-]|\d{1,3}[.)]|[a-z]\))$")
_STARTS_ITEM = re.compile(r"^(?:[•▪●◦‣]\s*|[–—*-]\s+|\d{1,3}[.)]\s+)")
_SENTENCE_END = re.compile(r"[.!?:;…][»”\")]*$")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.\s*)?(?:\d+|[ivxl]+)(?:\s*(?:/|sur|of)\s*\d+)?$", re.IGNORECASE
)
_HEADING_RATIO = 1.12
_PARAGRAPH_GAP = 1.75
_SAME_LINE = 0.35
_SAME_COLUMN_PT = 3.0
_MAX_HEADING_CHARACTERS = 140
_KEEPS_HYPHEN = {
    "abat", "après", "arc", "auto", "avant", "au", "avoir", "celle", "celui", "ceux", "chef",
    "ci", "compte", "contre", "court", "demi", "dix", "e", "elle", "est", "eux", "ex", "haut",
    "hors", "là", "lui", "mi", "moi", "mot", "multi", "nous", "non", "on", "par", "passe",
    "peut", "porte", "post", "pour", "pré", "presque", "quelqu", "rendez", "sans", "semi",
    "sous", "super", "sur", "t", "tiers", "toi", "tout", "très", "vice", "vingt", "vous",
    "wi",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text as it was drawn.

    Attributes:
        text: Cleaned, on one line.
        x: Left edge in points from the left of the page.
        y: Baseline in points from the bottom of the page.
        size: Of the letters, in points.
        bold: Whether the font's name says so.
        page: From 1.
    """

    text: str
    x: float
    y: float
    size: float
    bold: bool
    page: int


@dataclass(slots=True)
class _Line:
    fragments: list[Fragment] = field(default_factory=list)

    @property
    def text(self) -> str:
        return clean(" ".join(fragment.text for fragment in self.fragments))

    @property
    def first(self) -> Fragment:
        return self.fragments[0]

    @property
    def size(self) -> float:
        return max(fragment.size for fragment in self.fragments)

    @property
    def bold(self) -> bool:
        return all(fragment.bold for fragment in self.fragments)


def layout_blocks(pages: Sequence[Sequence[Fragment]]) -> tuple[Block, ...]:
    """Read the pages of a document.

    Args:
        pages: The fragments of each page in drawing order.

    Returns:
        Headings, paragraphs, list items and table rows with their pages; without running headers
        and footers, with words that were cut at a line's end mended.
    """
    lines = [_lines(page) for page in pages]
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


def _lines(fragments: Sequence[Fragment]) -> list[_Line]:
    """Join neighbouring fragments of one height into lines, in drawing order."""
    lines: list[_Line] = []
    for fragment in fragments:
        last = lines[-1] if lines else None
        if (
            last is not None
            and abs(last.first.y - fragment.y) <= _SAME_LINE * max(last.size, fragment.size)
            and fragment.x >= last.fragments[-1].x
        ):
            last.fragments.append(fragment)
        else:
            lines.append(_Line([fragment]))
    return lines


def _key(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text.casefold()), round(line.first.y / 4)


def _running_lines(pages: Sequence[Sequence[_Line]]) -> set[tuple[str, int]]:
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


def _body_size(pages: Sequence[Sequence[_Line]]) -> float:
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            for fragment in line.fragments:
                sizes[round(fragment.size * 2) / 2] += len(fragment.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _heading_levels(pages: Sequence[Sequence[_Line]], body: float) -> dict[float, int]:
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
    lines: list[_Line],
    body: float,
    levels: dict[float, int],
    vocabulary: Counter[str],
    blocks: list[Block],
) -> None:
    position = 0
    while position < len(lines):
        end = _table_end(lines, position)
        if end > position:
            _add_table(lines[position:end], blocks)
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
            and _table_end(lines, end) == end
        ):
            end += 1
        _add_paragraph(lines[position:end], vocabulary, blocks)
        position = end


def _is_heading(line: _Line, body: float) -> bool:
    text = line.text
    if len(text) > _MAX_HEADING_CHARACTERS or not any(letter.isalpha() for letter in text):
        return False
    if line.size > body * _HEADING_RATIO:
        return True
    return line.bold and line.size >= body * 0.98 and not text.endswith((".", ",", ";", ":"))


def _continues_heading(last: _Line, line: _Line, body: float) -> bool:
    return (
        _is_heading(line, body)
        and abs(line.size - last.size) < 0.5
        and 0 < last.first.y - line.first.y <= 1.4 * line.size
        and not last.text.endswith("?")
    )


def _continues(last: _Line, line: _Line) -> bool:
    """Tell whether a line goes on with the paragraph of the line above it."""
    drop = last.first.y - line.first.y
    return (
        0 < drop <= _PARAGRAPH_GAP * max(last.size, line.size)
        and abs(last.size - line.size) < 0.6
        and not _STARTS_ITEM.match(line.text)
    )


def _add_paragraph(lines: list[_Line], vocabulary: Counter[str], blocks: list[Block]) -> None:
    text = _join(lines, vocabulary)
    if not text:
        return
    first = lines[0].first
    is_item = bool(_STARTS_ITEM.match(text)) or bool(_BULLET.match(first.text))
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


def _join(lines: Sequence[_Line], vocabulary: Counter[str]) -> str:
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


def _table_end(lines: Sequence[_Line], start: int) -> int:
    """Return where the table that starts at a line ends; ``start`` when there is none.

    The cells of a table are drawn row by row. At least two rows must have cells that start at
    the same two or more places, and the first column must be more than bullets.
    """
    if len(lines[start].fragments) < 2:
        return start
    end = start + 1
    lowest = lines[start].first.y
    while end < len(lines):
        line = lines[end]
        drop = lowest - line.first.y
        if not -3 * line.size < drop < 4.5 * line.size or abs(line.size - lines[start].size) > 0.6:
            break
        lowest = min(lowest, line.first.y)
        end += 1
    columns = _repeated_columns([line for line in lines[start:end] if len(line.fragments) > 1])
    if len(columns) < 2:
        return start
    for number in range(start, end):
        if not all(_near(fragment.x, columns) for fragment in lines[number].fragments):
            end = number
            break
    while end > start and len(lines[end - 1].fragments) < 2 and _is_flush(lines, start, end):
        end -= 1
    rows = [line for line in lines[start:end] if len(line.fragments) > 1]
    if len(rows) < 2 or all(_BULLET.match(line.first.text) for line in rows):
        return start
    return end


def _repeated_columns(lines: Sequence[_Line]) -> list[float]:
    """Return the left edges that at least two of the lines share."""
    columns: list[float] = []
    for line in lines:
        for fragment in line.fragments:
            shared = sum(_near(fragment.x, [f.x for f in other.fragments]) for other in lines)
            if shared > 1 and not _near(fragment.x, columns):
                columns.append(fragment.x)
    return columns


def _is_flush(lines: Sequence[_Line], start: int, end: int) -> bool:
    """Tell whether the last line stands alone under the table's left edge: text, not a cell."""
    last = lines[end - 1]
    left = min(line.first.x for line in lines[start:end])
    above = lines[end - 2] if end - 2 >= start else last
    return (
        abs(last.first.x - left) <= _SAME_COLUMN_PT
        and above.first.y - last.first.y > 1.5 * last.size
    )


def _near(x: float, columns: Sequence[float]) -> bool:
    return any(abs(x - column) <= _SAME_COLUMN_PT for column in columns)


def _add_table(lines: Sequence[_Line], blocks: list[Block]) -> None:
    fragments = [fragment for line in lines for fragment in line.fragments]
    columns: list[float] = []
    for x in sorted(fragment.x for fragment in fragments):
        if not columns or x - columns[-1] > _SAME_COLUMN_PT:
            columns.append(x)
    rows = _rows(fragments, columns)
    page = fragments[0].page
    first = rows[0]
    has_header = all(fragment.bold for cell in first for fragment in cell) and not all(
        fragment.bold for fragment in fragments
    )
    headers = [_cell_text(cell) for cell in first] if has_header else []
    for row in rows[1:] if has_header else rows:
        text = row_text(headers, [_cell_text(cell) for cell in row])
        if text:
            blocks.append(Block("row", text, page=page))


def _rows(fragments: list[Fragment], columns: list[float]) -> list[list[list[Fragment]]]:
    """Group the fragments of a table into rows of cells; a cell may have several lines."""
    heights = sorted({round(fragment.y, 1) for fragment in fragments}, reverse=True)
    size = max(fragment.size for fragment in fragments)
    gaps = [above - below for above, below in pairwise(heights)]
    roomy = any(gap > 1.45 * size for gap in gaps)
    row_of: dict[float, int] = {}
    row = 0
    for number, height in enumerate(heights):
        starts_cell = any(
            abs(fragment.y - height) < 0.1 and abs(fragment.x - columns[0]) <= _SAME_COLUMN_PT
            for fragment in fragments
        )
        if number and (gaps[number - 1] > 1.45 * size if roomy else starts_cell):
            row += 1
        row_of[height] = row
    rows: list[list[list[Fragment]]] = [[[] for _ in columns] for _ in range(row + 1)]
    for fragment in sorted(fragments, key=lambda fragment: -fragment.y):
        column = max(n for n, x in enumerate(columns) if fragment.x >= x - _SAME_COLUMN_PT)
        rows[row_of[round(fragment.y, 1)]][column].append(fragment)
    return rows


def _cell_text(cell: Sequence[Fragment]) -> str:
    return clean(" ".join(fragment.text for fragment in cell))

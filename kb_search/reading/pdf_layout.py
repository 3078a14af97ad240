"""Lines, headings, lists and tables guessed from where the text of a PDF stands.

A PDF has no structure, only pieces of text with a place and a size. What is larger or bolder
than most of the text is a heading; pieces on one line with columns that repeat are a table; what
stands at the same height on most pages is a running header or footer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product

from kb_search.reading.blocks import Block, clean
from kb_search.reading.pdf_lines import BULLET, Fragment, Line, join_lines, part_columns
from kb_search.reading.pdf_tables import Columns, add_table, table_end

_STARTS_ITEM = re.compile(r"^(?:[•▪●◦‣]\s*|[–—*-]\s+|\d{1,3}[.)]\s+)")
_SENTENCE_END = re.compile(r"[.!?:…][»”\")]*$")
_PAGE_NUMBER = re.compile(
    r"^(?:page\s*|p\.\s*)?(?:\d+|[ivxl]+)(?:\s*(?:/|sur|of)\s*\d+)?$", re.IGNORECASE
)
_CONTENTS_LINE = re.compile(r"(?:\.\s?){5,}\s*\d{1,4}$|(?:…\s?){3,}\s*\d{1,4}$")
_HEADING_RATIO = 1.12
_BODY_SHARE = 0.1
_INDENT_PT = 6.0
_MAX_COUNTERS = 3
_MIN_TABLE_LINES = 4
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


def layout_blocks(
    pages: Sequence[Sequence[Fragment]], check: Callable[[], None] = lambda: None
) -> tuple[Block, ...]:
    """Read the pages of a document.

    Args:
        pages: The fragments of each page in drawing order.
        check: Called again and again; what it raises ends the reading.

    Returns:
        Headings, paragraphs, list items and table rows with their pages; without running headers
        and footers and without tables of contents, with words that were cut at a line's end
        mended.
    """
    lines = [part_columns(join_lines(page)) for page in pages]
    check()
    running = _running_lines(lines, check)
    kept = [
        [line for line in page if id(line) not in running and not _CONTENTS_LINE.search(line.text)]
        for page in lines
    ]
    body = _body_size(kept)
    levels = _heading_levels(kept, body)
    vocabulary = Counter(
        word.casefold()
        for page in kept
        for line in page
        for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.text)
    )
    layout = _Layout(body, levels, vocabulary, check)
    for page in kept:
        layout.add_page(page)
    return tuple(layout.blocks)


def _running_lines(pages: Sequence[Sequence[Line]], check: Callable[[], None]) -> set[int]:
    """Return the lines, by identity, that stand at the edge of most pages, and page numbers.

    The numbers in them are the same on each page, or count the pages. Rows of a table are no
    running lines, even those that name its columns again on each page.
    """
    if len(pages) < 2:
        return set()
    places: dict[tuple[str, int], list[Line]] = {}
    running: set[int] = set()
    for number, page in enumerate(pages, 1):
        check()
        in_tables = _table_lines(page)
        by_height = sorted(page, key=lambda line: line.first.y)
        edge = {
            id(line): line for line in by_height[:3] + by_height[-3:] if id(line) not in in_tables
        }
        for line in edge.values():
            if _PAGE_NUMBER.match(line.text):
                running.add(id(line))
            for pattern in _patterns(line.text, number, is_pair=len(pages) == 2):
                places.setdefault((pattern, round(line.first.y / 4)), []).append(line)
    for lines in places.values():
        if len({line.first.page for line in lines}) > max(1, len(pages) / 2):
            running.update(id(line) for line in lines)
    return running


def _table_lines(page: Sequence[Line]) -> set[int]:
    """Return the lines, by identity, of tables of several rows."""
    found: set[int] = set()
    position = 0
    while position < len(page):
        end = table_end(page, position)
        if end - position >= _MIN_TABLE_LINES:
            found.update(id(line) for line in page[position:end])
        position = max(end, position + 1)
    return found


def _patterns(text: str, page: int, *, is_pair: bool) -> Iterator[str]:
    """Yield the text with each of its numbers as it is, or by its distance from the page's."""
    parts = re.split(r"(\d{1,9})", text.casefold())
    numbers = parts[1::2]
    if len(numbers) > _MAX_COUNTERS:
        yield text.casefold()
        return
    for counts in product((False, True), repeat=len(numbers)):
        if is_pair and any(
            count and int(number) != page for count, number in zip(counts, numbers, strict=True)
        ):
            continue
        shown = [
            f"#{int(number) - page}" if count else number
            for count, number in zip(counts, numbers, strict=True)
        ]
        yield "".join(
            part + (shown[place] if place < len(shown) else "")
            for place, part in enumerate(parts[::2])
        )


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    """Return the size of the text: the largest one that is used for much of what is long.

    The size of most letters alone may be that of large tables.
    """
    sizes: Counter[float] = Counter()
    in_paragraphs: Counter[float] = Counter()
    for page in pages:
        start = 0
        while start < len(page):
            end = start + 1
            while end < len(page) and _continues(page[end - 1], page[end]):
                end += 1
            size = round(page[start].size * 2) / 2
            characters = sum(len(line.text) for line in page[start:end])
            sizes[size] += characters
            is_text = all(len(line.fragments) == 1 for line in page[start:end])
            if is_text and characters > _MAX_HEADING_CHARACTERS and not page[start].bold:
                in_paragraphs[size] += characters
            start = end
    if not sizes:
        return 0.0
    enough = _BODY_SHARE * sizes.total()
    large = [size for size, characters in in_paragraphs.items() if characters >= enough]
    return max(large) if large else sizes.most_common(1)[0][0]


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


@dataclass(slots=True)
class _Layout:
    """Reads the lines of page after page.

    Attributes:
        body: Size of the text, in points.
        levels: Of headings, by their size.
        vocabulary: Of the document, to mend words with.
        check: Called before each block.
        blocks: Read so far.
        columns: Of a table that ended the page above.
        above: Last line of the paragraph or item that was read last.
        item_x: Left edge of the items of a list whose marks are no text.
    """

    body: float
    levels: dict[float, int]
    vocabulary: Counter[str]
    check: Callable[[], None]
    blocks: list[Block] = field(default_factory=list)
    columns: Columns | None = None
    above: Line | None = None
    item_x: float | None = None

    def add_page(self, lines: list[Line]) -> None:
        """Add the blocks of a page."""
        position = 0
        while position < len(lines):
            self.check()
            end = table_end(lines, position)
            if end > position:
                self.columns = add_table(lines[position:end], self.blocks, self.columns)
                self.above = self.item_x = None
            else:
                self.columns = None
                end = self._heading_end(lines, position)
                if end == position or not self._add_heading(lines[position:end]):
                    end = max(end, self._paragraph_end(lines, position))
                    self._add_paragraph(lines[position:end])
            position = end

    def _heading_end(self, lines: list[Line], start: int) -> int:
        end = start
        if _is_heading(lines[start], self.body):
            end += 1
            while end < len(lines) and _continues_heading(lines[end - 1], lines[end], self.body):
                end += 1
        return end

    def _paragraph_end(self, lines: list[Line], start: int) -> int:
        end = start + 1
        while (
            end < len(lines)
            and _continues(lines[end - 1], lines[end])
            and not _is_heading(lines[end], self.body)
            and table_end(lines, end) == end
        ):
            end += 1
        return end

    def _add_heading(self, lines: list[Line]) -> bool:
        """Add a heading; return whether the lines are short enough to be one."""
        text = _join(lines, self.vocabulary)
        if len(text) > _MAX_HEADING_CHARACTERS:
            return False
        size = round(lines[0].size * 2) / 2
        level = self.levels.get(size, self.levels[self.body])
        self.blocks.append(Block("heading", text, level=level, page=lines[0].first.page))
        self.above = self.item_x = None
        return True

    def _add_paragraph(self, lines: list[Line]) -> None:
        text = _join(lines, self.vocabulary)
        if not text:
            return
        first = lines[0].first
        is_item = bool(_STARTS_ITEM.match(text)) or bool(BULLET.match(first.text))
        last = self.blocks[-1] if self.blocks else None
        if last is not None and not is_item and self._goes_on(last, first, text):
            self.blocks[-1] = Block(
                last.kind, _glue(last.text, text, self.vocabulary), page=last.page
            )
        elif is_item:
            text = re.sub(r"^[•▪●◦‣–—*]\s*", "- ", text)
            self.blocks.append(Block("item", text, page=first.page))
            self.item_x = None
        elif self._is_indented(last, first):
            self.blocks.append(Block("item", f"- {text}", page=first.page))
            self.item_x = first.x
        else:
            self.blocks.append(Block("paragraph", text, page=first.page))
            self.item_x = None
        self.above = lines[-1]

    def _goes_on(self, last: Block, first: Fragment, text: str) -> bool:
        """Tell whether text goes on with the block above, over a page or from column to column."""
        if last.kind not in {"paragraph", "item"} or self.above is None:
            return False
        above = self.above.first
        jumps = above.page != first.page or first.y > above.y + above.size
        return jumps and not _SENTENCE_END.search(last.text) and text[0].islower()

    def _is_indented(self, last: Block | None, first: Fragment) -> bool:
        """Tell whether text stands as an item below the sentence that leads to a list."""
        if last is None or self.above is None or self.above.first.page != first.page:
            return False
        if self.item_x is not None:
            return abs(first.x - self.item_x) <= 1.0
        indent = first.x - self.above.first.x
        return last.text.endswith(":") and _INDENT_PT <= indent <= 6 * _INDENT_PT


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

"""The content of an HTML page, as headings, paragraphs, list items and table rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from kb_search.reading.blocks import Block, BlockKind, clean
from kb_search.reading.html_content import HEADINGS, ancestors
from kb_search.reading.tables import Cell, table_rows

if TYPE_CHECKING:
    Element = Any  # lxml has no types

_BLOCK_TAGS = {
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_LAYOUT_CELL = {"table", "dl", "details", "h1", "h2", "h3", "h4", "h5", "h6"}
FOLDED_LEVEL = 7
"""Level of the first folding panel or defined term, below every heading."""

_BOLD_LEVEL = 6
_MAX_BOLD_HEADING_WORDS = 15
_MAX_DEPTH = 150
_MAX_SPAN = 100
_MAX_CELLS = 100_000


def content_blocks(
    root: Element, dropped: Collection[Element], panels: Mapping[Element, Element]
) -> tuple[Block, ...]:
    """Read the content of a page.

    Args:
        root: Element that holds the content.
        dropped: Elements in it that are no content.
        panels: Panel of each control that folds one.

    Returns:
        The blocks in reading order.
    """
    walk = _Walk(root, dropped, panels)
    walk.children(root, 0)
    while walk.blocks and walk.blocks[-1].kind == "end":
        walk.blocks.pop()
    return tuple(walk.blocks)


def text_of(element: Element, dropped: Collection[Element] = ()) -> str:
    """Return the text of an element on one line; blocks and line breaks part words."""
    parts: list[str] = [element.text or ""]
    pending = [iter(element)]
    above: list[Element] = []
    while pending:
        child = next(pending[-1], None)
        if child is None:
            pending.pop()
            if above:
                parts.append(_edge(above[-1]))
                parts.append(above.pop().tail or "")
            continue
        if child in dropped or not isinstance(child.tag, str):
            parts.append(child.tail or "")
            continue
        parts.append(_edge(child))
        parts.append(child.text or "")
        above.append(child)
        pending.append(iter(child))
    return clean("".join(parts))


def _edge(element: Element) -> str:
    return " " if element.tag in _BLOCK_TAGS or element.tag == "br" else ""


class _Walk:
    """Goes through the content in reading order and collects its blocks."""

    def __init__(
        self, root: Element, dropped: Collection[Element], panels: Mapping[Element, Element]
    ) -> None:
        holding = [element for element in root.iter() if element.tag in _BLOCK_TAGS]
        holding.extend(panels)
        self._holders = {*holding, *ancestors(holding)}
        self._dropped = dropped
        self._panels = panels
        self._panel_elements = set(panels.values())
        self._folds = 0
        self._read: Element | None = None
        self.blocks: list[Block] = []

    def children(self, element: Element, depth: int) -> None:
        """Add the blocks in an element; text between blocks is a paragraph."""
        if depth > _MAX_DEPTH:
            self._add("paragraph", text_of(element, self._dropped))
            return
        inline = [element.text or ""]
        for child in element:
            if child in self._dropped or child is self._read or not isinstance(child.tag, str):
                pass
            elif child in self._holders:
                self._add("paragraph", "".join(inline))
                inline = []
                self._block(child, depth + 1)
            elif child.tag == "br":
                inline.append(" ")
            else:
                inline.append(f"{_blank_before(child)}{text_of(child, self._dropped)}")
                inline.append(_blank_after(child))
            inline.append(child.tail or "")
        self._add("paragraph", "".join(inline))

    def _block(self, element: Element, depth: int) -> None:
        tag = element.tag
        if tag in HEADINGS:
            self._add("heading", text_of(element, self._dropped), HEADINGS[tag])
        elif tag == "details":
            self._fold(element, depth)
        elif tag == "dl":
            self._definitions(element, depth)
        elif tag == "table" and not self._is_layout(element):
            self._table(element)
        elif tag in {"ul", "ol"}:
            self._list(element, depth)
        elif element in self._panels and text_of(element, self._dropped):
            self._control(element, depth)
        elif element in self._panel_elements:
            self.children(element, depth)
            self._end(FOLDED_LEVEL + self._folds)
        elif tag == "p" and self._is_bold_heading(element):
            self._add("heading", text_of(element, self._dropped), _BOLD_LEVEL)
        else:
            self.children(element, depth)

    def _control(self, element: Element, depth: int) -> None:
        """Add what folds a panel: its heading, when nothing else in it is a block."""
        if any(child in self._holders for child in element):
            self.children(element, depth)
        else:
            level = FOLDED_LEVEL + self._folds
            self._add("heading", text_of(element, self._dropped), level)

    def _fold(self, element: Element, depth: int) -> None:
        level = FOLDED_LEVEL + self._folds
        summary = element.find("summary")
        if summary is not None and summary not in self._dropped:
            self._add("heading", text_of(summary, self._dropped), level)
        self._folds += 1
        self._read = summary
        self.children(element, depth)
        self._folds -= 1
        self._end(level)

    def _definitions(self, element: Element, depth: int) -> None:
        """Add a list of terms: each is the heading of what is said of it."""
        level = FOLDED_LEVEL + self._folds
        self._folds += 1
        for part in element.iterdescendants("dt", "dd"):
            if part in self._dropped or next(part.iterancestors("dl")) is not element:
                continue
            if part.tag == "dt":
                self._add("heading", text_of(part, self._dropped), level)
            else:
                self.children(part, depth)
        self._folds -= 1
        self._end(level)

    def _list(self, element: Element, depth: int) -> None:
        number = _start(element)
        for item in element:
            if item in self._dropped or not isinstance(item.tag, str):
                continue
            if item.tag != "li":
                self._block(item, depth)
                continue
            first = len(self.blocks)
            self.children(item, depth)
            if len(self.blocks) > first and self.blocks[first].kind == "paragraph":
                marker = f"{number}. " if element.tag == "ol" else "- "
                self.blocks[first] = Block("item", marker + self.blocks[first].text)
            number += 1

    def _is_layout(self, table: Element) -> bool:
        """Tell whether a table only places things on the page."""
        if table.get("role") in {"presentation", "none"}:
            return True
        if any(element.tag in _LAYOUT_CELL for element in table.iterdescendants()):
            return True
        widths = [len(row.findall("td")) + len(row.findall("th")) for row in table.iter("tr")]
        return len(widths) < 2 or max(widths) < 2

    def _table(self, table: Element) -> None:
        for caption in table.findall("caption"):
            self._add("paragraph", text_of(caption, self._dropped))
        for text in table_rows(self._grid(table)):
            self._add("row", text)

    def _grid(self, table: Element) -> list[list[Cell]]:
        """Return the cells of a table, those over several rows or columns in each of them."""
        grid: list[list[Cell]] = []
        hanging: dict[int, tuple[int, Cell]] = {}
        cells = 0
        for row in table.iterdescendants("tr"):
            if row in self._dropped:
                continue
            line: list[Cell] = []
            for element in row:
                if element.tag not in {"td", "th"} or element in self._dropped:
                    continue
                _hang(line, hanging)
                cell = Cell(text_of(element, self._dropped), _is_header(element))
                columns, rows = _span(element, "colspan"), _span(element, "rowspan")
                if cells > _MAX_CELLS:
                    columns = rows = 1
                for _ in range(columns):
                    if rows > 1:
                        hanging[len(line)] = (rows - 1, cell)
                    line.append(cell)
                cells += columns
            _hang(line, hanging)
            grid.append(line)
        return grid

    def _is_bold_heading(self, element: Element) -> bool:
        """Tell whether a paragraph is a few bold words above more text."""
        words = text_of(element, self._dropped)
        if not words or len(words.split()) > _MAX_BOLD_HEADING_WORDS:
            return False
        bold = [child for child in element if child.tag in {"b", "strong"}]
        inside = clean("".join(text_of(child, self._dropped) for child in bold))
        after = element.getnext()
        return (
            "".join(inside.split()) == "".join(words.split())
            and not words.endswith((".", ",", ";", ":"))
            and element.getparent().tag not in {"li", "td", "th", "dd"}
            and after is not None
            and after not in self._dropped
            and after.tag in {"p", "ul", "ol", "table", "div"}
            and bool(text_of(after, self._dropped))
            and not (after.tag == "p" and _is_all_bold(after))
        )

    def _end(self, level: int) -> None:
        if self.blocks and self.blocks[-1] != Block("end", "", level):
            self.blocks.append(Block("end", "", level))

    def _add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        text = clean(text)
        if text:
            self.blocks.append(Block(kind, text, level=level))


def _blank_before(element: Element) -> str:
    text = element.text or ""
    return " " if text[:1].isspace() else ""


def _blank_after(element: Element) -> str:
    text = (element[-1].tail if len(element) else element.text) or ""
    return " " if text[-1:].isspace() else ""


def _is_all_bold(element: Element) -> bool:
    return (
        len(element) > 0
        and not (element.text or "").strip()
        and all(
            child.tag in {"b", "strong"} and not (child.tail or "").strip() for child in element
        )
    )


def _is_header(cell: Element) -> bool:
    return (
        cell.tag == "th"
        or cell.getparent().getparent().tag == "thead"
        or (_is_all_bold(cell) or (len(cell) == 1 and _is_all_bold(cell[0])))
    )


def _hang(line: list[Cell], hanging: dict[int, tuple[int, Cell]]) -> None:
    """Add the cells that hang down from rows above at this place."""
    while len(line) in hanging:
        rows, cell = hanging.pop(len(line))
        if rows > 1:
            hanging[len(line)] = (rows - 1, cell)
        line.append(cell)


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return (
        min(max(int(value), 1), _MAX_SPAN)
        if value.isascii() and value.isdigit() and len(value) < 6
        else 1
    )


def _start(element: Element) -> int:
    value = (element.get("start") or "1").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 1

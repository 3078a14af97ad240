"""Tables found where pieces of text start at the same places on several lines of a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kb_search.reading.blocks import Block, clean, row_text
from kb_search.reading.pdf_lines import BULLET, Fragment, Line

_SAME_COLUMN_PT = 3.0
_MAX_TABLE_LINES = 150
"""Lines that are looked at together: bounds the work on a page of very many pieces."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table.

    Attributes:
        edges: Left edges in points, from left to right.
        names: Of the columns; empty when it has no header.
    """

    edges: tuple[float, ...]
    names: tuple[str, ...]


def table_end(lines: Sequence[Line], start: int) -> int:
    """Return where the table that starts at a line ends; ``start`` when there is none.

    The cells of a table are drawn row by row. At least two rows must have cells that start at
    the same two or more places, and the first column must be more than bullets.
    """
    if len(lines[start].fragments) < 2:
        return start
    end = start + 1
    lowest = lines[start].first.y
    while end < min(len(lines), start + _MAX_TABLE_LINES):
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
    if len(rows) < 2 or all(BULLET.match(line.first.text) for line in rows):
        return start
    return end


def _repeated_columns(lines: Sequence[Line]) -> list[float]:
    """Return the left edges that at least two of the lines share."""
    edges = sorted(
        (fragment.x, number) for number, line in enumerate(lines) for fragment in line.fragments
    )
    columns: list[float] = []
    for place, (x, number) in enumerate(edges):
        if columns and x - columns[-1] <= _SAME_COLUMN_PT:
            continue
        for other, line in edges[place + 1 :]:
            if other - x > _SAME_COLUMN_PT:
                break
            if line != number:
                columns.append(x)
                break
    return columns


def _is_flush(lines: Sequence[Line], start: int, end: int) -> bool:
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


def add_table(lines: Sequence[Line], blocks: list[Block], before: Columns | None = None) -> Columns:
    """Add a row for each line of cells; a first row in bold names the columns.

    Args:
        lines: Of the table.
        blocks: Rows are added to them.
        before: Columns of a table that ended the page above: one without names that has the same
            columns goes on with it.

    Returns:
        Its columns.
    """
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
    if not has_header and before is not None and _are_same(before.edges, columns):
        headers = list(before.names)
    for row in rows[1:] if has_header else rows:
        text = row_text(headers, [_cell_text(cell) for cell in row])
        if text:
            blocks.append(Block("row", text, page=page))
    return Columns(tuple(columns), tuple(headers))


def _are_same(edges: Sequence[float], columns: Sequence[float]) -> bool:
    return len(edges) == len(columns) and all(
        abs(edge - column) <= _SAME_COLUMN_PT for edge, column in zip(edges, columns, strict=True)
    )


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

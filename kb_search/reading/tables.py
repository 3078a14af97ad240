"""Tables written row by row, each cell under the name of its column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb_search.reading.blocks import row_text

_MAX_HEADER_ROWS = 3
_MAX_HEADER_WORDS = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: Cleaned, on one line; may be empty.
        is_header: Whether it is marked as the name of a column, or set in bold.
    """

    text: str
    is_header: bool = False


def table_rows(grid: Sequence[Sequence[Cell]]) -> list[str]:
    """Write a table so that each of its rows can be read alone.

    The names of the columns are those of the first rows whose cells are all marked as headers;
    where no cell is, a first row of words above columns of figures.

    Args:
        grid: Rows of cells; a cell over several rows or columns stands in each of them.

    Returns:
        A line for each row that is not empty. A table of headers alone gives them as a row.
    """
    rows = [row for row in grid if any(cell.text for cell in row)]
    depth = _marked_headers(rows) or int(_looks_like_a_header(rows))
    if depth == len(rows):
        depth = 0
    headers = _column_names(rows[:depth])
    return [text for row in rows[depth:] if (text := row_text(headers, _distinct(row)))]


def _marked_headers(rows: Sequence[Sequence[Cell]]) -> int:
    depth = 0
    for row in rows[:_MAX_HEADER_ROWS]:
        if len(row) < 2 or not all(cell.is_header or not cell.text for cell in row):
            break
        depth += 1
    return depth


def _looks_like_a_header(rows: Sequence[Sequence[Cell]]) -> bool:
    """Tell whether the first row is words alone and some column under it is figures alone."""
    if len(rows) < 3 or len(rows[0]) < 2:
        return False
    names = [cell.text for cell in rows[0]]
    if len(set(names)) < len(names) or not all(
        name and not _has_digit(name) and len(name.split()) <= _MAX_HEADER_WORDS for name in names
    ):
        return False
    return any(
        all(column < len(row) and _has_digit(row[column].text) for row in rows[1:])
        for column in range(1, len(names))
    )


def _has_digit(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _column_names(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Join the headers that stand above each other, each once."""
    names: list[list[str]] = [[] for _ in range(max((len(row) for row in rows), default=0))]
    for row in rows:
        for column, cell in enumerate(row):
            if cell.text and cell.text not in names[column]:
                names[column].append(cell.text)
    return [" ".join(parts) for parts in names]


def _distinct(row: Sequence[Cell]) -> list[str]:
    """Return the texts of a row; one that fills it from end to end is written once."""
    texts = [cell.text for cell in row]
    return texts[:1] if len(texts) > 1 and len(set(texts)) == 1 else texts

"""The common shape that every document format is read into."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from kb_search.documents import Metadata, Problem

BlockKind = Literal["heading", "paragraph", "item", "row", "end"]

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, list item or table row, on one line.

    Attributes:
        kind: What it is. ``end`` is no text: what follows it stands no longer under the headings
            of its level and deeper.
        text: Cleaned by :func:`clean`; empty only for an ``end``.
        level: Depth of a heading from 1, or of what an ``end`` closes; 0 for all others.
        page: Page of a PDF, from 1; None for other formats.
        metadata: Of the row of a question-and-answer table, on its heading; None for all others.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None
    metadata: Metadata | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in a file.

    Attributes:
        blocks: In reading order.
        title: What the format itself says the title is; None when it does not.
        properties: Raw metadata by name, as their author wrote it in a front matter.
        pages: Number of pages of a PDF; None for other formats.
        hints: What the format says of language, address and date, by field of the metadata.
        metadata: Of the whole, where it follows from its rows; None where the properties tell.
        problems: Parts that could not be read; their path is filled in by the caller.
    """

    blocks: tuple[Block, ...]
    title: str | None = None
    properties: dict[str, object] = field(default_factory=dict)
    pages: int | None = None
    hints: dict[str, str] = field(default_factory=dict)
    metadata: Metadata | None = None
    problems: tuple[Problem, ...] = ()


def clean(text: str) -> str:
    """Return the text on one line: NFC, single plain spaces, nothing invisible."""
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def row_text(headers: Sequence[str], cells: Sequence[str]) -> str:
    """Write a table row so that it can be read alone.

    Args:
        headers: Column names; empty ones, and missing ones, are left out.
        cells: Of the row.

    Returns:
        ``name : cell`` parts joined by ``;``, empty cells left out.
    """
    parts = []
    for column, cell in enumerate(cells):
        header = headers[column] if column < len(headers) else ""
        if cell:
            parts.append(f"{header} : {cell}" if header else cell)
    return " ; ".join(parts)

"""Pieces of text on a page of a PDF, and the lines that they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kb_search.reading.blocks import clean

BULLET = re.compile(r"^(?:[•▪●◦‣–—*-]|\d{1,3}[.)]|[a-z]\))$")
"""What stands before an item of a list, when it stands alone."""

_SAME_LINE = 0.35


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
class Line:
    """Fragments of one height, from left to right as they were drawn.

    Attributes:
        fragments: At least one.
    """

    fragments: list[Fragment] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All fragments, with blanks between them."""
        return clean(" ".join(fragment.text for fragment in self.fragments))

    @property
    def first(self) -> Fragment:
        """The leftmost fragment."""
        return self.fragments[0]

    @property
    def size(self) -> float:
        """Of the largest letters, in points."""
        return max(fragment.size for fragment in self.fragments)

    @property
    def bold(self) -> bool:
        """Whether all of it is bold."""
        return all(fragment.bold for fragment in self.fragments)


def join_lines(fragments: Sequence[Fragment]) -> list[Line]:
    """Join neighbouring fragments of one height into lines, in drawing order."""
    lines: list[Line] = []
    for fragment in fragments:
        last = lines[-1] if lines else None
        if (
            last is not None
            and abs(last.first.y - fragment.y) <= _SAME_LINE * max(last.size, fragment.size)
            and fragment.x >= last.fragments[-1].x
        ):
            last.fragments.append(fragment)
        else:
            lines.append(Line([fragment]))
    return lines

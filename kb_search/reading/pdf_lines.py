"""Pieces of text on a page of a PDF, and the lines that they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from kb_search.reading.blocks import clean

BULLET = re.compile(r"^(?:[•▪●◦‣–—*-]|\d{1,3}[.)]|[a-z]\))$")
"""What stands before an item of a list, when it stands alone."""

_SAME_LINE = 0.35
_GLUED_GAP = 0.15
_BLANK_GAP = 0.6
_SHORT_PIECE = 3
"""Characters up to which the width of a piece is guessed well enough to see the gap after it."""

_NARROW = frozenset("iljtfrI.,;:!|'’()[] ")
_WIDE = frozenset("mwMWŒœ@%")
_GUTTER_SHARE = 0.8
_GOING_ON_SHARE = 0.4
_MIN_COLUMN_LINES = 6
_MIN_COLUMN_CHARACTERS = 24
_SAME_COLUMN_PT = 3.0


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
    before: Fragment | None = None
    for fragment in fragments:
        last = lines[-1] if lines else None
        if (
            last is not None
            and before is not None
            and abs(last.first.y - fragment.y) <= _SAME_LINE * max(before.size, fragment.size)
            and fragment.x >= before.x
        ):
            gap = _gap(before, fragment)
            if gap is not None and gap < _BLANK_GAP:
                end = last.fragments[-1]
                blank = "" if gap < _GLUED_GAP else " "
                last.fragments[-1] = replace(end, text=f"{end.text}{blank}{fragment.text}")
            else:
                last.fragments.append(fragment)
        else:
            lines.append(Line([fragment]))
        before = fragment
    return lines


def _gap(before: Fragment, fragment: Fragment) -> float | None:
    """Return the gap between two pieces in units of the letters' size; None when it is unknown.

    A PDF may draw each letter by itself. The width of a letter is guessed, which is good enough
    for a few of them.
    """
    if len(before.text) > _SHORT_PIECE or abs(before.size - fragment.size) > 0.5:
        return None
    width = sum(
        0.28 if letter in _NARROW else 0.85 if letter in _WIDE else 0.56 for letter in before.text
    )
    return (fragment.x - before.x) / before.size - width


def part_columns(lines: Sequence[Line]) -> list[Line]:
    """Part two columns of text that were drawn line by line, across both.

    A table of two columns has short cells, or cells that begin with a capital letter; where most
    lines of a run have two long pieces of text that start at the same two places, many of them in
    the middle of a sentence, the left ones are read before the right ones.
    """
    parted: list[Line] = []
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_across(lines[start], lines[end]):
            end += 1
        run = lines[start:end]
        if len(run) >= _MIN_COLUMN_LINES and _is_dense(run):
            for side in (0, 1):
                parted += [
                    Line([line.fragments[side]]) for line in run if side < len(line.fragments)
                ]
        else:
            end = max(end, start + 1)
            parted += lines[start:end]
        start = end
    return parted


def _is_across(first: Line, line: Line) -> bool:
    """Tell whether a line has two pieces that start where those of the first line do."""
    return (
        len(first.fragments) == len(line.fragments) == 2
        and abs(first.size - line.size) < 0.6
        and all(
            abs(one.x - other.x) <= _SAME_COLUMN_PT
            for one, other in zip(first.fragments, line.fragments, strict=True)
        )
    )


def _is_dense(run: Sequence[Line]) -> bool:
    steps = [above.first.y - below.first.y for above, below in pairwise(run)]
    is_even = all(0 < step <= 1.6 * run[0].size for step in steps)
    long = sum(
        all(len(fragment.text) >= _MIN_COLUMN_CHARACTERS for fragment in line.fragments)
        for line in run
    )
    pieces = [fragment.text for line in run for fragment in line.fragments]
    going_on = sum(piece[0].islower() for piece in pieces)
    return (
        is_even and long >= _GUTTER_SHARE * len(run) and going_on >= _GOING_ON_SHARE * len(pieces)
    )

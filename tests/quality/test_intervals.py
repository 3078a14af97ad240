from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from quality.intervals import gaps, merge, total_s

intervals = st.lists(
    st.tuples(st.integers(0, 50), st.integers(0, 12)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=12,
)


def cells(pieces):
    """The same on a grid of unit cells, counted one by one."""
    return {cell for start, end in pieces for cell in range(int(start), int(end))}


@given(intervals)
@settings(deadline=None)
def test_a_union_covers_the_same_cells_and_is_disjoint(pieces):
    union = merge(pieces)
    assert cells(union) == cells(pieces)
    assert total_s(union) == len(cells(pieces))
    assert all(end < start for (_, end), (start, _) in pairwise(union))


@given(intervals, st.integers(0, 30), st.integers(0, 40))
@settings(deadline=None)
def test_gaps_are_what_the_union_leaves(pieces, start, length):
    free = gaps(merge(pieces), start_s=start, end_s=start + length)
    assert cells(free) == set(range(start, start + length)) - cells(pieces)
    assert total_s(free) == len(cells(free))

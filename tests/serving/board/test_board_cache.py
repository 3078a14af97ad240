"""Figures of a moment ago: computed once, and let go of when they are old."""

from __future__ import annotations

import gc
import weakref

from serving.board.cache import Moments


class Many:
    """Something large."""


def test_a_figure_is_computed_once_in_a_while_and_lets_go_of_its_memory():
    now = [0.0]
    moments = Moments(5.0, clock=lambda: now[0])
    first = weakref.ref(moments.get("a", Many))
    assert moments.get("a", Many) is first()
    now[0] = 5.0
    assert moments.get("a", Many) is not first()
    second = weakref.ref(moments.get("a", Many))
    now[0] = 11.0
    moments.get("b", Many)  # somebody asks for something else
    gc.collect()
    assert (first(), second()) == (None, None)

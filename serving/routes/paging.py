"""Parameters that all lists share, and the cursors of those that the store does not make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import TypeAdapter

from serving.store.cursors import opened, sealed

Limit = Annotated[int, Query(ge=1, le=200, description="Most to return.")]
Cursor = Annotated[
    str | None,
    Query(max_length=600, description="`next_cursor` of the page before; none for the first."),
]

_TEXT = TypeAdapter(str)
_Row = TypeVar("_Row")


def cursor_after(moment: datetime, row_id: str) -> str:
    """Return the cursor of the page that follows a row of a list, newest first.

    :func:`serving.store.cursors.position_of` reads it.
    """
    return sealed([moment.isoformat(), row_id])


def cursor_after_text(text: str) -> str:
    """Return the cursor of the page that follows an entry of a list in the order of texts."""
    return sealed(text)


def text_of(cursor: str | None) -> str | None:
    """Return the text that a cursor follows; None without one.

    Raises:
        BadInput: The cursor is none of ours.
    """
    return None if cursor is None else opened(cursor, _TEXT)


def cut(rows: Sequence[_Row], limit: int) -> tuple[list[_Row], bool]:
    """Return a page of rows that were asked for with one more, and whether others follow."""
    return list(rows[:limit]), len(rows) > limit

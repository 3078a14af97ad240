"""Where the next page of a list begins, in a form that only the store can read."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Annotated, Protocol, TypeVar

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from conversation.errors import BadInput

_POSITION = TypeAdapter(tuple[AwareDatetime, str])
_RANK = TypeAdapter(Annotated[int, Field(ge=1, le=1_000_000)])
_Place = TypeVar("_Place")


class Listed(Protocol):
    """What is listed by when it was made."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        ...


def cursor_at(last: Listed) -> str:
    """Return the cursor of the page that follows a conversation, or a job, in a list."""
    return sealed([last.created_at.isoformat(), last.id])


def position_of(cursor: str) -> tuple[datetime, str]:
    """Return the moment and the id of the conversation that a cursor follows.

    Raises:
        BadInput: The cursor is none of ours.
    """
    created_at, last_id = opened(cursor, _POSITION)
    try:
        return created_at.astimezone(UTC), last_id
    except OverflowError as error:
        raise _foreign(cursor) from error


def cursor_of_rank(rank: int) -> str:
    """Return the cursor of the page of a search that begins after so many hits."""
    return sealed(rank)


def rank_of(cursor: str) -> int:
    """Return how many hits come before a page of a search.

    Raises:
        BadInput: The cursor is none of ours.
    """
    return opened(cursor, _RANK)


def sealed(place: object) -> str:
    """Return a place in a list, of JSON values, as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def opened(cursor: str, form: TypeAdapter[_Place]) -> _Place:
    """Return the place of a cursor that :func:`sealed` made.

    Args:
        cursor: As somebody sent it.
        form: Of the place.

    Raises:
        BadInput: The cursor is none of ours.
    """
    try:
        text = base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
        if "\\u0000" in text:  # which was never in a place of ours, and PostgreSQL takes in no text
            raise _foreign(cursor)
        return form.validate_json(text)
    except (ValueError, ValidationError) as error:
        raise _foreign(cursor) from error


def _foreign(cursor: str) -> BadInput:
    return BadInput(
        f"the cursor {cursor[:40]!r} is not one that a list gave",
        remedy="use next_cursor of the page before as it is, or none for the first page",
    )

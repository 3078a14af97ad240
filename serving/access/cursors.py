"""Where a list of the access area goes on."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from conversation.errors import BadInput

_POSITION = TypeAdapter(tuple[AwareDatetime, str])


def cursor_at(created_at: datetime, last_id: str) -> str:
    """Return the cursor of the page that follows a row."""
    position = json.dumps([created_at.isoformat(), last_id])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position_of(cursor: str) -> tuple[datetime, str]:
    """Return the moment and the id of the row that a cursor follows.

    Raises:
        BadInput: The cursor is none of ours.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        created_at, last_id = _POSITION.validate_json(base64.urlsafe_b64decode(padded))
        return created_at.astimezone(UTC), last_id.replace("\x00", "")
    except (ValueError, ValidationError, OverflowError) as error:
        raise BadInput(
            f"the cursor {cursor[:40]!r} is not one that a list gave",
            remedy="use next_cursor of the page before as it is, or none for the first page",
        ) from error

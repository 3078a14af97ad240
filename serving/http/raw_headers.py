"""Headers of an answer as ASGI has them: every answer passes here, several times."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import Message

RawHeader = tuple[bytes, bytes]


def add_missing(message: Message, headers: Iterable[RawHeader]) -> None:
    """Add headers to an answer that does not have them.

    Args:
        message: Its ``http.response.start``; changed in place.
        headers: Names in small letters, and values.
    """
    raw = list(message.get("headers", ()))
    there = {name.lower() for name, _ in raw}
    raw += [header for header in headers if header[0] not in there]
    message["headers"] = raw


def value_of(message: Message, name: bytes) -> bytes | None:
    """Return a header of an answer; None where it is not there.

    Args:
        message: Its ``http.response.start``.
        name: In small letters.
    """
    return next((value for key, value in message["headers"] if key.lower() == name), None)

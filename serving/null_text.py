"""Texts with a NUL character, which nobody writes and PostgreSQL does not keep."""

from __future__ import annotations

NULL = "\x00"
HOLDS_NULL = "holds a NUL character, which no text has"
REMEDY = "leave the NUL characters out"


def without_null(text: str) -> str:
    """Return a text as it is; what fields of forms are checked with.

    Raises:
        ValueError: It holds a NUL.
    """
    if NULL in text:
        raise ValueError(HOLDS_NULL)
    return text

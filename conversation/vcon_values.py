"""Lenient reading of single values of a vCon, whose writers differ."""

from __future__ import annotations

import base64
import binascii
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

_LARGEST = 1e8


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Return the objects of a list, an empty list where it is none."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """Return an object, an empty one where it is none."""
    return value if isinstance(value, Mapping) else {}


def text(*candidates: object) -> str:
    """Return the first text that is not empty, without surrounding space; "" where none is."""
    for value in candidates:
        if isinstance(value, str) and value.strip():
            return readable(value).strip()
    return ""


def readable(value: str) -> str:
    """Replace surrogates that stand alone, which JSON may hold and UTF-8 may not."""
    return value.encode("utf-8", "replace").decode("utf-8")


def number(value: object) -> float | None:
    """Return a finite number from 0 on; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and 0 <= found < _LARGEST else None


def index(value: object) -> int | None:
    """Return a whole number from 0 on; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**6:
        return None
    return value


def moment(value: object) -> datetime | None:
    """Return a time as RFC 3339 or RFC 5322 write it, in UTC without a zone; None otherwise."""
    if not isinstance(value, str):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value.strip())
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        except (TypeError, ValueError, IndexError, OverflowError):
            continue
    return None


def base64url(value: str) -> bytes | None:
    """Decode base64url or base64, with or without padding; None where it is neither."""
    plain = re.sub(r"[\s=]+", "", value).translate(str.maketrans("+/", "-_"))
    if not re.fullmatch(r"[A-Za-z0-9_-]*", plain):
        return None
    try:
        return base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
    except (binascii.Error, ValueError):
        return None

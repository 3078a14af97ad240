r"""Halves of characters: escapes that JSON may hold and no text may.

``"\ud83d"`` alone is the first half of a UTF-16 pair. ``json.loads`` takes it, and what comes out
can be neither stored nor sent as UTF-8 (RFC 8259, section 8.2).
"""

from __future__ import annotations

import json
import re

_ESCAPED_HALF = re.compile(r"\\u[dD][89a-fA-F]")


def holds_half_characters(text: str) -> bool:
    """Tell whether JSON, or lines of JSON, hold half of a character; what is no JSON holds none."""
    if not _ESCAPED_HALF.search(text):
        return False
    try:
        return _cannot_be_sent(json.loads(text))
    except (ValueError, RecursionError):
        pass
    for line in text.splitlines():
        if _ESCAPED_HALF.search(line):
            try:
                if _cannot_be_sent(json.loads(line)):
                    return True
            except (ValueError, RecursionError):
                continue
    return False


def _cannot_be_sent(data: object) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False

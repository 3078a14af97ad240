"""Server-sent events as OpenAI's clients read them."""

from __future__ import annotations

import json
from collections.abc import Mapping

DONE = b"data: [DONE]\n\n"


def event(content: Mapping[str, object]) -> bytes:
    """Write one event.

    Args:
        content: JSON values.
    """
    return b"data: " + json.dumps(content, ensure_ascii=False).encode() + b"\n\n"

"""Paragraphs of ``format=flowed`` text put together again (RFC 3676)."""

from __future__ import annotations

import re

_SIGNATURE_MARK = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """Join the lines that a mail program broke.

    Args:
        text: Body of a part that states ``format=flowed``.
        delete_space: Whether it states ``delsp=yes``: the space that marks a broken line is not
            part of the text.

    Returns:
        The text with one line a paragraph; quote marks are kept, as ``>`` and a space.
    """
    joined: list[tuple[int, str]] = []
    pieces: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        marks = re.match(r">*", line)
        depth = marks.end() if marks else 0
        content = line[depth:]
        content = content.removeprefix(" ")
        is_mark = content == _SIGNATURE_MARK
        if pieces and (depth != open_depth or is_mark):
            joined.append((open_depth, "".join(pieces)))
            pieces = []
        flows = content.endswith(" ") and not is_mark
        pieces.append(content[:-1] if flows and delete_space else content)
        open_depth = depth
        if not flows:
            joined.append((depth, "".join(pieces)))
            pieces = []
    if pieces:
        joined.append((open_depth, "".join(pieces)))
    return "\n".join(f"{'>' * depth} {content}" if depth else content for depth, content in joined)

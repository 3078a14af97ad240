"""Chats as text: one message a line, each with who wrote it and perhaps when."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from conversation.chat_export import ChatExport, conversation_of_export
from conversation.conversation import Conversation
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message
from conversation.roles import role_from_label

# Matches lines as chat exports write them, with or without a date, a time, brackets.
_LINE = re.compile(
    r"""^\s*+
    (?:\[?\s*+(?P<date>\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}/\d{4})?[\sT,àa-]*+
       (?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2}))?\s*+\]?\s*+[-–]?\s*+)?
    (?P<label>[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9 ._'’()-]{0,40}?)\s*:\s+(?P<text>\S.*)$""",
    re.VERBOSE,
)
_EPOCH_DAY = (1970, 1, 1)


def looks_like_chat(text: str) -> bool:
    """Tell whether enough lines read "somebody: something" for the text to be a chat."""
    labels = [match["label"] for match in map(_LINE.match, text.splitlines()) if match]
    named = [label for label in labels if role_from_label(label) is not None]
    return bool(named) or (len(labels) >= 2 and 2 <= len(set(labels)) <= max(2, len(labels) // 2))


def parse_chat(
    text: str, *, identifier: str, options: ImportOptions = DEFAULT_OPTIONS
) -> Conversation:
    """Read a chat as a conversation of one turn a message.

    Args:
        text: Lines such as ``[2026-11-03 10:02] Client : Bonjour``; the date, the time or both
            may be missing; lines that name nobody go on with the message above them; lines that
            start with ``#`` are comments.
        identifier: Of the conversation.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        A conversation on channel ``chat``. Times without a date count from 1970-01-01, so that
        delays are right and nobody takes them for a day.
    """
    messages: list[Message] = []
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = _LINE.match(line)
        if match is not None:
            messages.append(
                Message(match["label"].strip(), match["text"].strip(), at=_moment(match))
            )
        elif messages and line.strip():
            above = messages[-1]
            messages[-1] = above._replace(text=f"{above.text}\n{line.strip()}")
    export = ChatExport(tuple(messages), identifier)
    return conversation_of_export(export, name=identifier, options=options)


def _moment(match: re.Match[str]) -> datetime | None:
    if match["hour"] is None:
        return None
    year, month, day = _EPOCH_DAY
    if match["date"]:
        parts = [int(part) for part in re.split(r"[-/]", match["date"])]
        year, month, day = parts if parts[0] > 31 else parts[::-1]
    try:
        return datetime(
            year, month, day, int(match["hour"]), int(match["minute"]),
            int(match["second"] or 0), tzinfo=None if match["date"] else UTC,
        )  # fmt: skip
    except ValueError:
        return None

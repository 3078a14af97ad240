"""Reading a chat or an e-mail from a file, whatever its format."""

from __future__ import annotations

import json
from pathlib import Path

from conversation.chat_format import looks_like_chat, parse_chat
from conversation.conversation import Conversation
from conversation.email_format import looks_like_email, parse_email
from conversation.errors import ConversationUnreadable, NotFound
from conversation.identifiers import identifier_from_name
from conversation.json_formats import parse_conversation
from conversation.vcon import (
    Vcon,
    conversation_of,
    is_vcon_name,
    looks_like_vcon,
    parse_vcon,
    read_vcon,
)

MAX_TEXT_BYTES = 20 * 1024 * 1024


def read_conversation(path: Path) -> Conversation:
    """Read one conversation of a text channel from a file.

    Args:
        path: JSON (our schema, a chat export, an e-mail or a vCon with messages or a
            transcript), a chat as text with one message a line, or an e-mail as text with its
            header lines; UTF-8, or Windows-1252.

    Returns:
        The conversation.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is empty, too large, no text, or in no format that is known.
    """
    if is_vcon_name(path):
        return conversation_of(read_vcon(path))
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path")
    size_bytes = path.stat().st_size
    if size_bytes > MAX_TEXT_BYTES:
        raise ConversationUnreadable(
            f"{path.name}: {size_bytes / 1e6:.0f} MB, expected at most "
            f"{MAX_TEXT_BYTES // 1024**2} MB for one conversation",
            remedy="split the export into one file a conversation",
        )
    text = _decoded(path.read_bytes(), path.name)
    if text.lstrip()[:1] in ("{", "["):
        try:
            data = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as error:
            if path.suffix.casefold() == ".json" or not looks_like_chat(text):
                raise ConversationUnreadable(
                    f"{path.name}: broken JSON: {error}", remedy="export it again"
                ) from error
        else:
            return parse_conversation(data, name=path.name)
    identifier = identifier_from_name(path.name)
    if looks_like_email(text):
        return parse_email(text, identifier=identifier)
    if looks_like_chat(text):
        return parse_chat(text, identifier=identifier)
    raise ConversationUnreadable(
        f"{path.name}: neither a chat nor an e-mail; it starts with {text.strip()[:60]!r}",
        remedy='a chat has lines such as "Client : Bonjour", an e-mail starts with "De :" and '
        '"Objet :" lines; see docs/formats.md',
    )


def find_vcon(path: Path) -> Vcon | None:
    """Read a file as a vCon if it is one, by its name or by what is in it.

    Args:
        path: Any file.

    Returns:
        The vCon, None where the file is something else.

    Raises:
        NotFound: A file that is a vCon by its name does not exist.
        ConversationUnreadable: It is a vCon that cannot be read.
    """
    if is_vcon_name(path):
        return read_vcon(path)
    if path.suffix.casefold() != ".json" or not path.is_file():
        return None
    if path.stat().st_size > MAX_TEXT_BYTES:
        return None
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        return None  # whoever reads it as something else says what is wrong
    return parse_vcon(data, name=path.name) if looks_like_vcon(data) else None


def _decoded(raw: bytes, name: str) -> str:
    if not raw.strip():
        raise ConversationUnreadable(f"{name}: the file is empty", remedy="export it again")
    if b"\x00" in raw:
        raise ConversationUnreadable(
            f"{name}: binary data, expected text", remedy="give a recording, JSON or text file"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")

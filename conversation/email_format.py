"""E-mails as text: RFC 5322 files, and the header lines that people paste."""

from __future__ import annotations

import re

from conversation.conversation import Conversation
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.mail import (
    conversations_of_mails,
    looks_like_pasted_mail,
    parse_mail,
    parse_pasted_mail,
    split_body,
)

_MIME = re.compile(r"(?im)^(mime-version|content-type|message-id|received)\s*:")
_HEAD_CHARS = 4000


def looks_like_email(text: str) -> bool:
    """Tell whether the text starts with header lines: a sender and a subject or a date."""
    return looks_like_pasted_mail(text)


def parse_email(
    text: str, *, identifier: str, options: ImportOptions = DEFAULT_OPTIONS
) -> Conversation:
    """Read one e-mail as a conversation, without the history it quotes.

    Args:
        text: Header lines (``From:``/``De :``, ``Subject:``/``Objet :``, ``Date:``), an empty
            line, the body; MIME bodies are decoded.
        identifier: Of the conversation.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        A conversation on channel ``email``, its subject in the metadata. An older message that
        it quotes with who wrote it and when is a turn of its own above it.

    Raises:
        ConversationUnreadable: It has no text.
    """
    if _MIME.search(text[:_HEAD_CHARS]):
        mail = parse_mail(text.encode("utf-8", "replace"), source=identifier)
    else:
        mail = parse_pasted_mail(text, source=identifier)
    (conversation,) = conversations_of_mails((mail,), name=f"{identifier}.eml", options=options)
    return conversation


def without_quoted_history(body: str) -> str:
    """Return the newest message of a thread: history, signature and notices are left out."""
    return split_body(body).kept or body.strip()

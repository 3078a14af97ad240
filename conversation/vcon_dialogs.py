"""Text dialogs of a vCon: chats, text messages and e-mails."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from email import message_from_string, policy
from email.errors import MessageError
from email.message import MIMEPart
from typing import Any

from conversation.conversation import Channel, Conversation
from conversation.email_format import without_quoted_history
from conversation.errors import ConversationUnreadable
from conversation.messages import Message, conversation_from_messages
from conversation.participant import Participant
from conversation.vcon_values import base64url, index, moment, text

_MESSAGE_ID = re.compile(r"^<[^<>\s]+@[^<>\s]+>$")


def conversation_of_texts(
    dialogs: Sequence[Mapping[str, Any]], participants: Sequence[Participant], *, identifier: str
) -> Conversation | None:
    """Make a conversation of the text dialogs of a vCon.

    Args:
        dialogs: Those of type ``text``, in their order.
        participants: The parties.
        identifier: Of the conversation.

    Returns:
        On channel ``email`` where the messages are e-mails, else ``chat``, without the history
        that e-mails quote; None where no dialog has a text that can be read.
    """
    channel = _channel(dialogs)
    messages = []
    for dialog in dialogs:
        said = _said(dialog)
        if channel == "email" and said:
            said = without_quoted_history(said)
        if not said.strip():
            continue
        writer = _writer(dialog)
        known = writer is not None and writer < len(participants)
        person = participants[writer] if known and writer is not None else None
        role = person.role if person is not None else "unknown"
        messages.append(
            Message(
                label=(person and person.name) or f"{role} {writer}",
                text=said,
                at=moment(dialog.get("start")),
                role=None if role == "unknown" else role,
            )
        )
    if not messages:
        return None
    if all(message.at is not None for message in messages):
        messages.sort(key=lambda message: message.at.timestamp() if message.at else 0.0)
    try:
        return conversation_from_messages(
            messages, identifier=identifier, channel=channel, direction="unknown"
        )
    except ConversationUnreadable:
        return None


def _channel(dialogs: Sequence[Mapping[str, Any]]) -> Channel:
    is_mail = [
        bool(_MESSAGE_ID.match(text(dialog.get("message_id"))))
        or _media_type(dialog).startswith(("multipart/", "message/rfc822"))
        for dialog in dialogs
    ]
    if is_mail and all(is_mail):
        return "email"
    applications = {text(dialog.get("application")).casefold() for dialog in dialogs}
    return "sms" if applications and applications <= {"sms", "mms"} else "chat"


def _media_type(dialog: Mapping[str, Any]) -> str:
    return text(dialog.get("mediatype"), dialog.get("mimetype")).casefold()


def _said(dialog: Mapping[str, Any]) -> str:
    body = dialog.get("body")
    if isinstance(body, Mapping):
        body = body.get("text") or body.get("body") or body.get("message")
    if not isinstance(body, str):
        return ""
    if text(dialog.get("encoding")).casefold() in {"base64url", "base64"}:
        raw = base64url(body)
        body = raw.decode("utf-8", "replace") if raw is not None else ""
    given = text(dialog.get("mediatype"), dialog.get("mimetype"))
    if given.casefold().startswith(("multipart/", "text/html")):
        return _mime_text(given, body)
    return text(body)


def _mime_text(media_type: str, body: str) -> str:
    """Return the plain text of a MIME body whose type stands beside it."""
    header = re.sub(r"\s+", " ", media_type)
    try:
        parsed = message_from_string(
            f"Content-Type: {header}\n\n{text(body)}\n", policy=policy.default
        )
        part = parsed.get_body(preferencelist=("plain", "html"))
        content = _decoded_part(part) if part is not None else ""
    except (MessageError, ValueError, LookupError, KeyError, AttributeError, TypeError):
        return ""
    if part is not None and part.get_content_subtype() == "html":
        from bs4 import BeautifulSoup

        content = BeautifulSoup(content, "lxml").get_text("\n", strip=True)
    return text(content)


def _decoded_part(part: MIMEPart) -> str:
    """Return the text of a part; what is not encoded for transfer is JSON's text already."""
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().casefold()
    if encoding in {"base64", "quoted-printable"}:
        return str(part.get_content())
    return str(part.get_payload())


def _writer(dialog: Mapping[str, Any]) -> int | None:
    """Return who wrote a message: the originator, who is the first party unless said."""
    given = index(dialog.get("originator"))
    if given is not None:
        return given
    parties = dialog.get("parties")
    if isinstance(parties, list):
        parties = parties[0] if parties else None
        if isinstance(parties, list):
            parties = parties[0] if parties else None
    return index(parties)

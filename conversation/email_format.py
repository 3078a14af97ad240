"""E-mails as text: RFC 5322 files, and the header lines that people paste."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email import message_from_string, policy
from email.utils import parsedate_to_datetime

from pydantic import JsonValue

from conversation.conversation import Conversation
from conversation.messages import Message, conversation_from_messages

_HEADER_NAMES = {
    "de": "from", "from": "from", "expéditeur": "from",
    "à": "to", "a": "to", "to": "to", "cc": "cc", "cci": "cc", "bcc": "cc",
    "objet": "subject", "subject": "subject", "sujet": "subject",
    "date": "date", "envoyé": "date", "sent": "date", "le": "date",
}  # fmt: skip
_HEADER_LINE = re.compile(r"^\s*([A-Za-zÀ-ÿ-]{1,20})\s*:\s*(.*)$")
_FRENCH_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\D+(\d{1,2})[h:](\d{2}))?")


def looks_like_email(text: str) -> bool:
    """Tell whether the text starts with header lines: a sender and a subject or a date."""
    headers, _body = _split_headers(text)
    return "from" in headers and bool({"subject", "date", "to"} & set(headers))


def parse_email(text: str, *, identifier: str) -> Conversation:
    """Read one e-mail as a conversation of one turn, without the history it quotes.

    Args:
        text: Header lines (``From:``/``De :``, ``Subject:``/``Objet :``, ``Date:``), a blank
            line, the body; MIME bodies are decoded, their plain text part is taken.
        identifier: Of the conversation.

    Returns:
        A conversation on channel ``email``, its subject in the metadata; the writer is taken to
        be the customer.
    """
    headers, body = _split_headers(text)
    if re.search(r"(?im)^(mime-version|content-type)\s*:", text[:4000]):
        parsed = message_from_string(text, policy=policy.default)
        part = parsed.get_body(preferencelist=("plain", "html"))
        if part is not None:
            content = str(part.get_content())
            body = content if part.get_content_subtype() == "plain" else _text_of_html(content)
        headers = {
            key: str(parsed[name])
            for key, name in (("from", "From"), ("subject", "Subject"), ("date", "Date"))
            if parsed[name] is not None
        }
    metadata: dict[str, JsonValue] = {}
    if headers.get("subject"):
        metadata["subject"] = headers["subject"]
    sender = re.sub(r"\s*<[^>]*>", "", headers.get("from", "")).strip(' "')
    message = Message(
        label=sender or "customer",
        text=without_quoted_history(body),
        at=_date(headers.get("date", "")),
        role="customer",
    )
    return conversation_from_messages(
        [message], identifier=identifier, channel="email", metadata=metadata
    )


def without_quoted_history(body: str) -> str:
    """Return the newest message of a thread: what was quoted below it is left out.

    The signature stays, since names and references in it may matter to the reader.
    """
    from mailparser_reply import EmailReplyParser

    newest = EmailReplyParser(languages=["fr", "en"]).read(text=body).replies
    kept = newest[0].content if newest else body
    return (kept if isinstance(kept, str) and kept.strip() else body).strip()


def _text_of_html(content: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(content, "lxml").get_text("\n", strip=True)


def _split_headers(text: str) -> tuple[dict[str, str], str]:
    """Return the known header lines at the top of the text, and what follows them."""
    headers: dict[str, str] = {}
    lines = text.lstrip("\ufeff\r\n ").splitlines()
    for number, line in enumerate(lines[:60]):
        if not line.strip():
            if headers:
                return headers, "\n".join(lines[number + 1 :])
            continue
        match = _HEADER_LINE.match(line)
        if match is None and not (headers and line[:1] in " \t"):
            return headers, "\n".join(lines[number:])
        if match is not None:
            known = _HEADER_NAMES.get(match[1].casefold())
            if known is not None:
                headers.setdefault(known, match[2].strip())
    return headers, ""


def _date(value: str) -> datetime | None:
    """Read an RFC 5322, ISO 8601 or French date; None where there is none to be read."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(value)
        except (TypeError, ValueError):
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    match = _FRENCH_DATE.search(value)
    if match is None:
        return None
    day, month, year, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime(year, month, day, hour, minute, tzinfo=UTC)
    except ValueError:
        return None

"""Header fields of e-mails, decoded whatever their encoding (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message as MimeMessage
from email.utils import collapse_rfc2231_value, getaddresses

from conversation.mail.charsets import decode_text
from conversation.mail.message import Address

MAX_FIELD_CHARS = 16_384
MAX_ADDRESSES = 100
_MESSAGE_ID = re.compile(r"<\s*([^<>\s]{1,500})\s*>")
_EMAIL = re.compile(r"[\w.+'-]{1,64}@[\w.-]{1,255}\.\w{2,24}")
_ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?]*\?=")


def fields(part: MimeMessage) -> dict[str, list[str]]:
    """Return the fields of a part, unfolded but not decoded, by name in lower case."""
    found: dict[str, list[str]] = {}
    for name, value in part.raw_items():
        text = re.sub(r"\r?\n[ \t]*", " ", str(value))[:MAX_FIELD_CHARS]
        found.setdefault(name.casefold(), []).append(text)
    return found


def decoded(value: str) -> str:
    """Return a field's text with encoded words and raw bytes decoded, on one line."""
    value = _bytes_decoded(value)
    if _ENCODED_WORD.search(value):
        # Programs split one letter over two words, or leave no space between words.
        value = re.sub(r"\?=(?==\?)", "?= ", value)
        try:
            pieces = decode_header(value)
        except (HeaderParseError, binascii.Error, ValueError):
            pieces = []
        merged: list[tuple[bytes, str | None]] = []
        for piece, charset in pieces:
            raw = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
            if merged and merged[-1][1] == charset:
                merged[-1] = (merged[-1][0] + raw, charset)
            else:
                merged.append((raw, charset))
        if merged:
            value = "".join(decode_text(raw, charset)[0] for raw, charset in merged)
    visible = "".join(letter if letter.isprintable() else " " for letter in value)
    return re.sub(r"\s+", " ", visible).strip()


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Return the people that address fields name, at most 100."""
    found: dict[Address, None] = {}
    for value in values:
        # Commas inside encoded words would cut names in two: addresses are parted first.
        text = _bytes_decoded(value)
        try:
            pairs = getaddresses([text])
        except (ValueError, IndexError):
            pairs = []
        if not any(email for _, email in pairs):  # too far from the standard for the parser
            pairs = [(text[: at.start()], at[0]) for at in [_EMAIL.search(text)] if at] or [
                (text, "")
            ]
        for name, email in pairs[:MAX_ADDRESSES]:
            address = address_of(decoded(name), decoded(email))
            if address is not None:
                found[address] = None
    return tuple(found)[:MAX_ADDRESSES]


def address_of(name: str, email: str) -> Address | None:
    """Make an address of a name and an e-mail address; None where both are missing."""
    email = email.strip(" '\"<>").casefold()
    name = name.strip(" '\"<>\t")
    if "@" not in email or " " in email:
        name, email = name or email, ""
    if name.casefold() == email:
        name = ""
    return Address(name[:200], email[:320]) if name or email else None


def message_ids(values: Iterable[str]) -> tuple[str, ...]:
    """Return the identifiers in ``References`` and the like, at most the 200 nearest."""
    return tuple(dict.fromkeys(_MESSAGE_ID.findall(" ".join(values))))[-200:]


def parameter(part: MimeMessage, name: str, field: str) -> str:
    """Return a parameter of a field (``filename`` of ``Content-Disposition``), decoded."""
    try:
        value = part.get_param(name, header=field)
        text = "" if value is None else collapse_rfc2231_value(value, fallback_charset="utf-8")
    except (ValueError, LookupError, TypeError, AttributeError, IndexError):
        return ""
    return decoded(str(text)[:MAX_FIELD_CHARS])


def _bytes_decoded(value: str) -> str:
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    return decode_text(raw, None)[0]

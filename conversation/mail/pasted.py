"""E-mails that were pasted or saved as text: a few header lines, then the body."""

from __future__ import annotations

import re

from conversation.dates import read_moment
from conversation.mail.headers import addresses
from conversation.mail.message import Mail
from conversation.mail.quote_headers import sender_of

_HEADER_NAMES = {
    "de": "from", "from": "from", "expéditeur": "from",
    "à": "to", "a": "to", "to": "to", "cc": "cc", "cci": "cc", "bcc": "cc",
    "objet": "subject", "subject": "subject", "sujet": "subject",
    "date": "date", "envoyé": "date", "sent": "date", "le": "date",
}  # fmt: skip
_HEADER_LINE = re.compile(r"^\s*([A-Za-zÀ-ÿ-]{1,40})\s*:\s*(.*)$")
_MAX_HEADER_LINES = 60


def looks_like_pasted_mail(text: str) -> bool:
    """Tell whether the text starts with header lines: a sender and a subject or a date."""
    headers, _body = _split_headers(text)
    return "from" in headers and bool({"subject", "date", "to"} & set(headers))


def parse_pasted_mail(text: str, *, source: str) -> Mail:
    """Read an e-mail from its text.

    Args:
        text: Header lines (``De :``/``From:``, ``Objet :``/``Subject:``, ``Date :``), an empty
            line, the body.
        source: Name of the file.

    Returns:
        The e-mail; what its header lines do not say is missing.
    """
    headers, body = _split_headers(text)
    return Mail(
        sender=sender_of(headers.get("from", "")),
        recipients=addresses([headers[name] for name in ("to", "cc") if name in headers]),
        subject=headers.get("subject", "")[:1000],
        at=read_moment(headers.get("date", "")),
        text=body,
        source=source,
    )


def _split_headers(text: str) -> tuple[dict[str, str], str]:
    """Return the known header lines at the top of the text, and what follows them."""
    headers: dict[str, str] = {}
    lines = text.lstrip("\ufeff\r\n ").splitlines()
    for number, line in enumerate(lines[:_MAX_HEADER_LINES]):
        if not line.strip():
            if headers:
                return headers, "\n".join(lines[number + 1 :])
            continue
        match = _HEADER_LINE.match(line[:4000])
        if match is None and not (headers and line[:1] in " \t"):
            return headers, "\n".join(lines[number:])
        if match is not None:
            known = _HEADER_NAMES.get(match[1].casefold())
            if known is not None:
                headers.setdefault(known, match[2].strip())
    return headers, "\n".join(lines[_MAX_HEADER_LINES:])

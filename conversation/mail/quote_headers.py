"""The lines that mail programs write above a message they quote or forward."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from conversation.dates import read_moment
from conversation.mail.headers import address_of
from conversation.mail.message import Address

_LONGEST_LINE = 400
_MAX_ATTRIBUTION_LINES = 4
_MAX_BLOCK_LINES = 24

_FIELD_NAMES: dict[str, str] = {
    "de": "from", "from": "from", "expéditeur": "from", "von": "from", "sender": "from",
    "envoyé": "date", "envoyé le": "date", "sent": "date", "date": "date", "le": "date",
    "date d'envoi": "date", "date d’envoi": "date",
    "à": "to", "a": "to", "to": "to", "pour": "to", "destinataire": "to", "an": "to",
    "cc": "cc", "copie à": "cc", "copie": "cc", "cci": "cc", "bcc": "cc",
    "répondre à": "other", "reply-to": "other", "importance": "other", "priorité": "other",
    "pièces jointes": "other", "attachments": "other", "pièce jointe": "other",
    "objet": "subject", "subject": "subject", "sujet": "subject", "re": "subject",
}  # fmt: skip
_FIELD = re.compile(
    r"^[\s*_|]*("
    + "|".join(sorted(_FIELD_NAMES, key=len, reverse=True))
    + r")[*_]*\s*:[*_]*\s*(.*)$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"""(?ix)^[\s>]*(?:
        [-_=*—–‐]{2,}\s*(?:
            message\s+d['’]origine | message\s+original | mail\s+original | e-?mail\s+d['’]origine |
            original\s+message | original\s+appointment | message\s+transféré | message\s+suivi |
            forwarded\s+message | forwarded\s+by\b.{0,80} | courriel\s+original
                | réponse\s+transférée |
            transféré\s+par\b.{0,80}
        )\s*[-_=*—–‐]*
      | (?:début\s+du\s+message\s+(?:transféré|réexpédié) | begin\s+forwarded\s+message |
           message\s+transféré)\s*:?
      | message\s+du\s+\d{1,2}/\d{1,2}/\d{2,4}\s+(?:à\s+)?\d{1,2}[:h]\d{2}.{0,40}
    )\s*$"""
)
_RULE = re.compile(r"^\s*[_]{8,}\s*$|^\s*[-]{20,}\s*$")
_START = re.compile(
    r"(?i)^[\s*_\-–]*(?:le\b|on\b|am\b|el\b|il\b|en date du\b|\d{4}-\d{2}-\d{2}"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|"
    r"[^<>\n]{1,80}<[^<>@\s]+@[^<>\s]+>\s*(?:a\s+écrit|wrote)|[^<>\n:]{2,60}\ba\s+écrit\s+le\b|"
    r"[^<>\n:]{2,60}\bwrote\s+on\b)"
)
_END = re.compile(
    r"(?i)\b(?<!['’])(?:a\s+écrit|à\s+écrit|a\s+ecrit|wrote|schrieb|escribió|ha\s+scritto)"
    r"(?P<after>(?:[^:\n]|\d:\d){0,80})\s?:\s*[*_]*\s*$"
)
_NARRATED = re.compile(
    r"(?i)\b(m['’]|l['’]|t['’]|nous |vous |leur |lui |me )(?:a|as|ai|avez|ont)\s+écrit"
)
_OLD_GMAIL = re.compile(
    r"^\s*\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:GMT"
    r"|UTC)\S{0,7}\s+[^<>]{0,80}<[^<>\s]+@[^<>\s]+>\s?:\s*$"
)
_EMAIL = re.compile(
    r"<?\s*(?:mailto:)?([A-Za-z0-9._%+'\-]{1,64}@[A-Za-z0-9.\-]{1,255}\.[A-Za-z]{2,24})\s*>?"
)
_TIME_OF_DAY = re.compile(r"\b\d{1,2}\s?[:h]\s?\d{2}\b")


@dataclass(frozen=True)
class QuoteHeader:
    """Who wrote a quoted message, when and about what, as far as its header says.

    Attributes:
        sender: None where nobody is named.
        at: With a zone only where one is named; None where no date can be read.
        subject: Empty where none is given.
        recipients: Text of the ``To`` line; empty where none is given.
        line_count: How many lines the header takes.
        is_block: Whether it is header lines, under which all that follows is quoted, rather than
            "on … somebody wrote".
    """

    sender: Address | None
    at: datetime | None
    subject: str
    recipients: str
    line_count: int
    is_block: bool


def read_quote_header(lines: Sequence[str], start: int) -> QuoteHeader | None:
    """Read the header of a quotation that starts on a line.

    Args:
        lines: Of a body, without quote marks.
        start: Where the header is to start.

    Returns:
        The header; None where that line starts none.
    """
    line = lines[start]
    if not line.strip() or len(line) > _LONGEST_LINE:
        return None
    return _attribution(lines, start) or _block(lines, start)


def _block(lines: Sequence[str], start: int) -> QuoteHeader | None:
    """Read ``De : … Envoyé : … À : … Objet : …``, with or without a line above it."""
    at = start
    separated = False
    while at < len(lines) and at < start + 4:
        line = lines[at]
        if len(line) <= _LONGEST_LINE and _SEPARATOR.match(line):
            separated = True
        elif line.strip() and not (_RULE.match(line) and at == start):
            break
        at += 1
    found: dict[str, str] = {}
    current = ""
    end = at
    while end < len(lines) and end < at + _MAX_BLOCK_LINES:
        line = lines[end].lstrip("> ") if separated else lines[end]
        match = _FIELD.match(line[:2000])
        if match is not None:
            current = _FIELD_NAMES[match[1].casefold()]
            if current in found and current != "other":
                break
            found[current] = match[2].strip()
        elif not line.strip() and current and not found.get("subject", "x"):
            pass  # the value stands on the next line
        elif line.strip() and current and (not found[current] or _goes_on(found, current, line)):
            found[current] = f"{found[current]} {line.strip()}".strip()
        else:
            break
        end += 1
    enough = "from" in found and ("date" in found or {"subject", "to"} <= set(found))
    if not enough and not (separated and ("from" in found or "subject" in found)):
        if separated:
            return QuoteHeader(
                None, _separator_date(lines[start]), "", "", max(at - start, 1), True
            )
        return None
    if not separated and not _plausible_block(found):
        return None
    return QuoteHeader(
        sender=sender_of(found.get("from", "")),
        at=read_moment(found.get("date", "")) or _separator_date(lines[start]),
        subject=found.get("subject", "")[:500],
        recipients=found.get("to", "")[:500],
        line_count=end - start,
        is_block=True,
    )


def _goes_on(found: dict[str, str], current: str, line: str) -> bool:
    """Tell a field that was broken over lines from the text under the header."""
    if current in {"to", "cc", "from"}:
        return found[current].endswith((",", ";")) or bool(re.match(r"\s*<[^<>\s]+@", line))
    return False


def _plausible_block(found: dict[str, str]) -> bool:
    """Tell a header from prose that happens to hold ``De :`` and ``À :``."""
    sender = found.get("from", "")
    if not sender or len(sender) > 300:
        return False
    dated = read_moment(found.get("date", "")) is not None
    return dated or "@" in sender or {"subject", "to", "date"} <= set(found)


def _separator_date(line: str) -> datetime | None:
    return read_moment(line) if _TIME_OF_DAY.search(line) else None


def _attribution(lines: Sequence[str], start: int) -> QuoteHeader | None:
    """Read ``Le 3 mars 2025 à 10:12, Anne <a@b.fr> a écrit :`` over one to four lines."""
    if _OLD_GMAIL.match(lines[start]):
        return _attributed(lines[start], 1)
    if not _START.match(lines[start]):
        return None
    joined = ""
    for count in range(1, _MAX_ATTRIBUTION_LINES + 1):
        at = start + count - 1
        if at >= len(lines) or len(joined) > _LONGEST_LINE:
            return None
        line = lines[at].strip()
        if not line:
            if count == 1 or not joined.endswith(","):
                return None
            continue
        joined = f"{joined} {line}".strip()
        if _END.search(joined[-200:]):
            dated = read_moment(_without_addresses(joined)) is not None
            said = dated and (bool(_TIME_OF_DAY.search(joined)) or bool(_EMAIL.search(joined)))
            if _NARRATED.search(joined) or not (said or _EMAIL.search(joined)):
                return None
            return _attributed(joined, count)
    return None


def _attributed(text: str, line_count: int) -> QuoteHeader:
    return QuoteHeader(
        sender=_attributed_sender(text),
        at=read_moment(_without_addresses(text)),
        subject="",
        recipients="",
        line_count=line_count,
        is_block=False,
    )


def _without_addresses(text: str) -> str:
    return _EMAIL.sub(" ", text)


def _attributed_sender(text: str) -> Address | None:
    """Find the name in the words between the date and the verb."""
    words = _END.sub("", text).strip(" *_-–")
    email = _EMAIL.search(words)
    before = words[: email.start()] if email is not None else words
    # The name follows the last comma after the time, or the time itself.
    times = list(_TIME_OF_DAY.finditer(before))
    tail = before[times[-1].end() :] if times else before
    tail = re.sub(
        r"(?i)^(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:(?:utc|gmt|cest|cet)?\s*[+-]?[\d:]*)?", "", tail
    )
    if not times and "," in tail:
        tail = tail.rpartition(",")[2] if not tail.strip().endswith(",") else tail
    name = re.sub(r"(?i)\bvia\b.*$", "", tail).strip(" ,;:<>\"'“”«»()*[]")
    name = re.sub(r"(?i)^(?:par|from|de|,)\s+", "", name)
    if not re.search(r"[A-Za-zÀ-ÿ]", name) or len(name) > 120 or re.search(r"\d{4}", name):
        name = ""
    return address_of(name, email[1] if email is not None else "")


def sender_of(text: str) -> Address | None:
    """Read ``"Anne Roy" <anne@exemple.fr>``, ``Anne Roy [mailto:anne@exemple.fr]`` or a name."""
    email = _EMAIL.search(text)
    name = text[: email.start()] if email is not None else text
    name = re.sub(r"[\[<(]\s*(mailto:)?\s*$", "", name).strip(" ,;\"'<>[]()*")
    name = re.sub(r"(?i)\s+(via|de la part de)\s+.*$", "", name)
    return address_of(name[:200], email[1] if email is not None else "")

"""From the bytes of an e-mail to its text, whatever its nesting, encodings and mistakes.

Limits, beyond which an e-mail is refused before it is taken apart: 50 MB, 512 kB of header
fields, 1,000 parts, 30 levels of parts inside one another, 2 million characters of text.
Enclosed e-mails are read five levels deep, at most 50 of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message as MimeMessage
from email.policy import compat32

from conversation.dates import read_moment
from conversation.errors import ConversationUnreadable
from conversation.html_text import html_to_text
from conversation.mail import headers
from conversation.mail.automatic import kind_of_automatic
from conversation.mail.charsets import decode_text
from conversation.mail.flowed import unflow
from conversation.mail.message import Attachment, Mail

MAX_MAIL_BYTES = 50 * 1024 * 1024
MAX_HEADER_BYTES = 512 * 1024
MAX_PARTS = 1000
MAX_DEPTH = 30
MAX_TEXT_CHARS = 2_000_000
MAX_ENCLOSED = 50
MAX_ENCLOSED_DEPTH = 5
_BOUNDARY = re.compile(
    rb'boundary\*?0?\*?\s*=\s*(?:"([^"\r\n]{1,200})"|([^\s;"]{1,200}))', re.IGNORECASE
)
_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*\r?\n|\r[ \t]*\r")
_NO_TEXT_VERSION = re.compile(
    r"(?i)\b(html|format texte|plain text)\b.*\b(client|messagerie|view|voir|afficher|support\w*)\b"
)
Part = MimeMessage


def parse_mail(raw: bytes, *, source: str) -> Mail:
    """Read an e-mail.

    The plain text is taken where there is one that says something, else the HTML as text;
    attachments are named and not read.

    Args:
        raw: As sent (RFC 5322 with MIME), line ends of any kind.
        source: Name of the file, for messages.

    Returns:
        The e-mail.

    Raises:
        ConversationUnreadable: It is beyond the limits above, or has no header fields.
    """
    return _parse(raw, source, enclosed_depth=0)


def _parse(raw: bytes, source: str, *, enclosed_depth: int) -> Mail:
    raw = raw.lstrip(b"\xef\xbb\xbf\r\n ")
    if raw.startswith(b"From ") and b"\n" in raw:
        raw = raw.split(b"\n", 1)[1]  # the line that mailboxes put above a message
    _refuse_what_is_too_large(raw, source)
    try:
        message: Part = message_from_bytes(raw, policy=compat32)
        contents = _collect(message, source, enclosed_depth)
    except (MessageError, RecursionError, ValueError, LookupError, TypeError) as error:
        raise ConversationUnreadable(
            f"{source}: the parts of this e-mail cannot be told apart ({type(error).__name__})",
            remedy="save it again from the mail program as .eml",
        ) from error
    fields = headers.fields(message)
    if not {"from", "to", "subject", "date", "received", "message-id"} & set(fields):
        raise ConversationUnreadable(
            f"{source}: no header field of an e-mail (From, Subject, Date) at its start",
            remedy="save the message from the mail program as .eml",
        )
    senders = headers.addresses(fields.get("from", ())) or headers.addresses(
        fields.get("sender", ())
    )
    recipients = [*fields.get("to", ()), *fields.get("cc", ())]
    subject = headers.decoded(next(iter(fields.get("subject", ())), ""))
    text = contents.text()
    if len(text) > MAX_TEXT_CHARS:
        raise ConversationUnreadable(
            f"{source}: {len(text)} characters of text, expected at most {MAX_TEXT_CHARS} in one "
            "e-mail",
            remedy="save long reports as attachments, not in the body",
        )
    references = headers.message_ids(
        [*fields.get("references", ()), *fields.get("in-reply-to", ())]
    )
    own = headers.message_ids(fields.get("message-id", ()))
    return Mail(
        sender=senders[0] if senders else None,
        recipients=headers.addresses(recipients),
        subject=subject[:1000],
        at=read_moment(headers.decoded(next(iter(fields.get("date", ())), ""))),
        message_id=own[0] if own else None,
        references=references,
        thread_hint=_thread_hint(fields),
        text=text,
        attachments=tuple(contents.attachments),
        automatic=kind_of_automatic(fields, subject, media_type=message.get_content_type()),
        enclosed=tuple(contents.enclosed),
        remarks=tuple(dict.fromkeys(contents.remarks)),
        source=source,
    )


def _refuse_what_is_too_large(raw: bytes, source: str) -> None:
    """Count before parsing, in one pass, so that the parser never meets a bomb."""
    got, expected = "", ""
    end = _END_OF_HEADER.search(raw, 0, MAX_HEADER_BYTES + 4)
    boundaries = {
        (found[1] or found[2]).strip() for found in _BOUNDARY.finditer(raw[: 8 * 1024 * 1024])
    }
    if len(raw) > MAX_MAIL_BYTES:
        got, expected = f"{len(raw) / 1e6:.0f} MB", f"{MAX_MAIL_BYTES // 1024**2} MB"
    elif end is None and len(raw) > MAX_HEADER_BYTES:
        got, expected = "more than 512 kB of header fields", "512 kB"
    elif len(boundaries) > MAX_PARTS:
        got, expected = f"{len(boundaries)} kinds of parts", f"{MAX_PARTS}"
    elif boundaries:
        starts = 0
        for found in re.finditer(rb"(?m)^--([^\r\n]{1,200})", raw):
            line = found[1].rstrip()
            starts += line in boundaries
            if starts > MAX_PARTS:
                got, expected = f"more than {MAX_PARTS} parts", f"{MAX_PARTS}"
                break
    if got:
        raise ConversationUnreadable(
            f"{source}: {got}, expected at most {expected} in one e-mail",
            remedy="leave this message out, or save its text alone",
        )


@dataclass
class _Contents:
    """What the parts of an e-mail hold, in their order."""

    texts: list[str] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    enclosed: list[Mail] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def text(self) -> str:
        return "\n".join(text.strip("\n") for text in self.texts if text.strip())


def _collect(message: Part, source: str, enclosed_depth: int) -> _Contents:
    contents = _Contents()
    for part, chosen in _walk(message, source):
        media_type = part.get_content_type()
        if media_type == "message/rfc822":
            _enclose(part, contents, source, enclosed_depth)
        elif chosen is not None:
            text = _best_version(chosen, contents)
            if text.strip():
                contents.texts.append(text)
        elif _is_body(part):
            contents.texts.append(_part_text(part, contents))
        elif not media_type.startswith("message/"):
            contents.attachments.append(_attachment(part, media_type))
    return contents


def _walk(message: Part, source: str) -> Iterator[tuple[Part, list[Part] | None]]:
    """Yield the leaves in order; versions of one text come together, as a list."""
    waiting: list[tuple[Part, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        seen += 1
        if depth > MAX_DEPTH or seen > MAX_PARTS:
            raise ConversationUnreadable(
                f"{source}: more than {MAX_DEPTH} levels or {MAX_PARTS} parts in one e-mail",
                remedy="leave this message out, or save its text alone",
            )
        payload = part.get_payload()
        media_type = part.get_content_type()
        if not isinstance(payload, list) or media_type == "message/rfc822":
            yield part, None
            continue
        inner = [child for child in payload if isinstance(child, MimeMessage)]
        if media_type == "multipart/alternative":
            versions = [child for child in inner if _is_body(child)]
            if versions and all(_is_body(child) or not _holds_html(child) for child in inner):
                yield part, versions
                inner = [child for child in inner if child not in versions]
            elif versions:  # the HTML lies deeper, beside its pictures
                deeper = [leaf for child in inner for leaf in child.walk() if _is_body(leaf)]
                yield part, deeper
                waiting.extend(
                    (leaf, depth + 1)
                    for child in reversed(inner)
                    for leaf in reversed(list(child.walk()))
                    if not leaf.is_multipart() and not _is_body(leaf)
                )
                continue
        waiting.extend((child, depth + 1) for child in reversed(inner))


def _holds_html(part: Part) -> bool:
    return any(leaf.get_content_type() == "text/html" for leaf in part.walk())


def _is_body(part: Part) -> bool:
    if part.is_multipart() or part.get_content_type() not in {"text/plain", "text/html"}:
        return False
    if (part.get_content_disposition() or "") == "attachment":
        return False
    return not _file_name(part)


def _best_version(versions: list[Part], contents: _Contents) -> str:
    """Return the plain version where it says something of its own, else the HTML one."""
    plain = [part for part in versions if part.get_content_type() == "text/plain"]
    rich = [part for part in versions if part.get_content_type() == "text/html"]
    text = "\n".join(_part_text(part, contents) for part in plain)
    says_nothing = not text.strip() or (len(text) < 400 and _NO_TEXT_VERSION.search(text))
    if rich and (says_nothing or re.match(r"(?is)\s*<(!doctype|html)\b", text)):
        contents.remarks.append("text taken from HTML")
        return "\n".join(_part_text(part, contents) for part in rich)
    return text


def _part_text(part: Part, contents: _Contents) -> str:
    raw = part.get_payload(decode=True)
    raw = raw if isinstance(raw, bytes) else b""
    stated = headers.parameter(part, "charset", "content-type") or None
    text, remark = decode_text(raw, stated)
    if remark:
        contents.remarks.append(remark)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() == "text/html":
        return html_to_text(text)
    if headers.parameter(part, "format", "content-type").casefold() == "flowed":
        deleted = headers.parameter(part, "delsp", "content-type").casefold() == "yes"
        return unflow(text, delete_space=deleted)
    return text


def _enclose(part: Part, contents: _Contents, source: str, depth: int) -> None:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, MimeMessage) or depth >= MAX_ENCLOSED_DEPTH:
        contents.attachments.append(_attachment(part, "message/rfc822"))
        return
    if len(contents.enclosed) >= MAX_ENCLOSED:
        contents.remarks.append(f"more than {MAX_ENCLOSED} enclosed e-mails, the rest not read")
        return
    try:
        raw = inner.as_bytes(policy=compat32.clone(max_line_length=0))
        contents.enclosed.append(_parse(raw, source, enclosed_depth=depth + 1))
    except (ConversationUnreadable, ValueError, LookupError, TypeError, AttributeError):
        contents.remarks.append("an enclosed e-mail could not be read")


def _attachment(part: Part, media_type: str) -> Attachment:
    if part.is_multipart():
        size_bytes = 0
    else:
        raw = part.get_payload(decode=True)
        size_bytes = len(raw) if isinstance(raw, bytes) else 0
    return Attachment(_file_name(part), media_type[:100], size_bytes)


def _file_name(part: Part) -> str:
    name = headers.parameter(part, "filename", "content-disposition") or headers.parameter(
        part, "name", "content-type"
    )
    return re.split(r"[\\/]", name)[-1][:200]


def _thread_hint(fields: dict[str, list[str]]) -> str | None:
    gmail = next(iter(fields.get("x-gm-thrid", ())), "").strip()
    if gmail:
        return f"gmail:{gmail[:64]}"
    # The first 22 bytes are the thread's, what follows is the message's (MS-OXOMSG 2.2.1.3).
    outlook = re.sub(r"\s", "", next(iter(fields.get("thread-index", ())), ""))
    return f"outlook:{outlook[:29]}" if len(outlook) >= 29 else None

"""E-mails in files: one message (.eml), or a mailbox of many (.mbox, RFC 4155)."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from conversation.errors import ConversationUnreadable, NotFound
from conversation.mail.message import Mail
from conversation.mail.mime import MAX_MAIL_BYTES, parse_mail

_log = logging.getLogger("entendu.mail")

MAX_MAILBOX_BYTES = 2 * 1024**3
MAX_MAILS = 20_000
_FROM_LINE = re.compile(rb"^From \S+.*\d{4}")
_QUOTED_FROM = re.compile(rb"^>(>*From )")


def read_mails(path: Path) -> Iterator[Mail]:
    """Read the e-mails of a file one after the other.

    A mailbox of up to 2 GB is read message by message; one message may have 50 MB. A message of a
    mailbox that cannot be read is left out and logged as a warning; the others are read.

    Args:
        path: A message as sent, or a mailbox in which each starts with a ``From `` line.

    Yields:
        The e-mails, in the order of the file. Their ``source`` is the file's name, and the
        message's number in a mailbox.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is empty, too large, or holds no e-mail that can be read.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path")
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(64)
    if not head.strip():
        raise ConversationUnreadable(f"{path.name}: the file is empty", remedy="export it again")
    is_mailbox = _FROM_LINE.match(head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n")[0] + b" 0000")
    most = MAX_MAILBOX_BYTES if is_mailbox else MAX_MAIL_BYTES
    if size_bytes > most:
        raise ConversationUnreadable(
            f"{path.name}: {size_bytes / 1e6:.0f} MB, expected at most {most // 1024**2} MB",
            remedy="split the mailbox" if is_mailbox else "leave its attachments out",
        )
    if not is_mailbox:
        yield parse_mail(path.read_bytes(), source=path.name)
        return
    refused: ConversationUnreadable | None = None
    read_any = False
    for count, raw in enumerate(_messages(path), start=1):
        if count > MAX_MAILS:
            raise ConversationUnreadable(
                f"{path.name}: more than {MAX_MAILS} e-mails", remedy="split the mailbox"
            )
        try:
            mail = parse_mail(raw, source=f"{path.name}#{count}")
        except ConversationUnreadable as error:
            _log.warning("left out: %s", error)
            refused = error
            continue
        read_any = True
        yield mail
    if refused is not None and not read_any:
        raise refused


def _messages(path: Path) -> Iterator[bytes]:
    lines: list[bytes] = []
    size_bytes = 0
    above_is_empty = True
    with path.open("rb") as file:
        # A line without an end could be the whole file.
        for line in iter(lambda: file.readline(MAX_MAIL_BYTES), b""):
            if above_is_empty and _FROM_LINE.match(line[:300]):
                if any(kept.strip() for kept in lines):
                    yield b"".join(lines)
                lines, size_bytes = [], 0
                continue
            if size_bytes <= MAX_MAIL_BYTES:  # one line more says that it is too large
                lines.append(_QUOTED_FROM.sub(rb"\1", line))
            size_bytes += len(line)
            above_is_empty = not line.strip()
    if any(kept.strip() for kept in lines):
        yield b"".join(lines)

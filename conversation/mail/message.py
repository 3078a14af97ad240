"""One e-mail as it was sent: who, to whom, when, about what, and its text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Automatic = Literal["auto_reply", "bounce", "notification"]


@dataclass(frozen=True)
class Address:
    """A person or a mailbox.

    Attributes:
        name: As shown; empty where there is none.
        email: In lower case; empty where there is none.
    """

    name: str
    email: str

    @property
    def domain(self) -> str:
        """What stands behind the at sign; empty without an address."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Attachment:
    """A file that came with an e-mail; it is named, not read.

    Attributes:
        name: File name without folders; empty where none was given.
        media_type: As stated (``application/pdf``).
        size_bytes: Of the file once decoded.
    """

    name: str
    media_type: str
    size_bytes: int


@dataclass(frozen=True)
class Mail:
    """What is read of an e-mail.

    Attributes:
        sender: Who wrote it; None where nobody is named.
        recipients: Whom it was sent to, copies included.
        subject: Decoded; empty where there is none.
        at: When it was sent, with a zone only where the source names one; None when not known.
        message_id: Its own identifier, without angle brackets; None where it has none.
        references: Identifiers of the messages it answers, oldest first.
        thread_hint: What some programs write to keep a thread together; None without it.
        text: The body as text, quoted history and signature included.
        attachments: The files that came with it.
        automatic: Whether a machine wrote it, and of which kind; None: a person did, as far as
            can be told.
        enclosed: E-mails attached to it.
        remarks: What had to be guessed to read it, in English.
        source: Name of the file it is from.
    """

    sender: Address | None
    recipients: tuple[Address, ...] = ()
    subject: str = ""
    at: datetime | None = None
    message_id: str | None = None
    references: tuple[str, ...] = ()
    thread_hint: str | None = None
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    automatic: Automatic | None = None
    enclosed: tuple[Mail, ...] = ()
    remarks: tuple[str, ...] = ()
    source: str = ""

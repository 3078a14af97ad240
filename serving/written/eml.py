"""A reply as a message file that mail programs open as a draft."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP


def eml_of(subject: str, text: str) -> bytes:
    """Return an e-mail without sender and receiver, to be sent by the mail program that opens it.

    Args:
        subject: Line breaks in it become spaces.
        text: Plain.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = " ".join(subject.split())
    message["X-Unsent"] = "1"  # Outlook opens it to be edited and sent
    message.set_content(text)
    return bytes(message)

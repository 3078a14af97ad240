"""E-mails that a machine wrote: absences, acknowledgements, bounces."""

from __future__ import annotations

import re

from conversation.mail.message import Automatic

# RFC 3834 section 5, and what programs that do not follow it write instead.
_SUBJECT_OF_REPLY = re.compile(
    r"(?i)^\s*(?:(?:re|tr|fwd?)\s*:\s*)*"
    r"(réponse automatique|reponse automatique|automatic reply|auto(matique)?[- ]?(reply|réponse)|"
    r"absence du bureau|absent(e)? du bureau|message d.absence|out of (the )?office|"
    r"accusé de réception( automatique)?\s*[:\-–]|automatische antwort)"
)
_SUBJECT_OF_BOUNCE = re.compile(
    r"(?i)(undeliver|non remis|delivery status notification|mail delivery (failed|subsystem)|"
    r"returned mail|échec de (la )?(remise|distribution)|"
    r"failure notice|message non distribué|non[- ]delivery)"
)
_SENDER_OF_BOUNCE = re.compile(r"(?i)\b(mailer-daemon|postmaster|mail delivery (sub)?system)\b")


def kind_of_automatic(
    fields: dict[str, list[str]], subject: str, *, media_type: str
) -> Automatic | None:
    """Tell whether a machine wrote an e-mail.

    Args:
        fields: Its header fields, by name in lower case.
        subject: Decoded.
        media_type: Of the whole message.

    Returns:
        ``bounce`` for what could not be delivered, ``auto_reply`` for absences and automatic
        acknowledgements, ``notification`` for other mail that a machine sent by itself or to
        many; None for what a person wrote, as far as can be told.
    """

    def value(name: str) -> str:
        return " ".join(fields.get(name, ())).strip().casefold()

    is_report = media_type == "multipart/report"
    bounced = bool(_SENDER_OF_BOUNCE.search(value("from"))) or "x-failed-recipients" in fields
    if (is_report and "disposition-notification" not in value("content-type")) or (
        bounced and (_SUBJECT_OF_BOUNCE.search(subject) or value("return-path") == "<>")
    ):
        return "bounce"
    submitted = value("auto-submitted").split(";")[0].strip()
    if submitted.startswith("auto-replied") or {"x-autoreply", "x-autorespond"} & set(fields):
        return "auto_reply"
    if value("precedence") in {"auto_reply", "auto-reply"} or _SUBJECT_OF_REPLY.search(subject):
        return "auto_reply"
    if is_report or submitted not in {"", "no"}:
        return "notification"
    return "notification" if value("precedence") in {"bulk", "list"} else None

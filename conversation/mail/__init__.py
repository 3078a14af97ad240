"""E-mails: what a person wrote in them, who answered whom, and what was cut and why."""

from conversation.mail.body import BodyParts, Cut, QuotedMessage, split_body
from conversation.mail.conversations import conversations_of_mails
from conversation.mail.mailbox import read_mails
from conversation.mail.message import Address, Attachment, Mail
from conversation.mail.mime import parse_mail
from conversation.mail.pasted import looks_like_pasted_mail, parse_pasted_mail

__all__ = [
    "Address",
    "Attachment",
    "BodyParts",
    "Cut",
    "Mail",
    "QuotedMessage",
    "conversations_of_mails",
    "looks_like_pasted_mail",
    "parse_mail",
    "parse_pasted_mail",
    "read_mails",
    "split_body",
]

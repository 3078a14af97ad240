"""Letters as plain text, scanned and read or typed."""

from __future__ import annotations

import re

from pydantic import JsonValue

from conversation.conversation import Conversation
from conversation.dates import read_moment
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message, conversation_from_messages
from conversation.turn import Speaker

_SALUTATION = re.compile(
    r"(?i)^\s*(?:(?:cher|chère|chers)\s+)?(?:madame|monsieur|mesdames|messieurs|maître|docteur"
    r"|dear\s+\w+|"
    r"to whom it may concern)\b[\w\s,.'’-]{0,60},?\s*$"
)
_CLOSING = re.compile(
    r"(?i)\b(?:veuillez|je vous prie|nous vous prions|recevez|yours (?:sincerely|faithfully)|"
    r"sincerely|salutations|sentiments (?:distingués|respectueux)|cordialement)\b"
)
_DATE_LINE = re.compile(
    r"(?i)^\s*(?:[A-ZÀ-Ý][\w' -]{1,40},\s*)?(?:le\s+)?\d{1,2}(?:er|st|nd|rd"
    r"|th)?\s+[a-zéûA-Z]{3,9}\s+\d{4}\s*\.?$|"
    r"^\s*[A-ZÀ-Ý][\w' À-ÿ-]{1,40},\s*(?:le\s+)?\d{1,2}/\d{1,2}/\d{4}\s*$"
)
_SUBJECT = re.compile(r"(?i)^\s*(?:objet|concerne|re|subject)\s*:\s*(?P<subject>.+)$")
_REFERENCE = re.compile(
    r"(?i)^\s*(?:n/?\s?réf|v/?\s?réf|réf|référence|vos réf|nos réf|our ref|your ref)"
)
_POSTCODE = re.compile(r"\b\d{5}\s+[A-ZÀ-Ý]")
_REGISTERED = re.compile(
    r"(?i)lettre\s+recommandée|recommandé\s+avec|par\s+courrier|registered\s+(?:mail|post)"
)
_ENCLOSED = re.compile(r"(?i)^\s*(?:p\.?\s?j\.?|pièces?\s+jointes?|encl(?:osures?)?)\s*[.:]")
_HEAD_LINES = 40
_ENOUGH_SIGNS = 3


def looks_like_letter(text: str) -> bool:
    """Tell whether a text has three of what letters have.

    These are a salutation on a line of its own, a closing formula, a line with place and date, an
    ``Objet :`` line, a reference, a postcode, and how it was sent.
    """
    lines = [line[:300] for line in text.splitlines()]
    head = lines[:_HEAD_LINES]
    signs = (
        any(_SALUTATION.match(line) for line in head),
        any(_CLOSING.search(line) for line in lines[-25:]),
        any(_DATE_LINE.match(line) for line in [*head, *lines[-5:]]),
        any(_SUBJECT.match(line) for line in head),
        any(_REFERENCE.match(line) for line in head),
        any(_POSTCODE.search(line) for line in head),
        any(_REGISTERED.search(line) for line in head),
    )
    return sum(signs) >= _ENOUGH_SIGNS


def parse_letter(
    text: str, *, identifier: str, options: ImportOptions = DEFAULT_OPTIONS
) -> Conversation:
    """Read a letter as a conversation of one turn.

    Args:
        text: As typed or read from a scan. What stands above the salutation (names, addresses,
            references) is the head: it is kept in the metadata (``letter.head``), the subject
            and the date are read from it. Without a salutation the whole text is the letter.
        identifier: Of the conversation.
        options: The centre's names decide who wrote it where the head starts with one of them.

    Returns:
        A conversation on channel ``letter``; its writer is the customer unless the centre is
        named first.

    Raises:
        ConversationUnreadable: There is no text.
    """
    lines = text.replace("\f", "\n").splitlines()
    start = next(
        (at for at, line in enumerate(lines[: 2 * _HEAD_LINES]) if _SALUTATION.match(line[:300])), 0
    )
    head, body = lines[:start], lines[start:]
    enclosed = [line.strip() for line in body if _ENCLOSED.match(line)]
    subject = next(
        (found["subject"].strip() for line in head if (found := _SUBJECT.match(line))), ""
    )
    at = next(
        (read_moment(line) for line in [*head, *body[-5:]] if _DATE_LINE.match(line[:300])), None
    )
    first = next((line.strip() for line in head if line.strip()), "")
    by_centre = options.centre.owns(first)
    facts: dict[str, JsonValue] = {}
    if subject:
        facts["subject"] = subject[:1000]
    about: dict[str, JsonValue] = {}
    if any(line.strip() for line in head):
        about["head"] = "\n".join(line.rstrip() for line in head).strip()
    if enclosed:
        about["enclosed"] = list(enclosed)
    if about:
        facts["letter"] = about
    role: Speaker = "agent" if by_centre else "customer"
    message = Message(
        label=role,
        text=re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in body)),
        at=at,
        role=role,
        decided_by="the head names the centre first" if by_centre else None,
    )
    return conversation_from_messages(
        [message],
        identifier=identifier,
        channel="letter",
        direction="outbound" if by_centre else "inbound",
        metadata=facts,
        zone=options.zone,
        keys=options.keys,
    )

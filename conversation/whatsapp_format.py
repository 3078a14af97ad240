"""Chats as WhatsApp exports them: ``12/03/2025, 10:12 - Nom : …``, on Android and iPhone."""

from __future__ import annotations

import re

from conversation.chat_export import (
    ChatExport,
    conversation_of_export,
    is_system_text,
    parted_by_silence,
    role_of,
    with_unique_identifiers,
)
from conversation.conversation import Conversation
from conversation.customer_key import normalised_identifier
from conversation.dates import dates_are_month_first, read_moment
from conversation.identifiers import identifier_from_name
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message

_LINE = re.compile(
    r"""(?ix)^[\u200e\u200f\u202a-\u202e\ufeff]*\[?
        (?P<date>\d{1,4}[/.\-]\d{1,2}[/.\-]\d{2,4})(?:,?\s+(?:à\s+)?|\s*,\s*)
        (?P<time>\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:[\s\u202f\u00a0]?[ap]\.?\s?m\.?)?)\]?
        (?:\s+-\s+|\s+[\u200e\u200f]*|:\s)(?P<rest>.*)$"""
)
_NAMED = re.compile(r"^[\u200e\u200f\u202a-\u202e]*(?P<label>[^:\n]{1,60}?)\s?:\s(?P<text>.*)$")
_NOT_SAID = re.compile(
    r"(?i)^[\u200e<]*(?:médias omis|<?média omis>?|media omitted|image absente|image omitted"
    r"|video omitted|"
    r"audio omitted|sticker omitted|document omitted|vidéo absente|audio omis|sticker omis)[>\s]*$"
)
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\ufeff]")


def looks_like_whatsapp(text: str) -> bool:
    """Tell whether the first lines have a date, a time and then a name or a notice."""
    lines = [line for line in text[:8000].split("\n") if line.strip()][:20]
    matched = [match for line in lines if (match := _LINE.match(line)) is not None]
    named = [match for match in matched if _NAMED.match(match["rest"])]
    if not named or _LINE.match(lines[0]) is None:
        return False
    dashed = sum(" - " in line[:40] for line in lines)
    bracketed = sum(_MARKS.sub("", line).startswith("[") and "/" in line[:12] for line in lines)
    return dashed + bracketed >= len(matched) and role_of(_label(named[0])) is None


def parse_whatsapp(
    text: str, *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read an exported chat.

    Args:
        text: One message a line, with lines below that go on; pictures and the like that were
            left out of the export are counted in the metadata (``media_left_out``).
        name: Of the file.
        options: The centre's names and numbers tell its side; without them, of two people, who
            writes first is the customer.

    Returns:
        The conversations: a silence of 72 hours starts a new one. A sender who is shown as a
        telephone number is that customer's identifier; names are not.
    """
    rows: list[tuple[str, str, list[str]]] = []  # when, label, lines
    dates: list[str] = []
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is None:
            if rows:
                rows[-1][2].append(line)
            continue
        dates.append(match["date"])
        named = _NAMED.match(match["rest"])
        label = _label(match) if named is not None else ""
        said = named["text"] if named is not None else match["rest"]
        moment = f"{match['date']} {_MARKS.sub('', match['time']).replace('.', ':')}"
        rows.append((re.sub(r"(?i)\b([ap]):\s?m:?", r"\1m", moment), label, [said]))
    month_first = dates_are_month_first(dates)
    messages: list[Message] = []
    left_out = 0
    for moment, label, lines in rows:
        said = _MARKS.sub("", "\n".join(lines)).strip()
        if _NOT_SAID.match(said):
            left_out += 1
            continue
        number = normalised_identifier(label, region=options.centre.region) if label else None
        is_number = number is not None and number.startswith("phone:")
        system = not label or is_system_text(said)
        messages.append(
            Message(
                label="system" if system else "customer" if is_number else label,
                text=said,
                at=read_moment(moment, month_first=month_first),
                role="system" if system else "customer" if is_number else role_of(label),
                identifiers=(label,) if is_number and not system else (),
            )
        )
    export = ChatExport(
        messages=tuple(_with_first_as_customer(messages, options)),
        identifier=identifier_from_name(name),
        channel="chat",
        facts={"media_left_out": left_out} if left_out else {},
    )
    parts = parted_by_silence(export, options)
    return with_unique_identifiers(
        [conversation_of_export(part, name=name, options=options) for part in parts]
    )


def _label(match: re.Match[str]) -> str:
    named = _NAMED.match(match["rest"])
    return _MARKS.sub("", named["label"]).strip(" ~\u202f\u00a0") if named is not None else ""


def _with_first_as_customer(messages: list[Message], options: ImportOptions) -> list[Message]:
    """Of two people of whom nothing is known, take who writes first for the customer."""
    people = list(dict.fromkeys(message.label for message in messages if message.role != "system"))
    roles = {message.role for message in messages}
    if len(people) != 2 or {"agent", "customer"} & roles or options.centre.is_known:
        return messages
    return [
        message
        if message.role == "system"
        else message._replace(
            role="customer" if message.label == people[0] else "agent",
            decided_by="who writes first is taken for the customer",
        )
        for message in messages
    ]

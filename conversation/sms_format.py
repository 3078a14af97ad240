"""Text messages as the Android program "SMS Backup & Restore" writes them (XML)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from conversation.chat_export import (
    ChatExport,
    conversation_of_export,
    parted_by_silence,
    short_digest,
    with_unique_identifiers,
)
from conversation.conversation import Conversation
from conversation.customer_key import normalised_identifier
from conversation.dates import read_moment
from conversation.errors import ConversationUnreadable
from conversation.identifiers import identifier_from_name
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message

MAX_MESSAGES = 1_000_000
_SENT = frozenset({"2", "4", "5", "6"})  # sent, outbox, failed, queued
_DRAFT = "3"
_SURROGATES = re.compile(rb"&#(5[5-7]\d{3});&#(5[5-7]\d{3});")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def looks_like_sms_backup(raw: bytes) -> bool:
    """Tell whether the bytes start as a backup of text messages does."""
    return re.search(rb"<smses[\s>]", raw[:4096]) is not None


def parse_sms_backup(
    raw: bytes, *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read the text messages of a telephone of the centre.

    Received messages are the customers', sent ones the centre's; drafts are left out. One
    number's messages are one conversation until nobody writes for 72 hours.

    Args:
        raw: The XML; one that declares a document type or entities is refused unread.
        name: Of the file.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        The conversations, on channel ``sms``; numbers are not kept, only the keys made of them.

    Raises:
        ConversationUnreadable: No XML of this kind, or no message in it.
    """
    by_number: dict[str, list[Message]] = {}
    for record, text in _records(raw, name):
        number = record.get("address", "")
        kind = record.get("type") or record.get("msg_box", "")
        if kind == _DRAFT or not text.strip() or text == "null":
            continue
        sent = kind in _SENT
        person = normalised_identifier(number, region=options.centre.region) or number
        by_number.setdefault(person, []).append(
            Message(
                label="agent" if sent else "customer",
                text=text,
                at=read_moment(record.get("date", "")),
                role="agent" if sent else "customer",
                identifiers=() if sent else (number,),
            )
        )
    if not by_number:
        raise ConversationUnreadable(
            f"{name}: no text message with text in it", remedy="check the export that wrote it"
        )
    stem = identifier_from_name(name)
    found: list[Conversation] = []
    for person, messages in by_number.items():
        number = person.partition(":")[2] or person
        export = ChatExport(
            messages=tuple(messages),
            identifier=f"{stem}-{short_digest(person)}" if len(by_number) > 1 else stem,
            channel="sms",
            customer_identifiers=(number,),
        )
        for part in parted_by_silence(export, options):
            conversation = conversation_of_export(part, name=name, options=options)
            if conversation.turns[0].speaker == "agent":
                conversation = conversation.model_copy(update={"direction": "outbound"})
            found.append(conversation)
    return with_unique_identifiers(found)


def _records(raw: bytes, name: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the members and the text of each message."""
    from lxml import etree

    if _DOCTYPE.search(raw) or raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConversationUnreadable(
            f"{name}: the XML declares a document type or is no UTF-8",
            remedy="export the messages again without a style sheet",
        )
    # The program writes letters outside of the basic plane as two halves, which is no XML.
    raw = _SURROGATES.sub(_joined, raw)
    count = 0
    try:
        for _, element in etree.iterparse(
            io.BytesIO(raw), events=("end",), tag=("sms", "mms"), resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=False, recover=False,
        ):  # fmt: skip
            count += 1
            if count > MAX_MESSAGES:
                raise ConversationUnreadable(
                    f"{name}: more than {MAX_MESSAGES} messages", remedy="split the backup"
                )
            record = {str(key): str(value) for key, value in element.attrib.items()}
            text = record.get("body", "")
            if element.tag == "mms":
                text = "\n".join(
                    part.get("text") or ""
                    for part in element.iter("part")
                    if part.get("ct") == "text/plain"
                )
            yield record, text
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise ConversationUnreadable(
            f"{name}: broken XML: {str(error)[:200]}", remedy="export the messages again"
        ) from error


def _joined(found: re.Match[bytes]) -> bytes:
    high, low = int(found[1]), int(found[2])
    if not (0xD800 <= high < 0xDC00 <= low < 0xE000):
        return found[0]
    code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    return f"&#{code};".encode()

"""Reading conversations of text channels from files, whatever their format."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from conversation.chat_format import looks_like_chat, parse_chat
from conversation.conversation import Conversation
from conversation.csv_format import looks_like_csv, parse_csv
from conversation.email_format import looks_like_email, parse_email
from conversation.errors import ConversationUnreadable, NotFound
from conversation.half_characters import holds_half_characters
from conversation.identifiers import identifier_from_name
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.json_formats import MAX_CONVERSATIONS, parse_conversations
from conversation.letter_format import looks_like_letter, parse_letter
from conversation.mail import Mail, conversations_of_mails, read_mails
from conversation.sms_format import looks_like_sms_backup, parse_sms_backup
from conversation.vcon import (
    Vcon,
    conversation_of,
    is_vcon_name,
    looks_like_vcon,
    parse_vcon,
    read_vcon,
)
from conversation.whatsapp_format import looks_like_whatsapp, parse_whatsapp

MAX_TEXT_BYTES = 20 * 1024 * 1024
MAX_EXPORT_BYTES = 200 * 1024 * 1024
_MAIL_SUFFIXES = frozenset((".eml", ".mbox", ".mbx"))
_MANY_SUFFIXES = frozenset((".csv", ".tsv", ".xml", ".jsonl", ".ndjson", ".json"))
_MAX_MAIL_CHARS = 1_000_000_000


def read_conversation(path: Path, *, options: ImportOptions = DEFAULT_OPTIONS) -> Conversation:
    """Read one conversation of a text channel from a file.

    Args:
        path: JSON (our schema, a chat export, an e-mail or a vCon with messages or a
            transcript), CSV, a chat as text with one message a line, an e-mail (.eml, or text
            with its header lines), a WhatsApp export, text messages as XML, or a letter as
            text; UTF-8, or Windows-1252.
        options: The centre's addresses, the zone of times that name none, the customer keys.

    Returns:
        The conversation.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is empty, too large, no text, in no format that is known, or
            holds several conversations.
    """
    found = read_conversations(path, options=options)
    if len(found) > 1:
        raise ConversationUnreadable(
            f"{path.name}: {len(found)} conversations, expected one",
            remedy=f"part them first: entendu import {path.name} --out DIR",
        )
    return found[0]


def read_conversations(
    path: Path, *, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read all conversations of a file.

    Args:
        path: As for :func:`read_conversation`, and files that hold several: mailboxes, CSV with
            a conversation column, JSON lists, JSON lines, backups of text messages.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        At least one conversation, each with an identifier of its own.

    Raises:
        NotFound: There is no such file.
        ConversationUnreadable: It is empty, too large, no text, or in no format that is known.
    """
    if is_vcon_name(path):
        return (conversation_of(read_vcon(path)),)
    if not path.is_file():
        raise NotFound(f"{path}: no such file", remedy="check the path")
    if is_mail_name(path):
        return read_mail_threads((path,), options=options)
    suffix = path.suffix.casefold()
    most = MAX_EXPORT_BYTES if suffix in _MANY_SUFFIXES else MAX_TEXT_BYTES
    size_bytes = path.stat().st_size
    if size_bytes > most:
        raise ConversationUnreadable(
            f"{path.name}: {size_bytes / 1e6:.0f} MB, expected at most {most // 1024**2} MB",
            remedy="split the export into smaller files",
        )
    return _parse(path.read_bytes(), path, options)


def is_mail_name(path: Path) -> bool:
    """Tell whether a file holds e-mails as sent, by its name."""
    return path.suffix.casefold() in _MAIL_SUFFIXES


def read_mail_threads(
    paths: Iterable[Path], *, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read e-mails and mailboxes together: one conversation a thread, across the files.

    Args:
        paths: ``.eml`` and ``.mbox`` files.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        The conversations, named after the file of their first e-mail.

    Raises:
        NotFound: A file does not exist.
        ConversationUnreadable: A file is no e-mail, or all together hold too much text.
    """
    mails: list[Mail] = []
    chars = 0
    name = ""
    for path in paths:
        for mail in read_mails(path):
            chars += len(mail.text)
            if chars > _MAX_MAIL_CHARS:
                raise ConversationUnreadable(
                    f"{path.name}: more than {_MAX_MAIL_CHARS} characters of e-mails at once",
                    remedy="import the mailboxes one after the other",
                )
            mails.append(mail)
        name = name or path.name
    return conversations_of_mails(mails, name=name, options=options)


def _parse(raw: bytes, path: Path, options: ImportOptions) -> tuple[Conversation, ...]:
    name = path.name
    if looks_like_sms_backup(raw):
        return parse_sms_backup(raw, name=name, options=options)
    text = _decoded(raw, name)
    suffix = path.suffix.casefold()
    if holds_half_characters(text):
        raise ConversationUnreadable(
            f"{name}: broken JSON: it escapes half of a character, such as \\ud83d without what "
            "follows it",
            remedy="export it again",
        )
    if suffix in {".jsonl", ".ndjson"}:
        return parse_conversations(_json_lines(text, name), name=name, options=options)
    if text.lstrip()[:1] in ("{", "["):
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            if suffix == ".json" or not (looks_like_chat(text) or looks_like_whatsapp(text)):
                raise ConversationUnreadable(
                    f"{name}: broken JSON: {error}", remedy="export it again"
                ) from error
        else:
            return parse_conversations(data, name=name, options=options)
    identifier = identifier_from_name(name)
    if suffix in {".csv", ".tsv"} or looks_like_csv(text):
        return parse_csv(text, name=name, options=options)
    if options.channel == "letter":
        return (parse_letter(text, identifier=identifier, options=options),)
    if looks_like_email(text):
        return (parse_email(text, identifier=identifier, options=options),)
    if looks_like_whatsapp(text):
        return parse_whatsapp(text, name=name, options=options)
    if looks_like_letter(text):
        return (parse_letter(text, identifier=identifier, options=options),)
    if looks_like_chat(text):
        return (parse_chat(text, identifier=identifier, options=options),)
    raise ConversationUnreadable(
        f"{name}: neither a chat nor an e-mail; it starts with {text.strip()[:60]!r}",
        remedy='a chat has lines such as "Client : Bonjour", an e-mail starts with "De :" and '
        '"Objet :" lines; see docs/formats.md and docs/channels.md',
    )


def _json_lines(text: str, name: str) -> list[object]:
    found: list[object] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise ConversationUnreadable(
                f"{name}: line {number}: broken JSON: {error}", remedy="export it again"
            ) from error
        if len(found) > MAX_CONVERSATIONS:
            raise ConversationUnreadable(
                f"{name}: more than {MAX_CONVERSATIONS} lines", remedy="split the export"
            )
    return found


def find_vcon(path: Path) -> Vcon | None:
    """Read a file as a vCon if it is one, by its name or by what is in it.

    Args:
        path: Any file.

    Returns:
        The vCon, None where the file is something else.

    Raises:
        NotFound: A file that is a vCon by its name does not exist.
        ConversationUnreadable: It is a vCon that cannot be read.
    """
    if is_vcon_name(path):
        return read_vcon(path)
    if path.suffix.casefold() != ".json" or not path.is_file():
        return None
    if path.stat().st_size > MAX_TEXT_BYTES:
        return None
    try:
        data = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        return None  # whoever reads it as something else says what is wrong
    return parse_vcon(data, name=path.name) if looks_like_vcon(data) else None


def _decoded(raw: bytes, name: str) -> str:
    if not raw.strip():
        raise ConversationUnreadable(f"{name}: the file is empty", remedy="export it again")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ConversationUnreadable(
                f"{name}: cut or damaged UTF-16 text", remedy="export it again as UTF-8"
            ) from error
    if b"\x00" in raw:
        raise ConversationUnreadable(
            f"{name}: binary data, expected text", remedy="give a recording, JSON or text file"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")

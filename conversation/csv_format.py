"""Chats, text messages and e-mails as tables (CSV), one message a line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from conversation.chat_export import (
    ChatExport,
    conversation_of_export,
    parted_by_silence,
    role_of,
    short_digest,
    with_unique_identifiers,
)
from conversation.chat_products import direction_of, plain_text
from conversation.conversation import CHANNELS, Channel, Conversation
from conversation.dates import dates_are_month_first, read_moment
from conversation.errors import ConversationUnreadable
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message
from conversation.turn import Speaker

MAX_ROWS = 2_000_000
MAX_COLUMNS = 500
_SAMPLE_LINES = 40
_DELIMITERS = ";,\t|"

_HEADERS: dict[str, str] = {
    header: column
    for column, headers in {
        "conversation": "conversation_id id_conversation conversation conversationid session "
        "session_id "
        "sessionid chat_id chatid thread thread_id threadid ticket ticket_id id_ticket dossier "
        "numero_dossier contact_id interaction_id id_echange echange case_id id_session",
        "sender": "sender from author speaker role qui auteur expediteur emetteur emis_par de "
        "participant "
        "sender_type author_type type_auteur locuteur intervenant from_type user_type "
        "type_expediteur",
        "name": "name nom sender_name author_name nom_auteur display_name pseudo nom_expediteur "
        "agent_name nom_agent contact_name nom_contact",
        "text": "text message body content texte contenu msg message_text corps libelle "
        "message_body "
        "contenu_message sms texte_message verbatim commentaire comment",
        "at": "at timestamp datetime date_time created_at sent_at date_heure horodatage date_envoi "
        "envoye_le sent_date received_at date_creation createdat date_reception date_message",
        "date": "date jour day",
        "time": "time heure hour",
        "channel": "channel canal media type_canal",
        "direction": "direction sens type_message in_out",
        "to": "to destinataire recipient a vers to_number numero_destinataire",
        "number": "phone telephone tel numero number mobile phone_number numero_telephone msisdn "
        "from_number numero_expediteur customer_phone telephone_client numero_client_tel",
        "email": "email e_mail mail courriel adresse_mail customer_email email_client "
        "adresse_email",
        "login": "login customer_id client_id id_client customerid user_id login_client "
        "identifiant "
        "identifiant_client numero_client username",
        "subject": "subject objet sujet titre title",
        "language": "language langue lang",
    }.items()
    for header in headers.split()
}  # fmt: skip


@dataclass(frozen=True)
class _Table:
    """The lines of a file and what its columns are."""

    columns: Mapping[str, int]
    rows: Sequence[Sequence[str]]
    delimiter: str


def looks_like_csv(text: str) -> bool:
    """Tell whether the first line names columns of which one is the message's text."""
    return _columns(text) is not None


def parse_csv(
    text: str, *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read the conversations of a table.

    Lines belong to one conversation by their conversation column; without one, by the
    customer's number, address or login, parted where nobody wrote for 72 hours; without either
    the table is one conversation.

    Args:
        text: First line: headers in French or English, in any order (who, text, when,
            conversation, channel, direction, number …); ``sep=;`` may stand above. The delimiter
            is found; times are ISO 8601, French or English dates, or seconds or milliseconds
            since 1970.
        name: Of the file.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        The conversations, in the order of their first line.

    Raises:
        ConversationUnreadable: No column with text, a line that cannot be read, or no message.
    """
    table = _read_table(text, name)
    exports = _exports(table, name, options)
    if not exports:
        raise ConversationUnreadable(
            f"{name}: no line with a message", remedy="check the export that wrote it"
        )
    found = [conversation_of_export(export, name=name, options=options) for export in exports]
    return with_unique_identifiers(found)


def _columns(text: str) -> tuple[dict[str, int], str, int] | None:
    """Return the columns, the delimiter and how many lines stand above the first message."""
    lines = text.lstrip("\ufeff").split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES]
    above = 0
    stated = re.match(r'(?i)^"?sep=(.)"?\s*$', lines[0].rstrip("\r"))
    if stated is not None:
        above = 1
    while above < len(lines) and not lines[above].strip():
        above += 1
    if above >= len(lines):
        return None
    header = lines[above].rstrip("\r")
    candidates = stated[1] if stated is not None else _DELIMITERS
    best: tuple[dict[str, int], str] | None = None
    for delimiter in candidates:
        try:
            cells = next(csv.reader([header], delimiter=delimiter), [])
        except (csv.Error, TypeError):
            continue
        if len(cells) < 2 or len(cells) > MAX_COLUMNS:
            continue
        found: dict[str, int] = {}
        for place, cell in enumerate(cells):
            column = _HEADERS.get(_plain(cell))
            if column is not None:
                found.setdefault(column, place)
        if "text" in found and len(found) >= 2 and (best is None or len(found) > len(best[0])):
            best = (found, delimiter)
    return (*best, above + 1) if best is not None else None


def _read_table(text: str, name: str) -> _Table:
    found = _columns(text)
    if found is None:
        first = text.strip().split("\n", 1)[0][:120]
        raise ConversationUnreadable(
            f"{name}: no column with the text of messages; the first line is {first!r}",
            remedy="name the columns in the first line: conversation_id;sender;text;date "
            "(or expéditeur;message;date)",
        )
    columns, delimiter, above = found
    rows: list[list[str]] = []
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=False
    )
    try:
        for number, row in enumerate(reader):
            if number < above or not any(cell.strip() for cell in row):
                continue
            if len(rows) >= MAX_ROWS:
                raise ConversationUnreadable(
                    f"{name}: more than {MAX_ROWS} lines", remedy="split the export"
                )
            rows.append(row)
    except csv.Error as error:
        raise ConversationUnreadable(
            f"{name}: line {reader.line_num}: {error}", remedy="export it again as CSV"
        ) from error
    return _Table(columns, rows, delimiter)


def _exports(table: _Table, name: str, options: ImportOptions) -> list[ChatExport]:
    month_first = dates_are_month_first(_dates(table))
    by_conversation: dict[str, list[tuple[Message, Mapping[str, str]]]] = {}
    has_ids = "conversation" in table.columns
    last = ""
    for number, row in enumerate(table.rows, start=1):
        cells = {
            column: row[place].strip()
            for column, place in table.columns.items()
            if place < len(row)
        }
        if not cells.get("text"):
            continue
        message, contact = _message(cells, number, name, options, month_first=month_first)
        key = cells.get("conversation") or last if has_ids else contact
        last = key
        by_conversation.setdefault(key, []).append((message, {**cells, "contact": contact}))
    exports: list[ChatExport] = []
    for key, lines in by_conversation.items():
        export = _export(key if has_ids else "", lines, name)
        if has_ids or not key:
            exports.append(export)
        else:
            stem = f"{name.rsplit('.', 1)[0]}-{short_digest(key)}"
            exports.extend(parted_by_silence(replace(export, identifier=stem), options))
    if len(exports) == 1 and not has_ids:
        return [replace(exports[0], identifier=None)]
    return exports


def _export(key: str, lines: Sequence[tuple[Message, Mapping[str, str]]], name: str) -> ChatExport:
    first = lines[0][1]
    contacts = dict.fromkeys(cells["contact"] for _, cells in lines if cells["contact"])
    language = next((cells["language"] for _, cells in lines if cells.get("language")), "")
    is_sms = "direction" in first and {"number", "to"} & set(first)
    roles = [message.role for message, _ in lines if message.role not in {"system", None}]
    return ChatExport(
        messages=tuple(message for message, _ in lines),
        identifier=key or None,
        channel=_channel(first.get("channel", ""), name) or ("sms" if is_sms else None),
        direction="outbound" if roles[:1] == ["agent"] and is_sms else "inbound",
        subject=next((cells["subject"] for _, cells in lines if cells.get("subject")), ""),
        language=language.split("-")[0].lower()[:3] or None,
        customer_identifiers=tuple(contacts) if len(contacts) == 1 else (),
    )


def _message(
    cells: Mapping[str, str], number: int, name: str, options: ImportOptions, *, month_first: bool
) -> tuple[Message, str]:
    """Return the message of a line, and the customer's number, address or login."""
    sender = cells.get("sender", "")
    direction = direction_of(cells.get("direction", ""))
    role: Speaker | None = role_of(sender) if sender else None
    if role is None and direction is not None:
        role = "customer" if direction == "inbound" else "agent"
    if role is None and options.centre.is_known and (sender or cells.get("number")):
        owned = options.centre.owns(sender) or options.centre.owns(cells.get("number", ""))
        role = "agent" if owned else "customer"
    contact = cells.get("email") or cells.get("login") or cells.get("number", "")
    other = cells.get("to", "")
    if direction == "outbound" and other:
        contact = other
    elif not contact and _is_contact(sender):
        contact = sender
    elif role == "agent" and "number" in cells and other:
        contact = other
    at = cells.get("at") or " ".join(filter(None, (cells.get("date"), cells.get("time"))))
    moment = read_moment(at, month_first=month_first)
    if at and moment is None:
        raise ConversationUnreadable(
            f"{name}: line {number} of the messages: {at[:60]!r} is no date and time",
            remedy="write dates as 2026-11-03 10:02 or 03/11/2026 10:02",
        )
    label = cells.get("name") or ("" if _is_contact(sender) else sender) or role or "customer"
    own = [cells.get(column, "") for column in ("email", "number", "login")]
    identifiers = tuple(filter(None, dict.fromkeys([contact, *own]))) if role != "agent" else ()
    return Message(label, plain_text(cells["text"]), moment, role, identifiers), contact


def _dates(table: _Table) -> Iterator[str]:
    for column in ("at", "date"):
        place = table.columns.get(column)
        if place is not None:
            yield from _cells(table.rows, place)
            return


def _cells(rows: Iterable[Sequence[str]], place: int) -> Iterator[str]:
    return (row[place] for row in rows if place < len(row))


def _is_contact(text: str) -> bool:
    return "@" in text or re.fullmatch(r"\+?[\d .()/-]{6,24}", text) is not None


def _channel(word: str, name: str) -> Channel | None:
    if not word:
        return None
    known: dict[str, Channel] = {
        "tchat": "chat", "whatsapp": "chat", "webchat": "chat", "livechat": "chat", "mail": "email",
        "e_mail": "email", "courriel": "email", "courrier": "letter", "lettre": "letter",
        "texto": "sms", "mms": "sms", "facebook": "social", "twitter": "social", "x": "social",
        "instagram": "social", "reseaux_sociaux": "social", "telephone": "phone", "appel": "phone",
        "bot": "chat", "chatbot": "chat", "messenger": "social",
    }  # fmt: skip
    plain = _plain(word)
    found = known.get(plain) or next((one for one in CHANNELS if one == plain), None)
    if found is None:
        raise ConversationUnreadable(
            f"{name}: unknown channel {word[:40]!r}",
            remedy=f"expected one of {', '.join(CHANNELS)}",
        )
    return found


def _plain(header: str) -> str:
    decomposed = unicodedata.normalize("NFKD", header.casefold())
    ascii_only = decomposed.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")

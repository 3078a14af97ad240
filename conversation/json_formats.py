"""Conversations from JSON: our own schema, chat exports, e-mails, text and social messages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from pydantic import ValidationError

from conversation.chat_export import (
    ChatExport,
    conversation_of_export,
    role_of,
    with_unique_identifiers,
)
from conversation.chat_products import plain_text, product_export
from conversation.conversation import CHANNELS, Channel, Conversation
from conversation.dates import read_moment
from conversation.email_format import without_quoted_history
from conversation.errors import ConversationUnreadable
from conversation.identifiers import identifier_from_name
from conversation.import_options import DEFAULT_OPTIONS, ImportOptions
from conversation.messages import Message, conversation_from_messages
from conversation.roles import role_from_label
from conversation.vcon import conversation_of, looks_like_vcon, parse_vcon

_SPEAKER_KEYS = (
    "speaker", "role", "from", "author", "sender", "participant", "sender_type", "author_type",
    "auteur", "expediteur", "user", "username", "type",
)  # fmt: skip
_TEXT_KEYS = ("text", "body", "content", "message", "msg", "texte", "contenu")
_TIME_KEYS = (
    "at", "timestamp", "time", "date", "created_at", "sent_at", "createdAt", "sentAt", "datetime",
    "date_heure", "horodatage",
)  # fmt: skip
_LIST_KEYS = ("messages", "transcript", "utterances", "entries", "events", "items", "comments")
_PERSON_KEYS = ("email", "phone", "login", "external_id", "user_id", "from_number", "address")
_MANY_KEYS = ("conversations", "chats", "tickets", "threads")
MAX_CONVERSATIONS = 100_000


def parse_conversations(
    data: object, *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> tuple[Conversation, ...]:
    """Read all conversations of decoded JSON.

    Args:
        data: One conversation in a shape of :func:`parse_conversation`, a list of such, or an
            object with a list of such (``conversations``, ``chats``, ``tickets``).
        name: Of the file or request.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        The conversations, in their order, with different identifiers.

    Raises:
        ConversationUnreadable: One of them has none of the shapes.
    """
    many = _several(data)
    if many is None:
        return (parse_conversation(data, name=name, options=options),)
    if len(many) > MAX_CONVERSATIONS:
        raise ConversationUnreadable(
            f"{name}: {len(many)} conversations, expected at most {MAX_CONVERSATIONS}",
            remedy="split the export",
        )
    stem = identifier_from_name(name)
    found = [
        parse_conversation(one, name=f"{stem}-{number:04d}.json", options=options)
        for number, one in enumerate(many, start=1)
    ]
    return with_unique_identifiers(found)


def _several(data: object) -> list[object] | None:
    if isinstance(data, Mapping):
        if "turns" in data or any(isinstance(data.get(key), list) for key in _LIST_KEYS):
            return None
        if product_export(data) is not None:
            return None
        for key in _MANY_KEYS:
            held = data.get(key)
            if isinstance(held, list) and held and all(isinstance(one, Mapping) for one in held):
                return list(held)
        return None
    if isinstance(data, list) and data and all(isinstance(one, Mapping) for one in data):
        holds_lists = all(
            "turns" in one
            or "conversation_parts" in one
            or "Transcript" in one
            or "history" in one
            or any(isinstance(one.get(key), list) for key in _LIST_KEYS)
            for one in data
        )
        return list(data) if holds_lists else None
    return None


def parse_conversation(
    data: object, *, name: str, options: ImportOptions = DEFAULT_OPTIONS
) -> Conversation:
    """Read a conversation from decoded JSON.

    Five shapes are known: a conversation in the published schema (it has ``turns``); the export
    of a chat product (see :mod:`conversation.chat_products`); a chat (``messages``, or a bare
    list, each with who, text and optionally when); an e-mail (``body`` or ``text`` with
    ``subject``, ``from`` and ``date``); a vCon (``parties`` and ``dialog``) with messages or a
    transcript.

    Args:
        data: What ``json.loads`` returned.
        name: Of the file or request, for messages and for the identifier.
        options: See :class:`conversation.import_options.ImportOptions`.

    Returns:
        The conversation, on channel ``chat`` or ``email`` unless ``channel`` says another; a
        transcript in a vCon is on channel ``phone``.

    Raises:
        ConversationUnreadable: The data has none of the shapes; the message names the field.
    """
    if isinstance(data, Mapping) and "conversation" in data and "schema_version" in data:
        data = data["conversation"]  # one of our own results, given back
    if isinstance(data, Mapping) and "turns" in data:
        return _own_schema(data, name)
    if looks_like_vcon(data):
        return conversation_of(parse_vcon(data, name=name))
    export = product_export(data)
    if export is not None:
        return conversation_of_export(export, name=name, options=options)
    if isinstance(data, list):
        return _chat(data, {}, name, options)
    if isinstance(data, Mapping):
        for key in _LIST_KEYS:
            if isinstance(data.get(key), list):
                return _chat(cast("list[object]", data[key]), data, name, options)
        if isinstance(_first(data, _TEXT_KEYS), str):
            return _email(data, name, options)
    found = f"keys {sorted(map(str, data))[:8]}" if isinstance(data, Mapping) else repr(data)[:80]
    raise ConversationUnreadable(
        f"{name}: expected a conversation as JSON, got {found}",
        remedy='give "turns" (our schema), "messages" (a chat) or "body" (an e-mail); '
        "see docs/formats.md",
    )


def _own_schema(data: Mapping[str, Any], name: str) -> Conversation:
    try:
        return Conversation.model_validate({"id": identifier_from_name(name), **data})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "conversation"
        raise ConversationUnreadable(
            f"{name}: {place}: {first['msg']} (got {str(first['input'])[:80]!r}); "
            f"{error.error_count()} problem(s) in all",
            remedy="see docs/schema/conversation.schema.json",
        ) from error


def _chat(
    entries: list[object], envelope: Mapping[str, Any], name: str, options: ImportOptions
) -> Conversation:
    messages = [_message(entry, number, name) for number, entry in enumerate(entries, start=1)]
    given = envelope.get("id") or envelope.get("conversation_id")
    customer = envelope.get("customer") or envelope.get("visitor") or envelope.get("contact")
    held = customer if isinstance(customer, Mapping) else {"login": customer}
    export = ChatExport(
        messages=tuple(messages),
        identifier=str(given) if isinstance(given, str | int) and str(given) else None,
        channel=_channel(envelope, name),
        language=_language(envelope),
        subject=_subject(envelope),
        customer_identifiers=_identifiers(held) or _identifiers(envelope),
    )
    conversation = conversation_of_export(export, name=name, options=options)
    started_at = options.placed(_moment(envelope.get("started_at"), name))
    if started_at is None:
        return conversation
    return conversation.model_copy(update={"started_at": started_at})


def _message(entry: object, number: int, name: str) -> Message:
    if not isinstance(entry, Mapping):
        raise ConversationUnreadable(
            f"{name}: message {number} is {type(entry).__name__}, expected an object",
            remedy='write each message as {"speaker": …, "text": …, "at": …}',
        )
    text = _first(entry, _TEXT_KEYS)
    if isinstance(text, Mapping):
        text = _first(text, _TEXT_KEYS)
    label = _first(entry, _SPEAKER_KEYS)
    person: Mapping[str, Any] = {}
    if isinstance(label, Mapping):
        person = label
        label = label.get("role") or label.get("type") or label.get("name") or label.get("id")
    if isinstance(label, int) and not isinstance(label, bool):
        label = str(label)
    if not isinstance(text, str) or not isinstance(label, str):
        missing = "text" if not isinstance(text, str) else "speaker"
        raise ConversationUnreadable(
            f"{name}: message {number} has no {missing} (its keys: {sorted(map(str, entry))})",
            remedy=f"expected one of {_TEXT_KEYS if missing == 'text' else _SPEAKER_KEYS}",
        )
    role = role_of(label)
    shown = next(
        (
            value
            for value in (entry.get("name"), entry.get("sender_name"), person.get("name"))
            if isinstance(value, str) and value
        ),
        label,
    )
    own = _identifiers(entry) or _identifiers(person)
    if "@" in label or label.startswith("+"):
        own = (*own, label)
    return Message(
        label=shown,
        text=plain_text(text),
        at=_moment(_first(entry, _TIME_KEYS), f"{name}: message {number}"),
        role=role,
        identifiers=own if role in {"customer", None} else (),
    )


def _email(data: Mapping[str, Any], name: str, options: ImportOptions) -> Conversation:
    given = data.get("from") or data.get("sender")
    sender = str(given or "customer")
    role = role_from_label(str(data.get("role", ""))) or role_from_label(sender)
    if role is None:
        role = "agent" if options.centre.owns(sender) else "customer"
    message = Message(
        label=sender,
        text=without_quoted_history(plain_text(str(_first(data, _TEXT_KEYS)))),
        at=_moment(_first(data, _TIME_KEYS), name),
        role=role,
        identifiers=(sender,) if "@" in sender else (),
    )
    subject = _subject(data)
    return conversation_from_messages(
        [message],
        identifier=_identifier(data, name),
        channel=_channel(data, name) or options.channel or "email",
        language=_language(data),
        metadata={"subject": subject} if subject else {},
        zone=options.zone,
        keys=options.keys,
        customer_identifiers=_identifiers(data),
    )


def _identifiers(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the addresses, numbers and logins that a record holds."""
    values = (record.get(key) for key in _PERSON_KEYS)
    return tuple(str(value) for value in values if isinstance(value, str | int) and str(value))


def _first(entry: Mapping[str, Any], keys: tuple[str, ...]) -> object:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _identifier(envelope: Mapping[str, Any], name: str) -> str:
    given = envelope.get("id")
    return identifier_from_name(f"{given}." if isinstance(given, str) and given else name)


def _channel(envelope: Mapping[str, Any], name: str) -> Channel | None:
    given = envelope.get("channel")
    if given is None:
        return None
    if given not in CHANNELS:
        raise ConversationUnreadable(
            f"{name}: unknown channel {given!r}", remedy=f"expected one of {', '.join(CHANNELS)}"
        )
    return cast("Channel", given)


def _language(envelope: Mapping[str, Any]) -> str | None:
    given = envelope.get("language") or envelope.get("lang")
    return given.split("-")[0].lower() if isinstance(given, str) and given else None


def _subject(envelope: Mapping[str, Any]) -> str:
    subject = envelope.get("subject") or envelope.get("objet")
    return subject if isinstance(subject, str) else ""


def _moment(value: object, where: str) -> datetime | None:
    if value is None or value == "":
        return None
    moment = read_moment(value)
    if moment is None:
        raise ConversationUnreadable(
            f"{where}: {str(value)[:80]!r} is no date and time",
            remedy="write it as 2026-11-03T10:02:00+01:00",
        )
    return moment

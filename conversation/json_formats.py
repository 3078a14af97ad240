"""Conversations from JSON: our own schema, chat exports, e-mails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from conversation.conversation import CHANNELS, Channel, Conversation
from conversation.email_format import without_quoted_history
from conversation.errors import ConversationUnreadable
from conversation.identifiers import identifier_from_name
from conversation.messages import Message, conversation_from_messages
from conversation.roles import role_from_label
from conversation.vcon import conversation_of, looks_like_vcon, parse_vcon

_SPEAKER_KEYS = ("speaker", "role", "from", "author", "sender", "participant")
_TEXT_KEYS = ("text", "body", "content", "message")
_TIME_KEYS = ("at", "timestamp", "time", "date", "created_at", "sent_at")
_LIST_KEYS = ("messages", "transcript", "utterances", "entries")
_datetime = TypeAdapter(datetime)


def parse_conversation(data: object, *, name: str) -> Conversation:
    """Read a conversation from decoded JSON.

    Four shapes are known: a conversation in the published schema (it has ``turns``); a chat
    (``messages``, or a bare list, each with who, text and optionally when); an e-mail (``body``
    or ``text`` with ``subject``, ``from`` and ``date``); a vCon (``parties`` and ``dialog``)
    with messages or a transcript.

    Args:
        data: What ``json.loads`` returned.
        name: Of the file or request, for messages and for the identifier.

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
    if isinstance(data, list):
        return _chat(data, {}, name)
    if isinstance(data, Mapping):
        for key in _LIST_KEYS:
            if isinstance(data.get(key), list):
                return _chat(cast("list[object]", data[key]), data, name)
        if isinstance(_first(data, _TEXT_KEYS), str):
            return _email(data, name)
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


def _chat(entries: list[object], envelope: Mapping[str, Any], name: str) -> Conversation:
    messages = []
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, Mapping):
            raise ConversationUnreadable(
                f"{name}: message {number} is {type(entry).__name__}, expected an object",
                remedy='write each message as {"speaker": …, "text": …, "at": …}',
            )
        text = _first(entry, _TEXT_KEYS)
        label = _first(entry, _SPEAKER_KEYS)
        if isinstance(label, Mapping):
            label = label.get("role") or label.get("name")
        if not isinstance(text, str) or not isinstance(label, str):
            missing = "text" if not isinstance(text, str) else "speaker"
            raise ConversationUnreadable(
                f"{name}: message {number} has no {missing} (its keys: {sorted(map(str, entry))})",
                remedy=f"expected one of {_TEXT_KEYS if missing == 'text' else _SPEAKER_KEYS}",
            )
        shown = entry.get("name")
        messages.append(
            Message(
                label=shown if isinstance(shown, str) and shown else label,
                text=text,
                at=_moment(_first(entry, _TIME_KEYS), f"{name}: message {number}"),
                role=role_from_label(label),
            )
        )
    return conversation_from_messages(
        messages,
        identifier=_identifier(envelope, name),
        channel=_channel(envelope, "chat", name),
        language=_language(envelope),
        started_at=_moment(envelope.get("started_at"), name),
        metadata=_subject(envelope),
    )


def _email(data: Mapping[str, Any], name: str) -> Conversation:
    sender = str(data.get("from") or data.get("sender") or "customer")
    message = Message(
        label=sender,
        text=without_quoted_history(str(_first(data, _TEXT_KEYS))),
        at=_moment(_first(data, _TIME_KEYS), name),
        role=role_from_label(str(data.get("role", ""))) or role_from_label(sender) or "customer",
    )
    return conversation_from_messages(
        [message],
        identifier=_identifier(data, name),
        channel=_channel(data, "email", name),
        language=_language(data),
        metadata=_subject(data),
    )


def _first(entry: Mapping[str, Any], keys: tuple[str, ...]) -> object:
    return next((entry[key] for key in keys if entry.get(key) is not None), None)


def _identifier(envelope: Mapping[str, Any], name: str) -> str:
    given = envelope.get("id")
    return identifier_from_name(f"{given}." if isinstance(given, str) and given else name)


def _channel(envelope: Mapping[str, Any], default: Channel, name: str) -> Channel:
    given = envelope.get("channel", default)
    if given not in CHANNELS:
        raise ConversationUnreadable(
            f"{name}: unknown channel {given!r}", remedy=f"expected one of {', '.join(CHANNELS)}"
        )
    return cast("Channel", given)


def _language(envelope: Mapping[str, Any]) -> str | None:
    given = envelope.get("language") or envelope.get("lang")
    return given.split("-")[0].lower() if isinstance(given, str) and given else None


def _subject(envelope: Mapping[str, Any]) -> dict[str, Any]:
    subject = envelope.get("subject") or envelope.get("objet")
    return {"subject": subject} if isinstance(subject, str) and subject else {}


def _moment(value: object, where: str) -> datetime | None:
    if value is None:
        return None
    try:
        moment = _datetime.validate_python(value)
    except ValidationError as error:
        raise ConversationUnreadable(
            f"{where}: {value!r} is no date and time",
            remedy="write it as 2026-11-03T10:02:00+01:00",
        ) from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)

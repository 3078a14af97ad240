"""Chat exports of common products, each recognised by its own members.

Read are the documented shapes of Zendesk (tickets, Chat), Intercom, LiveChat, Crisp, Amazon
Connect and Contact Lens, Genesys Cloud, Twilio (Conversations, Messages), Messenger and
Instagram downloads, and X direct messages. Internal notes are not part of what the customer
was told: they are kept in the metadata.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from pydantic import JsonValue

from conversation.chat_export import ChatExport, role_of
from conversation.conversation import Channel, Direction
from conversation.dates import read_moment
from conversation.html_text import html_to_text
from conversation.messages import Message
from conversation.turn import Speaker

Json = Mapping[str, Any]
_HTML_HINT = ("<p", "<br", "<div", "<a ", "<b>", "</")


def product_export(data: object) -> ChatExport | None:
    """Read the export of a known product.

    Args:
        data: What ``json.loads`` returned.

    Returns:
        The conversation; None where the data is of no product that is known here.
    """
    if isinstance(data, list):
        records = [record for record in data if isinstance(record, Mapping)]
        if len(records) == len(data) and records and all("session_id" in r for r in records):
            return _crisp(records)
        return None
    if not isinstance(data, Mapping):
        return None
    for read in _READERS:
        export = read(data)
        if export is not None:
            return export
    return None


def _zendesk_ticket(data: Json) -> ChatExport | None:
    ticket = _mapping(data.get("ticket")) or data
    comments = _mappings(data.get("comments") or ticket.get("comments"))
    if not comments or not any("author_id" in comment for comment in comments):
        return None
    users = {str(user.get("id")): user for user in _mappings(data.get("users"))}
    requester = str(ticket.get("requester_id") or "")
    messages: list[Message] = []
    notes: list[JsonValue] = []
    for comment in comments:
        author = str(comment.get("author_id"))
        user = users.get(author, {})
        body = _text(comment, "plain_body", "body", "html_body")
        at = read_moment(comment.get("created_at"))
        if comment.get("public") is False:
            notes.append(_note(body, at))
            continue
        role = role_of(_text(user, "role"))
        if role is None and requester:
            role = "customer" if author == requester else "agent"
        messages.append(Message(_text(user, "name") or author, body, at, role, _contacts(user)))
    via = _mapping(ticket.get("via")) or {}
    return ChatExport(
        messages=tuple(messages),
        identifier=_identifier("zendesk", ticket.get("id")),
        channel=_channel(_text(via, "channel"), default="email"),
        subject=_text(ticket, "subject", "raw_subject"),
        facts={"internal_notes": notes} if notes else {},
    )


def _zendesk_chat(data: Json) -> ChatExport | None:
    history = _mappings(data.get("history"))
    if not any(str(event.get("type", "")).startswith("chat.") for event in history):
        return None
    visitor = _mapping(data.get("visitor")) or {}
    messages = []
    for event in history:
        kind = str(event.get("type"))
        text = _text(event, "msg", "options")
        name = _text(event, "name") or "system"
        role: Speaker | None = role_of(_text(event, "sender_type"))
        if kind in {"chat.memberjoin", "chat.memberleave"}:
            role, text = "system", f"{name} {'joined' if kind.endswith('join') else 'left'}"
        elif role is None:
            role = "customer" if name == _text(visitor, "name") else "agent"
        own = _contacts(visitor) if role == "customer" else ()
        messages.append(Message(name, text, read_moment(event.get("timestamp")), role, own))
    return ChatExport(
        tuple(messages), _identifier("zendesk", data.get("id")), "chat",
        customer_identifiers=_contacts(visitor),
    )  # fmt: skip


def _intercom(data: Json) -> ChatExport | None:
    parts = _mapping(data.get("conversation_parts"))
    if parts is None:
        return None
    source = _mapping(data.get("source")) or {}
    messages: list[Message] = []
    notes: list[JsonValue] = []
    entries = [{**source, "created_at": data.get("created_at")}] if source else []
    for entry in [*entries, *_mappings(parts.get("conversation_parts"))]:
        author = _mapping(entry.get("author")) or {}
        body = _text(entry, "body")
        at = read_moment(entry.get("created_at"))
        if str(entry.get("part_type")) == "note":
            notes.append(_note(body, at))
            continue
        role = role_of(_text(author, "type"))
        messages.append(
            Message(_text(author, "name") or _text(author, "type"), body, at, role,
                    _contacts(author) if role == "customer" else ())
        )  # fmt: skip
    return ChatExport(
        messages=tuple(messages),
        identifier=_identifier("intercom", data.get("id")),
        channel=_channel(_text(source, "type"), default="chat"),
        subject=_text(source, "subject"),
        facts={"internal_notes": notes} if notes else {},
    )


def _livechat(data: Json) -> ChatExport | None:
    users = {str(user.get("id")): user for user in _mappings(data.get("users"))}
    threads = _mappings(data.get("threads")) or _mappings([data.get("thread")])
    events = [event for thread in threads for event in _mappings(thread.get("events"))]
    if not users or not any("author_id" in event or "type" in event for event in events):
        return None
    messages: list[Message] = []
    notes: list[JsonValue] = []
    for event in events:
        user = users.get(str(event.get("author_id")), {})
        at = read_moment(event.get("created_at"))
        text = _text(event, "text", "name")
        if event.get("visibility") == "agents" or event.get("recipients") == "agents":
            notes.append(_note(text, at))
            continue
        role: Speaker | None = role_of(_text(user, "type"))
        if event.get("type") == "system_message":
            role = "system"
        elif event.get("type") == "file":
            continue
        messages.append(
            Message(_text(user, "name") or role or "unknown", text, at, role,
                    _contacts(user) if role == "customer" else ())
        )  # fmt: skip
    return ChatExport(
        tuple(messages), _identifier("livechat", data.get("chat_id") or data.get("id")), "chat",
        facts={"internal_notes": notes} if notes else {},
    )  # fmt: skip


def _crisp_wrapped(data: Json) -> ChatExport | None:
    records = _mappings(data.get("data")) or _mappings(data.get("messages"))
    return _crisp(records) if records and all("session_id" in r for r in records) else None


def _crisp(records: list[Json]) -> ChatExport | None:
    messages: list[Message] = []
    notes: list[JsonValue] = []
    for record in records:
        content = record.get("content")
        text = content if isinstance(content, str) else _text(_mapping(content) or {}, "text")
        user = _mapping(record.get("user")) or {}
        at = read_moment(record.get("timestamp"))
        if record.get("type") == "note":
            notes.append(_note(text, at))
        elif record.get("type") in {"text", "field", None}:
            role = role_of(_text(record, "from"))
            if record.get("automated") is True and role == "agent":
                role = "bot"
            own = _contacts(user) if role == "customer" else ()
            messages.append(
                Message(_text(user, "nickname") or _text(record, "from"), text, at, role, own)
            )
        elif record.get("type") == "event":
            messages.append(Message("system", text, at, "system"))
    return ChatExport(
        tuple(messages), _identifier("crisp", records[0].get("session_id")), "chat",
        facts={"internal_notes": notes} if notes else {},
    )  # fmt: skip


def _amazon_connect(data: Json) -> ChatExport | None:
    transcript = _mappings(data.get("Transcript"))
    if not transcript or (
        "ParticipantId" not in transcript[0] and "ParticipantRole" not in transcript[0]
    ):
        return None
    roles = {
        str(person.get("ParticipantId")): _text(person, "ParticipantRole")
        for person in _mappings(data.get("Participants"))
    }
    messages = []
    for item in transcript:
        named = _text(item, "ParticipantRole") or roles.get(str(item.get("ParticipantId")), "")
        role = role_of(named)
        text = _text(item, "Content")
        if _text(item, "ContentType").endswith("message.interactive"):
            role = role or "bot"
        shown = _text(item, "DisplayName")
        messages.append(
            Message(shown or named or "unknown", text, read_moment(item.get("AbsoluteTime")), role)
        )
    customer = _mapping(data.get("CustomerMetadata")) or {}
    return ChatExport(
        tuple(messages),
        _identifier("connect", data.get("ContactId") or customer.get("ContactId")),
        "chat",
    )


def _genesys(data: Json) -> ChatExport | None:
    phrases = [
        phrase
        for transcript in _mappings(data.get("transcripts"))
        for phrase in _mappings(transcript.get("phrases"))
    ]
    if phrases:
        said = [
            Message(_text(phrase, "participantPurpose") or "unknown", _text(phrase, "text"),
                    read_moment(phrase.get("startTimeMs")),
                    role_of(_text(phrase, "participantPurpose")))
            for phrase in phrases
        ]  # fmt: skip
        return ChatExport(tuple(said), _identifier("genesys", data.get("conversationId")), "chat")
    entities = _mappings(data.get("entities")) or _mappings(data.get("messages"))
    if not any("textBody" in entity or "bodyType" in entity for entity in entities):
        return None
    people = {
        str(member.get("id")): member for member in _mappings(data.get("members"))
    }  # of web chats
    messages = []
    for entity in entities:
        sender = str((_mapping(entity.get("sender")) or {}).get("id", ""))
        member = people.get(sender, {})
        direction = _text(entity, "direction").casefold()
        role = role_of(direction) or role_of(_text(member, "role"))
        if _text(entity, "bodyType").startswith("member-"):
            role = "system"
        contact = _text(entity, "fromAddress") if role == "customer" else ""
        messages.append(
            Message(_text(member, "displayName") or sender or direction or "unknown",
                    _text(entity, "textBody", "body"), read_moment(entity.get("timestamp")), role,
                    (contact,) if contact else ())
        )  # fmt: skip
    return ChatExport(
        tuple(messages),
        _identifier("genesys", data.get("conversationId") or data.get("id")),
        _channel(_text(data, "mediaType", "messageType"), default="chat"),
    )


def _twilio(data: Json) -> ChatExport | None:
    records = _mappings(data.get("messages"))
    if not records or not all("body" in record for record in records):
        return None
    if any("conversation_sid" in record for record in records):
        return _twilio_conversation(data, records)
    if any("direction" in record and "to" in record for record in records):
        messages = []
        contacts: dict[str, None] = {}
        for record in records:
            inbound = _text(record, "direction").casefold().startswith("in")
            contact = _text(record, "from" if inbound else "to")
            contacts[contact] = None
            messages.append(
                Message("customer" if inbound else "agent", _text(record, "body"),
                        read_moment(record.get("date_sent") or record.get("date_created")),
                        "customer" if inbound else "agent", (contact,) if inbound else ())
            )  # fmt: skip
        return ChatExport(
            tuple(messages), None, "sms",
            customer_identifiers=tuple(contacts) if len(contacts) == 1 else (),
        )  # fmt: skip
    return None


def _twilio_conversation(data: Json, records: list[Json]) -> ChatExport:
    people = {str(person.get("sid")): person for person in _mappings(data.get("participants"))}
    messages = []
    channel: Channel = "chat"
    for record in records:
        person = people.get(str(record.get("participant_sid")), {})
        binding = _mapping(person.get("messaging_binding")) or {}
        author = _text(record, "author")
        contact = _text(binding, "address") or (author if author.startswith("+") else "")
        role: Speaker | None = role_of(author)
        if contact:
            role = "customer"
            channel = _channel(_text(binding, "type"), default="sms")
        elif author and role is None:
            role = "agent"
        messages.append(
            Message("customer" if contact else author or "unknown", _text(record, "body"),
                    read_moment(record.get("date_created")), role, (contact,) if contact else ())
        )  # fmt: skip
    return ChatExport(
        tuple(messages), _identifier("twilio", records[0].get("conversation_sid")), channel
    )


def _meta_messages(data: Json) -> ChatExport | None:
    records = _mappings(data.get("messages"))
    if not any("sender_name" in r and "timestamp_ms" in r for r in records):
        return None
    messages = [
        Message(
            _unbroken(_text(record, "sender_name")), _unbroken(_text(record, "content")),
            read_moment(record.get("timestamp_ms")),
            role_of(_unbroken(_text(record, "sender_name"))),
        )
        for record in records
    ]  # fmt: skip
    thread = _text(data, "thread_path").rpartition("/")[2]
    return ChatExport(tuple(messages), _identifier("messenger", thread or None), "social")


def _x_messages(data: Json) -> ChatExport | None:
    thread = _mapping(data.get("dmConversation"))
    if thread is None:
        return None
    created = [
        inner
        for message in _mappings(thread.get("messages"))
        if (inner := _mapping(message.get("messageCreate"))) is not None
    ]
    messages = [
        Message(_text(record, "senderId"), _text(record, "text"),
                read_moment(record.get("createdAt")), None, (_text(record, "senderId"),))
        for record in created
    ]  # fmt: skip
    return ChatExport(tuple(messages), _identifier("x", thread.get("conversationId")), "social")


def _comments(data: Json) -> ChatExport | None:
    """Read public comments under a post, as pages export them."""
    comments = data.get("comments")
    records = _mappings(comments.get("data") if isinstance(comments, Mapping) else comments)
    if not any("from" in r and "message" in r for r in records):
        return None
    messages = []
    post_writer = _mapping(data.get("from")) or {}
    for record in [data, *records] if "message" in data else records:
        writer = _mapping(record.get("from")) or {}
        label = _text(writer, "name", "username") or "unknown"
        is_page = bool(post_writer) and writer.get("id") == post_writer.get("id")
        messages.append(
            Message(label, _text(record, "message"), read_moment(record.get("created_time")),
                    "agent" if is_page else None, tuple(filter(None, (_text(writer, "id"),))))
        )  # fmt: skip
    return ChatExport(tuple(messages), _identifier("social", data.get("id")), "social")


_READERS: tuple[Callable[[Json], ChatExport | None], ...] = (
    _amazon_connect, _intercom, _zendesk_ticket, _zendesk_chat, _livechat, _crisp_wrapped,
    _genesys, _meta_messages, _x_messages, _comments, _twilio,
)  # fmt: skip


def _mapping(value: object) -> Json | None:
    return cast("Json", value) if isinstance(value, Mapping) else None


def _mappings(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _text(record: Json, *keys: str) -> str:
    for key in keys:
        value = record.get(key)
        if isinstance(value, str) and value.strip():
            return plain_text(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def plain_text(value: str) -> str:
    """Return a body without markup, where it has any."""
    lowered = value[:2000].casefold()
    if "<" in value and any(hint in lowered for hint in _HTML_HINT):
        return html_to_text(value)
    return value.strip()


def _contacts(person: Json) -> tuple[str, ...]:
    return tuple(filter(None, (_text(person, key) for key in ("email", "phone", "external_id"))))


def _note(text: str, at: datetime | None) -> JsonValue:
    return {"text": text, "at": at.isoformat() if at is not None else None}


def _identifier(product: str, given: object) -> str | None:
    return f"{product}-{given}" if isinstance(given, str | int) and str(given) else None


def _channel(word: str, *, default: Channel) -> Channel:
    known: dict[str, Channel] = {
        "email": "email", "mail": "email", "sms": "sms", "chat": "chat", "webchat": "chat",
        "web": "chat", "native_messaging": "chat", "whatsapp": "chat", "conversation": "chat",
        "facebook": "social", "twitter": "social", "instagram": "social", "messenger": "social",
        "instagram_dm": "social", "x": "social", "line": "social", "webmessaging": "chat",
    }  # fmt: skip
    return known.get(word.casefold().replace("-", "_"), default)


def _unbroken(text: str) -> str:
    """Undo the bytes of UTF-8 that Meta's downloads write as single letters."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def direction_of(word: str) -> Direction | None:
    """Read a direction as exports write it, in French and English; None for other words."""
    plain = word.strip().casefold()
    if plain.startswith(("in", "reç", "rec", "entrant")) or plain in {"mo", "1"}:
        return "inbound"
    if plain.startswith(("out", "env", "sortant", "sent", "émis", "emis")) or plain in {"mt", "2"}:
        return "outbound"
    return None

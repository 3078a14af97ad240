"""What every export of messages comes to, and how it becomes conversations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import JsonValue

from conversation.conversation import Channel, Conversation, Direction
from conversation.identifiers import identifier_from_name
from conversation.import_options import ImportOptions
from conversation.messages import Message, conversation_from_messages
from conversation.roles import role_from_label
from conversation.turn import Speaker

# Text messages have no end: after such a silence the next one starts a new contact.
SILENCE_ENDS_CONTACT = timedelta(hours=72)
_SYSTEM_TEXT = re.compile(
    r"""(?ix)^\W*(?:
        .{1,60}\s(?:a\s+rejoint|a\s+quitté|est\s+entrée?\s+dans|s['’]est\s+déconnectée?\s+d|joined
            |left|
            has\s+joined|has\s+left|entered)(?:\s+(?:la\s+conversation|le\s+(?:chat|tchat|groupe)
                |the\s+(?:chat|
            conversation|group)|la\s+discussion))?
      | (?:la\s+)?(?:conversation|discussion|session|chat|tchat)\s+(?:a\s+été\s+|est\s+|was\s+
          |has\s+been\s+)?
            (?:démarrée?|commencée?|fermée?|terminée?|clôturée?|transférée?|archivée?|assignée?
                |started|ended|
            closed|transferred|assigned|archived).{0,80}
      | (?:vous\s+êtes\s+(?:maintenant\s+|désormais\s+)?(?:en\s+relation|mis\s+en\s+relation
          |connectée?s?)|
            you\s+are\s+now\s+(?:connected|chatting)).{0,80}
      | (?:chat|conversation|ticket)\s+transferred\s+to.{0,60}
      | les\s+messages\s+et\s+(?:les\s+)?appels\s+sont\s+chiffrés.{0,200}
      | messages\s+and\s+calls\s+are\s+end-to-end\s+encrypted.{0,200}
    )\W*$"""
)
_MORE_ROLES: dict[str, Speaker] = {
    "admin": "agent", "staff": "agent", "team": "agent", "internal": "agent", "human": "agent",
    "outbound": "agent", "outbound-api": "agent", "outbound-reply": "agent", "envoye": "agent",
    "supervisor": "agent", "chat_agent": "agent", "owner": "agent", "page": "agent",
    "lead": "customer", "external": "customer", "inbound": "customer", "recu": "customer",
    "requester": "customer", "end-user": "customer", "end_user": "customer", "member": "customer",
    "buyer": "customer", "acheteur": "customer", "demandeur": "customer", "incoming": "customer",
    "subscriber": "customer", "patient": "customer", "consumer": "customer", "outgoing": "agent",
    "acd": "system", "workflow": "bot", "trigger": "bot", "custom_bot": "bot", "ai": "bot",
    "fin": "bot", "automation": "bot", "dialog": "bot",
}  # fmt: skip


@dataclass(frozen=True)
class ChatExport:
    """One conversation as an export gives it.

    Attributes:
        messages: In the order of the export.
        identifier: As the export names the conversation; None where it does not.
        channel: None where the export does not say.
        direction: Who contacted whom.
        subject: Empty where there is none.
        language: BCP 47 primary tag; None where the export does not say.
        customer_identifiers: Addresses, numbers or logins of the customer.
        facts: What else is kept in the metadata.
    """

    messages: tuple[Message, ...]
    identifier: str | None = None
    channel: Channel | None = None
    direction: Direction = "inbound"
    subject: str = ""
    language: str | None = None
    customer_identifiers: tuple[str, ...] = ()
    facts: Mapping[str, JsonValue] = field(default_factory=dict)


def role_of(label: str) -> Speaker | None:
    """Return the role that a word of a chat product names, None where it names none."""
    return _MORE_ROLES.get(label.strip().casefold()) or role_from_label(label)


def is_system_text(text: str) -> bool:
    """Tell what the chat system says of itself: "Léa a rejoint la conversation"."""
    return len(text) <= 300 and _SYSTEM_TEXT.match(text) is not None


def conversation_of_export(
    export: ChatExport, *, name: str, options: ImportOptions, channel: Channel = "chat"
) -> Conversation:
    """Make a conversation of an export.

    Args:
        export: What was read.
        name: Of the file; the identifier is made of it where the export names none.
        options: The centre's people, the zone of times that name none, the customer keys.
        channel: Where neither the export nor the options say.

    Raises:
        ConversationUnreadable: No message has any text.
    """
    messages = [_with_side(message, options) for message in export.messages]
    placed = [options.placed(message.at) for message in messages]
    if all(moment is not None for moment in placed):  # some products give the newest first
        order = sorted(
            range(len(messages)), key=lambda at: moment.timestamp() if (moment := placed[at]) else 0
        )
        messages = [messages[at] for at in order]
    given = export.identifier
    facts: dict[str, JsonValue] = {"subject": export.subject} if export.subject else {}
    return conversation_from_messages(
        messages,
        identifier=identifier_from_name(f"{given}." if given else name),
        channel=export.channel or options.channel or channel,
        direction=export.direction,
        language=export.language,
        metadata={**facts, **export.facts},
        zone=options.zone,
        keys=options.keys,
        customer_identifiers=export.customer_identifiers,
    )


def parted_by_silence(export: ChatExport, options: ImportOptions) -> list[ChatExport]:
    """Part an endless thread of messages where nobody wrote for 72 hours.

    Args:
        export: Of one customer; messages without a time go with the one above them.
        options: For the zone of times that name none.

    Returns:
        The contacts in time order, each with an identifier of its own where there are several.
    """
    runs: list[list[Message]] = []
    last = None
    moments = [options.placed(message.at) for message in export.messages]
    order = list(range(len(moments)))
    if all(moment is not None for moment in moments):
        order.sort(key=lambda at: moment.timestamp() if (moment := moments[at]) else 0.0)
    for at in order:
        moment = moments[at]
        if not runs or (moment and last and moment - last > SILENCE_ENDS_CONTACT):
            runs.append([])
        runs[-1].append(export.messages[at])
        last = moment or last
    if len(runs) < 2:
        return [export]
    return [
        replace(
            export,
            messages=tuple(run),
            identifier=f"{export.identifier or 'messages'}-{number:03d}",
        )
        for number, run in enumerate(runs, start=1)
    ]


def short_digest(text: str) -> str:
    """Return eight digits that stand for an identifier in a name without giving it away."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]


def with_unique_identifiers(conversations: Sequence[Conversation]) -> tuple[Conversation, ...]:
    """Number conversations of one file that would have the same identifier."""
    seen: dict[str, int] = {}
    found = []
    for given in conversations:
        conversation = given
        times = seen[given.id] = seen.get(given.id, 0) + 1
        if times > 1:
            conversation = given.model_copy(update={"id": f"{given.id[:100]}-{times}"})
        found.append(conversation)
    return tuple(found)


def _with_side(message: Message, options: ImportOptions) -> Message:
    centre = options.centre
    names = (*message.identifiers, message.label)
    if message.role in {None, "unknown"} and any(centre.owns(name) for name in names):
        message = message._replace(role="agent", decided_by="a name or address of the centre")
    if message.role in {None, "unknown", "bot"} and is_system_text(message.text):
        message = message._replace(role="system", decided_by="what a chat system says")
    return message

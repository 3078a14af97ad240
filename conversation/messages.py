"""Messages of a text channel on their way to becoming a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import JsonValue

from conversation.conversation import Channel, Conversation, Direction
from conversation.errors import ConversationUnreadable
from conversation.participant import Participant
from conversation.roles import role_from_label
from conversation.turn import Speaker, Turn


class Message(NamedTuple):
    """One message as its source wrote it: who, when, what."""

    label: str
    text: str
    at: datetime | None = None
    role: Speaker | None = None


def conversation_from_messages(
    messages: Sequence[Message],
    *,
    identifier: str,
    channel: Channel,
    language: str | None = None,
    direction: Direction = "inbound",
    started_at: datetime | None = None,
    metadata: dict[str, JsonValue] | None = None,
) -> Conversation:
    """Build a text conversation, with one turn a message.

    Labels that name no role get one when the other side's is known: two labels of which one is
    the agent's make the other the customer's, and the other way round.

    Args:
        messages: In the order written; empty texts are left out.
        identifier: Of the conversation.
        channel: A text channel.
        language: BCP 47 primary tag, None when the source does not say.
        direction: Who contacted whom.
        started_at: When it started; the first message's time when None.
        metadata: What the source said besides.

    Raises:
        ConversationUnreadable: No message has any text.
    """
    kept = [message for message in messages if message.text.strip()]
    if not kept:
        raise ConversationUnreadable(
            f"{identifier}: no message with text in it", remedy="check the export that wrote it"
        )
    roles = _roles_of_labels(kept)
    turns = tuple(
        Turn(
            index=index,
            speaker=message.role or roles[message.label],
            text=message.text.strip(),
            at=_with_zone(message.at),
            language=language,
        )
        for index, message in enumerate(kept)
    )
    times = [turn.at for turn in turns if turn.at is not None]
    participants: dict[tuple[str, Speaker], Participant] = {}
    for message, turn in zip(kept, turns, strict=True):
        participants.setdefault(
            (message.label, turn.speaker),
            Participant(role=turn.speaker, name=_name_in_label(message.label)),
        )
    return Conversation(
        id=identifier,
        channel=channel,
        direction=direction,
        language=language,
        started_at=_with_zone(started_at) or (min(times) if times else None),
        duration_s=(max(times) - min(times)).total_seconds() if len(times) > 1 else None,
        participants=tuple(participants.values()),
        turns=turns,
        metadata=metadata or {},
    )


def _name_in_label(label: str) -> str | None:
    """Return the name in ``Claire (conseillère)``; None where the label is only a role."""
    name = re.sub(r"\s*\([^)]*\)", "", label).strip()
    return name if name and role_from_label(name) is None else None


def _with_zone(moment: datetime | None) -> datetime | None:
    """Read a time without a zone as UTC, so that times can be compared."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)


def _roles_of_labels(messages: Sequence[Message]) -> dict[str, Speaker]:
    roles: dict[str, Speaker | None] = {}
    for message in messages:
        roles.setdefault(message.label, message.role or role_from_label(message.label))
    unnamed = [label for label, role in roles.items() if role is None]
    known = {role for role in roles.values() if role is not None}
    if len(unnamed) == 1 and "agent" in known and "customer" not in known:
        roles[unnamed[0]] = "customer"
    elif len(unnamed) == 1 and "customer" in known and "agent" not in known:
        roles[unnamed[0]] = "agent"
    return {label: role or "unknown" for label, role in roles.items()}

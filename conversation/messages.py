"""Messages of a text channel on their way to becoming a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from pydantic import JsonValue

from conversation.conversation import Channel, Conversation, Direction
from conversation.customer_key import CustomerKeys
from conversation.errors import ConversationUnreadable
from conversation.participant import Participant
from conversation.roles import role_from_label
from conversation.turn import Speaker, Turn


class Message(NamedTuple):
    """One message as its source wrote it: who, when, what.

    Attributes:
        label: Name or role of who wrote it, as shown.
        text: What was written.
        at: When, with a zone only where the source names one.
        role: Of who wrote it; None: to be found from the label.
        identifiers: Addresses, telephone numbers or logins of who wrote it; they are never kept,
            only the key made of them.
        decided_by: How the role was found; None where it was given.
    """

    label: str
    text: str
    at: datetime | None = None
    role: Speaker | None = None
    identifiers: tuple[str, ...] = ()
    decided_by: str | None = None


def conversation_from_messages(
    messages: Sequence[Message],
    *,
    identifier: str,
    channel: Channel,
    language: str | None = None,
    direction: Direction = "inbound",
    started_at: datetime | None = None,
    metadata: dict[str, JsonValue] | None = None,
    zone: tzinfo = UTC,
    keys: CustomerKeys | None = None,
    customer_identifiers: tuple[str, ...] = (),
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
        zone: Of times that name none; it is written to the metadata (``assumed_zone``) where it
            was needed.
        keys: Computes the customer's key; None: no key.
        customer_identifiers: Of the customer, where the source knows them besides the messages.

    Returns:
        The conversation. The customer's key is ``key`` of that participant and ``customer_key``
        in the metadata; a customer with several identifiers has all keys in ``customer_keys``.

    Raises:
        ConversationUnreadable: No message has any text.
    """
    kept = [message for message in messages if message.text.strip()]
    if not kept:
        raise ConversationUnreadable(
            f"{identifier}: no message with text in it", remedy="check the export that wrote it"
        )
    roles = _roles_of_labels(kept)
    participants: dict[tuple[str, Speaker], Participant] = {}
    identifiers: dict[tuple[str, Speaker], list[str]] = {}
    for message in kept:
        person = (message.label, message.role or roles[message.label])
        participants.setdefault(
            person,
            Participant(
                role=person[1],
                name=_name_in_label(message.label),
                decided_by=message.decided_by,
            ),
        )
        identifiers.setdefault(person, []).extend(message.identifiers)
    places = {person: place for place, person in enumerate(participants)}
    turns = tuple(
        Turn(
            index=index,
            speaker=message.role or roles[message.label],
            text=message.text.strip(),
            at=_placed(message.at, zone),
            language=language,
            participant=places[message.label, message.role or roles[message.label]],
        )
        for index, message in enumerate(kept)
    )
    facts = dict(metadata or {})
    if any(message.at is not None and message.at.tzinfo is None for message in kept):
        facts["assumed_zone"] = str(zone)
    people = list(participants.values())
    if keys is not None:
        facts |= _add_keys(people, list(identifiers.values()), customer_identifiers, keys)
    times = [turn.at for turn in turns if turn.at is not None]
    return Conversation(
        id=identifier,
        channel=channel,
        direction=direction,
        language=language,
        started_at=_placed(started_at, zone) or (min(times) if times else None),
        duration_s=(max(times) - min(times)).total_seconds() if len(times) > 1 else None,
        participants=tuple(people),
        turns=turns,
        metadata=facts,
    )


def _add_keys(
    people: list[Participant],
    identifiers: Sequence[Sequence[str]],
    customer_identifiers: tuple[str, ...],
    keys: CustomerKeys,
) -> dict[str, JsonValue]:
    """Give the customers among the participants their keys, and return what to note of them."""
    customers = [place for place, person in enumerate(people) if person.role == "customer"]
    found: dict[str, None] = {}
    for place in customers:
        own = tuple(identifiers[place])
        if len(customers) == 1:
            own = (*own, *customer_identifiers)
        of_person = keys.keys_of(own)
        if of_person:
            people[place] = people[place].model_copy(update={"key": of_person[0]})
        found |= dict.fromkeys(of_person)
    if len(customers) != 1:
        found |= dict.fromkeys(keys.keys_of(customer_identifiers))
    if not found:
        return {}
    facts: dict[str, JsonValue] = {"customer_key": next(iter(found))}
    if len(found) > 1:
        facts["customer_keys"] = list(found)
    return facts


def _name_in_label(label: str) -> str | None:
    """Return the name in ``Claire (conseillère)``; None where the label is only a role."""
    name = re.sub(r"\s*\([^)]*\)", "", label).strip()
    return name if name and role_from_label(name) is None else None


def _placed(moment: datetime | None, zone: tzinfo) -> datetime | None:
    """Read a time without a zone as one of the zone given, so that times can be compared."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=zone)


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

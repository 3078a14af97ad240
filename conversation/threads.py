"""All contacts of one customer, across channels, in time order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from conversation.conversation import Channel, Conversation, Direction
from conversation.errors import BadInput

MAX_CONTACTS = 5_000_000


class Contact(BaseModel):
    """One conversation in a customer's thread.

    Attributes:
        conversation_id: Of the conversation.
        channel: How the contact came.
        direction: Who contacted whom.
        started_at: When it started; None when not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    channel: Channel
    direction: Direction
    started_at: datetime | None


class CustomerThread(BaseModel):
    """What one customer and the centre had to do with each other.

    Attributes:
        customer_key: The customer's pseudonymous key; the first in order where there are several.
        other_keys: Keys of the same customer, from other identifiers of theirs.
        contacts: In time order; those without a time come last, in the order given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer_key: str
    other_keys: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = Field(min_length=1)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels used, in order of first use."""
        return tuple(dict.fromkeys(contact.channel for contact in self.contacts))


def customer_keys_of(conversation: Conversation) -> tuple[str, ...]:
    """Return the keys of the customer of a conversation; empty where none is known."""
    given = [conversation.metadata.get("customer_key")]
    more = conversation.metadata.get("customer_keys")
    given.extend(more if isinstance(more, list) else [])
    given.extend(person.key for person in conversation.participants if person.role == "customer")
    return tuple(dict.fromkeys(key for key in given if isinstance(key, str) and key))


def link_threads(conversations: Iterable[Conversation]) -> tuple[CustomerThread, ...]:
    """Put the conversations of each customer together.

    Conversations are of one customer that share a key; keys are equal only where identifiers
    are, or where the centre's mapping says so (see :class:`conversation.CustomerKeys`).
    Only identifiers, channels and times are held, so that the conversations may be read one
    after the other.

    Args:
        conversations: On any channels; those without a customer's key are left out, and one
            that comes twice counts once.

    Returns:
        The threads, in the order of their first contact in time.

    Raises:
        BadInput: There are more than 5,000,000 conversations.
    """
    parents: dict[str, str] = {}
    contacts: dict[str, tuple[str, Contact]] = {}

    def root(key: str) -> str:
        while parents[key] != key:
            parents[key] = parents[parents[key]]
            key = parents[key]
        return key

    for conversation in conversations:
        keys = customer_keys_of(conversation)
        if not keys:
            continue
        for key in keys:
            parents.setdefault(key, key)
            one, other = sorted((root(keys[0]), root(key)))
            parents[other] = one
        contacts[conversation.id] = (
            keys[0],
            Contact(
                conversation_id=conversation.id,
                channel=conversation.channel,
                direction=conversation.direction,
                started_at=conversation.started_at,
            ),
        )
        if len(contacts) > MAX_CONTACTS:
            raise BadInput(
                f"more than {MAX_CONTACTS} conversations to link",
                remedy="link one year after the other",
            )
    grouped: dict[str, list[Contact]] = {}
    for key, contact in contacts.values():
        grouped.setdefault(root(key), []).append(contact)
    same: dict[str, list[str]] = {}
    for key in sorted(parents):
        same.setdefault(root(key), []).append(key)
    threads = [
        CustomerThread(
            customer_key=key,
            other_keys=tuple(other for other in same[key] if other != key),
            contacts=tuple(sorted(found, key=_time_of)),
        )
        for key, found in grouped.items()
    ]
    return tuple(sorted(threads, key=lambda thread: _time_of(thread.contacts[0])))


def _time_of(contact: Contact) -> tuple[bool, float]:
    at = contact.started_at
    if at is None:
        return True, 0.0
    return False, (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()

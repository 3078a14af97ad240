"""Webhooks, their deliveries, and the kinds of events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

EVENT_KINDS: dict[str, str] = {
    "conversation.done": "A conversation was analysed.",
    "conversation.failed": "A conversation could not be analysed.",
    "conversation.erased": "A conversation was erased, by a person, an objection or retention.",
    "alert.raised": "Something in a live conversation needs a supervisor.",
    "handover.requested": "A bot hands a customer over to a person.",
    "evaluation.confirmed": "A person confirmed an evaluation.",
    "evaluation.shared": "An evaluation was shown to the agent of the contact.",
    "evaluation.contested": "An agent contested an evaluation.",
    "evaluation.settled": "A contest was settled.",
    "purge.finished": "Retention has removed what had to go.",
    "webhook.test": "Somebody tried the webhook.",
}
"""What happens, and when it is told."""

DeliveryState = Literal["pending", "delivered", "failed", "disabled"]


@dataclass(frozen=True)
class Webhook:
    """An address that wants to be told.

    Attributes:
        id: Given by the service.
        team: Whose events it is told of.
        url: Where to.
        kinds: Kinds of events; empty: all.
        enabled: Whether it is told.
        disabled_reason: ``gone`` when it answered 410, ``asked`` when somebody switched it off.
        created_at: When it was made.
    """

    id: str
    team: str
    url: str
    kinds: tuple[str, ...]
    enabled: bool
    disabled_reason: str | None
    created_at: datetime


@dataclass(frozen=True)
class Delivery:
    """One event for one webhook, and how far it came.

    Attributes:
        id: Sent as ``webhook-id``; the same at each try.
        webhook_id: To whom.
        kind: Of event.
        conversation_id: Whom it is about, where it is about a conversation.
        created_at: When it happened.
        state: How it stands.
        attempts: How often it was tried.
        last_attempt_at: When it was tried last.
        last_status: HTTP status of the last answer; None: there was none.
        last_error: What went wrong instead of an answer, as a word.
        next_attempt_at: When it is tried again; None: not any more.
    """

    id: str
    webhook_id: str
    kind: str
    conversation_id: str | None
    created_at: datetime
    state: DeliveryState
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    next_attempt_at: datetime | None

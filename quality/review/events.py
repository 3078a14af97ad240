"""All events, told apart by ``kind``.

Three kinds of stream: the review of one evaluation, one blind calibration session, and the trust
in one card. What holds now is a fold over a stream's events (:mod:`quality.review.state`,
:mod:`quality.review.sessions`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from conversation import Evidence
from quality.review.card_events import AnyCardEvent
from quality.review.review_events import AnyReviewEvent, ReviewEvent
from quality.review.session_events import (
    AnySessionEvent,
    SessionOpened,
    SessionReconciled,
    SessionScored,
)

AnyEvent = AnyReviewEvent | AnySessionEvent | AnyCardEvent

EVENTS: TypeAdapter[AnyEvent] = TypeAdapter(Annotated[AnyEvent, Field(discriminator="kind")])
"""Reads and checks one event of any kind."""


def quotes_of(event: AnyEvent) -> tuple[Evidence, ...]:
    """Return the quotes that an event carries."""
    return getattr(event, "evidence", ())


def conversations_of(event: AnyEvent) -> frozenset[str]:
    """Return the ids of the conversations that an event speaks of."""
    if isinstance(event, ReviewEvent):
        return frozenset({event.subject.conversation_id})
    if isinstance(event, SessionOpened):
        return frozenset(contact.conversation_id for contact in event.contacts)
    if isinstance(event, SessionScored | SessionReconciled):
        return frozenset({event.conversation_id})
    return frozenset()

"""A small review, and shorthands for its events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversation import Conversation, Turn
from quality.review import Opened, OpenedItem, Subject

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
SUBJECT = Subject(conversation_id="call-1", scorecard="inbound", version="1.0")


def at(minute):
    return NINE + timedelta(minutes=minute)


def opening(**changed):
    values = {
        "at": at(0),
        "author": "entendu",
        "role": "system",
        "subject": SUBJECT,
        "agent": "agent-7",
        "turns": 3,
        "items": (
            OpenedItem(id="ACC1", points=60, answer=1.0),
            OpenedItem(id="DEC3", points=40, answer=0.0),
            OpenedItem(id="TRA2", points=0, answer=None),
            OpenedItem(
                id="IDE2", points=0, answer=0.0, can_eliminate=True, eliminatory_proposed=True
            ),
        ),
        "score_100": 60.0,
    }
    return Opened(**{**values, **changed})


def event(kind, author="ana", role="analyst", minute=1, **fields):
    return kind(at=at(minute), author=author, role=role, subject=SUBJECT, **fields)


@pytest.fixture
def contact():
    """The conversation that is reviewed."""
    said = (
        ("agent", "Lunéo bonjour, que puis-je faire pour vous ?"),
        ("customer", "Ma facture est trop élevée."),
        ("agent", "Je regarde cela tout de suite."),
    )
    return Conversation(
        id="call-1",
        channel="chat",
        turns=[Turn(index=i, speaker=who, text=text) for i, (who, text) in enumerate(said)],
    )

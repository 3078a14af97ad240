"""Notes that agents sent at the end of calls of the last days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from serving.demo.agreeing import Clock
from serving.demo.calendar import Replay
from serving.demo.people import People
from serving.notes import Notes

if TYPE_CHECKING:
    from serving.service import Service

_DAYS = 5
_SENT_AFTER = timedelta(minutes=4)


def add_notes(
    service: Service, people: People, replays: Mapping[str, Replay], until: datetime
) -> None:
    """Let agents send what the machine drafted; the newest of each waits to be sent.

    Args:
        service: Where the notes are kept.
        people: Who sends them.
        replays: The conversations.
        until: The end of the story.
    """
    clock = Clock(until)
    notes = Notes(service.store.database, clock=clock)
    newest = {
        one.agent.key: conversation_id
        for conversation_id, one in replays.items()
        if one.script.channel == "phone"
    }
    for conversation_id, replay in replays.items():
        if replay.script.channel != "phone" or until - replay.at > timedelta(days=_DAYS):
            continue
        drafted = notes.get(conversation_id).draft
        if drafted is None:
            continue
        clock.now = min(replay.at + _SENT_AFTER, until)
        notes.draft(conversation_id, drafted)
        if newest[replay.agent.key] != conversation_id:
            author = people.agents[replay.agent.key].id
            notes.send(conversation_id, drafted, seen=0, author=author)

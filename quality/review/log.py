"""Where events are kept: what a store must do, and one in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from conversation.errors import Conflict
from quality.review.event import new_id
from quality.review.events import AnyEvent, conversations_of
from quality.review.session_events import (
    SessionClosed,
    SessionOpened,
    SessionReconciled,
    SessionScored,
)

Check = Callable[[Sequence[AnyEvent]], None]


class EventLog(Protocol):
    """A store of events: they are added and read, never changed."""

    def append(self, event: AnyEvent, *, check: Check | None = None) -> bool:
        """Add an event, for good, or raise and add nothing.

        Args:
            event: What to add.
            check: Called with the events of the same stream, while nobody else can add any;
                what it raises keeps the event out.

        Returns:
            Whether it was added; False where an event of this id and content is there already.

        Raises:
            Conflict: Another event of this id is there.
        """
        ...

    def events(self, stream: str | None = None) -> Sequence[AnyEvent]:
        """Return the events of a stream, or all, in the order in which they were added."""
        ...

    def forget(self, conversation_id: str) -> int:
        """Erase all events that speak of a conversation, and return how many there were.

        The right to erasure (GDPR art. 17) stands above the log: comments and quotes are copies
        of what was said. Blind answers stay, under a contact without a name.
        """
        ...


class EventIndex:
    """Events in order, found by their id and by their stream."""

    def __init__(self) -> None:
        self.events: list[AnyEvent] = []
        self._by_id: dict[str, AnyEvent] = {}
        self._streams: dict[str, list[AnyEvent]] = {}

    def add(self, event: AnyEvent) -> None:
        """Take in an event behind the others."""
        self.events.append(event)
        self._by_id[event.id] = event
        self._streams.setdefault(event.stream, []).append(event)

    def of(self, stream: str | None) -> tuple[AnyEvent, ...]:
        """Return the events of a stream, or all."""
        return tuple(self.events if stream is None else self._streams.get(stream, ()))

    def has(self, event: AnyEvent) -> bool:
        """Tell whether an event is there.

        Raises:
            Conflict: One of the same id says something else.
        """
        same = self._by_id.get(event.id)
        if same is not None and same != event:
            raise Conflict(
                f"another event has the id {event.id!r}",
                remedy="give the new event an id of its own",
            )
        return same is not None


class MemoryLog:
    """A store that lives as long as the program."""

    def __init__(self) -> None:
        self._index = EventIndex()
        self._lock = threading.Lock()

    def append(self, event: AnyEvent, *, check: Check | None = None) -> bool:
        """Add an event (see :class:`EventLog`)."""
        with self._lock:
            if self._index.has(event):
                return False
            if check is not None:
                check(self._index.of(event.stream))
            self._index.add(event)
            return True

    def events(self, stream: str | None = None) -> Sequence[AnyEvent]:
        """Return the events of a stream, or all (see :class:`EventLog`)."""
        with self._lock:
            return self._index.of(stream)

    def forget(self, conversation_id: str) -> int:
        """Erase all events that speak of a conversation (see :class:`EventLog`)."""
        with self._lock:
            kept, erased = without(self._index.events, conversation_id)
            self._index = EventIndex()
            for event in kept:
                self._index.add(event)
            return erased


def without(events: Sequence[AnyEvent], conversation_id: str) -> tuple[list[AnyEvent], int]:
    """Erase a conversation from events.

    Args:
        events: All events.
        conversation_id: What is erased.

    Returns:
        The events that are left, and how many spoke of it. Its reviews are gone; in sessions it
        is a contact without a name, so that the answers still count for agreement, and what
        the raters wrote about it, or at the end, is gone.
    """
    nameless = f"erased-{new_id()[:12]}"
    kept: list[AnyEvent] = []
    erased = 0
    held_it = {
        event.session
        for event in events
        if isinstance(event, SessionOpened) and conversation_id in conversations_of(event)
    }
    for event in events:
        if isinstance(event, SessionClosed) and event.session in held_it and event.note:
            kept.append(event.model_copy(update={"note": "(erased)"}))
            erased += 1
            continue
        if conversation_id not in conversations_of(event):
            kept.append(event)
            continue
        erased += 1
        if isinstance(event, SessionOpened):
            contacts = tuple(
                one.model_copy(update={"conversation_id": nameless})
                if one.conversation_id == conversation_id
                else one
                for one in event.contacts
            )
            kept.append(event.model_copy(update={"contacts": contacts}))
        elif isinstance(event, SessionScored):
            kept.append(event.model_copy(update={"conversation_id": nameless}))
        elif isinstance(event, SessionReconciled):
            update = {"conversation_id": nameless, "reason": "(erased)"}
            kept.append(event.model_copy(update=update))
    return kept, erased

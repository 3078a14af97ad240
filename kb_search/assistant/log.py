"""A file of events: lines are appended, none is ever changed."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from conversation.errors import BadInput
from kb_search.assistant.cards import CardEvent


class EventLog:
    """The events of many conversations in one file, a line each (JSON).

    Args:
        path: Made with its folder at the first event.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, event: CardEvent) -> None:
        """Append an event; it is on disk when this returns.

        Several processes may append to one file: a line is written with one call.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = (event.model_dump_json(exclude_none=True) + "\n").encode()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            cut = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, b"\n" + line if cut else line)
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self, conversation: str | None = None) -> tuple[CardEvent, ...]:
        """Read the events, in order.

        A line that a stopped machine left half written is passed over; nothing was shown or
        judged by it.

        Args:
            conversation: Only those of this one; None for all.

        Raises:
            BadInput: A whole line is not an event.
        """
        if not self.path.is_file():
            return ()
        events: list[CardEvent] = []
        for number, line in enumerate(self.path.read_bytes().split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                event = CardEvent.model_validate_json(line)
            except ValidationError as error:
                if not line.rstrip().endswith(b"}"):
                    continue
                raise BadInput(
                    f"{self.path}, line {number}: no event of a card: {error.errors()[0]['msg']}",
                    remedy="give a file that an assistant wrote",
                ) from error
            if conversation is None or event.conversation == conversation:
                events.append(event)
        return tuple(events)

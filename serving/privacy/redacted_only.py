"""Keeping only what redaction leaves: what the store is told about originals."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from conversation import Conversation
from conversation.errors import Overloaded
from serving.privacy.memory import memory_folder, memory_limit_bytes

if TYPE_CHECKING:
    from serving.settings import Settings

_MEGABYTE = 1_000_000
_WAIT_S = 30.0


class Redacting(TypedDict, total=False):
    """What the store is told about originals; empty: they may lie on the disk."""

    memory: Path
    room: Callable[[], AbstractContextManager[None]]
    cleaned: Callable[[Conversation], Conversation]


def redacting(settings: Settings) -> Redacting:
    """Return what the store is told.

    Args:
        settings: See :func:`serving.privacy.memory.memory_folder`.

    Raises:
        DefinitionInvalid: The folder is not in memory, or the policy cannot be read.
    """
    folder = memory_folder(settings)
    if folder is None:
        return Redacting()
    from serving.definitions import Definitions
    from serving.redacting import redact_text

    definitions = Definitions(settings)

    def cleaned(conversation: Conversation) -> Conversation:
        redacted = redact_text(conversation, definitions.policy).conversation
        nobody = tuple(one.model_copy(update={"name": None}) for one in redacted.participants)
        return redacted.model_copy(update={"participants": nobody, "metadata": {}})

    _ = definitions.policy
    room = Room(
        folder,
        limit_bytes=memory_limit_bytes(settings),
        upload_bytes=settings.max_upload_mb * _MEGABYTE,
    )
    return Redacting(memory=folder, room=room.reserved, cleaned=cleaned)


class Room:
    """The memory in which originals may wait.

    Args:
        folder: Where they are.
        limit_bytes: Of all of them.
        upload_bytes: Set aside for each upload that is being received.
    """

    def __init__(self, folder: Path, *, limit_bytes: int, upload_bytes: int) -> None:
        self._folder = folder
        self._limit_bytes = limit_bytes
        self._upload_bytes = upload_bytes
        self._reserved_bytes = 0
        self._changing = threading.Lock()

    @contextmanager
    def reserved(self) -> Iterator[None]:
        """Set room aside for one upload.

        Raises:
            Overloaded: There is none: too many originals wait for their analysis.
        """
        with self._changing:
            waiting = sum(path.stat().st_size for path in self._folder.glob("originals/??/*"))
            if waiting + self._reserved_bytes + self._upload_bytes > self._limit_bytes:
                raise Overloaded(
                    "no room is left in the memory where originals wait for their analysis",
                    remedy="send it again in a while, or raise memory_limit_mb",
                    retry_after_s=_WAIT_S,
                )
            self._reserved_bytes += self._upload_bytes
        try:
            yield
        finally:
            with self._changing:
                self._reserved_bytes -= self._upload_bytes

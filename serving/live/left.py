"""Sessions that wait for their client, or for the disk: those of a service before this one."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import BadInput, NotFound, ProcessingRefused
from serving.live.keeping import store_left
from serving.live.spool import Kept, Spool, left_behind

if TYPE_CHECKING:
    from serving.service import Service
    from serving.store.encryption import Keyring

logger = logging.getLogger("entendu.live")

RETRY_S = 60.0
"""After so long, what could not be stored is tried again."""

_LOOK_EVERY_S = 1.0


@dataclass
class Left:
    """A session without anybody who feeds it.

    Attributes:
        spool: Where it is kept.
        kept: What is.
        until_s: When it is stored as far as it came.
    """

    spool: Spool
    kept: Kept
    until_s: float


class LeftSessions:
    """Holds sessions until their client comes back, and stores those to whom nobody does.

    Args:
        service: Stores their conversations.
        keyring: Keys that recordings are encrypted with.
        clock: Seconds that never go back.
    """

    def __init__(self, service: Service, keyring: Keyring, clock: Callable[[], float]) -> None:
        self._service = service
        self._keyring = keyring
        self._clock = clock
        self._held: dict[str, Left] = {}

    async def load(self, resume_s: float) -> None:
        """Take up what a service before this one left.

        Args:
            resume_s: How long their clients may take.
        """
        folder = self._service.spool_dir
        for spool in await asyncio.to_thread(left_behind, folder, self._keyring):
            kept = await asyncio.to_thread(spool.read)
            if kept is None:
                if spool.is_begun:
                    facts = {"session": spool.folder.name}
                    logger.error("a live session cannot be read", extra={"facts": facts})
                else:
                    await asyncio.to_thread(spool.erase)
                continue
            wait_s = resume_s if kept.facts.is_resumable else 0.0
            self._held[kept.facts.id] = Left(spool, kept, self._clock() + wait_s)
        if self._held:
            logger.info("live sessions found", extra={"facts": {"sessions": len(self._held)}})

    def take(self, token: str, owner: str) -> Left:
        """Hand out a session to who opened it; :meth:`put` puts it back.

        Args:
            token: Of resumption.
            owner: Who asks.

        Raises:
            NotFound: There is no such session.
        """
        left = self._held.get(token.partition(".")[0])
        if left is None or left.kept.facts.owner != owner:
            raise unknown_token()
        if not hmac.compare_digest(left.kept.token_sha256, token_sha256(token)):
            raise unknown_token()
        return self._held.pop(left.kept.facts.id)

    def put(self, left: Left) -> None:
        """Hold a session."""
        self._held[left.kept.facts.id] = left

    def hold(self, spool: Spool) -> None:
        """Hold what could not be stored, until it is tried again."""
        kept = spool.read()
        if kept is not None:
            self.put(Left(spool, kept, self._clock() + RETRY_S))

    def forget(self, session_id: str) -> None:
        """Hold a session no more."""
        self._held.pop(session_id, None)

    def close(self) -> None:
        """Close their files."""
        for left in self._held.values():
            left.spool.close()

    async def watch(self) -> None:
        """Store what nobody comes back for, until this is cancelled."""
        while True:
            now_s = self._clock()
            for left in [one for one in self._held.values() if now_s >= one.until_s]:
                if self._held.pop(left.kept.facts.id, None) is not left:
                    continue  # its client came back meanwhile
                facts = {"session": left.kept.facts.id}
                try:
                    await asyncio.to_thread(store_left, self._service, left.spool, left.kept)
                    logger.info("live session stored after a stop", extra={"facts": facts})
                except (BadInput, ProcessingRefused):
                    logger.warning("live session refused", extra={"facts": facts})
                except Exception:
                    logger.exception("live session not stored", extra={"facts": facts})
                    left.until_s = now_s + RETRY_S
                    self.put(left)
            await asyncio.sleep(_LOOK_EVERY_S)


def token_sha256(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def unknown_token() -> NotFound:
    """Return what is raised where a token leads to no session."""
    return NotFound(
        "no live session with this resume token", remedy="start a new one and send it all"
    )

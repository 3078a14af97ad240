"""WebSockets that end when the right to them ends."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from conversation.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

CHECKED_EVERY_S = 5.0
"""With ``keys.TRUSTED_S``, a WebSocket lives at most 10 s longer than its key."""

POLICY_VIOLATION = 1008


class Watched:
    """Looks again and again whether a WebSocket's key is good, and closes it when it is not.

    The application sees what it would see if the other side had gone; what it still sends is
    dropped.

    Args:
        receive: Of ASGI.
        send: Of ASGI.
        check: Raises when the right has ended.
    """

    def __init__(
        self, receive: Receive, send: Send, check: Callable[[], Awaitable[object]]
    ) -> None:
        self._receive = receive
        self._send = send
        self._check = check
        self._ended = asyncio.Event()
        self._closed = False
        self._waiting: asyncio.Future[Message] | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._ending: asyncio.Future[Any] | None = None

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        self._watcher = asyncio.create_task(self._watch())
        self._ending = asyncio.ensure_future(self._ended.wait())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        for task in (self._watcher, self._ending, self._waiting):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await task

    async def receive(self) -> Message:
        """Return what comes, or that the other side is gone once the right has ended."""
        if self._waiting is None:
            self._waiting = asyncio.ensure_future(self._receive())
        first: set[asyncio.Future[Any]] = {self._waiting}
        if self._ending is not None:
            first.add(self._ending)
        await asyncio.wait(first, return_when=asyncio.FIRST_COMPLETED)
        if self._ended.is_set():
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION, "reason": ""}
        received, self._waiting = self._waiting, None
        return received.result()

    async def send(self, message: Message) -> None:
        """Send, unless the WebSocket was closed."""
        if self._ended.is_set():
            return
        if message["type"] in ("websocket.close", "websocket.http.response.start"):
            self._closed = True
        await self._send(message)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CHECKED_EVERY_S)
            try:
                await self._check()
            except (Unauthenticated, Forbidden) as error:
                await self._close(error.message)
                return
            except Exception:  # noqa: BLE001, S112 - the database is away: that ends nobody's right
                continue

    async def _close(self, reason: str) -> None:
        if self._closed or self._ended.is_set():
            return
        self._ended.set()
        close: dict[str, Any] = {
            "type": "websocket.close", "code": POLICY_VIOLATION, "reason": reason,
        }  # fmt: skip
        with contextlib.suppress(Exception):  # the other side may be gone already
            await self._send(close)

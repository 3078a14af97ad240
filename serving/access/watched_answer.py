"""Answers that go on for long end when the right to them ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from conversation.errors import EntenduError, Forbidden, Unauthenticated
from serving.access import watch
from serving.http.raw_headers import value_of
from serving.problems import problem_of

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_EVENTS = b"text/event-stream"


class WatchedAnswer:
    """Looks again and again whether the key behind a stream is good, and ends the stream if not.

    Only what has no length said before is watched; a stream of events ends with the event
    ``error``, another one breaks off, so that nobody takes it for whole.

    Args:
        check: Raises when the right has ended.
    """

    def __init__(self, check: Callable[[], Awaitable[object]]) -> None:
        self._check = check
        self._is_stream = False
        self._is_events = False
        self._watcher: asyncio.Task[None] | None = None
        self._served: asyncio.Task[object] | None = None
        self._refused: EntenduError | None = None

    async def serve(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        """Serve a request.

        Args:
            app: The application.
            scope: Of ASGI, as what follows.
            receive: Of ASGI.
            send: Of ASGI.
        """
        self._served = asyncio.current_task()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._is_stream = value_of(message, b"content-length") is None
                kind = value_of(message, b"content-type") or b""
                self._is_events = kind.startswith(_EVENTS)
            elif self._is_stream and self._watcher is None and message.get("more_body", False):
                self._watcher = asyncio.create_task(self._watch())
            await send(message)

        try:
            await app(scope, receive, watched)
        except asyncio.CancelledError:
            if self._refused is None or self._served is None:
                raise
            self._served.uncancel()
            if self._is_events:
                await send({"type": "http.response.body", "body": _last_words(self._refused)})
        finally:
            if self._watcher is not None:
                self._watcher.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await self._watcher

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(watch.CHECKED_EVERY_S)
            try:
                await self._check()
            except (Unauthenticated, Forbidden) as error:
                self._refused = error
                if self._served is not None:
                    self._served.cancel()
                return
            except Exception:  # noqa: BLE001, S112 - the database is away: that ends nobody's right
                continue


def _last_words(error: EntenduError) -> bytes:
    return f"event: error\ndata: {json.dumps(problem_of(error).as_json())}\n\n".encode()

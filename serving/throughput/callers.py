"""On whose behalf a request computes, and whether somebody still waits for its answer."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from serving.access.principal import Principal
from serving.throughput.work import Priority, Work, working

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Callers:
    """Runs each request as :class:`serving.throughput.work.Work` of who sent it.

    Requests are interactive, WebSockets live. When a client goes away before its answer is
    begun, its work is given up: what waits for a model is not computed.

    Args:
        app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request or a WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        def caller() -> str:
            principal = scope.get("principal")
            return principal.id if isinstance(principal, Principal) else ""

        if scope["type"] == "websocket":
            with working(Work(Priority.LIVE, caller)):
                await self._app(scope, receive, send)
            return
        with working(Work(Priority.INTERACTIVE, caller)) as work:
            watched = _Watched(scope, receive, send, work)
            try:
                await self._app(scope, watched.receive, watched.send)
            finally:
                watched.stop()


class _Watched:
    """The messages of a request; once its body has come, what follows can only be a farewell."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, work: Work) -> None:
        self._receive = receive
        self._send = send
        self._work = work
        self._early: deque[Message] = deque()
        self._over = asyncio.Event()
        self._watcher: asyncio.Task[None] | None = None
        names = {name for name, _ in scope["headers"]}
        if not names & {b"content-length", b"transfer-encoding"}:
            self._early.append({"type": "http.request", "body": b"", "more_body": False})
            self._watch()

    async def receive(self) -> Message:
        """Return the next message, to the application."""
        if self._watcher is None:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self._work.go()
            elif not message.get("more_body", False):
                self._watch()
            return message
        if self._early:
            return self._early.popleft()
        await self._over.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass a message on; after the last one nobody's going away matters."""
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.stop()
        await self._send(message)

    def stop(self) -> None:
        """Stop watching; whoever waits for a message is told that it is over."""
        if self._watcher is not None:
            self._watcher.cancel()
        self._over.set()

    def _watch(self) -> None:
        self._watcher = asyncio.get_running_loop().create_task(self._wait_for_farewell())

    async def _wait_for_farewell(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass  # an empty body that nobody asked for
        self._work.go()
        self._over.set()

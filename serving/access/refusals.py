"""Refusing a request before a route has it, in the words that its route would use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio
from starlette.requests import HTTPConnection, Request

from conversation.errors import EntenduError
from serving.http.problem_answers import answer_with
from serving.problems import problem_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

_READ_BYTES = 1_000_000
_READ_FOR_S = 2.0


async def refuse(
    error: EntenduError,
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    headers: dict[str, str] | None = None,
) -> None:
    """Answer with an error; a WebSocket is refused in its handshake.

    Args:
        error: What is wrong.
        scope: Of ASGI, as what follows.
        receive: Of ASGI.
        send: Of ASGI.
        headers: More of them for the answer.
    """
    response = await _response(error, scope)
    for name, value in (headers or {}).items():
        response.headers[name] = value
    await refuse_with(response, error.title, scope, receive, send)


async def refuse_with(
    response: Response, title: str, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer in a route's place; a WebSocket is refused in its handshake.

    Args:
        response: Says what is wrong.
        title: The same in short, for a WebSocket whose server gives no other answer.
        scope: Of ASGI, as what follows.
        receive: Of ASGI.
        send: Of ASGI.
    """
    if scope["type"] == "http":
        if not await _is_read_to_its_end(scope, receive):
            response.headers["Connection"] = "close"
    elif "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": title})
        return
    await response(scope, receive, send)


async def _response(error: EntenduError, scope: Scope) -> Response:
    handlers = getattr(scope.get("app"), "exception_handlers", {})
    handler = handlers.get(EntenduError)
    if handler is not None:
        connection = Request(scope) if scope["type"] == "http" else HTTPConnection(scope)
        response: Response = await handler(connection, error)
        return response
    return answer_with(problem_of(error, instance=scope["path"]), scope)


async def _is_read_to_its_end(scope: Scope, receive: Receive) -> bool:
    """Read a small body and throw it away; the answer would get lost on its way past it.

    Returns:
        Whether the connection can be used again.
    """
    names = {name for name, value in scope["headers"] if value != b"0"}
    if not names & {b"content-length", b"transfer-encoding"}:
        return True
    if b"expect" in names:  # the sender waits to be told to go on, and will not be
        return False
    with anyio.move_on_after(_READ_FOR_S):
        received = 0
        while received <= _READ_BYTES:
            message = await receive()
            received += len(message.get("body", b""))
            if not message.get("more_body", False):
                return True
    return False

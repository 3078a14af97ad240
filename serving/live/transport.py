"""A WebSocket and a session: what is read goes in, what comes out is written, neither waits."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from fastapi import WebSocket, WebSocketDisconnect

from conversation.errors import EntenduError
from serving.live.events import Closed, Draining, Failed
from serving.live.outbox import Outbox, Outgoing
from serving.live.session import LiveSession
from serving.problems import problem_of

logger = logging.getLogger("entendu.live")

NORMAL, RESTART, POLICY, TRY_LATER, INTERNAL = 1000, 1012, 1008, 1013, 1011
"""Close codes of RFC 6455 and its registry."""

SEND_S = 20.0
"""A client that takes no byte for so long is given up."""

_LAST_WORDS_S = 60.0


async def converse(
    session: LiveSession,
    outbox: Outbox,
    *,
    read: Callable[[], Awaitable[bool]],
    write: Callable[[Outgoing], Awaitable[None]],
) -> int:
    """Connect a client and a session until one of them is done.

    Args:
        session: Of the conversation, with ``outbox`` attached.
        outbox: Of this client.
        read: Reads one message and gives it to the session; returns whether more is to be read.
        write: Writes one event, if the protocol has words for it.

    Returns:
        The close code that fits; the connection is still open, unless the client closed it.
    """
    code = NORMAL

    async def reading() -> None:
        with suppress(WebSocketDisconnect):
            while await read():
                pass
            await session.over.wait()  # what was said last is still to be told

    async def writing() -> None:
        nonlocal code
        while (event := await outbox.get()) is not None:
            async with asyncio.timeout(SEND_S):
                await write(event)
            match event:
                case Failed(fatal=True):
                    code = POLICY
                case Draining():
                    code = RESTART
                case Closed(reason="failed"):
                    code = INTERNAL
                case _:
                    pass
        if outbox.overflowed:
            code = POLICY

    reader = asyncio.ensure_future(reading())
    writer = asyncio.ensure_future(writing())
    try:
        await asyncio.wait((reader, writer), return_when=asyncio.FIRST_COMPLETED)
        if reader.done() and session.over.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(writer), _LAST_WORDS_S)
    finally:
        for task in (reader, writer):
            task.cancel()
        done = await asyncio.gather(reader, writer, return_exceptions=True)
        session.detach(outbox)
    for error in done:
        if isinstance(error, TimeoutError | WebSocketDisconnect | RuntimeError):
            code = POLICY  # the client is gone, or as good as gone
        elif isinstance(error, EntenduError):
            facts = {"session": session.facts.id, "error": type(error).__name__}
            logger.warning("connection refused", extra={"facts": facts})
            code = POLICY
        elif isinstance(error, Exception):
            logger.error(
                "connection failed",
                exc_info=error,
                extra={"facts": {"session": session.facts.id}},
            )
            code = INTERNAL
    return code


async def close(websocket: WebSocket, code: int, reason: str = "") -> None:
    """Close a connection that the client may have closed already."""
    with suppress(RuntimeError, WebSocketDisconnect):
        await websocket.close(code, reason)


def failure(error: EntenduError, *, fatal: bool) -> Failed:
    """Return the event that says what was wrong."""
    return Failed(problem=problem_of(error).as_json(), fatal=fatal)

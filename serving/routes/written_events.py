"""``/v1/written/events``: the queue and one chat as they change."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from conversation.errors import NotFound
from serving.access.principal import Principal
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.written import Agent, chat_of, queue_of, root_of
from serving.service import Service

router = APIRouter(prefix="/v1/written", tags=["written"])

_WAIT_S = 25.0
_LISTEN_S = 0.1
_LOOK_S = 2.0
"""Every so often the database is looked into, for what other processes did."""


@router.get(
    "/events",
    summary="Follow what is written",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "`queue`: as `GET /v1/written/queue`; `chat`: as "
            "`GET /v1/written/chats/{chat_id}`; each at once and whenever it changed. The stream "
            "ends after a while; clients come back, as browsers do by themselves.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404, 422),
    },
)
def follow(
    request: Request,
    service: ServiceInUse,
    principal: Agent,
    chat: Annotated[
        str | None, Query(max_length=64, description="A chat to follow besides the queue.")
    ] = None,
) -> StreamingResponse:
    """Follow the queue and one chat as server-sent events."""
    if chat is not None:
        chat_of(service, principal, chat, root_of(request))
        note(service, principal, "written.read", "bot_session", chat)
    return StreamingResponse(
        _changes(request, service, principal, chat), media_type="text/event-stream"
    )


async def _changes(
    request: Request, service: Service, principal: Principal, chat: str | None
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    ends_s, looked_s, heard = loop.time() + _WAIT_S, 0.0, -1
    sent: dict[str, str] = {}
    presence = service.resources.presence
    yield "retry: 500\n\n"
    while loop.time() < ends_s and not await request.is_disconnected():
        if presence.rung != heard or loop.time() - looked_s > _LOOK_S:
            heard, looked_s = presence.rung, loop.time()
            for event, data in await run_in_threadpool(_now, request, service, principal, chat):
                if sent.get(event) != data:
                    sent[event] = data
                    yield f"event: {event}\ndata: {data}\n\n"
        await asyncio.sleep(_LISTEN_S)


def _now(
    request: Request, service: Service, principal: Principal, chat: str | None
) -> list[tuple[str, str]]:
    values: list[tuple[str, BaseModel]] = [("queue", queue_of(service, principal))]
    if chat is not None:
        with contextlib.suppress(NotFound):  # it was erased meanwhile
            values.append(("chat", chat_of(service, principal, chat, root_of(request))))
    return [(name, value.model_dump_json()) for name, value in values]

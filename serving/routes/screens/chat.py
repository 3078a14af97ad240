"""``/chat``: customers write to the assistant, in a page of their own or in a frame on a site."""

from __future__ import annotations

import asyncio
import datetime
import json
import uuid
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import (
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversation.errors import BadInput, NotFound
from kb_search.bot.events import CustomerLeft, CustomerMessage, Event
from serving.figures import kpi_settings
from serving.routes.dependencies import ServiceInUse
from serving.screens.chat.desk import ChatDesk
from serving.screens.chat.talk import Talk, pieces_of
from serving.screens.chat.transcript import transcript_of
from serving.screens.chat.visitors import VISITOR_FIELD, Visitor, check_named, visitor_of
from serving.screens.chat.words import words_in
from serving.screens.page import Look, look_of, render
from serving.screens.policy import content_policy
from serving.service import Service
from serving.store.tables.conversations import DEFAULT_PURPOSE

router = APIRouter(include_in_schema=False)

_FORM_BYTES = 32 * 1024
_LONGEST = 4000
_WAIT_S = 25.0
_LOOK_EVERY_S = 0.4
_PASS_EVERY_S = 5.0


class Written(BaseModel):
    """What the customer wrote or pressed."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    text: Annotated[str, StringConstraints(max_length=_LONGEST)] = ""
    choice: int | None = Field(default=None, ge=1, le=20)


class Rated(BaseModel):
    """What the customer thinks of the conversation."""

    model_config = ConfigDict(extra="forbid")

    score: int = Field(ge=1, le=5)
    remark: Annotated[str, StringConstraints(max_length=2000)] | None = None


@router.get("/chat")
def show_chat(request: Request, service: ServiceInUse) -> Response:
    """Show the conversation, and the form to go on with it."""
    return _page(request, service, framed=False)


@router.get("/chat/frame")
def show_frame(request: Request, service: ServiceInUse) -> Response:
    """Show the same inside the frame of another site."""
    return _page(request, service, framed=True)


@router.post("/chat")
async def take_form(request: Request, service: ServiceInUse) -> Response:
    """Take the form of a browser without JavaScript."""
    fields = await _fields(request)
    visitor = check_named(request, fields.get(VISITOR_FIELD))
    look = look_of(request)
    await run_in_threadpool(_act, service, visitor, look, fields)
    root = _root(request)
    return RedirectResponse(f"{root}/chat#last", status_code=303)


@router.post("/chat/messages", response_model=Talk)
async def take_message(
    written: Written, request: Request, service: ServiceInUse
) -> Talk | StreamingResponse:
    """Take a message of the page's script, and return the conversation with the reply.

    Where server-sent events are asked for, the reply comes sentence by sentence (``piece``)
    before the whole (``talk``).
    """
    visitor = check_named(request)
    event = CustomerMessage(
        id=written.id, at=_now(), text=written.text.strip(), choice=written.choice
    )
    if not event.text and event.choice is None:
        raise BadInput("the message is empty", remedy="write something, or press a choice")
    desk = _desk(request, service)
    await run_in_threadpool(desk.take, visitor.principal, look_of(request).language, event)
    talk = await run_in_threadpool(desk.talk, visitor.principal)
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(_said(talk), media_type="text/event-stream")
    return talk


@router.post("/chat/typing", status_code=204)
async def typing(request: Request, service: ServiceInUse) -> None:
    """Let a person who has the conversation see that the customer is writing."""
    visitor = check_named(request)
    await run_in_threadpool(_desk(request, service).writes, visitor.principal)


@router.post("/chat/end")
async def end(request: Request, service: ServiceInUse) -> Talk:
    """End the conversation."""
    visitor = check_named(request)
    desk = _desk(request, service)
    await run_in_threadpool(desk.leave, visitor.principal, _left())
    return await run_in_threadpool(desk.talk, visitor.principal)


@router.post("/chat/new")
async def begin_again(request: Request, service: ServiceInUse) -> Talk:
    """Begin another conversation."""
    visitor = check_named(request)
    desk = _desk(request, service)
    await run_in_threadpool(desk.open, visitor.principal, look_of(request).language)
    return await run_in_threadpool(desk.talk, visitor.principal)


@router.post("/chat/rating")
async def rate(rated: Rated, request: Request, service: ServiceInUse) -> Talk:
    """Keep what the customer thinks of the conversation."""
    visitor = check_named(request)
    desk = _desk(request, service)
    await run_in_threadpool(desk.rate, visitor.principal, rated.score, rated.remark)
    return await run_in_threadpool(desk.talk, visitor.principal)


@router.get("/chat/events")
async def follow(request: Request, service: ServiceInUse, since: int = 0) -> StreamingResponse:
    """Send the conversation as it changes, as server-sent events; a browser asks again itself."""
    visitor = check_named(request)
    return StreamingResponse(
        _changes(request, _desk(request, service), visitor, since),
        media_type="text/event-stream",
    )


@router.get("/chat/transcript.txt")
def get_transcript(request: Request, service: ServiceInUse) -> PlainTextResponse:
    """Return what was said, to keep."""
    visitor = visitor_of(request, service.settings.public_url)
    talk = _desk(request, service).talk(visitor.principal)
    if not talk.messages:
        raise NotFound("there is no conversation yet", remedy="write something first")
    language = look_of(request).language
    return PlainTextResponse(
        transcript_of(
            talk,
            words_in(language, days=0, person_days=0),
            language,
            time_zone=kpi_settings(service.resources).time_zone,
        ),
        headers={"Content-Disposition": 'attachment; filename="conversation.txt"'},
    )


@router.get("/chat/articles/{path:path}")
def show_article(path: str, request: Request, service: ServiceInUse) -> HTMLResponse:
    """Show a public article."""
    look = look_of(request)
    article = _desk(request, service).article(path)
    words = words_in(look.language, days=0, person_days=0)
    page = render(
        "article.html" if article is not None else "no_article.html",
        look,
        root=_root(request),
        t=words,
        article=article,
        title=words["title"] if article is None else article.title,
    )
    return HTMLResponse(
        page,
        status_code=404 if article is None else 200,
        headers={"Content-Security-Policy": content_policy()},
    )


def _page(request: Request, service: Service, *, framed: bool) -> Response:
    settings = service.settings
    look = look_of(request)
    visitor = visitor_of(request, settings.public_url)
    talk = Talk() if visitor.is_new else _desk(request, service).talk(visitor.principal)
    rules = service.privacy.rules
    days, kept = rules.others.bot_sessions_days, rules.purposes.get(DEFAULT_PURPOSE)
    words = words_in(
        look.language, days=days, person_days=days if kept is None else kept.transcript_days
    )
    desk = _desk(request, service)
    page = render(
        "chat.html",
        look,
        root=_root(request),
        t=words,
        talk=talk,
        framed=framed,
        centre=desk.centre,
        privacy_url=settings.privacy_notice_url,
        visitor=visitor.token,
        state={
            "talk": talk.model_dump(mode="json"),
            "words": words,
            "visitor": visitor.token,
            "root": _root(request),
            "framed": framed,
            "lang": look.language,
        },
        longest=_LONGEST,
        title=words["title"],
    )
    embedded_by = ("'self'", *settings.widget_origins) if framed else ()
    response = HTMLResponse(
        page, headers={"Content-Security-Policy": content_policy(embedded_by=embedded_by)}
    )
    look.keep(response)
    if visitor.is_new:
        visitor.keep(request, response, settings.public_url)
    return response


def _act(service: Service, visitor: Visitor, look: Look, fields: dict[str, str]) -> None:
    """Do what a form asks for."""
    desk = ChatDesk(service)
    principal = visitor.principal
    words = words_in(look.language, days=0, person_days=0)
    event_id = fields.get("id") or uuid.uuid4().hex
    text = fields.get("text", "").strip()[:_LONGEST]
    action = fields.get("action", "")
    if action == "end":
        desk.leave(principal, _left())
    elif action == "new":
        desk.open(principal, look.language)
    elif action.startswith("rate:") and action[5:] in "12345":
        desk.rate(principal, int(action[5:]), fields.get("remark", "").strip()[:2000] or None)
    elif action.startswith("choice:") and action[7:].isdecimal():
        event = CustomerMessage(id=event_id, at=_now(), choice=int(action[7:]))
        desk.take(principal, look.language, event)
    elif action == "person":
        event = CustomerMessage(id=event_id, at=_now(), text=words["ask_person"])
        desk.take(principal, look.language, event)
    elif text:
        desk.take(principal, look.language, CustomerMessage(id=event_id, at=_now(), text=text))


async def _changes(
    request: Request, desk: ChatDesk, visitor: Visitor, since: int
) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    ends_s, passed_s, wrote = loop.time() + _WAIT_S, loop.time(), False
    yield "retry: 1000\n\n"
    while loop.time() < ends_s and not await request.is_disconnected():
        if loop.time() - passed_s > _PASS_EVERY_S:
            passed_s = loop.time()
            await run_in_threadpool(desk.pass_time, visitor.principal)
        pulse = await run_in_threadpool(desk.pulse, visitor.principal)
        if pulse.version is not None and pulse.version != since:
            talk = await run_in_threadpool(desk.talk, visitor.principal)
            since = talk.version
            yield _event("talk", talk.model_dump_json())
        if pulse.is_written_to != wrote:
            wrote = pulse.is_written_to
            yield _event("typing", "true" if wrote else "false")
        await asyncio.sleep(_LOOK_EVERY_S)


async def _said(talk: Talk) -> AsyncIterator[str]:
    last = talk.messages[-1] if talk.messages else None
    if last is not None and last.speaker == "bot":
        for piece in pieces_of(last.text):
            yield _event("piece", json.dumps(piece, ensure_ascii=False))
    yield _event("talk", talk.model_dump_json())


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


def _desk(request: Request, service: Service) -> ChatDesk:
    return ChatDesk(service, root=_root(request))


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _left() -> Event:
    return CustomerLeft(id=f"left-{uuid.uuid4().hex}", at=_now())


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


async def _fields(request: Request) -> dict[str, str]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            raise BadInput(
                f"the message is longer than {_FORM_BYTES // 1024} KB", remedy="write less"
            )
    fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    return {name: values[0] for name, values in fields.items()}

"""``/v1/bot``: customers talk with the bot, and go on with a person."""

from __future__ import annotations

import datetime
import re
import uuid
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from conversation.errors import NotFound
from kb_search.bot import Customer, HandOver, HandOverPacket, Say, Session
from kb_search.bot.events import CustomerLeft, CustomerMessage, Event, HumanClosed
from kb_search.bot.session import State
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.dialogues.values import Reply
from serving.operation.metrics import ABSTENTIONS, ANSWERS
from serving.routes.answers import problems
from serving.routes.bot_shapes import (
    ActionDone,
    Delta,
    EventRequest,
    MessageRequest,
    OpenRequest,
    ReplyAnswer,
    SatisfactionRequest,
    SessionDetail,
    SessionOpened,
    SessionPage,
    SessionSummary,
    detail,
    event_of,
    reply_answer,
    summary,
)
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.paging import Cursor, Limit, cursor_after, cut
from serving.routes.repeated import RepeatKey, once
from serving.store.cursors import position_of

router = APIRouter(prefix="/v1/bot/sessions", tags=["bot"])

Customers = Annotated[Principal, Depends(allowed(Permission.BOT_USE))]
SessionId = Annotated[str, Path(max_length=64, description="As given when it was opened.")]


@router.post(
    "", status_code=201, summary="Open a conversation", responses=problems(401, 403, 422, 503)
)
def open_session(
    wanted: OpenRequest, service: ServiceInUse, principal: Customers, key: RepeatKey = None
) -> SessionOpened:
    """Begin a conversation. The first sentence says that it is an assistant."""
    customer = wanted.customer
    if principal.role is Role.CUSTOMER:
        # Only the centre says what is established of somebody.
        customer = Customer(key=principal.customer_key, objections=customer.objections)
    session = Session(id="new", channel=wanted.channel, language=wanted.language, customer=customer)

    def begin() -> SessionOpened:
        stored, reply = service.resources.bots.open(principal, session)
        return SessionOpened(**detail(stored).model_dump(), actions=list(reply.actions))

    return once(service, principal, "POST /v1/bot/sessions", key, wanted, begin, SessionOpened)


@router.get("", summary="List conversations", responses=problems(401, 403, 422))
def list_sessions(
    service: ServiceInUse,
    principal: Customers,
    limit: Limit = 50,
    cursor: Cursor = None,
    state: Annotated[
        State | None,
        Query(description="Only those that stand there; `handing_over` waits for a person."),
    ] = None,
) -> SessionPage:
    """List conversations, newest first: customers their own, the centre those of its team."""
    before = None if cursor is None else position_of(cursor)
    rows = service.resources.bots.all(principal, limit=limit + 1, state=state, before=before)
    page, more = cut(rows, limit)
    last = page[-1] if more else None
    return SessionPage(
        data=[summary(one) for one in page],
        next_cursor=None if last is None else cursor_after(last.created_at, last.session.id),
    )


@router.get("/{session_id}", summary="Get a conversation", responses=problems(401, 403, 404))
def get_session(
    session_id: SessionId, service: ServiceInUse, principal: Customers
) -> SessionDetail:
    """Return a conversation with what was said."""
    stored = service.resources.bots.get(principal, session_id)
    if principal.role is not Role.CUSTOMER:
        note(service, principal, "bot_session.read", "bot_session", session_id)
    return detail(stored)


@router.post(
    "/{session_id}/messages",
    summary="Send a message",
    response_model=ReplyAnswer,
    responses={
        200: {
            "description": "The reply. With `Accept: text/event-stream` as server-sent events: "
            "`delta` for each sentence as it is said, `action` for each action, `done` with the "
            "whole reply.",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **problems(401, 403, 404, 409, 422, 503),
    },
)
def send_message(
    session_id: SessionId,
    message: MessageRequest,
    request: Request,
    service: ServiceInUse,
    principal: Customers,
) -> ReplyAnswer | StreamingResponse:
    """Take a message in and answer it from the knowledge base, ask back, or hand over.

    While a person has the conversation the bot says nothing.
    """
    event_id = message.id or uuid.uuid4().hex
    event = CustomerMessage(id=event_id, at=_now(), text=message.text, choice=message.choice)
    reply = service.resources.bots.take(principal, session_id, event)
    _count(reply)
    answer = reply_answer(session_id, event_id, reply)
    if "text/event-stream" in request.headers.get("accept", ""):
        return StreamingResponse(_events(answer), media_type="text/event-stream")
    return answer


@router.post(
    "/{session_id}/events",
    summary="Tell what happened",
    responses=problems(401, 403, 404, 409, 422, 503),
)
def send_event(
    session_id: SessionId, wanted: EventRequest, service: ServiceInUse, principal: Customers
) -> ReplyAnswer:
    """Tell that a person joined, wrote or left, that the customer speaks, or that time passed."""
    event_id = wanted.id or uuid.uuid4().hex
    reply = service.resources.bots.take(principal, session_id, event_of(wanted, event_id, _now()))
    return reply_answer(session_id, event_id, reply)


@router.post(
    "/{session_id}/close",
    summary="Close a conversation",
    responses=problems(401, 403, 404, 503),
)
def close_session(
    session_id: SessionId, service: ServiceInUse, principal: Customers
) -> SessionDetail:
    """End a conversation; one that is over stays as it is."""
    bots = service.resources.bots
    if bots.get(principal, session_id).session.state != "closed":
        event_id, at = f"closed-{uuid.uuid4().hex}", _now()
        left: Event = CustomerLeft(id=event_id, at=at)
        if principal.role is not Role.CUSTOMER and bots.get(principal, session_id).session.muted:
            left = HumanClosed(id=event_id, at=at)
        bots.take(principal, session_id, left)
    return detail(bots.get(principal, session_id))


@router.get(
    "/{session_id}/hand-over",
    summary="Get the hand-over packet",
    responses=problems(401, 403, 404),
)
def get_packet(
    session_id: SessionId, service: ServiceInUse, principal: Customers
) -> HandOverPacket:
    """Return what the person who takes over needs, so that the customer need not say it again."""
    stored = service.resources.bots.get(principal, session_id)
    if stored.packet is None or principal.role is Role.CUSTOMER:
        raise NotFound(
            "nobody was asked to take this conversation",
            remedy="there is a packet once the bot hands over",
        )
    note(service, principal, "bot_session.packet", "bot_session", session_id)
    return stored.packet


@router.put(
    "/{session_id}/satisfaction",
    summary="Rate a conversation",
    responses=problems(401, 403, 404, 422),
)
def rate(
    session_id: SessionId,
    wanted: SatisfactionRequest,
    service: ServiceInUse,
    principal: Customers,
) -> SessionSummary:
    """Keep what the customer thinks of the conversation; a later word replaces it."""
    stored = service.resources.bots.rate(principal, session_id, wanted.score, wanted.remark)
    return summary(stored)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _count(reply: Reply) -> None:
    said = [one for one in reply.actions if isinstance(one, Say)]
    if any(one.purpose == "answer" for one in said):
        ANSWERS.labels(surface="bot").inc()
    elif any(one.purpose == "decline" for one in said) or any(
        isinstance(one, HandOver) for one in reply.actions
    ):
        ABSTENTIONS.labels(surface="bot").inc()


def _events(answer: ReplyAnswer) -> Iterator[str]:
    """Yield a reply as server-sent events; it is stored already, so a cut loses nothing."""
    for number, action in enumerate(answer.actions):
        if isinstance(action, Say):
            for piece in re.findall(r"\S.*?(?:[.!?…]+(?=\s|$)\s*|\n+|$)", action.text, re.DOTALL):
                yield _sse("delta", Delta(action=number, text=piece))
        yield _sse("action", ActionDone(action=number, done=action))
    yield _sse("done", answer)


def _sse(event: str, data: BaseModel) -> str:
    return f"event: {event}\ndata: {data.model_dump_json()}\n\n"

"""``/v1/live/sessions``: which conversations are going on, and following one of them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, WebSocket
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from conversation.errors import EntenduError
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.refusals import refuse
from serving.access.visibility import visible
from serving.live.facts import RunningSession
from serving.live.hub import LiveHub
from serving.live.outbox import Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.transport import close, converse, failure
from serving.routes.live.messages import text_of
from serving.routes.live.own import CardJudged, Word, not_valid

router = APIRouter(prefix="/v1/live", tags=["live"])

Follower = Annotated[Principal, Depends(allowed(Permission.LIVE_USE))]


class RunningSessions(BaseModel):
    """Conversations that are going on."""

    data: list[RunningSession] = Field(description="Newest first.")


_MESSAGE: TypeAdapter[CardJudged | Word] = TypeAdapter(
    Annotated[CardJudged | Word, Field(discriminator="type")]
)


@router.get("/sessions", summary="List running conversations")
async def list_sessions(request: Request, principal: Follower) -> RunningSessions:
    """List the conversations that are going on: agents see their own, supervisors their team's."""
    hub: LiveHub = request.app.state.live
    return RunningSessions(data=[one.running for one in hub.running(visible(principal))])


@router.websocket("/sessions/{session_id}/watch", name="watch")
async def watch(
    websocket: WebSocket,
    session_id: str,
    principal: Follower,
    last_seq: Annotated[int, Query(ge=0)] = 0,
) -> None:
    """Follow a conversation that goes on elsewhere: what its client is told, without its sound."""
    hub: LiveHub = websocket.app.state.live
    outbox = Outbox(revises=True)
    try:
        session = hub.find(session_id, visible(principal))
        session.watch(outbox, last_seq=last_seq)
    except EntenduError as error:
        await refuse(error, websocket.scope, websocket.receive, websocket.send)
        return
    watcher = _Watcher(websocket, session, hub, principal)
    try:
        await watcher.note("live.watch")
        await websocket.accept()
        code = await converse(session, outbox, read=watcher.read, write=watcher.write)
    finally:
        session.unwatch(outbox)
    await close(websocket, code)


class _Watcher:
    """Somebody who follows."""

    def __init__(
        self, websocket: WebSocket, session: LiveSession, hub: LiveHub, principal: Principal
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._audit = hub.service.audit
        self._principal = principal

    async def note(self, action: str, **detail: Any) -> None:  # noqa: ANN401 - any JSON
        """Write down what they do."""
        await run_in_threadpool(
            self._audit.record,
            self._principal,
            action,
            "conversation",
            self._session.facts.id,
            None,
            detail or None,
        )

    async def read(self) -> bool:
        """Read one message: what the agent does with cards. The session ends elsewhere."""
        try:
            await self._said(await text_of(self._websocket))
        except EntenduError as error:
            await self._websocket.send_text(failure(error, fatal=False).model_dump_json())
        return True

    async def write(self, event: Outgoing) -> None:
        """Write one event."""
        if isinstance(event, BaseModel):
            await self._websocket.send_text(event.model_dump_json())

    async def _said(self, text: str) -> None:
        try:
            said = _MESSAGE.validate_json(text)
        except ValidationError as error:
            raise not_valid(error) from error
        match said:
            case CardJudged():
                await self.note("live.card", card=said.id, judgement=said.judgement)
                await self._session.judge(said.id, said.judgement)
            case Word(type="mute" | "unmute" as how):
                await self.note(f"live.{how}")
                await self._session.mute(is_muted=how == "mute")
            case _:
                pass

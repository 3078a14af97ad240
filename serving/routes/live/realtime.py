"""``WS /v1/realtime``: live transcription as OpenAI's Realtime clients ask for it.

The events are those of https://platform.openai.com/docs/guides/realtime-transcription, in the form
of 2025 and in that of the beta before it. Nothing is stored.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, WebSocket, WebSocketDisconnect

from conversation.errors import BadInput, Conflict, EntenduError
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.live.events import Failed, FinalText
from serving.live.facts import SessionFacts
from serving.live.hub import LiveHub
from serving.live.outbox import Mark, Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.transport import NORMAL, close, converse
from serving.problems import TYPE_PREFIX, outcome_of, problem_of
from serving.routes.live.messages import as_object, text_of
from serving.routes.live.realtime_session import RealtimeSettings
from serving.store.tables import DEFAULT_TEAM
from speech.live import SpeechEnded, SpeechStarted, Withdrawn

router = APIRouter(tags=["live"])

_SERVER_ERROR = 500
_CLEARED = "cleared"
_TRANSCRIPTION = "conversation.item.input_audio_transcription"


@router.websocket("/v1/realtime", name="realtime")
async def realtime(
    websocket: WebSocket,
    principal: Annotated[Principal, Depends(allowed(Permission.TRANSCRIPTIONS_USE))],
    intent: Annotated[str | None, Query()] = None,
    model: Annotated[str | None, Query(max_length=200)] = None,
) -> None:
    """Transcribe sound as it comes, for OpenAI's Realtime clients."""
    if intent not in (None, "transcription"):
        raise BadInput(
            f"got the intent {intent[:40]!r}, expected transcription",
            remedy="ask for intent=transcription",
        )
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept("realtime" if "realtime" in offered else None)
    client = _Realtime(websocket, RealtimeSettings(model))
    await client.say("session.created", session=client.settings.as_json())
    hub: LiveHub = websocket.app.state.live
    try:
        async with asyncio.timeout(hub.limits.idle_s):
            while not await client.prepare():
                pass
        session = await _open(hub, principal, client.settings)
    except (WebSocketDisconnect, TimeoutError):
        await close(websocket, NORMAL)
        return
    except EntenduError as error:
        await client.fail(error)
        await close(websocket, NORMAL)
        return
    outbox = Outbox(wants_speech=True)
    session.attach(outbox)
    client.session = session
    code = await converse(session, outbox, read=client.read, write=client.write)
    await close(websocket, code)


async def _open(hub: LiveHub, principal: Principal, settings: RealtimeSettings) -> LiveSession:
    return await hub.open(
        SessionFacts(
            id=hub.new_id(),
            protocol="realtime",
            team=principal.team or DEFAULT_TEAM,
            owner=principal.id,
            sound=settings.sound,
            language=settings.language,
            started_at=datetime.now(UTC),
            is_kept=False,
        )
    )


class _Realtime:
    """One connection of a Realtime client."""

    def __init__(self, websocket: WebSocket, settings: RealtimeSettings) -> None:
        self.settings = settings
        self.session: LiveSession | None = None
        self._websocket = websocket
        self._sending = asyncio.Lock()
        self._waiting: list[dict[str, Any]] = []
        self._items: dict[int, str] = {}
        self._last_item: str | None = None
        self._said: list[str] = []
        self._committed_s = 0.0
        self._lengths_s: dict[str, float] = {}
        self._is_beta = False

    async def prepare(self) -> bool:
        """Read one event before there is sound; True when sound came."""
        event = await self._next_event()
        if event is None:
            return False
        if event.get("type") in ("session.update", "transcription_session.update"):
            await self._take(event)
            return False
        self._waiting.append(event)
        return True

    async def read(self) -> bool:
        """Read one event."""
        event = self._waiting.pop(0) if self._waiting else await self._next_event()
        if event is not None:
            await self._take(event)
        return True

    async def write(self, event: Outgoing) -> None:
        """Write one event."""
        match event:
            case SpeechStarted() if self.settings.finds_turns:
                await self.say(
                    "input_audio_buffer.speech_started",
                    audio_start_ms=round(event.start_s * 1000),
                    item_id=self._item(event.utterance),
                )
            case SpeechEnded() if self.settings.finds_turns:
                item = self._item(event.utterance)
                await self.say(
                    "input_audio_buffer.speech_stopped",
                    audio_end_ms=round(event.end_s * 1000),
                    item_id=item,
                )
                await self._commit(item)
            case Withdrawn() if self.settings.finds_turns:
                await self._complete(self._item(event.utterance), "", event.end_s - event.start_s)
            case FinalText():
                await self._final(event)
            case Failed():
                problem = event.problem
                await self._error(
                    "server_error", _code(str(problem["type"])), str(problem.get("detail")), None
                )
            case Mark():
                said, self._said = " ".join(self._said), []
                if event.name != _CLEARED:
                    await self._complete(event.name, said, self._lengths_s.pop(event.name, 0.0))
                else:
                    await self.say("input_audio_buffer.cleared")
            case _:
                pass

    async def say(self, kind: str, **members: object) -> None:
        """Send an event."""
        async with self._sending:
            await self._websocket.send_json(
                {"type": kind, "event_id": f"event_{secrets.token_hex(10)}", **members}
            )

    async def fail(self, error: EntenduError, event_id: object = None) -> None:
        """Tell what was wrong."""
        status = outcome_of(type(error)).status
        kind = "server_error" if status >= _SERVER_ERROR else "invalid_request_error"
        await self._error(kind, _code(problem_of(error).type), str(error), event_id)

    async def _error(self, kind: str, code: str, message: str, event_id: object) -> None:
        await self.say(
            "error",
            error={
                "type": kind, "code": code, "message": message, "param": None, "event_id": event_id,
            },
        )  # fmt: skip

    async def _next_event(self) -> dict[str, Any] | None:
        try:
            return as_object(await text_of(self._websocket))
        except BadInput as error:
            await self.fail(error)
            return None

    async def _take(self, event: dict[str, Any]) -> None:
        try:
            await self._act(event)
        except EntenduError as error:
            event_id = event.get("event_id")
            await self.fail(error, event_id if isinstance(event_id, str) else None)

    async def _act(self, event: dict[str, Any]) -> None:
        has_begun = self.session is not None
        match event.get("type"):
            case "session.update":
                self.settings.update(event.get("session"), has_begun=has_begun)
                await self.say("session.updated", session=self.settings.as_json())
            case "transcription_session.update":
                self._is_beta = True
                self.settings.update_beta(event.get("session"), has_begun=has_begun)
                await self.say("transcription_session.updated", session=self.settings.as_json())
            case "input_audio_buffer.append":
                await self._open_session().feed(_sound(event.get("audio")))
            case "input_audio_buffer.commit":
                await self._client_commits()
            case "input_audio_buffer.clear":
                session = self._open_session()
                await session.finalize()
                self._committed_s = 0.0 if session.sound is None else session.sound.received_s
                session.record.put(Mark(_CLEARED))
            case other:
                raise BadInput(f"got the event {str(other)[:60]!r}, which is not of transcription")

    def _open_session(self) -> LiveSession:
        if self.session is None:
            raise Conflict("no sound was sent yet", remedy="append sound first")
        return self.session

    async def _client_commits(self) -> None:
        session = self._open_session()
        if self.settings.finds_turns:
            await session.finalize()
            return
        until_s = 0.0 if session.sound is None else session.sound.received_s
        if until_s <= self._committed_s:
            raise BadInput("the buffer is empty", remedy="append sound before a commit")
        item = self._new_item()
        await self._commit(item)
        self._lengths_s[item] = until_s - self._committed_s
        self._committed_s = until_s
        await session.finalize()
        session.record.put(Mark(item))

    async def _final(self, event: FinalText) -> None:
        if not self.settings.finds_turns:
            self._said.append(event.text)
            return
        item = self._item(event.utterance or 0)
        duration_s = (event.end_s or 0.0) - (event.start_s or 0.0)
        await self._complete(item, event.text, duration_s)

    async def _commit(self, item: str) -> None:
        previous, self._last_item = self._last_item, item
        await self.say("input_audio_buffer.committed", previous_item_id=previous, item_id=item)
        content = {"type": "input_audio", "audio": None, "transcript": None}
        shown = {
            "id": item, "object": "realtime.item", "type": "message", "status": "completed",
            "role": "user", "content": [content],
        }  # fmt: skip
        kinds = ("created",) if self._is_beta else ("added", "done")
        for kind in kinds:
            await self.say(f"conversation.item.{kind}", previous_item_id=previous, item=shown)

    async def _complete(self, item: str, text: str, duration_s: float) -> None:
        if text:
            await self.say(f"{_TRANSCRIPTION}.delta", item_id=item, content_index=0, delta=text)
        await self.say(
            f"{_TRANSCRIPTION}.completed",
            item_id=item,
            content_index=0,
            transcript=text,
            usage={"type": "duration", "seconds": round(max(0.0, duration_s), 3)},
        )

    def _item(self, utterance: int) -> str:
        return self._items.setdefault(utterance, self._new_item())

    def _new_item(self) -> str:
        return f"item_{secrets.token_hex(12)}"


def _sound(given: object) -> bytes:
    if not isinstance(given, str):
        raise BadInput("audio is missing", remedy="send it as Base64")
    try:
        return base64.b64decode(given, validate=True)
    except binascii.Error as error:
        raise BadInput("audio is not Base64", remedy="encode it again") from error


def _code(problem_type: str) -> str:
    """``urn:entendu:problem:audio-too-long`` as the code of an error: ``audio_too_long``."""
    return problem_type.removeprefix(TYPE_PREFIX).replace("-", "_")

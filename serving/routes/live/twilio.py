"""``WS /v1/twilio``: Twilio Media Streams.

In TwiML: ``<Start><Stream url="wss://…/v1/twilio" track="both_tracks"><Parameter name="queue"
value="support"/></Stream></Start>``. Parameters may name queue, agent_key, customer_key, language
and direction. The protocol is that of https://www.twilio.com/docs/voice/media-streams/websocket-messages.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect

from conversation import Speaker
from conversation.errors import BadInput, EntenduError
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub
from serving.live.outbox import Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.signatures import signed_by_twilio
from serving.live.timeline import TwoTracks
from serving.live.transport import POLICY, close, converse
from serving.routes.live.calls import call_details, logged
from serving.routes.live.messages import as_object, text_of
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(tags=["live"])

START_S = 10.0
_RATE_HZ = 8000
_TRACKS: dict[str, Speaker] = {"inbound": "customer", "outbound": "agent"}


@router.websocket("/v1/twilio", name="twilio", dependencies=[Depends(signed_by_twilio)])
async def twilio(websocket: WebSocket) -> None:
    """Follow a call that Twilio streams."""
    await websocket.accept()
    outbox = Outbox()
    try:
        async with asyncio.timeout(START_S):
            start = await _start(websocket)
        hub: LiveHub = websocket.app.state.live
        tracks = _tracks(start)
        session = await hub.open(_facts(hub, start, tracks))
    except WebSocketDisconnect:
        return
    except (EntenduError, TimeoutError) as error:
        logged("twilio", error)
        await close(websocket, POLICY, "the stream cannot be taken")
        return
    session.attach(outbox)
    client = _Twilio(websocket, session, str(start.get("streamSid", "")), tracks)
    code = await converse(session, outbox, read=client.read, write=client.write)
    await close(websocket, code)


class _Twilio:
    """One stream of Twilio, which only speaks."""

    def __init__(
        self, websocket: WebSocket, session: LiveSession, stream: str, tracks: tuple[str, ...]
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._stream = stream
        self._tracks = tracks
        self._heard_s = 0.0
        self._pair = TwoTracks(rate_hz=_RATE_HZ, silence=b"\xff") if len(tracks) > 1 else None

    async def read(self) -> bool:
        """Read one message; False after the last."""
        message = as_object(await text_of(self._websocket))
        match message.get("event"):
            case "media":
                await self._media(message)
            case "stop":
                if self._pair is not None:
                    await self._session.feed(self._pair.rest())
                self._session.end()
                return False
            case _:  # connected, dtmf, mark
                self._session.touch()
        return True

    async def write(self, event: Outgoing) -> None:
        """Say nothing: a one-way stream must not be answered."""

    async def _media(self, message: dict[str, Any]) -> None:
        media = message.get("media")
        if not isinstance(media, dict) or message.get("streamSid", self._stream) != self._stream:
            raise BadInput("got media that is not of this stream")
        try:
            sound = base64.b64decode(str(media.get("payload", "")), validate=True)
            at_s = int(media.get("timestamp", 0)) / 1000
        except (binascii.Error, ValueError, TypeError) as error:
            raise BadInput("got media whose payload or timestamp cannot be read") from error
        track = str(media.get("track", self._tracks[0]))
        if track not in self._tracks:
            return
        if self._pair is not None:
            sound = self._pair.add(self._tracks.index(track), at_s, sound)
        elif self._session.sound is not None:
            lost_s = at_s - self._session.sound.received_s
            if lost_s > 0.1:  # packets that never came leave their time
                await self._session.skip(lost_s)
        if sound:
            await self._session.feed(sound)


async def _start(websocket: WebSocket) -> dict[str, Any]:
    while True:
        message = as_object(await text_of(websocket))
        if message.get("event") == "start":
            start = message.get("start")
            if not isinstance(start, dict):
                raise BadInput("got a start without its members")
            return {"streamSid": message.get("streamSid"), **start}
        if message.get("event") != "connected":
            raise BadInput(f"got the event {str(message.get('event'))[:40]!r}, expected start")


def _tracks(start: dict[str, Any]) -> tuple[str, ...]:
    media = start.get("mediaFormat")
    given = media if isinstance(media, dict) else {}
    expected = {"encoding": "audio/x-mulaw", "sampleRate": _RATE_HZ, "channels": 1}
    for name, value in expected.items():
        if str(given.get(name, value)) != str(value):
            raise BadInput(f"got the {name} {given.get(name)!r}, expected {value!r}")
    named = start.get("tracks")
    tracks = tuple(track for track in _TRACKS if not isinstance(named, list) or track in named)
    if not tracks:
        raise BadInput(f"got the tracks {named!r}, expected inbound, outbound or both")
    return tracks


def _facts(hub: LiveHub, start: dict[str, Any], tracks: tuple[str, ...]) -> SessionFacts:
    parameters = start.get("customParameters")
    return SessionFacts(
        id=hub.new_id(),
        protocol="twilio",
        team=DEFAULT_TEAM,
        owner="twilio",
        sound=SoundFormat(
            encoding="mulaw",
            sample_rate_hz=_RATE_HZ,
            speakers=tuple(_TRACKS[track] for track in tracks),
        ),
        started_at=datetime.now(UTC),
        external_id=str(start.get("callSid", ""))[:128] or None,
        **call_details(parameters if isinstance(parameters, dict) else {}),
    )

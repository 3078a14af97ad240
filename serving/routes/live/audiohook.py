"""``WS /v1/audiohook``: Genesys AudioHook, version 2, as a monitor with live transcripts.

The protocol is that of https://developer.genesys.cloud/devapps/audiohook; the order of messages
follows Genesys' reference implementation.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect

from conversation import Speaker
from conversation.errors import BadInput, EntenduError, Unauthenticated
from serving.live.events import Closed, Draining, FinalText, PartialText
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub
from serving.live.outbox import Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.signatures import SeenNonces, SignedRequest, check_audiohook
from serving.live.transport import NORMAL, POLICY, close, converse
from serving.routes.live.calls import call_details, logged
from serving.routes.live.messages import as_object, message_of
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(tags=["live"])

VERSION = "2"
OPEN_S = 5.0
CLOSE_S = 8.0
"""The client waits 10 s for closed."""

PROBE_S = 30.0

_LONGEST_TEXT = 65_536
_RATE_HZ = 8000
_PROBE = "00000000-0000-0000-0000-000000000000"
_SPEAKERS: dict[str, Speaker] = {"external": "customer", "internal": "agent"}
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def signed_by_genesys(websocket: WebSocket) -> None:
    """Check that Genesys Cloud connects.

    Raises:
        Unauthenticated: It does not, or AudioHook is not set up.
    """
    settings = websocket.app.state.service.settings
    if settings.audiohook_api_key is None or settings.audiohook_client_secret is None:
        raise Unauthenticated(
            "AudioHook is not set up",
            remedy="set audiohook_api_key and audiohook_client_secret",
        )
    state = websocket.app.state
    if not hasattr(state, "audiohook_nonces"):
        state.audiohook_nonces = SeenNonces()
    query = f"?{websocket.url.query}" if websocket.url.query else ""
    headers = {name.lower(): value for name, value in websocket.headers.items()}
    check_audiohook(
        SignedRequest(f"{websocket.url.path}{query}", headers.get("host", ""), headers),
        api_key=settings.audiohook_api_key.get_secret_value(),
        client_secret=settings.audiohook_client_secret.get_secret_value(),
        nonces=state.audiohook_nonces,
        now=time.time(),
    )
    organization = settings.audiohook_organization
    if organization and headers.get("audiohook-organization-id") != organization:
        raise Unauthenticated(
            "AudioHook: another organisation", remedy="correct audiohook_organization"
        )


@router.websocket("/v1/audiohook", name="audiohook", dependencies=[Depends(signed_by_genesys)])
async def audiohook(websocket: WebSocket) -> None:
    """Follow a call that Genesys Cloud streams."""
    await websocket.accept()
    hook = _Hook(websocket)
    try:
        async with asyncio.timeout(OPEN_S):
            opened = await hook.next_message()
        session = await hook.open(websocket.app.state.live, opened)
    except WebSocketDisconnect:
        return
    except (EntenduError, TimeoutError) as error:
        logged("audiohook", error)
        await hook.refuse(error)
        return
    if session is None:
        await hook.answer_probe()
        return
    outbox = Outbox()
    session.attach(outbox)
    code = await converse(session, outbox, read=hook.read, write=hook.write)
    await close(websocket, code)


class _Hook:
    """One AudioHook connection."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._id = websocket.headers.get("audiohook-session-id", "")
        self._organization = websocket.headers.get("audiohook-organization-id", "")
        self._client_seq = 0
        self._seq = 0
        self._channels: tuple[str, ...] = ()
        self._session: LiveSession | None = None
        self._sending = asyncio.Lock()
        self._is_said = asyncio.Event()

    async def next_message(self) -> dict[str, Any]:
        """Return the next text message, its envelope checked.

        Raises:
            BadInput: It is not as it should be.
        """
        message = await message_of(self._websocket)
        if isinstance(message, bytes):
            raise BadInput("got sound before open")
        return self._checked(message)

    async def open(self, hub: LiveHub, message: dict[str, Any]) -> LiveSession | None:
        """Open the session that ``open`` asks for; None for a probe of the connection.

        Raises:
            BadInput: Something is not as it should be.
            Unauthenticated: The organisation is not the one that signed.
        """
        if message["type"] != "open":
            raise BadInput(f"got {str(message['type'])[:40]!r}, expected open")
        asked = message["parameters"]
        if asked.get("organizationId") != self._organization:
            raise Unauthenticated("the organisation is not the one of the signature")
        participant = asked.get("participant")
        who = participant if isinstance(participant, dict) else {}
        if asked.get("conversationId") == _PROBE and who.get("id") == _PROBE:
            await self._send("opened", {"startPaused": False, "media": []})
            return None
        media = _chosen(asked.get("media"))
        self._channels = tuple(media["channels"])
        custom = asked.get("customConfig")
        details = call_details(custom if isinstance(custom, dict) else {})
        language = str(asked.get("language") or "").split("-")[0].lower()
        if language in ("fr", "en"):
            details.setdefault("language", language)
        self._session = await hub.open(
            SessionFacts(
                id=hub.new_id(),
                protocol="audiohook",
                team=DEFAULT_TEAM,
                owner="audiohook",
                sound=SoundFormat(
                    encoding="mulaw",
                    sample_rate_hz=_RATE_HZ,
                    speakers=tuple(_SPEAKERS[name] for name in self._channels),
                ),
                started_at=datetime.now(UTC),
                external_id=str(asked.get("conversationId", ""))[:128] or None,
                **details,
            )
        )
        await self._send("opened", {"startPaused": False, "media": [media]})
        return self._session

    async def answer_probe(self) -> None:
        """Go on after a probe was opened, until the client closes."""
        with suppress(TimeoutError, WebSocketDisconnect, EntenduError):
            async with asyncio.timeout(PROBE_S):
                while (message := await self.next_message())["type"] != "close":
                    if message["type"] == "ping":
                        await self._send("pong", {})
                await self._send("closed", {})
                await message_of(self._websocket)  # it closes
        await close(self._websocket, NORMAL)

    async def refuse(self, error: Exception) -> None:
        """Say that the session cannot be opened."""
        reason = "unauthorized" if isinstance(error, Unauthenticated) else "error"
        info = error.message if isinstance(error, EntenduError) else "no open came in time"
        await self._send("disconnect", {"reason": reason, "info": info[:200]})
        await close(self._websocket, POLICY)

    async def read(self) -> bool:
        """Read one message; False after the last."""
        session = self._session
        if session is None:
            return False
        received = await message_of(self._websocket)
        if isinstance(received, bytes):
            await session.feed(received)
            return True
        try:
            message = self._checked(received)
        except BadInput as error:
            await self.refuse(error)
            session.end("cut")
            return False
        session.touch()
        given = message["parameters"]
        match message["type"]:
            case "ping":
                await self._send("pong", {})
            case "discarded" | "resumed":
                if given.get("discarded"):
                    await session.skip(_seconds(given["discarded"]))
            case "update":
                await self._send("updated", {})
            case "close":
                session.end()
                with suppress(TimeoutError):
                    async with asyncio.timeout(CLOSE_S):
                        await self._is_said.wait()  # the last transcripts go before closed
                await self._send("closed", {})
                return False
            case _:  # paused, error
                pass
        return True

    async def write(self, event: Outgoing) -> None:
        """Write one event."""
        match event:
            case FinalText():
                await self._transcript(event, is_final=True)
            case PartialText():
                await self._transcript(event, is_final=False)
            case Draining():
                await self._send("reconnect", {})
            case Closed():
                self._is_said.set()
            case _:
                pass

    async def _transcript(self, event: FinalText | PartialText, *, is_final: bool) -> None:
        utterance = event.utterance if isinstance(event, PartialText) else event.turn
        start_s, end_s = event.start_s or 0.0, event.end_s or 0.0
        words = event.words if isinstance(event, FinalText) else ()
        confidence = event.confidence if isinstance(event, FinalText) else None
        interpretation: dict[str, Any] = {
            "type": "display",
            "transcript": event.text,
            "tokens": [
                {
                    "type": "word", "value": word.text, "confidence": word.probability,
                    "offset": _duration(word.start_s),
                    "duration": _duration(word.end_s - word.start_s),
                }
                for word in words
            ],
        }  # fmt: skip
        alternative: dict[str, Any] = {
            "confidence": 0.5 if confidence is None else confidence,
            "interpretations": [interpretation],
        }
        if event.language:
            alternative["languages"] = [event.language]
        name = f"{self._id}/{is_final}/{event.channel}/{utterance}"
        transcript = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
            "channelId": event.channel,
            "isFinal": is_final,
            "offset": _duration(start_s),
            "duration": _duration(end_s - start_s),
            "alternatives": [alternative],
        }  # fmt: skip
        await self._send("event", {"entities": [{"type": "transcript", "data": transcript}]})

    def _checked(self, text: str) -> dict[str, Any]:
        if len(text.encode()) > _LONGEST_TEXT:
            raise BadInput(f"got a message of more than {_LONGEST_TEXT} bytes")
        message = as_object(text)
        if message.get("version") != VERSION or message.get("id") != self._id:
            raise BadInput("got a message of another version or session")
        if message.get("seq") != self._client_seq + 1:
            raise BadInput(f"got another seq than {self._client_seq + 1}")
        if not isinstance(message.get("type"), str):
            raise BadInput("got a message without a type")
        if (
            not isinstance(message.get("serverseq", 0), int)
            or message.get("serverseq", 0) > self._seq
        ):
            raise BadInput("got a serverseq that was never sent")
        self._client_seq += 1
        parameters = message.get("parameters")
        return {**message, "parameters": parameters if isinstance(parameters, dict) else {}}

    async def _send(self, kind: str, parameters: dict[str, Any]) -> None:
        async with self._sending:
            self._seq += 1
            await self._websocket.send_json(
                {
                    "version": VERSION, "id": self._id, "type": kind, "seq": self._seq,
                    "clientseq": self._client_seq, "parameters": parameters,
                }
            )  # fmt: skip


def _chosen(offered: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the client sent
    """Return the offer that is taken: both sides before one."""
    offers = [
        one
        for one in (offered if isinstance(offered, list) else [])
        if isinstance(one, dict)
        and one.get("format") == "PCMU"
        and one.get("rate") == _RATE_HZ
        and isinstance(one.get("channels"), list)
        and one["channels"] in (["external", "internal"], ["external"], ["internal"])
    ]
    if not offers:
        raise BadInput("no PCMU at 8000 Hz is offered", remedy="offer it")
    return max(offers, key=lambda one: (len(one["channels"]), one["channels"][0] == "external"))


def _seconds(duration: Any) -> float:  # noqa: ANN401 - whatever the client sent
    match = _DURATION.fullmatch(str(duration))
    if match is None:
        raise BadInput("got a duration that is none of ISO 8601")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def _duration(seconds: float) -> str:
    return f"PT{max(0.0, seconds):.3f}".rstrip("0").rstrip(".") + "S"

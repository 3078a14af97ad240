"""``WS /v1/live``: our own protocol, ``entendu.live.v1`` (docs/live.md)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from conversation import Direction, Speaker
from conversation.errors import BadInput, Conflict, EntenduError, Forbidden, TooManyRequests
from kb_search.assistant.cards import Judgement
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.intake import AskedLanguage
from serving.live.events import PROTOCOL
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub
from serving.live.opus import OpusSound
from serving.live.outbox import Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.transport import POLICY, TRY_LATER, close, converse, failure
from serving.routes.live.messages import message_of, text_of
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(tags=["live"])

START_S = 10.0
"""A client says what it wants within so much time."""

_OFFSET_BYTES = 8
_LONGEST_TEXT = 20_000
_FROZEN = ConfigDict(frozen=True, extra="forbid")
_Key = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=128)
]


class AudioFormat(BaseModel):
    """How the client sends its sound.

    Attributes:
        encoding: ``pcm_s16le``, ``mulaw``, ``alaw``, or ``opus``: one Opus packet a frame.
        sample_rate: Samples a second of each channel.
        channels: Who is on each channel; they take turns sample by sample.
        framing: ``raw``: a binary frame is sound; ``offset``: before it stands the place of its
            first byte in the whole sound, as a big-endian number of 8 bytes.
    """

    model_config = _FROZEN

    encoding: Literal["pcm_s16le", "mulaw", "alaw", "opus"] = "pcm_s16le"
    sample_rate: Annotated[int, Field(ge=8000, le=48_000)] = 8000
    channels: tuple[Speaker, ...] = Field(default=("unknown",), min_length=1, max_length=2)
    framing: Literal["raw", "offset"] = "raw"

    def sound(self) -> SoundFormat:
        """Return how the session takes it."""
        encodings = {"pcm_s16le": "s16le", "opus": "s16le"}
        return SoundFormat.model_validate(
            {
                "encoding": encodings.get(self.encoding, self.encoding),
                "sample_rate_hz": self.sample_rate,
                "speakers": self.channels,
            }
        )


class Start(BaseModel):
    """The first message: what is to be opened, or gone on with.

    Attributes:
        audio: How sound is sent; None: messages of text.
        language: ``fr``, ``en`` or ``auto``; the setting of the service if left.
        direction: Who contacted whom.
        queue: Queue or campaign.
        purpose: Why the centre keeps it; ``quality`` if left.
        consent_ref: The consent under which the contact was made.
        agent_key: Pseudonymous id of the agent; of agents' keys their own.
        customer_key: Pseudonymous id of the customer.
        external_id: What the telephony calls it.
        store: Whether the conversation is stored and analysed; False: heard and forgotten.
        practice: An old conversation played again: followed like a running one, and forgotten.
        resume_token: Of a session that was cut; everything else but ``framing`` is then left out.
        last_seq: The newest event that the client has of it.
    """

    model_config = _FROZEN

    type: Literal["start"]
    audio: AudioFormat | None = None
    language: AskedLanguage | None = None
    direction: Direction = "unknown"
    queue: _Key | None = None
    purpose: _Key | None = None
    consent_ref: _Key | None = None
    agent_key: _Key | None = None
    customer_key: _Key | None = None
    external_id: _Key | None = None
    store: bool = True
    practice: bool = False
    resume_token: str | None = Field(default=None, max_length=200)
    last_seq: int = Field(default=0, ge=0)


class Text(BaseModel):
    """A message of a chat; ``id`` lets it be sent twice and count once."""

    model_config = _FROZEN

    type: Literal["text"]
    speaker: Speaker
    text: str = Field(min_length=1, max_length=_LONGEST_TEXT)
    id: _Key | None = None


class CardJudged(BaseModel):
    """What the agent did with a card."""

    model_config = _FROZEN

    type: Literal["card"]
    id: str = Field(min_length=1, max_length=64)
    judgement: Judgement


class Word(BaseModel):
    """A message of one word.

    ``flush`` ends the open utterances; ``keepalive`` says that the client is there; ``mute`` and
    ``unmute`` are about cards; ``end`` ends the session.
    """

    model_config = _FROZEN

    type: Literal["flush", "keepalive", "mute", "unmute", "end"]


_MESSAGE: TypeAdapter[Text | CardJudged | Word] = TypeAdapter(
    Annotated[Text | CardJudged | Word, Field(discriminator="type")]
)


@router.websocket("/v1/live", name="live")
async def live(
    websocket: WebSocket, principal: Annotated[Principal, Depends(allowed(Permission.LIVE_USE))]
) -> None:
    """Follow a conversation live."""
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept(PROTOCOL if PROTOCOL in offered else None)
    hub: LiveHub = websocket.app.state.live
    outbox = Outbox(revises=True)
    try:
        start = await _start(websocket)
        session = await _session(hub, start, principal)
        session.attach(outbox, last_seq=start.last_seq)
    except EntenduError as error:
        await websocket.send_text(failure(error, fatal=True).model_dump_json())
        busy = isinstance(error, TooManyRequests | Conflict)
        await close(websocket, TRY_LATER if busy else POLICY)
        return
    except WebSocketDisconnect:
        return
    await run_in_threadpool(
        hub.service.audit.record,
        principal,
        "live.resume" if start.resume_token else "live.open",
        "conversation",
        session.facts.id,
    )
    client = _Client(websocket, session, start.audio)
    code = await converse(session, outbox, read=client.read, write=client.write)
    await close(websocket, code)


class _Client:
    """One connection of a client."""

    def __init__(
        self, websocket: WebSocket, session: LiveSession, audio: AudioFormat | None
    ) -> None:
        self._websocket = websocket
        self._session = session
        self._framing = "raw" if audio is None else audio.framing
        self._opus = (
            OpusSound(audio.sample_rate, len(audio.channels))
            if audio is not None and audio.encoding == "opus"
            else None
        )

    async def read(self) -> bool:
        """Read one message; False: the client has ended the session."""
        message = await message_of(self._websocket)
        try:
            if isinstance(message, bytes):
                await self._sound(message)
                return True
            return await self._said(message)
        except EntenduError as error:
            self._session.record.put(failure(error, fatal=False))
            return True

    async def write(self, event: Outgoing) -> None:
        """Write one event."""
        if isinstance(event, BaseModel):
            await self._websocket.send_text(event.model_dump_json())

    async def _sound(self, data: bytes) -> None:
        offset = None
        if self._framing == "offset":
            if len(data) < _OFFSET_BYTES:
                raise BadInput(
                    f"got a binary frame of {len(data)} bytes, expected its offset in the first 8",
                    remedy="put the offset before the sound, or start with framing raw",
                )
            offset, data = int.from_bytes(data[:_OFFSET_BYTES], "big"), data[_OFFSET_BYTES:]
        if self._opus is not None:
            data = await asyncio.to_thread(self._opus.decode, data)
        await self._session.feed(data, offset)

    async def _said(self, text: str) -> bool:
        try:
            said = _MESSAGE.validate_json(text)
        except ValidationError as error:
            raise not_valid(error) from error
        match said:
            case Text():
                await self._session.write(said.speaker, said.text, said.id)
            case CardJudged():
                await self._session.judge(said.id, said.judgement)
            case Word(type="flush"):
                await self._session.flush()
            case Word(type="mute" | "unmute" as how):
                await self._session.mute(is_muted=how == "mute")
            case Word(type="end"):
                self._session.end()
                return False
            case _:
                self._session.touch()
        return True


async def _start(websocket: WebSocket) -> Start:
    try:
        async with asyncio.timeout(START_S):
            text = await text_of(websocket)
    except TimeoutError as error:
        raise BadInput(
            f"no start came within {START_S:g} s", remedy='send {"type": "start", …} first'
        ) from error
    try:
        return Start.model_validate_json(text)
    except ValidationError as error:
        raise not_valid(error) from error


async def _session(hub: LiveHub, start: Start, principal: Principal) -> LiveSession:
    if start.resume_token is not None:
        return await hub.resume(start.resume_token, principal.id)
    if start.audio is not None and start.audio.encoding == "opus" and start.audio.framing != "raw":
        raise BadInput(
            "got opus with framing offset, expected raw",
            remedy="a packet has no place in the decoded sound; leave framing out",
        )
    if start.practice and (start.customer_key or start.consent_ref or start.external_id):
        raise BadInput(
            "got practice with a customer or a call, expected neither",
            remedy="leave customer_key, consent_ref and external_id out: nobody is on the line",
        )
    return await hub.open(
        SessionFacts(
            id=hub.new_id(),
            protocol="live",
            team=principal.team or DEFAULT_TEAM,
            owner=principal.id,
            sound=None if start.audio is None else start.audio.sound(),
            channel="chat" if start.audio is None else "phone",
            language=start.language,
            started_at=datetime.now(UTC),
            direction=start.direction,
            queue=start.queue,
            purpose=start.purpose,
            consent_ref=start.consent_ref,
            agent_key=_agent_key(start, principal),
            customer_key=start.customer_key,
            external_id=start.external_id,
            is_kept=start.store and not start.practice,
            is_practice=start.practice,
            is_resumable=(start.store or start.practice)
            and (start.audio is None or start.audio.encoding != "opus"),
        )
    )


def _agent_key(start: Start, principal: Principal) -> str | None:
    if principal.role is not Role.AGENT:
        return start.agent_key
    if start.agent_key not in (None, principal.agent_key):
        raise Forbidden(
            "an agent's key opens sessions of that agent only", remedy="leave agent_key out"
        )
    return principal.agent_key


def not_valid(error: ValidationError) -> BadInput:
    """Return what is wrong with a message."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return BadInput(
        f"the message is not valid: {place + ': ' if place else ''}{first['msg']}",
        remedy="compare it with docs/live.md",
    )

"""``WS /v1/listen``: live transcription as Deepgram's clients ask for it.

The messages are those of https://developers.deepgram.com/reference/speech-to-text/listen-streaming.
Nothing is stored. What the recogniser has no switch for (``punctuate``, ``diarize``, the name of
the model) is taken and changes nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, WebSocket

from conversation import Word
from conversation.errors import AudioUnreadable, BadInput, EntenduError
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.live.events import Closed, FinalText, PartialText
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub
from serving.live.opus import OpusSound
from serving.live.outbox import Mark, Outbox, Outgoing
from serving.live.session import LiveSession
from serving.live.transport import close, converse
from serving.routes.live.messages import as_object, message_of
from serving.store.tables import DEFAULT_TEAM
from serving.version import entendu_version
from speech.live import SpeechStarted

router = APIRouter(tags=["live"])

_ENCODINGS: dict[str, Literal["s16le", "mulaw", "alaw"]] = {
    "linear16": "s16le", "mulaw": "mulaw", "alaw": "alaw", "opus": "s16le",
}  # fmt: skip
_OPUS_RATE_HZ = 16_000
_PUNCTUATION = '.,;:!?…«»"()'


class _Asked:
    """What the address asks for."""

    def __init__(
        self,
        *,
        encoding: Annotated[str | None, Query()] = None,
        sample_rate: Annotated[int | None, Query()] = None,
        channels: Annotated[int, Query(ge=1, le=2)] = 1,
        multichannel: Annotated[bool, Query()] = False,
        interim_results: Annotated[bool, Query()] = False,
        vad_events: Annotated[bool, Query()] = False,
        utterance_end_ms: Annotated[int | None, Query()] = None,
        language: Annotated[str | None, Query()] = None,
    ) -> None:
        self.encoding = encoding
        self.sample_rate = sample_rate
        self.channels = channels
        self.multichannel = multichannel
        self.interim_results = interim_results
        self.vad_events = vad_events
        self.utterance_end = utterance_end_ms is not None
        self.language = language

    def sound(self) -> SoundFormat:
        """Return how the sound comes.

        Raises:
            AudioUnreadable: In an encoding that cannot be read live.
            BadInput: The rate is missing.
        """
        encoding = _ENCODINGS.get(self.encoding or "")
        if encoding is None:
            raise AudioUnreadable(
                f"got the encoding {self.encoding!r}, expected one of {', '.join(_ENCODINGS)}",
                remedy="name encoding and sample_rate, and send sound without a container",
            )
        rate_hz = _OPUS_RATE_HZ if self.encoding == "opus" else self.sample_rate
        if rate_hz is None and encoding != "s16le":
            rate_hz = 8000
        if rate_hz is None or not 8000 <= rate_hz <= 48_000:
            raise BadInput(
                f"got the sample rate {rate_hz}, expected 8000 to 48000",
                remedy="name sample_rate",
            )
        if self.channels > 1 and not self.multichannel:
            raise BadInput(
                "got two channels without multichannel",
                remedy="set multichannel=true, or mix them",
            )
        return SoundFormat(
            encoding=encoding, sample_rate_hz=rate_hz, speakers=("unknown",) * self.channels
        )

    def asked_language(self) -> str | None:
        """Return ``fr``, ``en`` or ``auto``; None: the setting."""
        if self.language in (None, ""):
            return None
        if self.language == "multi":
            return "auto"
        return str(self.language).split("-")[0].lower()


@router.websocket("/v1/listen", name="listen")
async def listen(
    websocket: WebSocket,
    principal: Annotated[Principal, Depends(allowed(Permission.TRANSCRIPTIONS_USE))],
    asked: Annotated[_Asked, Depends()],
) -> None:
    """Transcribe sound as it comes, for Deepgram's clients."""
    hub: LiveHub = websocket.app.state.live
    session = await hub.open(
        SessionFacts(
            id=hub.new_id(),
            protocol="listen",
            team=principal.team or DEFAULT_TEAM,
            owner=principal.id,
            sound=asked.sound(),
            language=asked.asked_language(),
            started_at=datetime.now(UTC),
            is_kept=False,
        )
    )
    offered = websocket.scope.get("subprotocols", [])
    await websocket.accept("token" if "token" in offered else None)
    outbox = Outbox(wants_speech=asked.vad_events)
    session.attach(outbox)
    client = _Deepgram(websocket, session, asked)
    code = await converse(session, outbox, read=client.read, write=client.write)
    await close(websocket, code)


class _Deepgram:
    """One connection of a Deepgram client."""

    def __init__(self, websocket: WebSocket, session: LiveSession, asked: _Asked) -> None:
        self._websocket = websocket
        self._session = session
        self._asked = asked
        self._opus = OpusSound(_OPUS_RATE_HZ, asked.channels) if asked.encoding == "opus" else None
        self._sha256 = hashlib.sha256()
        self._created = datetime.now(UTC)
        self._sending = asyncio.Lock()
        self._about = {
            "request_id": str(uuid.uuid4()),
            "model_uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, "entendu")),
            "model_info": {"name": "entendu", "version": entendu_version(), "arch": "whisper"},
        }

    async def read(self) -> bool:
        """Read one message; False after the last."""
        message = await message_of(self._websocket)
        try:
            if isinstance(message, bytes):
                return await self._sound(message)
            match as_object(message).get("type"):
                case "CloseStream":
                    self._session.end()
                    return False
                case "Finalize":
                    await self._session.finalize()
                    self._session.record.put(Mark("finalized"))
                case _:
                    self._session.touch()
        except EntenduError as error:
            await self._send(
                {
                    "type": "Error", "description": error.message, "message": str(error),
                    "variant": type(error).__name__, "request_id": self._about["request_id"],
                }
            )  # fmt: skip
        return True

    async def write(self, event: Outgoing) -> None:
        """Write one event."""
        match event:
            case SpeechStarted():
                await self._send(
                    {
                        "type": "SpeechStarted", "channel": [event.channel, self._asked.channels],
                        "timestamp": event.start_s,
                    }
                )  # fmt: skip
            case PartialText() if self._asked.interim_results:
                await self._results(
                    event.channel, event.start_s, event.end_s, event.text, is_final=False
                )
            case FinalText():
                await self._final(event)
            case Mark():
                at_s = 0.0 if self._session.sound is None else self._session.sound.received_s
                for channel in range(self._asked.channels):
                    await self._results(channel, at_s, at_s, from_finalize=True)
            case Closed():
                await self._metadata(event.duration_s)
            case _:
                pass

    async def _sound(self, data: bytes) -> bool:
        if not data:  # how clients of before CloseStream ended
            self._session.end()
            return False
        self._sha256.update(data)
        if self._opus is not None:
            data = await asyncio.to_thread(self._opus.decode, data)
        await self._session.feed(data)
        return True

    async def _final(self, event: FinalText) -> None:
        start_s, end_s = event.start_s or 0.0, event.end_s or 0.0
        await self._results(
            event.channel,
            start_s,
            end_s,
            event.text,
            words=event.words,
            confidence=event.confidence or 0.0,
            speech_final=not event.goes_on,
        )
        if self._asked.utterance_end and not event.goes_on:
            await self._send(
                {
                    "type": "UtteranceEnd", "channel": [event.channel, self._asked.channels],
                    "last_word_end": end_s,
                }
            )  # fmt: skip

    async def _results(
        self,
        channel: int,
        start_s: float,
        end_s: float,
        text: str = "",
        *,
        words: tuple[Word, ...] = (),
        confidence: float = 0.0,
        is_final: bool = True,
        speech_final: bool = False,
        from_finalize: bool = False,
    ) -> None:
        shown = [
            {
                "word": word.text.strip(_PUNCTUATION).lower() or word.text,
                "start": word.start_s, "end": word.end_s, "confidence": word.probability,
                "punctuated_word": word.text,
            }
            for word in words
        ]  # fmt: skip
        alternative: dict[str, Any] = {"transcript": text, "confidence": confidence, "words": shown}
        await self._send(
            {
                "type": "Results",
                "channel_index": [channel, self._asked.channels],
                "start": start_s,
                "duration": round(max(0.0, end_s - start_s), 3),
                "is_final": is_final,
                "speech_final": speech_final,
                "from_finalize": from_finalize,
                "channel": {"alternatives": [alternative]},
                "metadata": self._about,
            }
        )

    async def _metadata(self, duration_s: float) -> None:
        await self._send(
            {
                "type": "Metadata",
                "transaction_key": "deprecated",
                "request_id": self._about["request_id"],
                "sha256": self._sha256.hexdigest(),
                "created": self._created.isoformat().replace("+00:00", "Z"),
                "duration": duration_s,
                "channels": self._asked.channels,
            }
        )

    async def _send(self, message: dict[str, Any]) -> None:
        async with self._sending:
            await self._websocket.send_json(message)

"""Asterisk's AudioSocket: a TCP connection for each leg of a call.

A frame is a kind, a length in two bytes (big-endian) and its payload; the first names a UUID, which
is the only proof of who connects: it has to have been announced. The frames are those of
https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conversation import Speaker
from conversation.errors import Conflict, EntenduError
from serving.live.facts import SessionFacts, SoundFormat
from serving.live.hub import LiveHub
from serving.live.outbox import Outbox
from serving.live.session import LiveSession
from serving.live.timeline import TwoTracks
from serving.store.tables import DEFAULT_TEAM

logger = logging.getLogger("entendu.live")

ANNOUNCED_S = 600.0
"""A call that was announced is waited for so long."""

UUID_S = 5.0

HANGUP, IDENTITY, SILENCE, DTMF, ERROR = 0x00, 0x01, 0x02, 0x03, 0xFF
RATES_HZ = {
    0x10: 8000, 0x11: 12_000, 0x12: 16_000, 0x13: 24_000, 0x14: 32_000, 0x15: 44_100, 0x16: 48_000,
}  # fmt: skip
"""Kinds of frames with 16-bit little-endian sound; 96 and 192 kHz carry no speech."""


@dataclass(frozen=True)
class Leg:
    """One side of a call.

    Attributes:
        id: UUID under which Asterisk connects it.
        speaker: Who is on it; ``unknown`` where both sides are mixed.
    """

    id: uuid.UUID
    speaker: Speaker


@dataclass
class Call:
    """A call that is waited for, or goes on.

    Attributes:
        legs: One, with both sides mixed, or two.
        owner: Who announced it.
        team: Whose it is.
        details: Queue, keys and language.
        until_s: Until when it is waited for.
    """

    legs: tuple[Leg, ...]
    owner: str
    team: str
    details: dict[str, Any] = field(default_factory=dict)
    until_s: float = float("inf")
    session: LiveSession | None = None
    tracks: TwoTracks | None = None
    began_s: float = 0.0
    connected: set[uuid.UUID] = field(default_factory=set)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)


class AudioSocketServer:
    """Listens for Asterisk.

    Args:
        hub: Opens the sessions.
        clock: Seconds that never go back.
    """

    def __init__(self, hub: LiveHub, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._calls: dict[uuid.UUID, Call] = {}
        self._always = frozenset(map(uuid.UUID, hub.service.settings.audiosocket_uuids))
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        if self._server is None:
            return None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self, host: str, port: int) -> None:
        """Begin to listen.

        Args:
            host: Address.
            port: Port; 0: any that is free.

        Raises:
            Conflict: The port is not free.
        """
        try:
            self._server = await asyncio.start_server(self._serve, host, port)
        except OSError as error:
            raise Conflict(
                f"cannot listen for AudioSocket on {host}:{port}: {error.strerror}",
                remedy="choose another audiosocket_port",
            ) from error

    async def close(self) -> None:
        """Stop listening and let go of the calls."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        self._server = None

    def announce(
        self, legs: tuple[Leg, ...], *, owner: str, team: str, details: dict[str, Any]
    ) -> None:
        """Wait for a call.

        Args:
            legs: Its sides, one or two.
            owner: Who announces it.
            team: Whose it is.
            details: Queue, keys and language.

        Raises:
            Conflict: One of the UUIDs is announced already.
        """
        now_s = self._clock()
        self._calls = {
            one: call
            for one, call in self._calls.items()
            if call.until_s > now_s or call.session is not None
        }
        for leg in legs:
            if leg.id in self._calls:
                raise Conflict(
                    f"the UUID {leg.id} is announced already", remedy="take a new one for each call"
                )
        call = Call(legs, owner, team, details, now_s + ANNOUNCED_S)
        for leg in legs:
            self._calls[leg.id] = call

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
        try:
            await self._converse(reader)
        except EntenduError as error:
            facts = {"protocol": "audiosocket", "error": type(error).__name__}
            logger.warning("live stream refused", extra={"facts": facts})
        except (asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            pass
        finally:
            if task is not None:
                self._connections.discard(task)
            with contextlib.suppress(ConnectionError):
                writer.write(bytes((HANGUP, 0, 0)))
                writer.close()
                await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader) -> None:
        async with asyncio.timeout(UUID_S):
            kind, payload = await _frame(reader)
        if kind != IDENTITY or len(payload) != 16:
            raise Conflict("got no UUID first", remedy="let Asterisk's AudioSocket connect")
        name = uuid.UUID(bytes=payload)
        call, leg = self._call_of(name)
        if name in call.connected:
            raise Conflict("the UUID is connected already")
        call.connected.add(name)
        try:
            await self._listen(reader, call, leg)
        finally:
            call.connected.discard(name)
            if not call.connected:
                await self._end(call)

    def _call_of(self, name: uuid.UUID) -> tuple[Call, int]:
        call = self._calls.get(name)
        if call is None and name in self._always:
            call = self._calls[name] = Call((Leg(name, "unknown"),), "audiosocket", DEFAULT_TEAM)
        if call is None or (call.session is None and call.until_s < self._clock()):
            raise Conflict("the UUID was not announced", remedy="announce the call before")
        return call, [one.id for one in call.legs].index(name)

    async def _listen(self, reader: asyncio.StreamReader, call: Call, leg: int) -> None:
        idle_s = self._hub.limits.idle_s
        place_s: float | None = None
        known: int | None = None
        while True:
            async with asyncio.timeout(idle_s):
                kind, payload = await _frame(reader)
            if kind in (HANGUP, ERROR):
                return
            if kind not in RATES_HZ:
                continue  # silence, a digit
            known = known or kind
            if kind != known or len(payload) % 2:
                raise Conflict("the sound changes its rate", remedy="use one codec for a call")
            session = await self._session(call, RATES_HZ[kind])
            if call.tracks is None:
                await session.feed(payload)
                continue
            if place_s is None:
                place_s = self._clock() - call.began_s
            mixed = call.tracks.add(leg, place_s, payload)
            place_s += len(payload) / 2 / RATES_HZ[kind]
            if mixed:
                await session.feed(mixed)

    async def _session(self, call: Call, rate_hz: int) -> LiveSession:
        async with call.opening:
            if call.session is None:
                call.session = await self._hub.open(
                    SessionFacts(
                        id=self._hub.new_id(),
                        protocol="audiosocket",
                        team=call.team,
                        owner=call.owner,
                        sound=SoundFormat(
                            encoding="s16le",
                            sample_rate_hz=rate_hz,
                            speakers=tuple(leg.speaker for leg in call.legs),
                        ),
                        started_at=datetime.now(UTC),
                        external_id=str(call.legs[0].id),
                        **call.details,
                    )
                )
                call.began_s = self._clock()
                call.session.attach(_Nobody())
                if len(call.legs) > 1:
                    call.tracks = TwoTracks(rate_hz=rate_hz, silence=b"\x00\x00")
        sound = call.session.facts.sound
        if sound is None or sound.sample_rate_hz != rate_hz:
            raise Conflict("the legs have different rates", remedy="use one codec for both")
        return call.session

    async def _end(self, call: Call) -> None:
        for leg in call.legs:
            self._calls.pop(leg.id, None)
        if call.session is None:
            return
        with contextlib.suppress(EntenduError):
            if call.tracks is not None:
                await call.session.feed(call.tracks.rest())
        call.session.end()


async def listen_for_asterisk(hub: LiveHub) -> AudioSocketServer | None:
    """Begin to listen where the settings say so; None where they do not.

    Raises:
        Conflict: The port is not free.
    """
    settings = hub.service.settings
    if settings.audiosocket_port is None:
        return None
    server = AudioSocketServer(hub)
    await server.start(settings.host, settings.audiosocket_port)
    return server


class _Nobody(Outbox):
    """Asterisk hears nothing of what is concluded."""

    def put(self, event: object) -> None:
        """Forget it."""


async def _frame(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    kind, high, low = await reader.readexactly(3)
    return kind, await reader.readexactly(high << 8 | low)

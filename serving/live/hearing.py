"""From the sound of a session to its turns, and to the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from serving.live.events import Lagging, PartialText
from serving.live.facts import SoundFormat
from serving.live.record import Record
from serving.live.sound import SoundBuffer
from serving.live.turns import final_of, moved
from serving.operation.metrics import LIVE_DELAY_SECONDS
from speech.live import (
    Final,
    Lag,
    LiveStream,
    Partial,
    Recovered,
    SpeechEnded,
    SpeechStarted,
    Withdrawn,
)

FEED_EVERY_S = 0.06

_PIECE_S = 1.0
_MARGIN_S = 0.6  # of sound before an utterance that belongs to it
_UNDECIDED_S = 1.6  # whether speech starts there is not known yet
_SOON_S = 0.02


class Hearing:
    """Feeds a stream, tells what is heard in it, and keeps sound that was heard to its end.

    Args:
        stream: Hears.
        sound: How the sound is sent.
        record: Of what is said.
        kept: Byte with which the sound goes on, after a restart of the service.
        clock: Seconds that never go back.

    Attributes:
        sound: Bytes by their place.
    """

    def __init__(
        self,
        stream: LiveStream,
        sound: SoundFormat,
        record: Record,
        *,
        kept: int,
        clock: Callable[[], float],
    ) -> None:
        self.sound = SoundBuffer(sound, kept=kept, done_s=record.done_s)
        self._stream = stream
        self._format = sound
        self._record = record
        self._clock = clock
        self._base_s = self.sound.received_s
        self._open: dict[tuple[int, int], float] = {}
        self._is_ending = False
        self._fed, self._room = asyncio.Event(), asyncio.Event()

    @property
    def is_speaking(self) -> bool:
        """Whether an utterance has no final yet."""
        return bool(self._open) or self._stream.waiting_s > 0

    @property
    def is_settled(self) -> bool:
        """Whether nobody speaks and no digits are hidden."""
        return not self._open and self._record.redactor.open_from_s is None

    # What comes in

    def add(self, data: bytes, offset: int | None) -> None:
        """Take sound.

        Args:
            data: The next bytes.
            offset: Place of the first; None: it follows what was received.

        Raises:
            BadInput: Bytes before these are missing.
        """
        self.sound.add(data, offset)
        self._fed.set()

    async def wait_for_room(self, buffer_s: float) -> bool:
        """Wait while more sound waits than it may; return whether that took time."""
        waited = False
        while self.sound.waiting_s > buffer_s and not self._is_ending:
            self._room.clear()
            await self._room.wait()
            waited = True
        return waited

    async def flush(self) -> None:
        """End the open utterances where the sound ends now."""
        while (
            self.sound.received - self.sound.heard >= self._format.frame_bytes
            and not self._is_ending
        ):
            self._room.clear()
            await self._room.wait()
        await asyncio.to_thread(self._stream.flush)

    async def finish_speaking(self) -> None:
        """Wait until every utterance that was begun has its final."""
        while self.is_speaking and not self._is_ending:
            await asyncio.sleep(_SOON_S)

    def end(self) -> None:
        """Say that no more sound comes."""
        self._is_ending = True
        self._fed.set()
        self._room.set()

    async def cancel(self) -> None:
        """Hear no more."""
        self.end()
        await asyncio.to_thread(self._stream.cancel)

    # What is heard

    async def feed_on(self) -> None:
        """Feed the stream until the sound ends."""
        while True:
            if self.sound.received - self.sound.heard < self._format.frame_bytes:
                self._room.set()
                if self._is_ending:
                    break
                self._fed.clear()
                await self._fed.wait()
                continue
            await self._stream.drain()
            data = self.sound.next_to_hear(_PIECE_S)
            await asyncio.to_thread(self._stream.feed_interleaved, data)
            self._room.set()
            await asyncio.sleep(0 if self.sound.waiting_s > _PIECE_S else FEED_EVERY_S)
        await asyncio.to_thread(self._stream.close)

    async def hear_on(self) -> None:
        """Tell what is heard until the stream ends."""
        async for event in self._stream:
            match event:
                case SpeechStarted():
                    self._open[event.channel, event.utterance] = event.start_s + self._base_s
                    self._put_speech(event)
                case SpeechEnded():
                    self._put_speech(event)
                case Partial():
                    await self._partial(event)
                case Final():
                    await self._final(event)
                case Withdrawn():
                    self._open.pop((event.channel, event.utterance), None)
                    self._put_speech(event)
                case Lag():
                    self._record.put(Lagging(behind_s=event.behind_s))
                case Recovered():
                    self._record.put(Lagging(behind_s=0.0))
                case _:
                    pass

    async def _partial(self, event: Partial) -> None:
        if not self._record.is_followed:
            return
        text = await self._record.partial(event.text, event.speaker)
        self._record.put(
            PartialText(
                channel=event.channel,
                speaker=event.speaker,
                utterance=event.utterance,
                text=text,
                start_s=event.start_s + self._base_s,
                end_s=event.end_s + self._base_s,
                language=event.language,
            )
        )

    async def _final(self, event: Final) -> None:
        turn = moved(event.to_turn(0), self._base_s)
        if event.latency_s is not None:
            LIVE_DELAY_SECONDS.observe(event.latency_s)
        await self._record.add(
            turn,
            final_of(event, turn, self._base_s, event.latency_s),
            self._clock(),
            done=(event.channel, event.speech_end_s + self._base_s),
        )
        self._open.pop((event.channel, event.utterance), None)

    def _put_speech(self, event: SpeechStarted | SpeechEnded | Withdrawn) -> None:
        if self._record.outbox is not None and self._record.outbox.wants_speech:
            self._record.put(event)

    # What is kept

    async def keep(self, *, everything: bool = False) -> None:
        """Write the sound up to which everything was heard to its end.

        Args:
            everything: All of it was.
        """
        spool = self._record.spool
        if spool is None:
            # What was heard is not needed again.
            self.sound.next_to_keep(self._format.seconds(self.sound.heard), ())
            return
        until_s = self._format.seconds(self.sound.heard)
        if not everything:
            starts = [start_s - _MARGIN_S for start_s in self._open.values()]
            hidden_s = self._record.redactor.open_from_s
            if hidden_s is not None:
                starts.append(hidden_s - _MARGIN_S)
            until_s = min([until_s - _UNDECIDED_S, *starts])
        data = self.sound.next_to_keep(until_s, self._record.spans_s)
        if data:
            await asyncio.to_thread(spool.keep, data, self.sound.kept)

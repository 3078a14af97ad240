"""What comes into a live session: sound, messages, and what the agent does with cards."""

from __future__ import annotations

from abc import ABC, abstractmethod

from conversation import Speaker, Turn
from conversation.errors import BadInput
from kb_search.assistant.cards import Judgement
from serving.live.concluding import Concluding
from serving.live.events import CardsMuted, CardTaken, FinalText
from serving.live.facts import SessionFacts
from serving.live.hearing import Hearing
from serving.live.parts import Limits, Parts
from serving.live.record import Record

_PIECE_S = 1.0


class Incoming(ABC):
    """Takes what a session is sent. All methods are for the event loop.

    Attributes:
        facts: Of the session.
        limits: How much it may take.
        record: What was said so far.
        is_muted: Whether the agent asked for no cards.
    """

    facts: SessionFacts
    limits: Limits
    record: Record
    is_muted: bool
    _parts: Parts
    _hearing: Hearing | None
    _concluding: Concluding | None

    @abstractmethod
    def touch(self) -> None:
        """Note that the client is there."""

    @abstractmethod
    def end_at_limit(self) -> None:
        """End a session that is as long as one may be."""

    @abstractmethod
    def _check_open(self) -> None:
        """Raise Conflict where the session is ending."""

    @abstractmethod
    def _acknowledge(self) -> None:
        """Say what has arrived and what is kept."""

    async def feed(self, data: bytes, offset: int | None = None) -> None:
        """Take sound; waits while too much of it waits for the recogniser.

        Args:
            data: The next bytes, channels sample by sample.
            offset: Place of the first byte; None: it follows what was received.

        Raises:
            BadInput: The session is one of text, or bytes before these are missing.
            Conflict: The session is ending.
        """
        if self._hearing is None:
            raise BadInput("got sound in a session of text", remedy="name audio when it starts")
        self._check_open()
        self.touch()
        self._hearing.add(data, offset)
        if await self._hearing.wait_for_room(self.limits.buffer_s):
            self.touch()
        if self._hearing.sound.received_s > self.limits.longest_s:
            self.end_at_limit()

    async def skip(self, duration_s: float) -> None:
        """Leave a hole of silence for time in which no sound was sent."""
        sound = self.facts.sound
        if sound is None:
            return
        left = sound.size_bytes(min(duration_s, self.limits.longest_s))
        frame = sound.silence * len(sound.speakers)
        while left > 0:
            size = min(left, sound.size_bytes(_PIECE_S))
            await self.feed(frame * (size // len(frame)))
            left -= size

    async def flush(self) -> None:
        """End the open utterances here; their finals follow.

        Raises:
            Conflict: The session is ending.
        """
        if self._hearing is not None:
            self._check_open()
            await self._hearing.flush()

    async def finalize(self) -> None:
        """End the open utterances here, and wait until their finals are said.

        Raises:
            Conflict: The session is ending.
        """
        if self._hearing is None:
            return
        await self.flush()
        await self._hearing.finish_speaking()
        await self.record.settle(self._parts.clock(), everything=True)

    async def write(self, speaker: Speaker, text: str, message: str | None = None) -> None:
        """Take a message of a chat.

        Args:
            speaker: Who wrote it.
            text: It.
            message: The client's id of it; one that is known already is not taken again.

        Raises:
            BadInput: The session is one of sound.
            Conflict: The session is ending.
        """
        if self._hearing is not None:
            raise BadInput(
                "got a message in a session of sound", remedy="start a session without audio"
            )
        self._check_open()
        self.touch()
        name = message or f"#{len(self.record.messages)}"
        if name not in self.record.messages:
            turn = Turn(index=0, speaker=speaker, text=text)
            final = FinalText(turn=0, speaker=speaker, text="")
            await self.record.add(turn, final, self._parts.clock(), message=name)
        self._acknowledge()

    async def judge(self, card_id: str, judgement: Judgement) -> None:
        """Take what the agent did with a card."""
        if self._concluding is not None and await self._concluding.judge(card_id, judgement):
            self.record.put(CardTaken(id=card_id, judgement=judgement))

    async def mute(self, *, is_muted: bool) -> None:
        """Show no cards, or show them again."""
        if self._concluding is None or not await self._concluding.mute(is_muted=is_muted):
            return
        self.is_muted = is_muted
        self.record.put(CardsMuted(muted=is_muted))

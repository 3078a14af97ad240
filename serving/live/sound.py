"""The sound of a session between its client, the recogniser and the disk."""

from __future__ import annotations

from collections.abc import Iterable

from conversation.errors import BadInput
from serving.live.facts import SoundFormat


class SoundBuffer:
    """Bytes by their place in the sound: received, then heard, then kept.

    Only what is not kept yet is in memory.

    Args:
        sound: How it is sent.
        kept: Where it goes on, after a restart of the service; 0 for a new session.
        done_s: For each channel, up to where everything that was said has its final: what is
            sent again before that is not heard again.

    Attributes:
        received: Place of the next byte.
        heard: Place of the next byte for the recogniser.
        kept: Place of the next byte for the disk.
    """

    def __init__(
        self, sound: SoundFormat, *, kept: int = 0, done_s: dict[int, float] | None = None
    ) -> None:
        self._format = sound
        self._bytes = bytearray()
        self._done_s = dict(done_s or {})
        self.start = self.received = self.heard = self.kept = kept

    @property
    def waiting_s(self) -> float:
        """Seconds that the recogniser has not taken yet."""
        return self._format.seconds(self.received - self.heard)

    @property
    def received_s(self) -> float:
        """Seconds of sound so far."""
        return self._format.seconds(self.received)

    def add(self, data: bytes, offset: int | None = None) -> int:
        """Take bytes.

        Args:
            data: The sound.
            offset: Place of its first byte; None: it follows what was received.

        Returns:
            How many of the bytes were new.

        Raises:
            BadInput: Bytes before them are missing.
        """
        place = self.received if offset is None else offset
        if place > self.received:
            raise BadInput(
                f"got sound from byte {place} on, expected byte {self.received}",
                remedy="go on with the byte that the last ack or started names",
            )
        new = data[self.received - place :]
        self._bytes += new
        self.received += len(new)
        return len(new)

    def next_to_hear(self, longest_s: float) -> bytes:
        """Return whole frames for the recogniser, silent where they were heard before."""
        size = min(self.received - self.heard, max(1, self._format.size_bytes(longest_s)))
        size -= size % self._format.frame_bytes
        at = self.heard - self.kept
        data = bytearray(self._bytes[at : at + size])
        start_s = self._format.seconds(self.heard)
        for channel, done_s in self._done_s.items():
            if done_s > start_s:
                self._silence(data, self.heard, [(start_s, done_s)], channel)
        self.heard += size
        return bytes(data)

    def next_to_keep(self, until_s: float, spans_s: Iterable[tuple[float, float]]) -> bytes:
        """Return sound for the disk.

        Args:
            until_s: Everything before was heard to the end.
            spans_s: What must not reach the disk.

        Returns:
            The sound, silent in the spans; empty where nothing is new.
        """
        until = min(self._format.size_bytes(until_s), self.heard)
        until -= until % self._format.frame_bytes
        if until <= self.kept:
            return b""
        data = self._bytes[: until - self.kept]
        self._silence(data, self.kept, spans_s)
        del self._bytes[: until - self.kept]
        self.kept = until
        return bytes(data)

    def _silence(
        self,
        data: bytearray,
        place: int,
        spans_s: Iterable[tuple[float, float]],
        channel: int | None = None,
    ) -> None:
        silence_frames(self._format, data, place, spans_s, channel)


def silence_frames(
    sound: SoundFormat,
    data: bytearray,
    place: int,
    spans_s: Iterable[tuple[float, float]],
    channel: int | None = None,
) -> None:
    """Silence stretches of sound in place.

    Args:
        sound: How it is sent.
        data: Whole frames.
        place: Of their first byte in the whole sound.
        spans_s: Seconds from the start of the whole sound.
        channel: Which one; all when None.
    """
    for start_s, end_s in spans_s:
        first = max(sound.size_bytes(start_s), place) - place
        last = min(sound.size_bytes(end_s) + sound.frame_bytes, place + len(data)) - place
        last -= last % sound.frame_bytes
        if first >= last:
            continue
        frames = (last - first) // sound.frame_bytes
        if channel is None:
            data[first:last] = sound.silence * (frames * len(sound.speakers))
            continue
        width = sound.sample_bytes
        for byte in range(width):
            at = first + channel * width + byte
            data[at : last : sound.frame_bytes] = sound.silence[byte : byte + 1] * frames

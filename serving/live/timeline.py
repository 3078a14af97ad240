"""Tracks that come each for itself, with times, laid side by side."""

from __future__ import annotations


class TwoTracks:
    """Two tracks, as bytes of a recording with two channels.

    What is missing on one side is silence; a packet that comes later than it can still be placed
    is dropped, as it would be on the telephone.

    Args:
        rate_hz: Samples a second.
        silence: One sample of silence.
        late_s: How long one side waits for the other, seconds.
    """

    def __init__(self, *, rate_hz: int, silence: bytes, late_s: float = 0.25) -> None:
        self._rate_hz = rate_hz
        self._silence = silence
        self._width = len(silence)
        self._late = round(late_s * rate_hz)
        self._tracks = (bytearray(), bytearray())
        self._start = 0

    def add(self, track: int, at_s: float, samples: bytes) -> bytes:
        """Take a packet.

        Args:
            track: 0 or 1.
            at_s: When it begins, seconds from the start.
            samples: Whole ones.

        Returns:
            What is complete by now, the samples of the two tracks by turns.
        """
        own = self._tracks[track]
        place = round(at_s * self._rate_hz) - self._start
        expected = len(own) // self._width
        if abs(place - expected) <= self._rate_hz // 50:
            place = expected  # times are rounded to milliseconds; the packets follow each other
        if place < expected:
            samples = samples[(expected - place) * self._width :]
            place = expected
        own += self._silence * (place - expected)
        own += samples
        return self._taken(waiting=self._late)

    def rest(self) -> bytes:
        """Return what is left at the end."""
        return self._taken(waiting=0)

    def _taken(self, *, waiting: int) -> bytes:
        lengths = [len(track) // self._width for track in self._tracks]
        size = max(min(lengths), max(lengths) - waiting)
        if size <= 0:
            return b""
        width = self._width
        mixed = bytearray(2 * size * width)
        for number, track in enumerate(self._tracks):
            track.extend(self._silence * (size - len(track) // width))
            for byte in range(width):
                at = number * width + byte
                mixed[at :: 2 * width] = track[byte : size * width : width]
            del track[: size * width]
        self._start += size
        return bytes(mixed)

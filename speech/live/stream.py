"""One live stream: sound in, events out."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from conversation import Speaker
from conversation.errors import BadInput, Conflict
from speech.decoding import SAMPLE_RATE_HZ
from speech.live.channel import LiveChannel
from speech.live.encoding import Encoding, SampleReader, clean_samples
from speech.live.event_queue import EventQueue
from speech.live.events import Ended, Lag, LiveEvent, Recovered
from speech.live.language import StreamLanguage
from speech.live.resampling import StreamResampler
from speech.live.wakeups import Wakeups
from speech.voice_activity import FRAME_SAMPLES

if TYPE_CHECKING:
    from speech.live.scheduler import Scheduler

_PIECE_S = 5.0
_SHORT_HOLE_S = 2.0
_SAY_AGAIN = 1.5


class Detector(Protocol):
    """Voice activity, as :class:`speech.voice_activity.SpeechDetector` tells it."""

    def advance(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """Take samples; return the probabilities of the frames that they complete."""


class _Intake:
    """What happens to the sound of one channel before it is looked at."""

    def __init__(self, encoding: Encoding, sample_rate_hz: int, detector: Detector) -> None:
        self.lock = threading.Lock()
        self.reader = SampleReader(encoding)
        self.resampler = StreamResampler(sample_rate_hz)
        self.detector = detector


class LiveStream:
    """Takes the sound of one call as it comes, and says what is said in it.

    Made by :meth:`speech.live.LiveTranscriber.open`. Sound may be fed from any thread; one
    reader takes the events, with ``for event in stream`` in a thread or
    ``async for event in stream`` in asyncio, until the stream has ended. All times are those of
    the sound: what was fed, at its rate, from the first sample on.

    Attributes:
        id: Of the stream, in each event.
        channels: By number.
    """

    def __init__(
        self,
        stream_id: str,
        speakers: Mapping[int, Speaker],
        scheduler: Scheduler,
        *,
        sample_rate_hz: int,
        encoding: Encoding,
        language: StreamLanguage,
        is_real_time: bool,
        make_detector: Callable[[], Detector],
    ) -> None:
        self.id = stream_id
        self._scheduler = scheduler
        self._encoding: Encoding = encoding
        self._rate_hz = sample_rate_hz
        self._is_real_time = is_real_time
        self._events = EventQueue()
        self._room = Wakeups()
        self._state = "open"
        self._failure: Exception | None = None
        self._said_lag_s = 0.0
        self._mixed = SampleReader(encoding)
        self._mixed_rest = np.zeros(0, np.float32)
        self._intakes = {
            number: _Intake(encoding, sample_rate_hz, make_detector()) for number in speakers
        }
        self.channels = {
            number: LiveChannel(
                stream_id,
                number,
                speaker,
                options=scheduler.options,
                language=language,
                is_real_time=is_real_time,
                emit=self._events.put,
            )
            for number, speaker in speakers.items()
        }

    @property
    def duration_s(self) -> float:
        """Seconds of sound so far, of the longest channel."""
        return max(channel.duration_s for channel in self.channels.values())

    @property
    def waiting_s(self) -> float:
        """Seconds of utterances that have ended and wait for their final."""
        return sum(channel.waiting_s for channel in self.channels.values())

    def feed(self, data: bytes | NDArray[np.float32], channel: int = 0) -> None:
        """Take the next sound of a channel.

        Waits while more than ``LiveOptions.waiting_s`` of speech has no final yet, which
        happens when a file is fed, or to a machine that is far too slow. In asyncio
        ``await stream.drain()`` before: then it does not wait.

        Args:
            data: Bytes in the stream's encoding, in pieces of any size, a sample may be split
                between two; or float32 samples of shape ``(n,)`` from -1 to 1.
            channel: Which one.

        Raises:
            BadInput: The stream has no such channel, or the array is no sound.
            Conflict: The stream was closed.
        """
        intake = self._intakes.get(channel)
        if intake is None:
            raise BadInput(
                f"expected one of the channels {sorted(self._intakes)}, got {channel}",
                remedy="name all channels when the stream is opened",
            )
        with intake.lock:
            samples = intake.reader.read(data) if isinstance(data, bytes) else _checked(data)
            step = max(1, round(_PIECE_S * self._rate_hz))
            for start in range(0, len(samples), step):
                self._wait_for_room()
                self._take(channel, intake.resampler.feed(samples[start : start + step]))

    def feed_interleaved(self, data: bytes) -> None:
        """Take the next sound of all channels, whose samples take turns.

        Args:
            data: Bytes in the stream's encoding, in pieces of any size; the channels are in
                the order of their numbers.

        Raises:
            Conflict: The stream was closed.
        """
        numbers = sorted(self._intakes)
        samples = np.concatenate((self._mixed_rest, self._mixed.read(data)))
        whole = len(samples) - len(samples) % len(numbers)
        self._mixed_rest = samples[whole:]
        for place, number in enumerate(numbers):
            self.feed(np.ascontiguousarray(samples[place : whole : len(numbers)]), number)

    async def drain(self) -> None:
        """Wait in asyncio until there is room for more sound."""
        while True:
            with self._scheduler.changed:
                if self._has_room():
                    return
                waiter = self._room.add()
            try:
                await waiter
            finally:
                with self._scheduler.changed:
                    self._room.discard(waiter)

    def skip(self, duration_s: float, channel: int | None = None) -> None:
        """Leave a hole: sound that was not sent, but time that passed (a held call).

        Args:
            duration_s: Seconds.
            channel: Which one; all when None.

        Raises:
            Conflict: The stream was closed.
        """
        for number in self._numbers(channel):
            intake, count = self._intakes[number], round(duration_s * SAMPLE_RATE_HZ)
            with intake.lock:
                self._take(number, intake.resampler.finish())
                if count > _SHORT_HOLE_S * SAMPLE_RATE_HZ:
                    count -= self._fill_frame(number)
                    with self._scheduler.changed:
                        self.channels[number].stop(self._scheduler.clock())
                        self.channels[number].skip(count // FRAME_SAMPLES)
                        self._scheduler.changed.notify_all()
                    count %= FRAME_SAMPLES
                self._take(number, np.zeros(count, np.float32))

    def flush(self, channel: int | None = None) -> None:
        """End the open utterances here, without waiting for a silence; their finals follow.

        For sources that stop sending while nobody speaks, and for clients that say themselves
        when a turn is over. What follows starts a new utterance.

        Args:
            channel: Which one; all when None.

        Raises:
            Conflict: The stream was closed.
        """
        for number in self._numbers(channel):
            intake = self._intakes[number]
            with intake.lock:
                self._take(number, intake.resampler.finish())
                self._fill_frame(number)
                with self._scheduler.changed:
                    self.channels[number].stop(self._scheduler.clock())
                    self._scheduler.changed.notify_all()

    def close(self) -> None:
        """End the stream: no more sound; the last finals and then ``Ended`` follow."""
        with self._scheduler.changed:
            if self._state != "open":
                return
        for number, intake in self._intakes.items():
            with intake.lock:
                self._take(number, intake.resampler.finish())
        with self._scheduler.changed:
            ends = {number: channel.samples for number, channel in self.channels.items()}
        for number, intake in self._intakes.items():
            with intake.lock:
                # the last frame of voice activity is filled with silence
                missing = -ends[number] % FRAME_SAMPLES
                probabilities = intake.detector.advance(np.zeros(missing, np.float32))
            with self._scheduler.changed:
                now_s = self._scheduler.clock()
                nothing = np.zeros(0, np.float32)
                self.channels[number].take(nothing, probabilities.tolist(), now_s)
                self.channels[number].stop(now_s)
        with self._scheduler.changed:
            if self._state == "open":
                self._state = "closing"
            self.after_round(self._scheduler.clock())
            self._scheduler.changed.notify_all()

    def cancel(self) -> None:
        """End the stream at once; what has no final yet will have none."""
        with self._scheduler.changed:
            if self._state == "ended":
                return
            for channel in self.channels.values():
                channel.cancel()
            self._end(cancelled=True)

    def fail(self, error: Exception) -> None:
        """End the stream with an error, which its reader and its feeder get."""
        with self._scheduler.changed:
            self._failure = error
            for channel in self.channels.values():
                channel.cancel()
            self._events.fail(error)
            self._end(cancelled=True)

    def after_round(self, now_s: float) -> None:
        """Say how late the stream is, and end it when it was closed and all is said.

        Args:
            now_s: On the machine's clock.
        """
        if self._state == "closing" and self.waiting_s == 0:
            self._end(cancelled=False)
        if self._has_room():
            self._room.wake()
        if self._is_real_time and self._state != "ended":
            self._tell_lag(now_s)

    def next_event(self, timeout_s: float | None = None) -> LiveEvent | None:
        """Wait in a thread for the next event.

        Args:
            timeout_s: Give up after that long, seconds; None waits for ever.

        Returns:
            The event; None after the last one, and when none came in time.
        """
        return self._events.get(timeout_s)

    def __iter__(self) -> Iterator[LiveEvent]:
        while (event := self._events.get()) is not None:
            yield event

    async def __aiter__(self) -> AsyncIterator[LiveEvent]:
        while (event := await self._events.get_async()) is not None:
            yield event

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            self.close()
        else:
            self.cancel()

    def _take(self, number: int, sound: NDArray[np.float32]) -> None:
        if len(sound) == 0:
            return
        probabilities = self._intakes[number].detector.advance(sound).tolist()
        with self._scheduler.changed:
            self._check_open()
            now_s = self._scheduler.clock()
            self.channels[number].take(sound, probabilities, now_s)
            if self._is_real_time:
                self._tell_lag(now_s)
            self._scheduler.changed.notify_all()

    def _fill_frame(self, number: int) -> int:
        """Feed silence up to the end of the frame; return how many samples that took."""
        missing = -self.channels[number].samples % FRAME_SAMPLES
        self._take(number, np.zeros(missing, np.float32))
        return missing

    def _wait_for_room(self) -> None:
        with self._scheduler.changed:
            self._check_open()
            while not self._has_room():
                self._scheduler.changed.wait()
            self._check_open()

    def _has_room(self) -> bool:
        return self._state != "open" or self.waiting_s <= self._scheduler.options.waiting_s

    def _tell_lag(self, now_s: float) -> None:
        due = [
            channel.due_at_s(self._scheduler.pace.interval_s, now_s)
            for channel in self.channels.values()
        ]
        behind_s = max((now_s - at_s for at_s in due if at_s is not None), default=0.0)
        least_s = self._scheduler.options.lag_s
        if behind_s >= max(least_s, _SAY_AGAIN * self._said_lag_s):
            self._said_lag_s = behind_s
            self._events.put(Lag(stream_id=self.id, behind_s=round(behind_s, 2)))
        elif self._said_lag_s and behind_s < least_s / 2:
            self._said_lag_s = 0.0
            self._events.put(Recovered(stream_id=self.id))

    def _end(self, *, cancelled: bool) -> None:
        self._state = "ended"
        if self in self._scheduler.streams:
            self._scheduler.streams.remove(self)
        self._events.put(Ended(stream_id=self.id, duration_s=self.duration_s, cancelled=cancelled))
        self._room.wake()
        self._scheduler.changed.notify_all()

    def _numbers(self, channel: int | None) -> list[int]:
        with self._scheduler.changed:
            self._check_open()
        return sorted(self._intakes) if channel is None else [channel]

    def _check_open(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._state != "open":
            raise Conflict(
                f"the stream {self.id} is closed and takes no more sound",
                remedy="open another one",
            )


def _checked(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    if samples.ndim != 1 or samples.dtype.kind != "f":
        raise BadInput(
            f"expected floating-point samples of shape (n,), got {samples.dtype} of shape "
            f"{samples.shape}",
            remedy="feed each channel by itself, as floats from -1 to 1 or as bytes",
        )
    return clean_samples(samples)

"""Live streams without a model: sound whose loudness is the speech, and a clock that is set."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import pytest

from speech.heard import HeardSegment, HeardWord
from speech.live.events import LiveEvent
from speech.live.language import StreamLanguage
from speech.live.options import LiveOptions
from speech.live.scheduler import Scheduler
from speech.live.stream import LiveStream
from speech.voice_activity import FRAME_SAMPLES

RATE_HZ = 16_000


class LoudnessDetector:
    """Takes loud frames for speech."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def advance(self, samples: np.ndarray) -> np.ndarray:
        samples = np.concatenate((self._rest, samples))
        count = len(samples) // FRAME_SAMPLES
        self._rest = samples[count * FRAME_SAMPLES :]
        frames = samples[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
        return np.where(frames.max(axis=1, initial=0) > 0.08, 0.95, 0.02)


class BurstRecogniser:
    """Hears a word in each burst of sound: its level in thousandths is the word.

    A burst of which a part is missing is another word, so nothing that is cut, lost or doubled
    goes unnoticed. ``cost`` advances the clock by seconds for each round, and for each second of
    sound.
    """

    def __init__(self, clock: SetClock | None = None, cost: tuple[float, float] = (0, 0)) -> None:
        self.clock = clock
        self.cost = cost
        self.rounds: list[tuple[int | None, tuple[float, ...]]] = []
        self.contexts: list[str] = []
        self.languages: list[str] = []
        self.lead_ins: list[str] = []
        self.words: dict[int, str] = {}
        self.prompts = ""

    def prompt(self, language):
        return self.prompts

    def recognise(self, pieces, *, beam_size=None):
        lengths = tuple(len(piece.samples) / RATE_HZ for piece in pieces)
        self.rounds.append((beam_size, lengths))
        self.lead_ins += [piece.lead_in.text if piece.lead_in else "" for piece in pieces]
        self.contexts += [piece.previous for piece in pieces]
        self.languages += [piece.language for piece in pieces]
        if self.clock is not None:
            self.clock.now_s += self.cost[0] + self.cost[1] * sum(lengths)
        return [self._hear(piece.samples) for piece in pieces]

    def _hear(self, samples: np.ndarray) -> tuple[HeardSegment, ...]:
        loud = np.concatenate(([False], samples > 0.08, [False]))
        edges = np.flatnonzero(loud[1:] != loud[:-1]).reshape(-1, 2)
        words = []
        for start, end in edges.tolist():
            level = round(float(np.median(samples[start:end])) * 1000)
            words.append(
                HeardWord(self.words.get(level, f"w{level}"), start / RATE_HZ, end / RATE_HZ, 0.9)
            )
        return (HeardSegment(tuple(words), -0.2, 0.01, 1.0),) if words else ()


class SetClock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def bursts(
    levels: Sequence[int], *, long_s: float = 0.3, gap_s: float = 0.06, after_s: float = 0.0
) -> np.ndarray:
    """Words: each a stretch of one level (in thousandths), with short gaps between them."""
    gap = np.zeros(round(gap_s * RATE_HZ), np.float32)
    parts = []
    for level in levels:
        parts += [np.full(round(long_s * RATE_HZ), level / 1000, np.float32), gap]
    return np.concatenate([*parts, np.zeros(round(after_s * RATE_HZ), np.float32)])


def said(events: Sequence[LiveEvent], channel: int = 0) -> list[str]:
    """All words of the finals of a channel."""
    return [
        word
        for event in events
        if event.type == "final" and event.channel == channel
        for word in event.text.split()
    ]


class Bench:
    """Streams on one scheduler, with a set clock and no thread."""

    def __init__(self, options: LiveOptions, cost: tuple[float, float]) -> None:
        self.clock = SetClock()
        self.recogniser = BurstRecogniser(self.clock, cost)
        self.scheduler = Scheduler(
            self.recogniser, lambda _: {"fr": 0.9, "en": 0.1}, options=options, clock=self.clock
        )

    def open(self, channels: int = 1, **settings) -> LiveStream:
        settings = {
            "sample_rate_hz": RATE_HZ, "encoding": "f32le", "is_real_time": True,
            "language": StreamLanguage(("fr",)), "make_detector": LoudnessDetector, **settings,
        }  # fmt: skip
        stream = LiveStream(
            f"s{len(self.scheduler.streams)}",
            dict.fromkeys(range(channels), "unknown"),
            self.scheduler,
            **settings,
        )
        self.scheduler.streams.append(stream)
        return stream

    def run(self) -> None:
        """Decode until nothing is due."""
        while self.scheduler.step():
            pass

    def speak(self, sounds: dict[LiveStream, np.ndarray], *, frame_s: float = 0.1) -> None:
        """Feed streams in real time, while one recogniser works through what is due.

        Sound goes on to arrive while a round is decoded; it is fed when the round is over, with
        the time at which it arrived.
        """
        began_s = self.clock.now_s
        step = round(frame_s * RATE_HZ)
        longest = max(len(sound) for sound in sounds.values())
        at = 0
        while at < longest:
            now_s = self.clock.now_s
            while at < longest and began_s + (at + step) / RATE_HZ <= now_s:
                self.clock.now_s = began_s + (at + step) / RATE_HZ
                for stream, sound in sounds.items():
                    stream.feed(sound[at : at + step])
                at += step
            self.clock.now_s = now_s
            if not self.scheduler.step():
                self.clock.now_s = max(now_s, began_s + (at + step) / RATE_HZ)


def read(stream: LiveStream) -> list[LiveEvent]:
    """Return the events that wait."""
    events = []
    while (event := stream.next_event(0)) is not None:
        events.append(event)
    return events


@pytest.fixture(scope="session")
def studio() -> SimpleNamespace:
    """What the tests of this folder share."""

    def bench(cost: tuple[float, float] = (0, 0), **options) -> Bench:
        return Bench(LiveOptions(**{"language": "fr", **options}), cost)

    return SimpleNamespace(
        bench=bench, bursts=bursts, said=said, read=read, detector=LoudnessDetector
    )

"""A stand-in for the recogniser: bursts of sound whose loudness is the word.

Run as a script, a service with it that can be killed: python stand_in.py DATA_DIR PORT
"""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import SecretStr

from serving.live.events import AlertRaised, Summary
from serving.live.hub import LiveHub
from serving.settings import Settings
from speech.heard import HeardSegment, HeardWord
from speech.live.language import StreamLanguage
from speech.live.options import LiveOptions
from speech.live.scheduler import Scheduler
from speech.live.stream import LiveStream
from speech.live.worker import Worker
from speech.voice_activity import FRAME_SAMPLES

MODEL_RATE_HZ = 16_000
ADMIN_KEY = "the-key-of-the-tests-0123456789"


class LoudnessDetector:
    """Takes loud frames for speech."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)

    def advance(self, samples):
        samples = np.concatenate((self._rest, samples))
        count = len(samples) // FRAME_SAMPLES
        self._rest = samples[count * FRAME_SAMPLES :]
        frames = np.abs(samples[: count * FRAME_SAMPLES]).reshape(count, FRAME_SAMPLES)
        return np.where(frames.max(axis=1, initial=0) > 0.08, 0.95, 0.02)


class BurstRecogniser:
    """Hears a word in each burst: its level in hundredths names it in ``words``."""

    words: ClassVar[dict[int, str]] = {}

    def __init__(self) -> None:
        self.slow_s = 0.0
        self.breaks = False

    def prompt(self, language):
        return ""

    def recognise(self, pieces, *, beam_size=None):
        if self.breaks:
            raise RuntimeError("the recogniser broke")
        time.sleep(self.slow_s)
        return [self._hear(piece.samples) for piece in pieces]

    def _hear(self, samples):
        level = np.abs(samples)
        quiet = np.convolve(level > 0.05, np.ones(400), "same") < 1
        loud = np.concatenate(([False], ~quiet, [False]))
        edges = np.flatnonzero(loud[1:] != loud[:-1]).reshape(-1, 2)
        words = []
        for start, end in edges.tolist():
            if end - start < 1500:
                continue
            heard = round(float(np.median(level[start + 400 : end - 400])) * 100)
            text = self.words.get(heard, f"w{heard}")
            words.append(HeardWord(text, start / MODEL_RATE_HZ, end / MODEL_RATE_HZ, 0.9))
        return (HeardSegment(tuple(words), -0.2, 0.01, 1.0),) if words else ()


class BurstListener:
    """Opens streams as the live transcriber does."""

    def __init__(self) -> None:
        self.recogniser = BurstRecogniser()
        self.options = LiveOptions(
            language="fr", end_silence_s=0.3, likely_silence_s=0.1, partial_interval_s=0.3
        )
        self.scheduler = Scheduler(
            self.recogniser, lambda _: {"fr": 1.0}, options=self.options, clock=time.monotonic
        )
        self.worker = Worker(self.scheduler)
        self.released = 0

    def open(self, channels, *, sample_rate_hz, encoding, stream_id, language):
        with self.scheduler.changed:
            stream = LiveStream(
                stream_id, dict(enumerate(channels)), self.scheduler,
                sample_rate_hz=sample_rate_hz, encoding=encoding,
                language=StreamLanguage(("fr",)), is_real_time=True,
                make_detector=LoudnessDetector,
            )  # fmt: skip
            self.scheduler.streams.append(stream)
        return stream

    def release(self):
        self.released += 1

    def close(self):
        with self.scheduler.changed:
            for stream in list(self.scheduler.streams):
                stream.cancel()
        self.worker.stop()


class EchoMind:
    """Raises an alert at the word "alerte", and notes how many turns there were."""

    def warm(self):
        pass

    def follow(self, facts, earlier=tuple):
        return EchoFollower()


class EchoFollower:
    def hear(self, turn, ended_s):
        if "alerte" not in turn.text:
            return []
        return [AlertRaised(category="x", label_fr="X", label_en="X", evidence=())]

    def tick(self):
        return []

    def look(self, turns):
        return []

    def conclude(self, turns):
        return Summary(note={"turns": len(turns)})

    def judge(self, card_id, judgement):
        pass

    def mute(self, *, is_muted):
        pass


def main() -> None:
    from serving.app import create_app
    from serving.commands.serve import listen, run

    spec = importlib.util.spec_from_file_location(
        "fake_server", Path(__file__).parent.parent / "fake_server.py"
    )
    fake = importlib.util.module_from_spec(spec)
    sys.modules["fake_server"] = fake
    spec.loader.exec_module(fake)
    settings = Settings(
        data_dir=Path(sys.argv[1]),
        port=int(sys.argv[2]),
        live_resume_s=float(sys.argv[3]),
        admin_key=SecretStr(ADMIN_KEY),
    )
    app = create_app(
        settings,
        pipeline=fake.FakePipeline(),
        live=lambda service: LiveHub(service, listener=BurstListener, mind=EchoMind()),
    )
    run(app, listen("127.0.0.1", settings.port), settings)


if __name__ == "__main__":
    main()

"""Audio made on the spot, pieces of the sample calls, and a recogniser that follows a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import pytest

from conversation import ModelReference
from speech.audio_file import read_header
from speech.decoding import Decoder
from speech.recognition import LEAD_S

LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}
ENCODERS = {
    "wav": ("wav", "pcm_s16le"),
    "float.wav": ("wav", "pcm_f32le"),
    "mulaw.wav": ("wav", "pcm_mulaw"),
    "alaw.wav": ("wav", "pcm_alaw"),
    "flac": ("flac", "flac"),
    "ogg": ("ogg", "libopus"),
    "mp3": ("mp3", "libmp3lame"),
    "m4a": ("ipod", "aac"),
    "webm": ("webm", "libopus"),
}


def encode(path: Path, samples: np.ndarray, rate_hz: int, kind: str) -> Path:
    """Write samples of shape (n_channels, n) from -1 to 1."""
    container, codec = ENCODERS[kind]
    layout = LAYOUTS[samples.shape[0]]
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32), format="fltp", layout=layout
        )
        frame.sample_rate = rate_hz
        frame.time_base = Fraction(1, rate_hz)
        frame.pts = 0
        resampler = av.AudioResampler(
            stream.format.name, layout, rate_hz, frame_size=stream.frame_size or 1024
        )
        for piece in resampler.resample(frame) + resampler.resample(None):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return path


def decode(path: Path, channels: Sequence[int] | None = None) -> np.ndarray:
    """Return all samples of a file, float32 of shape (n_channels, n) at 16 kHz."""
    header = read_header(path)
    picked = range(header.channels) if channels is None else channels
    decoder = Decoder(header, channels=picked, max_duration_s=36_000)
    return np.concatenate(list(decoder.blocks()), axis=1)


def tone(rate_hz: int, seconds: float, hz: float = 440.0, level: float = 0.3) -> np.ndarray:
    return level * np.sin(2 * np.pi * hz * np.arange(round(rate_hz * seconds)) / rate_hz)


@pytest.fixture
def write_audio(tmp_path: Path) -> Callable[..., Path]:
    def write(samples: np.ndarray, rate_hz: int, kind: str = "wav", name: str = "sound") -> Path:
        return encode(tmp_path / f"{name}.{kind}", np.atleast_2d(samples), rate_hz, kind)

    return write


@pytest.fixture(scope="session")
def call_piece(examples_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Cut seconds out of a sample call; ``mono`` mixes its channels."""
    folder = tmp_path_factory.mktemp("pieces")

    def cut(
        name: str,
        start_s: float,
        end_s: float,
        *,
        mono: bool = False,
        channels: Sequence[int] = (0, 1),
    ) -> Path:
        path = folder / f"{Path(name).stem}-{start_s}-{end_s}-{mono}-{list(channels)}.wav"
        if not path.exists():
            samples = decode(examples_dir / "conversations" / name, channels)
            piece = samples[:, round(start_s * 16_000) : round(end_s * 16_000)]
            encode(path, piece.mean(axis=0, keepdims=True) if mono else piece, 16_000, "wav")
        return path

    return cut


class ScriptedWhisper:
    """Stands for a loaded Whisper: says what it is told, and the language it is told.

    ``script`` holds one list for each call; each is a list of segments; each segment a list of
    ``(token, start_s, end_s)`` on the clock of the block's speech.
    """

    supported_languages = ("fr", "en", "de")

    def __init__(self, script, languages=(("fr", 0.9), ("en", 0.05)), **segment_facts) -> None:
        self.script = list(script)
        self.languages = list(languages)
        self.facts = {
            "avg_logprob": -0.2, "no_speech_prob": 0.01, "compression_ratio": 1.2, **segment_facts
        }  # fmt: skip
        self.calls: list[tuple[int, dict]] = []
        self.heard: list[np.ndarray] = []

    def transcribe(self, speech: np.ndarray, **settings):
        self.calls.append((len(speech), settings))
        self.heard.append(speech)
        segments = self.script.pop(0) if self.script else []
        return (self._segment(tokens) for tokens in segments), None

    def _segment(self, tokens):
        words = [
            SimpleNamespace(word=word, start=start + LEAD_S, end=end + LEAD_S, probability=0.9)
            for word, start, end in tokens
        ]
        return SimpleNamespace(words=words, end=words[-1].end, **self.facts)

    def detect_language(self, audio: np.ndarray):
        return self.languages[0][0], self.languages[0][1], self.languages


@pytest.fixture
def scripted() -> Callable[..., SimpleNamespace]:
    def make(script, **facts) -> SimpleNamespace:
        return SimpleNamespace(
            model=ScriptedWhisper(script, **facts),
            reference=ModelReference(name="scripted"),
            compute=SimpleNamespace(compute_type="int8"),
        )

    return make

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
from speech import recogniser, transcription
from speech.audio_file import AudioHeader, read_header
from speech.decoding import Decoder
from speech.heard import HeardSegment
from speech.joining import join_words
from speech.piece import Piece
from speech.raw_audio import parse_raw_format
from speech.whisper_pass import AlignedWord

from .coded_speech import CodedPass, Reader

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
    "u8.wav": ("wav", "pcm_u8"),
    "s24.wav": ("wav", "pcm_s24le"),
    "g722.wav": ("wav", "g722"),
    "g723.wav": ("wav", "g723_1"),
    "g726.wav": ("wav", "g726"),
    "ima.wav": ("wav", "adpcm_ima_wav"),
    "amr": ("amr", "libopencore_amrnb"),
    "3gp": ("3gp", "libopencore_amrnb"),
    "au": ("au", "pcm_mulaw"),
    "aiff": ("aiff", "pcm_s16be"),
    "caf": ("caf", "pcm_s16le"),
    "w64": ("w64", "pcm_s16le"),
    "aac": ("adts", "aac"),
    "ts": ("mpegts", "aac"),
    "mka": ("matroska", "libopus"),
    "mulaw": ("mulaw", "pcm_mulaw"),
    "alaw": ("alaw", "pcm_alaw"),
    "s16le": ("s16le", "pcm_s16le"),
    "s16be": ("s16be", "pcm_s16be"),
    "g722": ("g722", "g722"),
}
BIT_RATES = {"g726": 32_000, "g723_1": 6_300, "libopencore_amrnb": 12_200}
FRAME_SAMPLES = {"libopencore_amrnb": 160, "g723_1": 240}


def encode(path: Path, samples: np.ndarray, rate_hz: int, kind: str) -> Path:
    """Write samples of shape (n_channels, n) from -1 to 1."""
    container, codec = ENCODERS[kind]
    layout = LAYOUTS[samples.shape[0]]
    with av.open(str(path), "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate_hz, layout=layout)
        if codec in BIT_RATES:
            stream.bit_rate = BIT_RATES[codec]
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples, np.float32), format="fltp", layout=layout
        )
        frame.sample_rate = rate_hz
        frame.time_base = Fraction(1, rate_hz)
        frame.pts = 0
        resampler = av.AudioResampler(
            stream.format.name,
            layout,
            rate_hz,
            frame_size=FRAME_SAMPLES.get(codec) or stream.frame_size or 1024,
        )
        for piece in resampler.resample(frame) + resampler.resample(None):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    return path


def decode_raw(path: Path, raw: str) -> np.ndarray:
    """Return all samples of a file without a header, float32 of shape (n_channels, n) at 16 kHz."""
    return _decode(read_header(path, parse_raw_format(raw)), None)


def decode(path: Path, channels: Sequence[int] | None = None) -> np.ndarray:
    """Return all samples of a file, float32 of shape (n_channels, n) at 16 kHz."""
    return _decode(read_header(path), channels)


def _decode(header: AudioHeader, channels: Sequence[int] | None) -> np.ndarray:
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


class ScriptedRecogniser:
    """Stands for the recogniser: says what it is told, and hears the languages it is told.

    The script holds one list for each piece; each is a list of segments; each segment a list of
    ``(token, start_s, end_s)`` on the piece's clock. In a second reading nothing is heard.
    """

    def __init__(self, transcriber: SimpleNamespace, **_settings: object) -> None:
        self._model = transcriber.model

    def prompt(self, language: str) -> str:
        return ""

    def recognise(self, pieces: Sequence[Piece], **_settings: object):
        first = [piece for piece in pieces if not piece.in_full_window]
        for piece in first:
            if not isinstance(piece.language, str):
                piece.language.hear(self._model.languages, piece.length_s)
        heard = iter([self._heard(piece) for piece in first])
        return [() if piece.in_full_window else next(heard) for piece in pieces]

    def _heard(self, piece: Piece) -> tuple[HeardSegment, ...]:
        language = piece.language
        if not isinstance(language, str):
            language = language.choose(self._model.languages, piece.length_s)
        self._model.calls.append((piece, language))
        segments = self._model.script.pop(0) if self._model.script else []
        return tuple(
            HeardSegment(
                words=join_words(
                    [AlignedWord(*token, probability=0.9, n_tokens=1) for token in tokens],
                    shift_s=0.0,
                    length_s=piece.length_s,
                    language=language,
                ),
                mean_log_probability=-0.2,
                no_speech_probability=0.01,
                compression_ratio=1.2,
            )
            for tokens in segments
        )


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., SimpleNamespace]:
    """Make a transcriber whose recogniser follows a script."""
    monkeypatch.setattr(transcription, "Recogniser", ScriptedRecogniser)

    def make(script, languages=(("fr", 0.9), ("en", 0.05))) -> SimpleNamespace:
        return SimpleNamespace(
            model=SimpleNamespace(
                supported_languages=("fr", "en", "de"),
                script=list(script),
                languages=dict(languages),
                calls=[],
            ),
            reference=ModelReference(name="scripted"),
            compute=SimpleNamespace(compute_type="int8"),
        )

    return make


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    """Let the recogniser read speech in code; the reader says what it writes of a window."""
    reader = Reader()
    monkeypatch.setattr(recogniser, "WhisperPass", CodedPass)
    monkeypatch.setattr(
        recogniser.Recogniser, "_tokenizer", lambda _, language: reader.tokenizer(language)
    )
    return reader

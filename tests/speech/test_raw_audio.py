from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import AudioUnreadable, BadInput
from speech import probe
from speech.audio_file import read_header
from speech.raw_audio import (
    RawFormat,
    expand_alaw,
    expand_mulaw,
    guess_raw_format,
    parse_raw_format,
)

from .conftest import decode, decode_raw, encode, tone

RECORDINGS = Path(__file__).parent / "recordings"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mulaw:8000", RawFormat("mulaw", 8_000)),
        ("ULAW:8000", RawFormat("mulaw", 8_000)),
        ("alaw:8000:2", RawFormat("alaw", 8_000, 2)),
        ("s16le:16000", RawFormat("s16le", 16_000)),
        ("s16be:44100:2", RawFormat("s16be", 44_100, 2)),
        ("g722", RawFormat("g722", 16_000)),
        ("g722:16000", RawFormat("g722", 16_000)),
        ("gsm", RawFormat("gsm", 8_000)),
    ],
)
def test_a_declared_format_is_read(text: str, expected: RawFormat):
    assert parse_raw_format(text) == expected
    assert parse_raw_format(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    ["", "mulaw", "mulaw:", "mulaw:8k", "mp3:8000", "mulaw:8000:2:1", "mulaw:0", "mulaw:8000:0",
     "s16le:999999999", "s16le:8000:99", "gsm:16000", "g722:8000", "gsm:8000:2", "mulaw:-8000",
     "mulaw:٨٠٠٠", "mulaw:" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_format_is_refused_with_an_example(text: str):
    with pytest.raises(BadInput, match=r"mulaw:8000|write (g722|gsm):"):
        parse_raw_format(text)


@given(st.text(max_size=30))
def test_any_text_is_a_format_or_bad_input(text: str):
    with suppress(BadInput):
        assert parse_raw_format(text).frame_bytes > 0


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("mulaw", "mulaw:8000:2"),
        ("alaw", "alaw:8000:2"),
        ("s16le", "s16le:8000:2"),
        ("s16be", "s16be:8000:2"),
    ],
)
def test_declared_sound_is_read_as_it_was_written(tmp_path: Path, kind: str, raw: str):
    stereo = np.stack([tone(8_000, 2.0, 300), tone(8_000, 2.0, 700)])
    path = encode(tmp_path / "call.bin", stereo, 8_000, kind)
    wav = decode(encode(tmp_path / "call.wav", stereo, 8_000, "wav"))
    samples = decode_raw(path, raw)
    assert samples.shape == wav.shape == (2, 32_000)
    assert np.abs(samples - wav).max() < 0.02


@pytest.mark.parametrize(
    ("kind", "rate_hz", "extension"),
    [
        ("mulaw", 8_000, ".ulaw"),
        ("mulaw", 8_000, ".PCMU"),
        ("alaw", 8_000, ".al"),
        ("s16le", 8_000, ".sln"),
        ("s16le", 16_000, ".sln16"),
        ("g722", 16_000, ".g722"),
    ],
)
def test_the_extensions_of_asterisk_need_no_declaration(
    tmp_path: Path, kind: str, rate_hz: int, extension: str
):
    path = encode(tmp_path / f"call{extension}", tone(rate_hz, 2.0)[None], rate_hz, kind)
    header = read_header(path)
    assert (header.container, header.sample_rate_hz, header.channels) == ("raw", rate_hz, 1)
    assert header.stated_s == pytest.approx(2.0, abs=0.001)
    samples = decode(path)[0]
    assert len(samples) == pytest.approx(32_000, abs=32)
    spectrum = np.abs(np.fft.rfft(samples[8_000:24_000]))
    assert np.argmax(spectrum) == 440


@pytest.mark.parametrize(("kind", "expand"), [("mulaw", expand_mulaw), ("alaw", expand_alaw)])
def test_every_byte_of_g711_expands_as_the_decoder_has_it(tmp_path: Path, kind: str, expand):
    every = bytes(range(256))
    (tmp_path / "all.bin").write_bytes(every)
    with av.open(str(tmp_path / "all.bin"), format=kind) as container:
        decoded = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    assert (expand(every) == decoded / np.float32(32_768)).all()


@pytest.mark.parametrize("name", ["call.gsm", "call_wav49.wav"])
def test_gsm_is_read_raw_and_in_wav(name: str, examples_dir: Path):
    """Three seconds of a sample call as libgsm 1.0.22 and SoX 14.4.2 wrote them."""
    original = decode(examples_dir / "conversations" / "telecom_panne.wav", [0])[0, :48_000]
    samples = decode(RECORDINGS / name)[0]
    assert len(samples) == 48_000
    assert np.corrcoef(samples, original)[0, 1] > 0.9


@pytest.mark.parametrize("kind", ["mulaw", "alaw", "s16le", "s16be"])
@pytest.mark.parametrize("name", ["call.raw", "call.wav", "call.pcm", "call"])
def test_undeclared_sound_is_refused_and_named(
    examples_dir: Path, tmp_path: Path, kind: str, name: str
):
    call = decode(examples_dir / "conversations" / "telecom_panne.wav", [1])[:, ::2]
    path = encode(tmp_path / name, call[:, :320_000], 8_000, kind)
    with pytest.raises(AudioUnreadable, match=rf"{name} has no header.*--raw {kind}:8000"):
        probe(path)


def test_sound_that_does_not_show_its_format_is_refused_with_the_option(tmp_path: Path):
    (tmp_path / "call.raw").write_bytes(np.random.default_rng(4).bytes(50_000))
    assert guess_raw_format(tmp_path / "call.raw") is None
    with pytest.raises(AudioUnreadable, match="--raw mulaw:8000"):
        probe(tmp_path / "call.raw")


def test_undeclared_gsm_is_named(tmp_path: Path):
    (tmp_path / "call.bin").write_bytes((RECORDINGS / "call.gsm").read_bytes())
    with pytest.raises(AudioUnreadable, match=r"looks like GSM 06\.10"):
        probe(tmp_path / "call.bin")


def test_a_wav_that_is_declared_as_raw_is_refused(write_audio):
    path = write_audio(tone(8_000, 1.0), 8_000)
    with pytest.raises(BadInput, match="it is a WAV file with a header; leave --raw out"):
        read_header(path, RawFormat("mulaw", 8_000))


def test_a_container_under_an_extension_of_raw_sound_is_read_by_its_header(write_audio, tmp_path):
    path = write_audio(tone(16_000, 1.0), 16_000).rename(tmp_path / "call.ulaw")
    assert (read_header(path).container, read_header(path).sample_rate_hz) == ("wav", 16_000)


def test_text_is_no_sound_whatever_it_is_called(tmp_path: Path):
    (tmp_path / "lettre.ulaw").write_text("Bonjour, voici ma réclamation.\n" * 50)
    with pytest.raises(AudioUnreadable, match=r"got text in lettre\.ulaw"):
        read_header(tmp_path / "lettre.ulaw")


def test_an_idle_a_law_line_is_no_text(tmp_path: Path):
    (tmp_path / "idle.alaw").write_bytes(b"\x55" * 16_000)
    assert read_header(tmp_path / "idle.alaw").stated_s == 2.0


@given(
    n_bytes=st.integers(0, 10**7), channels=st.integers(1, 8), rate_hz=st.integers(4_000, 48_000)
)
def test_length_follows_from_the_number_of_bytes(n_bytes: int, channels: int, rate_hz: int):
    raw = RawFormat("s16le", rate_hz, channels)
    frames = n_bytes // raw.frame_bytes
    assert raw.length_s(n_bytes) == pytest.approx(frames / rate_hz)

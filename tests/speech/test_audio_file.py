from __future__ import annotations

import hashlib
import os
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from conversation.errors import (
    AudioEmpty,
    AudioUnreadable,
    BadInput,
    ChannelsUnsupported,
    NotFound,
)
from speech import probe
from speech.audio_file import (
    describe_recording,
    hash_recording,
    open_audio,
    read_header,
    read_pair,
)

from .conftest import decode, tone


@pytest.mark.parametrize(
    ("kind", "container", "codec"),
    [
        ("wav", "wav", "pcm_s16le"),
        ("mulaw.wav", "wav", "pcm_mulaw"),
        ("alaw.wav", "wav", "pcm_alaw"),
        ("flac", "flac", "flac"),
        ("mp3", "mp3", "mp3"),
        ("ogg", "ogg", "opus"),
        ("m4a", "mov", "aac"),
    ],
)
def test_probe_tells_the_facts(write_audio, kind: str, container: str, codec: str):
    path = write_audio(np.stack([tone(48_000, 2.0)] * 2), 48_000, kind)
    recording = probe(path)
    assert (recording.name, recording.container, recording.codec) == (path.name, container, codec)
    assert (recording.sample_rate_hz, recording.channels) == (48_000, 2)
    assert recording.duration_s == pytest.approx(2.0, abs=0.02)
    assert recording.size_bytes == path.stat().st_size
    assert recording.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("name", "content", "looks_like"),
    [
        ("letter.wav", b"Bonjour,\nvoici ma r\xc3\xa9clamation.\n" * 9, "text"),
        ("letter.pdf", b"%PDF-1.7\n\xe2\xe3\xcf\xd3" + bytes(99), "a PDF document"),
        ("photo.mp3", b"\x89PNG\r\n\x1a\n" + bytes(99), "a PNG picture"),
        ("page.mp3", b"<!DOCTYPE html><html><body>404</body></html>", "an HTML page"),
        ("data.wav", b'{"turns": []}', "JSON text"),
        ("bundle.wav", b"PK\x03\x04" + bytes(99), "a ZIP archive"),
        ("zeros.wav", bytes(5000), "nothing but zero bytes"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:9,\nfile:///etc/passwd\n", "a playlist"),
        ("noise.wav", np.random.default_rng(1).bytes(50_000), "binary data"),
        ("noise.mp3", np.random.default_rng(2).bytes(50_000), "binary data"),
    ],
)
def test_what_is_not_audio_is_named(tmp_path: Path, name: str, content: bytes, looks_like: str):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AudioUnreadable, match=f"expected audio, got {looks_like}.* in {name}"):
        probe(path)


def test_a_missing_file_is_not_found(tmp_path: Path):
    with pytest.raises(NotFound, match=r"gone\.wav"):
        probe(tmp_path / "gone.wav")


def test_a_folder_is_no_recording(tmp_path: Path):
    with pytest.raises(BadInput, match="is a folder"):
        probe(tmp_path)


def test_a_file_without_bytes_is_empty(tmp_path: Path):
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioEmpty, match=r"empty\.wav has no bytes"):
        probe(tmp_path / "empty.wav")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_says_so(write_audio):
    path = write_audio(tone(8_000, 1.0), 8_000)
    path.chmod(0)
    with pytest.raises(BadInput, match="cannot be read"):
        probe(path)


@pytest.mark.parametrize("name", ["l'appel n°1 %d.wav", "a:b|c.wav", "-i.wav"])
def test_odd_names_are_only_names(write_audio, tmp_path: Path, name: str):
    path = write_audio(tone(8_000, 1.0), 8_000).rename(tmp_path / name)
    assert probe(path).name == name


def test_a_video_gives_its_sound(tmp_path: Path):
    path = tmp_path / "visio.mp4"
    with av.open(str(path), "w") as output:
        pictures = output.add_stream("mpeg4", rate=5)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        sound = output.add_stream("aac", rate=16_000, layout="mono")
        for number in range(10):
            picture = av.VideoFrame.from_ndarray(np.full((64, 64, 3), number * 20, np.uint8))
            output.mux(pictures.encode(picture))
        output.mux(pictures.encode(None))
        samples = tone(16_000, 2.0)[None].astype(np.float32)
        for start in range(0, samples.shape[1] - 1023, 1024):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(samples[:, start : start + 1024]), "fltp", "mono"
            )
            frame.sample_rate, frame.pts, frame.time_base = 16_000, start, Fraction(1, 16_000)
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    assert probe(path).codec == "aac"
    assert np.abs(decode(path)).max() > 0.2


def test_a_video_without_sound_is_unreadable(tmp_path: Path):
    path = tmp_path / "mute.mp4"
    with av.open(str(path), "w") as output:
        pictures = output.add_stream("mpeg4", rate=5)
        pictures.width = pictures.height = 64
        pictures.pix_fmt = "yuv420p"
        output.mux(pictures.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8))))
        output.mux(pictures.encode(None))
    with pytest.raises(AudioUnreadable, match="pictures but no sound"), open_audio(path):
        pass


def test_a_pair_keeps_the_hash_of_each_file(write_audio, tmp_path: Path):
    first = write_audio(tone(8_000, 2.0), 8_000, name="agent")
    second = write_audio(tone(16_000, 3.0), 16_000, "flac", name="customer")
    header = read_pair(first, second)
    assert (header.channels, header.sample_rate_hz, header.stated_s) == (2, 16_000, 3.0)
    recording = describe_recording(header)
    assert recording.name == "agent.wav + customer.flac"
    assert recording.size_bytes == first.stat().st_size + second.stat().st_size
    hashes = [hash_recording(part) for part in header.parts]
    assert hashes == [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
    assert recording.sha256 == hashlib.sha256(bytes.fromhex("".join(hashes))).hexdigest()
    assert recording.sha256 != describe_recording(read_pair(second, first)).sha256


def test_a_pair_is_of_mono_files(write_audio):
    mono = write_audio(tone(8_000, 1.0), 8_000, name="mono")
    stereo = write_audio(np.stack([tone(8_000, 1.0)] * 2), 8_000, name="stereo")
    with pytest.raises(ChannelsUnsupported, match=r"got 2 in stereo\.wav"):
        read_pair(mono, stereo)


def test_a_known_hash_is_not_computed_again(write_audio):
    path = write_audio(tone(8_000, 1.0), 8_000)
    assert describe_recording(read_header(path), sha256="ab" * 32).sha256 == "ab" * 32


def lying_wav(path: Path, *, channels: int = 1, rate_hz: int = 8_000, byte_rate: int = 16_000):
    form = struct.pack(
        "<4sIHHIIHH", b"fmt ", 16, 1, channels, rate_hz, byte_rate, 2 * min(channels, 99), 16
    )
    data = struct.pack("<4sI", b"data", 8_000) + bytes(8_000)
    path.write_bytes(struct.pack("<4sI4s", b"RIFF", 8_036, b"WAVE") + form + data)
    return path


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        ({"channels": 192}, "at most 32 channels, got 192"),
        ({"channels": 65_535}, "expected (at most 32 channels|audio)"),
        ({"rate_hz": 4_000_000_000}, r"lying\.wav"),
        ({"rate_hz": 2_000_000_000}, "expected 4000 to 384000 samples a second, got 2000000000"),
        ({"rate_hz": 1}, "expected 4000 to 384000 samples a second, got 1 "),
        ({"rate_hz": 0}, "expected audio"),
    ],
)
def test_headers_that_no_recording_has_are_refused(tmp_path: Path, lie: dict, message: str):
    with pytest.raises(AudioUnreadable, match=message):
        read_header(lying_wav(tmp_path / "lying.wav", **lie))


def test_a_false_byte_rate_does_not_make_a_recording_last_for_months(tmp_path: Path):
    path = lying_wav(tmp_path / "lying.wav", byte_rate=1)
    try:
        shape = decode(path).shape
    except AudioUnreadable:
        return
    assert shape == (1, 8_000)

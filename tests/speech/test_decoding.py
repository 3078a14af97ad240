from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import AudioEmpty, AudioTooLong, AudioTruncated, AudioUnreadable
from speech.audio_file import read_header, read_pair
from speech.decoding import BLOCK_S, SAMPLE_RATE_HZ, ChannelTreatment, Decoder

from .conftest import decode, encode, tone

RATES_HZ = {
    "wav": (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000),
    "float.wav": (8_000, 48_000),
    "mulaw.wav": (8_000, 16_000),
    "alaw.wav": (8_000, 16_000),
    "flac": (8_000, 44_100, 48_000),
    "ogg": (8_000, 16_000, 48_000),
    "mp3": (8_000, 16_000, 22_050, 44_100, 48_000),
    "m4a": (8_000, 16_000, 44_100, 48_000),
    "webm": (16_000, 48_000),
}
FORMATS = [(kind, rate_hz) for kind, rates_hz in RATES_HZ.items() for rate_hz in rates_hz]


def clicks(rate_hz: int, seconds: float, *at_s: float) -> np.ndarray:
    """One channel for each time: a click there, silence elsewhere."""
    samples = np.zeros((len(at_s), round(rate_hz * seconds)))
    beep = tone(rate_hz, 0.02, 1000, 0.8) * np.exp(
        -np.arange(round(0.02 * rate_hz)) / (0.005 * rate_hz)
    )
    for channel, time_s in enumerate(at_s):
        start = round(time_s * rate_hz)
        samples[channel, start : start + len(beep)] = beep
    return samples


def onset_s(samples: np.ndarray) -> float:
    return int(np.argmax(np.abs(samples) > 0.15)) / SAMPLE_RATE_HZ


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(FORMATS), st.floats(0.05, 2.5), st.floats(0.05, 2.5))
def test_a_click_keeps_its_time_in_every_format_and_rate(tmp_path_factory, form, left_s, right_s):
    kind, rate_hz = form
    path = tmp_path_factory.mktemp("click") / f"click.{kind}"
    encode(path, clicks(rate_hz, 3.0, left_s, right_s), rate_hz, kind)
    decoded = decode(path)
    assert abs(onset_s(decoded[0]) - left_s) <= 0.002
    assert abs(onset_s(decoded[1]) - right_s) <= 0.002


@pytest.mark.parametrize(("kind", "rate_hz"), FORMATS)
def test_length_is_kept_and_nothing_is_taken_for_damage(tmp_path: Path, kind: str, rate_hz: int):
    path = encode(tmp_path / f"sound.{kind}", np.atleast_2d(tone(rate_hz, 3.0)), rate_hz, kind)
    header = read_header(path)
    decoder = Decoder(header, channels=[0], max_duration_s=60)
    samples = np.concatenate(list(decoder.blocks()), axis=1)
    codec_frame_s = 1024 / rate_hz if kind == "m4a" else 0.001
    assert decoder.duration_s == samples.shape[1] / SAMPLE_RATE_HZ
    assert abs(decoder.duration_s - 3.0) <= codec_frame_s
    assert decoder.repaired_s == 0
    assert samples.dtype == np.float32


def test_channels_are_kept_apart(write_audio):
    left, right = tone(8_000, 2.0, 300), np.zeros(16_000)
    decoded = decode(write_audio(np.stack([left, right]), 8_000))
    assert np.abs(decoded[0]).max() > 0.25
    assert np.abs(decoded[1]).max() == 0


def test_picked_channels_of_six_come_in_the_order_asked(write_audio):
    levels = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])[:, None]
    path = write_audio(levels * tone(8_000, 1.0, 440, 1.0), 8_000)
    decoded = decode(path, [4, 1])
    assert np.abs(decoded[:, 4_000:12_000]).max(axis=1) == pytest.approx([0.5, 0.2], abs=0.01)


def test_sound_comes_in_blocks_of_bounded_length(write_audio):
    path = write_audio(tone(8_000, 3.5 * BLOCK_S), 8_000)
    decoder = Decoder(read_header(path), channels=[0], max_duration_s=60)
    lengths = [block.shape[1] / SAMPLE_RATE_HZ for block in decoder.blocks()]
    assert len(lengths) == 4
    assert max(lengths) < BLOCK_S + 1


@pytest.mark.parametrize("kind", ["wav", "mulaw.wav", "flac", "mp3", "ogg", "webm", "m4a"])
def test_a_file_cut_in_half_is_truncated(write_audio, kind: str):
    rng = np.random.default_rng(5)
    path = write_audio(rng.normal(0, 0.1, 16_000 * 8), 16_000, kind)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(AudioTruncated, match=path.name):
        decode(path)


def test_truncation_names_both_lengths(write_audio):
    path = write_audio(tone(8_000, 10.0), 8_000)
    path.write_bytes(path.read_bytes()[: 44 + 6 * 16_000])
    with pytest.raises(AudioTruncated, match=r"10\.00 s by its header, but only (6\.00|5\.99) s"):
        decode(path)


@pytest.mark.parametrize("stated", [0, 0xFFFFFFFF])
def test_wav_written_as_a_stream_has_no_stated_length_and_is_whole(tmp_path: Path, stated: int):
    path = tmp_path / "stream.wav"
    path.write_bytes(wav_header(stated, rate_hz=8_000) + bytes(2 * 8_000 * 3))
    assert decode(path).shape[1] == 3 * SAMPLE_RATE_HZ


def test_ten_hours_are_refused_from_the_header(tmp_path: Path):
    path = tmp_path / "long.wav"
    path.write_bytes(wav_header(36_000 * 16_000, rate_hz=8_000) + bytes(16_000))
    with pytest.raises(AudioTooLong, match="10 h 00 min 00 s"):
        next(Decoder(read_header(path), channels=[0], max_duration_s=6 * 3600).blocks())


def test_a_header_that_hides_the_length_does_not_get_past_the_limit(tmp_path: Path):
    path = tmp_path / "stream.wav"
    path.write_bytes(wav_header(0xFFFFFFFF, rate_hz=8_000) + bytes(2 * 8_000 * 30))
    with pytest.raises(AudioTooLong, match="limit is 0 h 00 min 20 s"):
        list(Decoder(read_header(path), channels=[0], max_duration_s=20).blocks())


def test_no_samples_is_empty(tmp_path: Path):
    path = tmp_path / "none.wav"
    path.write_bytes(wav_header(0, rate_hz=8_000))
    with pytest.raises((AudioEmpty, AudioUnreadable), match=r"none\.wav"):
        decode(path)


def test_damage_in_the_middle_becomes_silence_of_the_same_length(write_audio):
    sound = clicks(16_000, 60.0, 50.0) + np.random.default_rng(3).normal(0, 0.01, 960_000)
    path = write_audio(sound, 16_000, "flac")
    data = bytearray(path.read_bytes())
    middle = len(data) // 3
    data[middle : middle + 3_000] = bytes(3_000)
    path.write_bytes(bytes(data))
    header = read_header(path)
    decoder = Decoder(header, channels=[0], max_duration_s=100)
    samples = np.concatenate(list(decoder.blocks()), axis=1)
    assert 0.02 < decoder.repaired_s < 1
    after_s = 45
    assert abs(after_s + onset_s(samples[0, after_s * SAMPLE_RATE_HZ :]) - 50.0) <= 0.002


@settings(max_examples=20, deadline=None)
@given(st.floats(0.3, 12.0), st.floats(0.3, 12.0), st.booleans())
def test_a_pair_is_on_one_clock_whatever_the_rates_and_lengths(
    tmp_path_factory, left_s, right_s, swapped
):
    folder = tmp_path_factory.mktemp("pair")
    at_s = 0.5 * min(left_s, right_s)
    first = encode(folder / "a.wav", clicks(8_000, left_s, at_s), 8_000, "mulaw.wav")
    second = encode(folder / "b.flac", clicks(48_000, right_s, at_s), 48_000, "flac")
    header = read_pair(first, second)
    decoder = Decoder(header, channels=[1, 0] if swapped else [0, 1], max_duration_s=60)
    samples = np.concatenate(list(decoder.blocks()), axis=1)
    assert decoder.samples == samples.shape[1]
    assert abs(decoder.duration_s - max(left_s, right_s)) < 0.002
    lengths_s = [right_s, left_s] if swapped else [left_s, right_s]
    assert decoder.file_lengths_s == pytest.approx(lengths_s, abs=0.002)
    for channel, length_s in zip(samples, lengths_s, strict=True):
        assert abs(onset_s(channel) - at_s) <= 0.002
        assert np.abs(channel[round((length_s + 0.3) * SAMPLE_RATE_HZ) :]).max(initial=0) < 1e-4


def test_a_pair_with_a_truncated_file_is_truncated(tmp_path: Path):
    first = encode(tmp_path / "a.wav", tone(8_000, 4.0)[None], 8_000, "wav")
    second = encode(tmp_path / "b.wav", tone(8_000, 4.0)[None], 8_000, "wav")
    second.write_bytes(second.read_bytes()[:20_000])
    with pytest.raises(AudioTruncated, match=r"b\.wav"):
        list(Decoder(read_pair(first, second), channels=[0, 1], max_duration_s=60).blocks())


def test_one_side_of_a_pair_can_be_read_alone(tmp_path: Path):
    first = encode(tmp_path / "a.wav", tone(8_000, 1.0)[None], 8_000, "wav")
    second = encode(tmp_path / "b.wav", tone(8_000, 2.0)[None], 8_000, "wav")
    blocks = Decoder(read_pair(first, second), channels=[1], max_duration_s=60).blocks()
    assert next(blocks).shape == (1, 32_000)


@given(
    lengths=st.lists(st.integers(1, 5_000), min_size=1, max_size=8),
    muted=st.lists(st.booleans(), min_size=1, max_size=50),
    gain=st.floats(0.1, 10),
)
def test_treatment_does_not_depend_on_how_the_sound_is_cut(lengths, muted, gain):
    sound = np.random.default_rng(1).uniform(-1, 1, sum(lengths)).astype(np.float32)
    treatment = ChannelTreatment(gain=gain, muted=np.array(muted))
    whole = treatment.apply(sound, 0)
    starts = np.cumsum([0, *lengths[:-1]])
    parts = [
        treatment.apply(sound[at : at + n], int(at)) for at, n in zip(starts, lengths, strict=True)
    ]
    assert (np.concatenate(parts) == whole).all()
    assert np.abs(whole).max() <= 1
    assert whole.dtype == np.float32


def test_muting_fades_and_does_not_click():
    muted = np.array([False, True, True, False, False])
    treated = ChannelTreatment(muted=muted).apply(np.ones(5 * 512, np.float32), 0)
    assert (treated[:512] == 1).all()
    assert np.abs(np.diff(treated)).max() < 0.02
    assert (treated[512 + 64 : 3 * 512] == 0).all()
    assert (treated[3 * 512 + 64 :] == 1).all()


def test_a_header_is_obeyed_about_its_rate(tmp_path: Path):
    for rate_hz in (8_000, 16_000, 48_000):
        path = encode(tmp_path / f"{rate_hz}.wav", tone(rate_hz, 2.0)[None], rate_hz, "wav")
        samples = decode(path)[0]
        assert len(samples) == 32_000
        assert np.argmax(np.abs(np.fft.rfft(samples))) == 880  # 440 Hz over two seconds


@settings(max_examples=50, deadline=None)
@given(
    kind=st.sampled_from(["wav", "flac", "mp3", "ogg", "m4a", "webm"]),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=20),
    keep=st.floats(0, 1),
)
def test_damaged_bytes_give_sound_or_an_error_of_ours(tmp_path_factory, kind, flips, keep):
    path = tmp_path_factory.mktemp("fuzz") / f"sound.{kind}"
    encode(path, np.atleast_2d(tone(16_000, 1.0)), 16_000, kind)
    data = bytearray(path.read_bytes())
    for place, value in flips:
        data[int(place * len(data))] = value
    path.write_bytes(bytes(data[: int(keep * len(data))]))
    try:
        samples = decode(path)
    except AudioUnreadable:
        return
    assert samples.shape[1] > 0
    assert np.isfinite(samples).all()


def wav_header(data_bytes: int, *, rate_hz: int) -> bytes:
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    riff = struct.pack("<4sI4s", b"RIFF", min(data_bytes + 36, 0xFFFFFFFF), b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", data_bytes)

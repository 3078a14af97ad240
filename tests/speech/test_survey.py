from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from speech import survey as survey_module
from speech.audio_file import read_header, read_pair
from speech.remarks import remarks_on_sound
from speech.sound_checks import StoredSoundMeter, suspect_rate
from speech.survey import Survey, survey_recording

from .conftest import decode, encode, tone
from .test_decoding import wav_header

CALLS = ("telecom_panne.wav", "banque_fraude.wav", "auto_repair_en.flac")


@pytest.fixture(scope="module")
def call(examples_dir: Path) -> np.ndarray:
    """Thirty seconds of a sample call at its own 8 kHz."""
    return decode(examples_dir / "conversations" / "telecom_panne.wav")[:, : 30 * 16_000 : 2]


def survey(path: Path) -> Survey:
    header = read_header(path)
    return survey_recording(header, range(header.channels), max_duration_s=20_000)


def remarks(path: Path, *, french: bool = False) -> list[str]:
    return list(remarks_on_sound(read_header(path), survey(path), has_words=True, french=french))


@pytest.fixture(scope="module", params=CALLS)
def sample(request: pytest.FixtureRequest, examples_dir: Path) -> Path:
    return examples_dir / "conversations" / request.param


def test_the_sample_calls_are_in_order(sample: Path):
    header = read_header(sample)
    found = survey(sample)
    assert list(remarks_on_sound(header, found, has_words=True, french=False)) == []
    assert not found.is_doubled
    for side in found.channels:
        assert side.likely_rate_hz is None
        assert side.gain == 1
        assert side.stored.clipped_share < 1e-4
        assert abs(side.stored.offset) < 0.005
        assert 3_500 <= side.stored.bandwidth_hz <= 4_000


def test_levels_and_probabilities_have_a_value_for_each_32_ms(call, write_audio):
    path = write_audio(call[:, :100_001], 8_000)
    found = survey(path)
    samples = decode(path)
    for side, sound in zip(found.channels, samples, strict=True):
        assert side.levels_db.dtype == np.float32
        assert len(side.levels_db) == len(side.probabilities) == -(-found.n_samples // 512)
        frames = sound[: len(sound) // 512 * 512].reshape(-1, 512)
        expected = 10 * np.log10(np.maximum(np.mean(frames**2, axis=1), 1e-12))
        assert side.levels_db[: len(expected)] == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("offset", [0.2, -0.5])
def test_a_constant_offset_is_removed_and_said(call, write_audio, offset: float):
    plain = survey(write_audio(0.3 * call, 8_000, name="plain"))
    path = write_audio(0.3 * call + offset, 8_000, name="offset")
    found = survey(path)
    for side, other in zip(found.channels, plain.channels, strict=True):
        assert side.stored.offset == pytest.approx(offset, abs=0.01)
        assert ((side.probabilities >= 0.5) != (other.probabilities >= 0.5)).mean() < 0.02
    assert np.abs(decode(path).mean(axis=1)).max() < 1e-3
    assert f"offset of {100 * offset:+.0f} % of full scale" in remarks(path)[0]
    assert "décalage continu" in remarks(path, french=True)[0]


@pytest.mark.parametrize("kind", ["wav", "mulaw.wav", "alaw.wav", "flac"])
def test_clipping_is_said(call, write_audio, kind: str):
    path = write_audio(np.clip(12 * call[:1], -1, 1), 8_000, kind)
    assert survey(path).channels[0].stored.clipped_share > 0.01
    assert remarks(path)[0].startswith("Channel 0 is clipped")
    assert remarks(path, french=True)[0].startswith("Le canal 0 sature")


def test_sound_that_was_clipped_and_made_quieter_is_still_clipped(call, write_audio):
    path = write_audio(0.4 * np.clip(12 * call[:1], -1, 1), 8_000)
    assert survey(path).channels[0].stored.clipped_share > 0.01


@pytest.mark.parametrize("kind", ["wav", "mulaw.wav"])
def test_loud_sound_that_just_fits_is_not_clipped(call, write_audio, kind: str):
    path = write_audio(call[:1] / np.abs(call[0]).max(), 8_000, kind)
    assert remarks(path) == []


@pytest.mark.parametrize("db", [-30, -45])
def test_quiet_speech_is_found_and_raised(call, write_audio, db: int):
    plain = survey(write_audio(call[:1], 8_000, name="plain")).channels[0]
    path = write_audio(call[:1] * 10 ** (db / 20), 8_000, name="quiet")
    quiet = survey(path).channels[0]
    was_speech = plain.probabilities >= 0.5
    assert (quiet.probabilities >= 0.5)[was_speech].mean() > 0.95
    assert 10 < 20 * np.log10(quiet.gain) <= 40
    assert "is very quiet; it was raised by" in remarks(path)[0]
    raised = quiet.treatment.apply(decode(path)[0], 0)
    assert 0.1 < np.abs(raised).max() <= 1


def test_an_idle_line_is_silent_and_not_raised(write_audio):
    noise = np.random.default_rng(1).normal(0, 1e-4, (1, 80_000))
    side = survey(write_audio(noise, 8_000)).channels[0]
    assert side.is_silent
    assert side.gain == 1


def test_values_that_are_no_numbers_count_as_silence_and_are_said(call, write_audio):
    broken = call[:1].copy()
    broken[0, 1_000:1_100] = np.nan
    broken[0, 3_000:3_050] = np.inf
    path = write_audio(broken, 8_000, "float.wav")
    found = survey(path)
    assert found.channels[0].stored.unusable_share == pytest.approx(150 / call.shape[1])
    samples = decode(path)[0]
    assert np.isfinite(samples).all()
    assert np.abs(samples[5_900:6_200]).max() < np.abs(call[0, 2_900:3_150]).max() + 0.05
    assert "values that are no numbers" in remarks(path)[0]


def relabelled(path: Path, rate_hz: int) -> Path:
    """Change the rate that a 16-bit WAV's header states."""
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + 8
    channels = int.from_bytes(data[at + 2 : at + 4], "little")
    data[at + 4 : at + 8] = rate_hz.to_bytes(4, "little")
    data[at + 8 : at + 12] = (rate_hz * 2 * channels).to_bytes(4, "little")
    path.write_bytes(bytes(data))
    return path


@pytest.mark.parametrize("false_hz", [16_000, 44_100, 48_000])
def test_telephone_sound_under_a_higher_rate_is_noticed(
    sample: Path, tmp_path: Path, false_hz: int
):
    samples = decode(sample)[:, : (80 if false_hz == 16_000 else 999) * 16_000 : 2]
    path = relabelled(encode(tmp_path / "call.wav", samples, 8_000, "wav"), false_hz)
    assert read_header(path).sample_rate_hz == false_hz
    assert {side.likely_rate_hz for side in survey(path).channels} == {8_000}
    (said,) = [text for text in remarks(path) if "samples a second" in text]
    assert f"says {false_hz} samples a second" in said
    assert "the rate is likely 8000 Hz" in said


def test_upsampled_telephone_sound_is_only_a_fact(call, write_audio):
    path = write_audio(call, 8_000)
    wide = write_audio(decode(path), 16_000, name="wide")
    found = survey(wide)
    assert all(3_500 < side.stored.bandwidth_hz < 4_700 for side in found.channels)
    assert remarks(wide) == []


@pytest.mark.parametrize(
    ("pitch_hz", "centre_hz", "rate_hz", "likely_hz"),
    [
        (120, 400, 8_000, None),
        (250, 990, 8_000, None),
        (90, 250, 16_000, None),
        (None, 4_000, 16_000, None),
        (420, 1_000, 16_000, 8_000),
        (290, 1_300, 16_000, 8_000),
        (1_200, 3_000, 48_000, 8_000),
        (55, 200, 8_000, 16_000),
        (60, 230, 16_000, 48_000),
    ],
)
def test_only_what_no_adult_voice_does_is_suspect(pitch_hz, centre_hz, rate_hz, likely_hz):
    stored = replace(StoredSoundMeter().finish(), centre_hz=centre_hz)
    assert suspect_rate(rate_hz, [stored], [pitch_hz]) == likely_hz


def test_tones_and_music_are_no_speech_that_is_too_fast(write_audio):
    """A ring-back tone and a melody have the pitch of a voice at double speed."""
    notes = np.concatenate([tone(16_000, 0.4, hz) for hz in (523, 587, 659, 392, 440) * 12])
    ring = np.tile(np.concatenate([tone(16_000, 1.5, 440), np.zeros(16_000)]), 12)[: len(notes)]
    path = write_audio(np.stack([notes, np.pad(ring, (0, len(notes) - len(ring)))]), 16_000)
    assert {side.likely_rate_hz for side in survey(path).channels} == {None}


def test_a_pair_of_files_is_one_recording(call, tmp_path: Path):
    first = encode(tmp_path / "agent.wav", call[:1], 8_000, "mulaw.wav")
    second = encode(
        tmp_path / "customer.flac", decode(encode(tmp_path / "b.wav", call[1:], 8_000, "wav"))
        [:, : 20 * 16_000], 16_000, "flac",
    )  # fmt: skip
    header = read_pair(first, second)
    found = survey_recording(header, (0, 1), max_duration_s=100)
    together = survey(encode(tmp_path / "call.wav", call, 8_000, "wav"))
    assert found.duration_s == pytest.approx(30.0)
    assert [side.length_s for side in found.channels] == pytest.approx([30.0, 20.0])
    frames = round(19.9 / 0.032)
    for side, other in zip(found.channels, together.channels, strict=True):
        differ = (side.probabilities[:frames] >= 0.5) != (other.probabilities[:frames] >= 0.5)
        assert differ.mean() < 0.02
    said = list(remarks_on_sound(header, found, has_words=True, french=False))
    assert said == ["customer.flac ends 10.0 s before the other file; the rest counts as silence."]


class LoudnessDetector:
    """Stands for the network, which needs minutes for hours of sound."""

    def __init__(self) -> None:
        self._count = 0

    def feed(self, samples: np.ndarray) -> None:
        self._count += len(samples)

    def finish(self) -> np.ndarray:
        return np.zeros(-(-self._count // 512), np.float32)


@pytest.mark.slow
def test_a_long_recording_passes_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(survey_module, "SpeechDetector", LoudnessDetector)
    path = tmp_path / "night.wav"
    hours, rate_hz = 0.5, 8_000
    with path.open("wb") as file:
        file.write(wav_header(int(2 * rate_hz * 3600 * hours), rate_hz=rate_hz))
        beep = (3_000 * tone(rate_hz, 60.0, 440, 1.0)).astype("<i2").tobytes()
        file.write(beep)
        file.truncate(44 + int(2 * rate_hz * 3600 * hours))  # the rest is a hole, read as silence
    tracemalloc.start()
    try:
        found = survey(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.duration_s == 3600 * hours
    assert peak < 25_000_000  # the sound itself has 115 MB at 16 kHz

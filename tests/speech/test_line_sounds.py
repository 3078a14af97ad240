from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.line_sounds import LineSound, LineSoundDetector, mask_line_sounds
from speech.voice_activity import FRAME_S, SpeechDetector

from . import sounds
from .conftest import decode

RATE_HZ = 16_000


def find(samples: np.ndarray, rate_hz: int = sounds.LINE_RATE_HZ) -> tuple[LineSound, ...]:
    wide = samples if rate_hz == RATE_HZ else sounds.at_16_khz(samples, rate_hz)
    detector = LineSoundDetector()
    for start in range(0, len(wide), 10 * RATE_HZ):
        detector.feed(wide[start : start + 10 * RATE_HZ])
    return detector.finish()


def kinds(samples: np.ndarray) -> list[str]:
    return [sound.kind for sound in find(samples)]


LINE = {
    "clean": lambda samples: samples,
    "mu-law": sounds.mu_law,
    "quiet": lambda samples: sounds.mu_law(samples * sounds.dbfs(-20)),
    "noisy": lambda samples: (
        samples + sounds.noise(len(samples) / sounds.LINE_RATE_HZ, "pink", -45.0, 1)
    ),
}


@pytest.mark.parametrize("line", LINE)
@pytest.mark.parametrize(
    ("kind", "samples"),
    [
        ("ringback", sounds.ringback_fr(12)),
        ("ringback", sounds.ringback_us(15)),
        ("ringback", sounds.ringback_uk(10)),
        ("busy", sounds.busy_fr(6)),
        ("dial_tone", sounds.tones(6, 440.0)),
        ("dial_tone", sounds.tones(6, 350.0, 440.0)),
        ("information_tone", sounds.special_information(6)),
        ("dtmf", sounds.dtmf("0639980123#")),
        ("fax", sounds.fax_calling(8)),
        ("fax", sounds.fax_carrier(8, 1)),
    ],
)
def test_each_sound_of_the_line_is_named(kind: str, samples: np.ndarray, line: str):
    (found,) = find(LINE[line](samples))
    assert found.kind == kind
    length_s = len(samples) / sounds.LINE_RATE_HZ
    assert 0 <= found.start_s < 0.1
    assert found.end_s <= length_s + 0.05


@pytest.mark.parametrize("hz", [1000.0, 1400.0])
def test_a_beep_has_its_time(hz: float):
    (found,) = find(np.concatenate([sounds.silence(3), sounds.tones(0.5, hz), sounds.silence(4)]))
    assert found.kind == "beep"
    assert found.start_s == pytest.approx(3.0, abs=0.05)
    assert found.end_s == pytest.approx(3.5, abs=0.05)


@pytest.mark.parametrize("key", "0123456789*#ABCD")
def test_each_key_is_heard_once_and_not_told(key: str):
    (found,) = find(sounds.mu_law(np.concatenate([sounds.silence(1), sounds.dtmf(key, on_s=0.05)])))
    assert found.kind == "dtmf"
    assert len(found.sounding) == 1
    assert found.start_s == pytest.approx(1.0, abs=0.03)
    assert found.end_s == pytest.approx(1.05, abs=0.03)
    twin = find(sounds.mu_law(np.concatenate([sounds.silence(1), sounds.dtmf("7", on_s=0.05)])))
    assert set(vars(found)) == set(vars(twin[0])) == {"kind", "start_s", "end_s", "sounding"}


def test_keys_pressed_in_a_row_are_one_fact():
    samples = np.concatenate(
        [sounds.dtmf("1234"), sounds.silence(5), sounds.dtmf("5#", on_s=0.3, off_s=0.5)]
    )
    assert [(sound.kind, len(sound.sounding)) for sound in find(samples)] == [
        ("dtmf", 4),
        ("dtmf", 2),
    ]


@pytest.mark.parametrize("play", [sounds.arpeggios, sounds.held_chords, sounds.drums, sounds.flute])
def test_hold_music_is_found_where_it_plays(play):
    music = sounds.mu_law(play(20, 1))
    quiet = sounds.noise(10, "white", -65.0, 2)
    (found,) = find(np.concatenate([quiet, music, quiet]))
    assert found.kind == "music"
    assert found.start_s == pytest.approx(10, abs=2.7)
    assert found.end_s == pytest.approx(30, abs=2.7)


@pytest.mark.parametrize(
    "samples",
    [
        sounds.silence(15),
        sounds.noise(15, "white", -20.0, 1),
        sounds.noise(15, "brown", -20.0, 1),
        sounds.hum(20),
        sounds.clicks(15, 1),
        sounds.applause(15, 1),
        sounds.wind(15, 1),
    ],
)
def test_noise_and_hum_have_no_name(samples: np.ndarray):
    assert find(samples) == ()


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("name", ["auto_repair_en.flac", "banque_fraude.wav", "telecom_panne.wav"])
def test_a_call_holds_no_sound_of_the_line(examples_dir, name: str, channel: int):
    samples = decode(examples_dir / "conversations" / name, [channel])[0]
    assert find(samples, RATE_HZ) == ()


def test_what_rings_before_a_call_is_found_beside_the_speech(examples_dir):
    call = decode(examples_dir / "conversations" / "banque_fraude.wav", [0])[0]
    ringing = sounds.at_16_khz(sounds.ringback_fr(10))
    found = find(np.concatenate([ringing, call[: 30 * RATE_HZ]]), RATE_HZ)
    assert [sound.kind for sound in found] == ["ringback"]
    assert found[0].end_s == pytest.approx(6.5, abs=0.05)


MIXED = np.concatenate([
    sounds.ringback_fr(7), sounds.dtmf("12"), sounds.mu_law(sounds.arpeggios(12, 1)),
    sounds.silence(1), sounds.tones(0.5, 1000.0), sounds.noise(1, "pink", -30.0, 1),
])  # fmt: skip
MIXED_16_KHZ = sounds.at_16_khz(MIXED)
MIXED_FOUND = find(MIXED)


@settings(max_examples=6)
@given(cuts=st.lists(st.integers(0, len(MIXED_16_KHZ)), max_size=30))
def test_what_is_found_does_not_depend_on_how_the_sound_was_cut(cuts: list[int]):
    detector = LineSoundDetector()
    for start, end in pairwise([0, *sorted(cuts), len(MIXED_16_KHZ)]):
        detector.feed(MIXED_16_KHZ[start:end])
    assert detector.finish() == MIXED_FOUND
    assert {sound.kind for sound in MIXED_FOUND} == {"ringback", "dtmf", "music", "beep"}


@pytest.mark.parametrize("n_samples", [0, 1, 400, 1_023, 5_000])
def test_very_short_sound_holds_nothing(n_samples: int):
    assert find(np.full(n_samples, 0.1, np.float32), RATE_HZ) == ()


def music(start_s: float, end_s: float) -> LineSound:
    return LineSound("music", start_s, end_s, ((start_s, end_s),))


def test_uncertain_speech_in_music_is_masked_and_outside_it_is_not():
    probabilities = np.full(1_000, 0.6, np.float32)
    masked = mask_line_sounds(probabilities, [music(5, 15)])
    first, last = round(5 / FRAME_S), round(15 / FRAME_S)
    assert masked[first + 1 : last].max() < 0.1
    assert (masked[: first - 1] == 0.6).all()
    assert (masked[last + 2 :] == 0.6).all()


def test_speech_over_music_keeps_its_probability():
    probabilities = np.full(1_000, 0.3, np.float32)
    probabilities[400:440] = 0.95
    masked = mask_line_sounds(probabilities, [music(0, 32)])
    assert (masked[400:440] == probabilities[400:440]).all()
    assert (masked[391:449] == probabilities[391:449]).all()  # the soft ends of its words too
    assert masked[:380].max() < 0.1


@pytest.mark.parametrize("play", [sounds.arpeggios, sounds.held_chords, sounds.flute])
def test_a_voice_over_music_is_still_found(examples_dir, play):
    voice = decode(examples_dir / "conversations" / "telecom_panne.wav", [0])[0][: 40 * RATE_HZ]
    accompaniment = sounds.at_16_khz(play(40, 1)) * sounds.dbfs(-6)
    mixed = np.clip(voice + accompaniment, -1, 1)
    found = find(mixed, RATE_HZ)
    assert "music" in {sound.kind for sound in found}
    activity = SpeechDetector()
    activity.feed(mixed)
    before = activity.finish()
    after = mask_line_sounds(before, found)
    assert (before >= 0.5).sum() > 200
    assert (after >= 0.5).sum() >= 0.99 * (before >= 0.5).sum()


def test_the_rests_of_a_ring_are_not_masked():
    ringing = LineSound("ringback", 0.0, 6.5, ((0.0, 1.5), (5.0, 6.5)))
    probabilities = np.full(300, 0.6, np.float32)
    masked = mask_line_sounds(probabilities, [ringing])
    assert masked[10] < 0.1
    assert masked[round(3 / FRAME_S)] == np.float32(0.6)


stretches = st.tuples(st.floats(0, 40), st.floats(0, 40)).map(sorted)


@given(
    probabilities=st.lists(st.floats(0, 1, width=32), max_size=600),
    parts=st.lists(stretches, max_size=4),
)
def test_masking_never_raises_a_probability(probabilities, parts):
    before = np.array(probabilities, np.float32)
    found = [music(start_s, end_s) for start_s, end_s in parts]
    after = mask_line_sounds(before, found)
    assert after.shape == before.shape
    assert (after <= before).all()
    assert before.tolist() == [np.float32(value) for value in probabilities]

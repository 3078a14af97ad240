"""Redacted sound: silent where it must be, as it was elsewhere, on the same clock."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conversation.errors import AudioTruncated, BadInput, NotFound
from speech.audio_file import read_header
from speech.raw_audio import parse_raw_format
from speech.sound_redaction import (
    GAP_S,
    MARGIN_S,
    REACH_S,
    SoundSpan,
    WordSpan,
    redact_sound,
    sound_suffix,
    widen_word_spans,
)

from .conftest import encode

RATE_HZ = 8000
FADE_S = 0.011


def noise(seconds: float, *, channels: int = 1, rate_hz: int = RATE_HZ) -> np.ndarray:
    """Sound that is nowhere silent."""
    made = np.random.default_rng(5).uniform(0.1, 0.6, (channels, round(seconds * rate_hz)))
    made[:, ::2] *= -1
    return made.astype(np.float32)


def decoded(path: Path) -> np.ndarray:
    """Return what is stored, float64 of shape (n_channels, n)."""
    parts = []
    with av.open(str(path)) as container:
        for frame in container.decode(audio=0):
            samples = frame.to_ndarray()
            if not frame.format.is_planar:
                samples = samples.reshape(-1, len(frame.layout.channels)).T
            parts.append(samples.astype(np.float64))
    return np.concatenate(parts, axis=1)


def places(span: tuple[float, float], rate_hz: int) -> slice:
    return slice(int(span[0] * rate_hz), int(np.ceil(span[1] * rate_hz)))


@pytest.mark.parametrize(
    ("kind", "suffix", "codec"),
    [
        ("wav", ".wav", "pcm_s16le"),
        ("mulaw.wav", ".wav", "pcm_mulaw"),
        ("alaw.wav", ".wav", "pcm_alaw"),
        ("u8.wav", ".wav", "pcm_u8"),
        ("s24.wav", ".wav", "pcm_s24le"),
        ("float.wav", ".wav", "pcm_f32le"),
        ("aiff", ".wav", "pcm_s16le"),
        ("flac", ".flac", "flac"),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_a_lossless_recording_keeps_its_samples_outside_of_the_spans(
    tmp_path, kind, suffix, codec, channels
):
    source = encode(tmp_path / f"a.{kind}", noise(3, channels=channels), RATE_HZ, kind)
    assert sound_suffix(read_header(source)) == suffix
    target = tmp_path / f"out{suffix}"
    facts = redact_sound(source, target, [SoundSpan(start_s=1, end_s=1.5)])
    before, after = decoded(source), decoded(target)
    assert (facts.codec, facts.sample_rate_hz, facts.channels) == (codec, RATE_HZ, channels)
    assert facts.samples == before.shape[1] == after.shape[1]
    quiet = places((1, 1.5), RATE_HZ)
    largest = np.abs(before).max()
    silence = 128 if kind == "u8.wav" else 0
    # A-law has no code for zero: its least is 8 of 32768
    assert np.abs(after[:, quiet] - silence).max() <= largest * (0.001 if "alaw" in kind else 0)
    fade = round(FADE_S * RATE_HZ)
    near = slice(quiet.start - fade, quiet.stop + fade)
    assert np.array_equal(np.delete(before, near, 1), np.delete(after, near, 1))
    assert facts.redacted_s == 0.5


@pytest.mark.parametrize("kind", ["mp3", "ogg", "m4a", "webm", "amr", "g722.wav"])
def test_a_lossy_recording_becomes_flac_of_the_same_length_and_sound(tmp_path, kind):
    source = encode(tmp_path / f"a.{kind}", noise(3) * 0.5, 8000 if kind == "amr" else 16000, kind)
    header = read_header(source)
    assert sound_suffix(header) == ".flac"
    facts = redact_sound(source, tmp_path / "o.flac", [SoundSpan(start_s=1, end_s=1.5)])
    before, after = decoded(source), decoded(tmp_path / "o.flac")
    assert before.shape == after.shape == (1, facts.samples)
    assert facts.sample_rate_hz == header.sample_rate_hz
    scale = 1.0 if np.abs(before).max() <= 2 else 2.0**15
    quiet = places((1, 1.5), header.sample_rate_hz)
    fade = round(FADE_S * header.sample_rate_hz)
    near = slice(quiet.start - fade, quiet.stop + fade)
    apart = np.delete(before / scale, near, 1) - np.delete(after / 2.0**15, near, 1)
    assert np.abs(apart).max() < 2 / 2.0**15
    assert not after[:, quiet].any()


def test_a_beep_is_a_modest_tone_of_one_kilohertz_that_fades_in_and_out(tmp_path):
    source = encode(tmp_path / "a.wav", noise(3, channels=2), RATE_HZ, "wav")
    redact_sound(source, tmp_path / "o.wav", [SoundSpan(start_s=1, end_s=2)], mode="beep")
    tone = decoded(tmp_path / "o.wav")[:, RATE_HZ : 2 * RATE_HZ] / 2.0**15
    assert np.array_equal(tone[0], tone[1])
    assert 20 * np.log10(np.abs(tone[0]).max()) == pytest.approx(-26, abs=0.2)
    spectrum = np.abs(np.fft.rfft(tone[0]))
    assert spectrum.argmax() == 1000
    assert np.sum(spectrum[990:1011] ** 2) > 0.99 * np.sum(spectrum**2)
    assert np.abs(tone[0, :4]).max() < 0.01
    assert np.abs(tone[0, -4:]).max() < 0.01


def test_one_channel_alone_can_be_redacted_and_all_are_if_none_is_named(tmp_path):
    source = encode(tmp_path / "a.wav", noise(3, channels=2), RATE_HZ, "wav")
    spans = [SoundSpan(start_s=0.5, end_s=1, channels=(1,)), SoundSpan(start_s=2, end_s=2.5)]
    facts = redact_sound(source, tmp_path / "o.wav", spans)
    before, after = decoded(source), decoded(tmp_path / "o.wav")
    first, second = places((0.5, 1), RATE_HZ), places((2, 2.5), RATE_HZ)
    assert np.array_equal(before[0, first], after[0, first])
    assert not after[1, first].any()
    assert not after[:, second].any()
    assert [span.channels for span in facts.spans] == [(1,), None]
    assert facts.redacted_s == 1.0


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(
        st.tuples(st.floats(0, 12), st.floats(0, 3), st.sampled_from([None, (0,), (1,), (0, 1)])),
        max_size=5,
    ),
    beep=st.booleans(),
)
def test_all_samples_of_all_spans_are_gone_and_the_length_stays(tmp_path, spans, beep):
    source = tmp_path / "a.wav"
    if not source.exists():
        encode(source, noise(11.3, channels=2), RATE_HZ, "wav")  # more than one decoded block
    target = tmp_path / "o.wav"
    redact_sound(
        source, target,
        [SoundSpan(start_s=s, end_s=s + length, channels=on) for s, length, on in spans],
        mode="beep" if beep else "silence",
    )  # fmt: skip
    before, after = decoded(source), decoded(target)
    assert before.shape == after.shape
    gone = np.zeros(before.shape, bool)
    near = np.zeros(before.shape, bool)
    fade = round(FADE_S * RATE_HZ)
    for start_s, length_s, on in spans:
        window = places((start_s, start_s + length_s), RATE_HZ)
        channels = list(on or (0, 1))
        gone[channels, window] = True
        near[channels, max(0, window.start - fade) : window.stop + fade] = True
    limit = 0.051 * 2**15 if beep else 0
    assert np.abs(after[gone]).max(initial=0) <= limit  # the sound itself is at least 0.1
    for channel in (0, 1):  # stretches that nearly touch are one
        edges = np.flatnonzero(np.diff(near[channel].astype(int), prepend=0, append=0))
        for end, start in zip(edges[1::2], edges[2::2], strict=False):
            if start - end <= 0.1 * RATE_HZ:
                near[channel, end:start] = True
    assert np.array_equal(before[~near], after[~near])


def test_damage_in_the_middle_stays_on_the_clock_of_the_transcription(tmp_path):
    sound = np.zeros((1, 30 * 16_000), np.float32)
    sound[0, 25 * 16_000 : 26 * 16_000] = 0.5
    sound += np.random.default_rng(3).normal(0, 0.01, sound.shape).astype(np.float32)
    source = encode(tmp_path / "a.flac", sound, 16_000, "flac")
    content = bytearray(source.read_bytes())
    third = len(content) // 3
    content[third : third + 3_000] = bytes(3_000)
    source.write_bytes(content)
    assert decoded(source).shape[1] < sound.shape[1]  # a plain decoder loses what is damaged
    facts = redact_sound(source, tmp_path / "o.flac", [SoundSpan(start_s=25, end_s=25.5)])
    after = decoded(tmp_path / "o.flac")[0] / 2.0**15
    assert facts.samples == after.shape[0] == sound.shape[1]
    assert not after[25 * 16_000 : 25 * 16_000 + 8_000].any()
    assert np.abs(after[20 * 16_000 : 25 * 16_000 - 200]).max() < 0.2
    assert after[int(25.55 * 16_000) : int(25.9 * 16_000)].min() > 0.4


def test_a_raw_recording_becomes_wav_in_its_own_coding(tmp_path):
    source = encode(tmp_path / "a.mulaw", noise(2), RATE_HZ, "mulaw")
    facts = redact_sound(
        source, tmp_path / "o.wav", [SoundSpan(start_s=1, end_s=1.2)],
        raw=parse_raw_format("mulaw:8000"),
    )  # fmt: skip
    assert (facts.codec, facts.samples) == ("pcm_mulaw", 2 * RATE_HZ)


def test_titles_and_other_tags_are_not_copied(tmp_path):
    source = tmp_path / "a.flac"
    with av.open(str(source), "w") as output:
        output.metadata["title"] = "Claire Durand 0199001234"
        stream = output.add_stream("flac", rate=RATE_HZ, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (noise(1) * 2**15).astype(np.int16), format="s16", layout="mono"
        )
        frame.sample_rate = RATE_HZ
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    redact_sound(source, tmp_path / "o.flac", [])
    assert b"Durand" in source.read_bytes()
    assert b"Durand" not in (tmp_path / "o.flac").read_bytes()


def test_the_recording_itself_is_never_overwritten_unless_asked(tmp_path):
    source = encode(tmp_path / "a.wav", noise(2), RATE_HZ, "wav")
    content = source.read_bytes()
    link = tmp_path / "link.wav"
    link.hardlink_to(source)
    span = [SoundSpan(start_s=1, end_s=1.5)]
    for target in (source, link):
        with pytest.raises(BadInput, match="overwrite the recording"):
            redact_sound(source, target, span)
    assert source.read_bytes() == content
    redact_sound(source, source, span, overwrite_source=True)
    assert not decoded(source)[:, RATE_HZ : int(1.5 * RATE_HZ)].any()


def test_a_recording_that_is_cut_short_leaves_nothing_written(tmp_path):
    source = encode(tmp_path / "a.wav", noise(4), RATE_HZ, "wav")
    source.write_bytes(source.read_bytes()[: RATE_HZ * 4])
    with pytest.raises(AudioTruncated):
        redact_sound(source, tmp_path / "o.wav", [SoundSpan(start_s=1, end_s=2)])
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("target", "span", "message"),
    [
        ("o.mp3", SoundSpan(start_s=0, end_s=1), "written as .wav or .flac"),
        ("o.wav", SoundSpan(start_s=0, end_s=1, channels=(2,)), "names channel 2"),
        ("none/o.wav", SoundSpan(start_s=0, end_s=1), "nothing can be written"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(tmp_path, target, span, message):
    source = encode(tmp_path / "a.wav", noise(1), RATE_HZ, "wav")
    with pytest.raises(BadInput, match=message):
        redact_sound(source, tmp_path / target, [span])
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    with pytest.raises(NotFound):
        redact_sound(tmp_path / "none.wav", tmp_path / "o.wav", [])


def test_progress_goes_up_to_one_and_memory_holds_no_whole_recording(tmp_path):
    source = tmp_path / "long.wav"
    with wave.open(str(source), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(bytes(2 * RATE_HZ * 300))
    shares: list[float] = []
    facts = redact_sound(source, tmp_path / "o.wav", [], progress=shares.append)
    assert facts.samples == 300 * RATE_HZ
    assert len(shares) > 20
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_words_are_widened_into_pauses_but_only_a_little_into_words():
    (near,) = widen_word_spans([WordSpan(10, 12, free_from_s=9.9, free_to_s=12.0)])
    assert near == (10 - MARGIN_S, 12 + MARGIN_S)
    (far,) = widen_word_spans([WordSpan(10, 12, free_from_s=2, free_to_s=30)])
    assert far == (10 - REACH_S, 12 + REACH_S)
    (some,) = widen_word_spans([WordSpan(10, 12, free_from_s=9.3, free_to_s=12.9)])
    assert some == (9.3, 12.9)
    (early,) = widen_word_spans([WordSpan(0.1, 1, free_from_s=0, free_to_s=1)])
    assert early[0] == 0.0


def test_what_stands_between_parts_of_a_number_goes_with_them():
    first, second = WordSpan(10, 11, 10, 11), WordSpan(11 + GAP_S, 15, 11 + GAP_S, 15)
    assert widen_word_spans([second, first]) == ((10 - MARGIN_S, 15 + MARGIN_S),)
    later = WordSpan(20, 21, 20, 21)
    assert len(widen_word_spans([first, later])) == 2

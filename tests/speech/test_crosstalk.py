from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from speech.audio_file import read_header
from speech.crosstalk import Crosstalk, CrosstalkMeter, mask_bleed
from speech.decoding import Decoder
from speech.remarks import remarks_on_sound
from speech.survey import Survey, survey_recording
from speech.voice_activity import SpeechDetector

from .conftest import decode

FRAME = 512


@pytest.fixture(scope="module")
def call(examples_dir: Path) -> np.ndarray:
    """Forty seconds of a sample call with both sides."""
    return decode(examples_dir / "conversations" / "telecom_panne.wav")[:, : 40 * 16_000]


def compare(samples: np.ndarray) -> Crosstalk:
    meter = CrosstalkMeter()
    for block in pieces(samples):
        meter.feed(block)
    return meter.finish()


def pieces(samples: np.ndarray, length: int = 70_001) -> Iterator[np.ndarray]:
    for start in range(0, samples.shape[1], length):
        yield samples[:, start : start + length].astype(np.float32)


def speech(samples: np.ndarray) -> np.ndarray:
    detector = SpeechDetector()
    detector.feed(samples.astype(np.float32))
    return detector.finish()


def late(samples: np.ndarray, seconds: float) -> np.ndarray:
    shift = round(seconds * 16_000)
    if shift < 0:
        return np.pad(samples[-shift:], (0, -shift))
    return np.pad(samples, (shift, 0))[: len(samples)]


def echo_path(rng: np.random.Generator) -> np.ndarray:
    """Eight milliseconds of a handset's own echo."""
    path = rng.normal(0, 0.2, 128) * np.exp(-np.arange(128) / 30)
    path[0] = 1
    return path / np.sqrt(np.sum(path**2))


def with_bleed(
    call: np.ndarray, db: float, delay_s: float, *, both: bool = False, polarity: int = 1
) -> np.ndarray:
    rng = np.random.default_rng(1)
    factor = polarity * 10 ** (db / 20)
    mixed = call.astype(np.float64) + rng.normal(0, 2e-4, call.shape)
    path = echo_path(rng)
    heard = [factor * late(np.convolve(side, path)[: len(side)], delay_s) for side in call]
    mixed[1] += heard[0]
    if both:
        mixed[0] += heard[1]
    return mixed.astype(np.float32)


@pytest.mark.parametrize(
    ("db", "delay_s", "polarity"),
    [(-6, 0.0, 1), (-12, 0.02, 1), (-20, 0.05, -1), (-30, 0.01, 1), (-15, -0.01, 1)],
)
@pytest.mark.parametrize("both", [False, True])
def test_bleed_is_found_with_its_level_delay_and_direction(
    call: np.ndarray, db: float, delay_s: float, polarity: int, both: bool
):
    found = compare(with_bleed(call, db, delay_s, both=both, polarity=polarity))
    assert not found.is_doubled
    assert [(bleed.source, bleed.target) for bleed in found.bleeds] == [(0, 1), (1, 0)][: 1 + both]
    for bleed in found.bleeds:
        assert bleed.level_db == pytest.approx(db, abs=2.5)
        assert bleed.delay_s == pytest.approx(delay_s, abs=0.001)


@pytest.mark.parametrize(("db", "delay_s"), [(-6, 0.05), (-15, 0.02), (-25, 0.0)])
def test_only_the_others_voice_is_masked_and_nothing_true_is_lost(
    call: np.ndarray, db: float, delay_s: float
):
    mixed = with_bleed(call, db, delay_s, both=True)
    for bleed in compare(mixed).bleeds:
        own = speech(call[bleed.target]) >= 0.5
        heard = speech(mixed[bleed.target])
        mask = mask_bleed(pieces(mixed), bleed, heard)
        near_own = np.convolve(own, np.ones(9), mode="same") > 0
        theirs = (heard >= 0.5) & ~near_own
        assert theirs.sum() > 100
        assert (theirs & ~mask).sum() <= 0.01 * theirs.sum()
        assert (own & mask).sum() <= 0.005 * own.sum()


@pytest.mark.parametrize("db", [-6, -12])
def test_true_double_talk_stays(call: np.ndarray, db: float):
    """Both sides talk at once for most of the time, and each is heard on the other's channel."""
    spoken = speech(call[1]) >= 0.5
    overlap = call.copy()
    shift = max(range(0, 30 * 16_000, 8_000), key=lambda n: overlap_of(call, spoken, n))
    overlap[1] = np.roll(call[1], shift)
    mixed = with_bleed(overlap, db, 0.02, both=True)
    found = compare(mixed)
    assert len(found.bleeds) == 2
    for bleed in found.bleeds:
        own = speech(overlap[bleed.target]) >= 0.5
        both = own & (speech(overlap[bleed.source]) >= 0.5)
        assert both.sum() > 200
        mask = mask_bleed(pieces(mixed), bleed, speech(mixed[bleed.target]))
        assert (both & mask).sum() <= 0.02 * both.sum()


def overlap_of(call: np.ndarray, spoken: np.ndarray, shift: int) -> int:
    frames = np.sqrt(np.mean(call[0][: len(spoken) * FRAME].reshape(-1, FRAME) ** 2, axis=1)) > 0.01
    return int((frames & np.roll(spoken, shift // FRAME)[: len(frames)]).sum())


@pytest.mark.parametrize("name", ["telecom_panne.wav", "banque_fraude.wav", "auto_repair_en.flac"])
def test_calls_without_crosstalk_have_none(examples_dir: Path, name: str):
    found = compare(decode(examples_dir / "conversations" / name))
    assert found == Crosstalk()


@pytest.mark.parametrize(
    ("gain", "delay_s", "louder"),
    [(1.0, 0.0, 0), (0.5, 0.0, 0), (2.0, 0.0, 1), (-1.0, 0.0, 0), (-0.4, 0.05, 0), (1.0, -0.02, 0)],
)
def test_the_same_sound_twice_is_mono(call: np.ndarray, gain: float, delay_s: float, louder: int):
    mono = 0.4 * call.sum(axis=0)
    noise = np.random.default_rng(3).normal(0, 2e-4, (2, len(mono)))
    found = compare(np.stack([mono, gain * late(mono, delay_s)]) + noise)
    assert (found.is_doubled, found.louder, found.bleeds) == (True, louder, ())


def test_one_side_alone_is_not_doubled(call: np.ndarray):
    assert compare(np.stack([call[0], np.zeros(call.shape[1])])) == Crosstalk()
    assert compare(np.zeros((2, 100_000))) == Crosstalk()
    assert compare(np.zeros((2, 10))) == Crosstalk()


def test_the_mask_does_not_depend_on_how_the_sound_was_cut(call: np.ndarray):
    mixed = with_bleed(call[:, : 20 * 16_000 + 77], -15, 0.02)
    (bleed,) = compare(mixed).bleeds
    heard = speech(mixed[1])
    masks = [mask_bleed(pieces(mixed, length), bleed, heard) for length in (1_000, 33_333, 10**6)]
    assert len(masks[0]) == len(heard)
    assert (masks[0] == masks[1]).all()
    assert (masks[0] == masks[2]).all()


def survey(path: Path) -> Survey:
    return survey_recording(read_header(path), (0, 1), max_duration_s=600)


def test_the_survey_takes_bleed_out_of_the_speech_and_says_so(
    call: np.ndarray, write_audio: Callable[..., Path]
):
    clean = survey(write_audio(call, 16_000, name="clean"))
    path = write_audio(with_bleed(call, -15, 0.03), 16_000, name="bleed")
    found = survey(path)
    spoken = [
        [float((side.probabilities >= 0.5).mean()) for side in result.channels]
        for result in (clean, found)
    ]
    assert spoken[1] == pytest.approx(spoken[0], abs=0.03)
    bleed = found.channels[1].bleed
    assert bleed is not None
    assert bleed.mean() > 0.2
    assert found.channels[0].bleed is None
    header = read_header(path)
    french = list(remarks_on_sound(header, found, has_words=True, french=True))
    english = list(remarks_on_sound(header, found, has_words=True, french=False))
    assert french[0].startswith("La voix du canal 0 s'entend aussi sur le canal 1 (-1")
    assert english[0].startswith("The voice of channel 0 is heard on channel 1 as well (-1")


def test_bleed_that_is_muted_is_silent_and_the_own_voice_is_whole(
    call: np.ndarray, write_audio: Callable[..., Path]
):
    path = write_audio(with_bleed(call, -15, 0.03), 16_000)
    header, found = read_header(path), survey(path)
    treated = np.concatenate(
        list(
            Decoder(
                header,
                channels=(0, 1),
                max_duration_s=600,
                treatments=[side.treatment for side in found.sides],
            ).blocks()
        ),
        axis=1,
    )
    plain = decode(path)
    muted = found.channels[1].bleed
    assert treated.shape == plain.shape
    assert (treated[0] == plain[0]).all()
    inner = muted & np.roll(muted, 1)
    by_frame = treated[1][: len(muted) * FRAME]
    frames = np.pad(by_frame, (0, len(muted) * FRAME - len(by_frame))).reshape(-1, FRAME)
    kept = np.pad(plain[1], (0, len(muted) * FRAME - plain.shape[1])).reshape(-1, FRAME)
    assert np.abs(frames[inner]).max() == 0
    outer = ~muted & ~np.roll(muted, 1)
    assert (frames[outer] == kept[outer]).all()

"""Who speaks when on one channel, and who said each word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conversation.errors import BadInput
from models import ModelStore, SpeakerEncoder, load_speaker_encoder
from speech import diarization_stream
from speech.audio_file import read_header
from speech.decoding import SAMPLE_RATE_HZ, Decoder
from speech.diarization import Diarization, SpeakerSegment, assign_speakers
from speech.diarization_clustering import find_voices, most_likely_speakers
from speech.diarization_error import diarization_error
from speech.diarization_stream import Diarizer, diarize
from speech.heard import HeardWord
from speech.voice_activity import FRAME_S, FRAME_SAMPLES, SpeechDetector, find_spans

Samples = NDArray[np.float32]
PITCHES_HZ = (300.0, 900.0, 2700.0)


class PitchEncoder:
    """Tells "voices" that are tones apart by their spectrum."""

    def __init__(self) -> None:
        self.windows = 0
        self.largest_batch = 0

    def encode(self, speech: Samples) -> Samples:
        self.windows += len(speech)
        self.largest_batch = max(self.largest_batch, len(speech))
        power = np.abs(np.fft.rfft(speech, axis=1)) ** 2
        bands = np.stack([band.sum(axis=1) for band in np.array_split(power, 16, axis=1)], axis=1)
        bands += 1e-3 * bands.sum(axis=1, keepdims=True) + 1e-9
        return (bands / np.linalg.norm(bands, axis=1, keepdims=True)).astype(np.float32)


def voices(turns: list[tuple[int | None, float]]) -> tuple[Samples, NDArray[np.float32]]:
    """Return tones one after the other (None: silence), and the probabilities of speech."""
    pieces = []
    for voice, length_s in turns:
        time_s = np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
        pitch_hz = 0.0 if voice is None else PITCHES_HZ[voice]
        pieces.append(0.1 * np.sin(2 * np.pi * pitch_hz * time_s))
    samples = np.concatenate(pieces).astype(np.float32)
    frames = np.pad(samples, (0, -len(samples) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    return samples, (np.abs(frames).max(axis=1) > 0.01).astype(np.float32)


def found(
    turns: list[tuple[int | None, float]], n_speakers: int | None = None
) -> tuple[SpeakerSegment, ...]:
    samples, probabilities = voices(turns)
    diarizer = Diarizer(PitchEncoder(), probabilities, len(samples), n_speakers=n_speakers)
    diarizer.feed(samples)
    return diarizer.finish().segments


def test_two_voices_are_told_apart_where_they_change():
    turns = [(0, 4.0), (1, 3.0), (None, 1.0), (0, 2.5), (None, 0.8), (1, 3.0)]
    segments = found(turns)
    assert [segment.speaker for segment in segments] == [0, 1, 0, 1]
    starts_s = np.array([segment.start_s for segment in segments])
    np.testing.assert_allclose(starts_s, [0, 4.0, 8.0, 11.3], atol=0.25)


def test_one_voice_is_one_speaker():
    assert {segment.speaker for segment in found([(0, 6.0), (None, 1.0), (0, 5.0)])} == {0}


def test_three_voices_are_found():
    turns = [(voice, 3.0) for voice in (0, 1, 2, 1, 0, 2)]
    assert [segment.speaker for segment in found(turns)] == [0, 1, 2, 1, 0, 2]


def test_a_given_number_of_speakers_is_kept():
    turns = [(voice, 3.0) for voice in (0, 1, 2, 1, 0, 2)]
    assert len({segment.speaker for segment in found(turns, 2)}) == 2
    assert len({segment.speaker for segment in found(turns, 1)}) == 1


def test_a_number_of_speakers_that_cannot_be_is_refused():
    for count in (0, 7):
        with pytest.raises(BadInput, match=f"got {count} speakers, expected 1 to 6"):
            Diarizer(PitchEncoder(), np.zeros(0, np.float32), 0, n_speakers=count)


def test_silence_and_nothing_have_no_segments():
    assert found([(None, 5.0)]) == ()
    diarizer = Diarizer(PitchEncoder(), np.zeros(0, np.float32), 0)
    diarizer.feed(np.zeros(0, np.float32))
    assert diarizer.finish().segments == ()


@pytest.mark.parametrize("length_s", [0.05, 0.3, 1.0])
def test_a_recording_shorter_than_a_window_is_read(length_s: float):
    segments = found([(0, length_s)])
    assert [segment.speaker for segment in segments] == [0]
    assert segments[-1].end_s <= length_s + 1e-6


@settings(max_examples=10)
@given(
    turns=st.lists(
        st.tuples(st.sampled_from([0, 1, 2, None]), st.floats(0.05, 3.0)), min_size=1, max_size=8
    )
)
def test_segments_are_in_order_within_the_recording_and_do_not_overlap(
    turns: list[tuple[int | None, float]],
):
    samples, probabilities = voices(turns)
    diarizer = Diarizer(PitchEncoder(), probabilities, len(samples))
    diarizer.feed(samples)
    segments = diarizer.finish().segments
    edges = [edge for segment in segments for edge in (segment.start_s, segment.end_s)]
    assert edges == sorted(edges)
    assert all(segment.end_s > segment.start_s for segment in segments)
    assert not edges or edges[-1] <= len(samples) / SAMPLE_RATE_HZ + 1e-6
    numbers = list(dict.fromkeys(segment.speaker for segment in segments))
    assert numbers == list(range(len(numbers)))
    speech_s = probabilities.sum() * FRAME_S
    assert sum(segment.end_s - segment.start_s for segment in segments) >= speech_s - FRAME_S


@settings(max_examples=4)
@given(sizes=st.lists(st.integers(400, 90_000), min_size=1, max_size=6))
def test_the_result_does_not_depend_on_how_the_sound_is_cut(sizes: list[int]):
    turns = [(0, 4.0), (1, 3.0), (None, 1.0), (0, 9.0), (1, 3.0)]
    samples, probabilities = voices(turns)
    diarizer = Diarizer(PitchEncoder(), probabilities, len(samples))
    place = 0
    while place < len(samples):
        size = sizes[place % len(sizes)]
        diarizer.feed(samples[place : place + size])
        place += size
    assert diarizer.finish().segments == found(turns)


def test_only_a_window_of_sound_is_held(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(diarization_stream, "_MOST_CLUSTERED", 50)
    turns = [(place % 2, 6.0) for place in range(40)]
    samples, probabilities = voices(turns)
    encoder = PitchEncoder()
    diarizer = Diarizer(encoder, probabilities, len(samples))
    for block in np.split(samples, 40):
        diarizer.feed(block)
        assert diarizer.held_s < 10.0
    segments = diarizer.finish().segments
    assert [segment.speaker for segment in segments] == [place % 2 for place in range(40)]
    assert encoder.largest_batch <= 32
    assert encoder.windows == pytest.approx(240 / 0.2, rel=0.02)


def test_few_changes_are_preferred_and_rather_at_pauses():
    means = np.eye(2, dtype=np.float32)
    sure = np.tile(means[:1], (20, 1))
    doubtful = sure.copy()
    doubtful[10] = [0.70, 0.72]
    no_pause = np.zeros(20, bool)
    assert set(most_likely_speakers(doubtful, means, no_pause, hop_s=0.2)) == {0}
    both = np.concatenate((sure, np.tile(means[1:], (20, 1))))
    path = most_likely_speakers(both, means, np.zeros(40, bool), hop_s=0.2)
    assert list(path) == [0] * 20 + [1] * 20


def test_voices_that_are_all_the_same_are_one():
    vectors = np.tile(np.eye(1, 8, dtype=np.float32), (30, 1))
    assert len(find_voices(vectors)) == 1
    assert len(find_voices(vectors[:1], 3)) == 1


def word(text: str, start_s: float, length_s: float = 0.2) -> HeardWord:
    return HeardWord(text, start_s, start_s + length_s, 0.9)


def spoken(*turns: tuple[float, float, int]) -> Diarization:
    return Diarization(
        segments=tuple(SpeakerSegment(start_s=s, end_s=e, speaker=who) for s, e, who in turns)
    )


def test_a_word_goes_to_the_speaker_it_overlaps_most():
    talk = spoken((0, 1, 0), (1, 2, 1))
    assert assign_speakers([word("un.", 0.75, 0.3), word("deux.", 0.9, 0.6)], talk) == [0, 1]


def test_a_word_outside_all_segments_goes_to_the_nearest():
    talk = spoken((1, 2, 0), (6, 7, 1))
    words = [word("a.", 0.1), word("b.", 3.0), word("c.", 4.9), word("d.", 30.0)]
    assert assign_speakers(words, talk) == [0, 0, 1, 1]


def test_stray_words_go_with_their_sentence():
    talk = spoken((0, 1.0, 0), (1.0, 1.3, 1), (1.3, 3, 0))
    words = [
        word(text, 0.25 * place) for place, text in enumerate("je ne sais pas du tout ça".split())
    ]
    assert set(assign_speakers(words, talk)) == {0}


def test_a_short_answer_keeps_its_speaker():
    talk = spoken((0, 1.0, 0), (1.0, 1.3, 1), (1.3, 3, 0))
    words = [word("Vous", 0.2), word("confirmez ?", 0.5), word("Oui.", 1.05), word("Merci.", 1.5)]
    assert assign_speakers(words, talk) == [0, 0, 1, 0]


def test_two_speakers_who_share_a_breath_are_not_made_one():
    talk = spoken((0, 1.5, 0), (1.5, 3, 1))
    words = [word("mot", 0.25 * place) for place in range(12)]
    assert assign_speakers(words, talk) == [0] * 6 + [1] * 6


def test_without_segments_all_words_have_one_speaker():
    assert assign_speakers([word("a", 0), word("b", 1)], spoken()) == [0, 0]
    assert assign_speakers([], spoken((0, 1, 0))) == []


@given(
    turns=st.lists(
        st.tuples(st.floats(0, 50), st.floats(0.1, 5), st.integers(0, 5)), min_size=1, max_size=12
    ),
    starts_s=st.lists(st.floats(0, 60), max_size=30),
)
def test_every_word_has_a_speaker_that_speaks(
    turns: list[tuple[float, float, int]], starts_s: list[float]
):
    talk = spoken(*((start_s, start_s + length_s, who) for start_s, length_s, who in turns))
    words = [word("mot", start_s) for start_s in sorted(starts_s)]
    speakers = assign_speakers(words, talk)
    assert len(speakers) == len(words)
    assert set(speakers) <= {who for _, _, who in turns}


def call(path: Path) -> Callable[[tuple[int, ...]], Callable[[], Iterator[Samples]]]:
    """Return what starts passes over the mix of some channels of a recording."""

    def channels(numbers: tuple[int, ...]) -> Callable[[], Iterator[Samples]]:
        def blocks() -> Iterator[Samples]:
            decoder = Decoder(read_header(path), channels=numbers, max_duration_s=3600)
            yield from (block.mean(axis=0, dtype=np.float32) for block in decoder.blocks())

        return blocks

    return channels


@pytest.fixture(scope="module")
def speaker_encoder(models_dir: Path) -> SpeakerEncoder:
    return load_speaker_encoder(store=ModelStore(models_dir))


@pytest.mark.model
def test_a_call_mixed_to_mono_is_told_apart_as_its_channels_are(
    examples_dir: Path, speaker_encoder: SpeakerEncoder
):
    sound = call(examples_dir / "conversations" / "banque_fraude.wav")
    reference = []
    for channel in (0, 1):
        samples = np.concatenate(list(sound((channel,))()))
        detector = SpeechDetector()
        detector.feed(samples)
        spans = find_spans(detector.finish(), len(samples), min_silence_s=0.3, pad_s=0.1)
        reference += [
            SpeakerSegment(start_s=span.start_s, end_s=span.end_s, speaker=channel)
            for span in spans
        ]
    mixed = diarize(sound((0, 1)), speaker_encoder)
    assert mixed.n_speakers == 2
    errors = diarization_error(reference, mixed.segments)
    assert errors.rate < 0.1
    assert errors.confusion_s < 0.02 * errors.speech_s


@pytest.mark.model
def test_one_side_of_a_call_is_one_speaker(examples_dir: Path, speaker_encoder: SpeakerEncoder):
    sound = call(examples_dir / "conversations" / "banque_fraude.wav")
    for channel in (0, 1):
        assert diarize(sound((channel,)), speaker_encoder).n_speakers == 1

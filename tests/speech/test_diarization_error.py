"""Diarization error: equal to the field's reference implementation, and its invariants."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.diarization import SpeakerSegment
from speech.diarization_error import diarization_error

Turn = tuple[float, float, int]
# Reference, hypothesis, and what pyannote.metrics 4.2.0 gives for them (DiarizationErrorRate,
# overlap counted, scored from -1 s to 40 s): speech, missed, false alarm, confusion in seconds,
# without a collar and with one of 0.25 s on each side.
CASES: list[tuple[list[Turn], list[Turn], list[float], list[float]]] = [
    (
        [
            (5.18, 6.0, 0),
            (8.1, 12.05, 2),
            (8.41, 10.58, 1),
            (15.16, 16.78, 0),
            (15.68, 19.61, 2),
            (16.89, 18.31, 1),
        ],
        [
            (2.01, 4.58, 2),
            (6.2, 10.08, 3),
            (9.44, 12.37, 0),
            (13.68, 14.32, 3),
            (14.6, 16.53, 2),
            (17.98, 18.51, 0),
            (18.04, 19.95, 1),
        ],
        [13.91, 6.05, 6.53, 1.68],
        [8.49, 3.69, 5.28, 0.82],
    ),
    (
        [(2.69, 5.91, 0), (5.1, 7.98, 1), (8.99, 11.48, 0), (13.03, 16.67, 0), (16.95, 19.05, 1)],
        [
            (0.18, 1.76, 1),
            (0.45, 2.7, 3),
            (12.99, 16.77, 1),
            (13.73, 17.46, 3),
            (14.52, 15.5, 2),
            (17.62, 20.74, 2),
            (19.38, 22.78, 0),
        ],
        [14.33, 8.74, 13.25, 0.52],
        [10.83, 6.25, 12.08, 0.26],
    ),
    (
        [(1.13, 3.58, 0), (1.7, 5.7, 2), (13.39, 17.21, 2), (18.96, 20.04, 0), (19.12, 20.56, 2)],
        [(7.28, 9.47, 2), (10.04, 12.42, 1), (17.42, 18.92, 1), (18.16, 22.14, 3)],
        [12.79, 11.19, 8.45, 0.16],
        [8.63, 8.19, 7.7, 0.0],
    ),
    (
        [(0.26, 2.91, 2), (1.31, 4.8, 0), (4.76, 8.16, 1), (10.88, 13.22, 0), (12.08, 14.38, 2)],
        [
            (0.3, 2.35, 3),
            (0.86, 4.41, 0),
            (3.19, 4.95, 3),
            (7.8, 11.15, 2),
            (15.54, 18.49, 3),
            (19.15, 23.02, 1),
        ],
        [14.18, 7.86, 11.21, 0.81],
        [9.6, 5.68, 10.46, 0.12],
    ),
]
SEGMENTS = st.lists(
    st.builds(
        lambda start_ms, length_ms, speaker: SpeakerSegment(
            start_s=start_ms / 1000, end_s=(start_ms + length_ms) / 1000, speaker=speaker
        ),
        st.integers(0, 20_000),
        st.integers(1, 5_000),
        st.integers(0, 3),
    ),
    max_size=8,
)


def segments(turns: list[Turn]) -> list[SpeakerSegment]:
    return [SpeakerSegment(start_s=s, end_s=e, speaker=speaker) for s, e, speaker in turns]


@pytest.mark.parametrize(("reference", "hypothesis", "plain", "collared"), CASES)
def test_it_equals_the_reference_implementation(
    reference: list[Turn], hypothesis: list[Turn], plain: list[float], collared: list[float]
):
    for collar_s, expected in ((0.0, plain), (0.25, collared)):
        found = diarization_error(segments(reference), segments(hypothesis), collar_s=collar_s)
        assert [
            found.speech_s,
            found.missed_s,
            found.false_alarm_s,
            found.confusion_s,
        ] == pytest.approx(expected, abs=2e-4)


@given(reference=SEGMENTS)
def test_the_reference_itself_has_no_error(reference: list[SpeakerSegment]):
    assert diarization_error(reference, reference).rate == pytest.approx(0, abs=1e-9)


@given(reference=SEGMENTS, hypothesis=SEGMENTS, seed=st.integers(0, 99))
def test_names_of_speakers_are_of_no_matter(
    reference: list[SpeakerSegment], hypothesis: list[SpeakerSegment], seed: int
):
    names = random.Random(seed).sample(range(10), 4)
    renamed = [item.model_copy(update={"speaker": names[item.speaker]}) for item in hypothesis]
    once = diarization_error(reference, hypothesis)
    again = diarization_error(reference, renamed)
    assert once.rate == pytest.approx(again.rate)


@given(reference=SEGMENTS, hypothesis=SEGMENTS, collar_s=st.sampled_from([0.0, 0.25]))
def test_parts_are_never_negative_and_stay_within_the_speech(
    reference: list[SpeakerSegment], hypothesis: list[SpeakerSegment], collar_s: float
):
    found = diarization_error(reference, hypothesis, collar_s=collar_s)
    assert min(found.missed_s, found.false_alarm_s, found.confusion_s) >= 0
    assert found.missed_s + found.confusion_s <= found.speech_s + 1e-9
    whole = diarization_error(reference, hypothesis)
    assert found.speech_s <= whole.speech_s + 1e-9


def test_nothing_found_is_all_missed():
    found = diarization_error(segments([(0, 4, 0), (2, 4, 1)]), [])
    assert (found.speech_s, found.missed_s, found.rate) == (6, 6, 1)


def test_speech_found_where_there_is_none_counts():
    found = diarization_error([], segments([(0, 0.5, 0)]))
    assert (found.speech_s, found.false_alarm_s, found.rate) == (0, 0.5, 0.5)


def test_errors_of_recordings_add_up():
    one = diarization_error(segments([(0, 4, 0)]), [])
    other = diarization_error(segments([(0, 4, 0)]), segments([(0, 4, 1)]))
    assert (one + other).rate == 0.5

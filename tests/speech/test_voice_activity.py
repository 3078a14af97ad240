from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.voice_activity import FRAME_S, FRAME_SAMPLES, Span, SpeechDetector, find_spans

from .conftest import decode


@pytest.fixture(scope="module")
def speech(call_piece) -> np.ndarray:
    return decode(call_piece("telecom_panne.wav", 0, 12))[0]


def probabilities_of(samples: np.ndarray, piece_lengths=()) -> np.ndarray:
    detector = SpeechDetector()
    start = 0
    for length in piece_lengths:
        detector.feed(samples[start : start + length])
        start += length
    detector.feed(samples[start:])
    return detector.finish()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 30_000), max_size=8))
def test_probabilities_do_not_depend_on_how_the_sound_is_cut(speech, piece_lengths):
    whole = probabilities_of(speech)
    assert len(whole) == -(-len(speech) // FRAME_SAMPLES)
    np.testing.assert_allclose(probabilities_of(speech, piece_lengths), whole, atol=1e-5)


def test_speech_is_found_where_the_agent_talks_and_nowhere_else(speech):
    spans = find_spans(probabilities_of(speech), len(speech), min_silence_s=0.5)
    assert spans[0].start_s == pytest.approx(0.3, abs=0.3)
    assert spans[-1].end_s == pytest.approx(5.6, abs=0.4)


def test_silence_and_no_sound_have_no_speech():
    assert find_spans(probabilities_of(np.zeros(32_000, np.float32)), 32_000, min_silence_s=1) == ()
    assert find_spans(probabilities_of(np.zeros(0, np.float32)), 0, min_silence_s=1) == ()


@given(
    probabilities=st.lists(st.floats(0, 1, width=32), max_size=300),
    short_by=st.integers(0, FRAME_SAMPLES - 1),
    min_silence_s=st.floats(0.05, 2),
    min_speech_s=st.floats(0, 0.5),
    pad_s=st.floats(0, 0.5),
)
def test_spans_are_ordered_apart_and_inside(
    probabilities, short_by, min_silence_s, min_speech_s, pad_s
):
    n_samples = max(0, len(probabilities) * FRAME_SAMPLES - short_by)
    spans = find_spans(
        np.array(probabilities, np.float32),
        n_samples,
        min_silence_s=min_silence_s,
        min_speech_s=min_speech_s,
        pad_s=pad_s,
    )
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= span.start < span.end <= n_samples for span in spans)


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=200), st.floats(0.05, 1))
def test_no_frame_above_the_threshold_is_left_out(probabilities, min_silence_s):
    n_samples = len(probabilities) * FRAME_SAMPLES
    spans = find_spans(np.array(probabilities, np.float32), n_samples, min_silence_s=min_silence_s)
    for frame, probability in enumerate(probabilities):
        if probability >= 0.5:
            at = frame * FRAME_SAMPLES
            assert any(span.start <= at < span.end for span in spans)


def test_a_pause_shorter_than_the_least_silence_joins():
    frames = round(1 / FRAME_S)
    pattern = np.array([1.0] * frames + [0.0] * frames + [1.0] * frames, np.float32)
    n_samples = len(pattern) * FRAME_SAMPLES
    assert len(find_spans(pattern, n_samples, min_silence_s=2)) == 1
    assert len(find_spans(pattern, n_samples, min_silence_s=0.5)) == 2


def test_padding_that_would_overlap_shares_the_silence():
    pattern = np.array([1.0] * 20 + [0.0] * 10 + [1.0] * 20, np.float32)
    first, second = find_spans(pattern, 50 * FRAME_SAMPLES, min_silence_s=0.1, pad_s=2)
    assert first.end == second.start == 25 * FRAME_SAMPLES
    assert first.start == 0
    assert second == Span(first.end, 50 * FRAME_SAMPLES)

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.coverage import account_for_speech, find_uncovered
from speech.decoding import SAMPLE_RATE_HZ
from speech.heard import HeardWord
from speech.voice_activity import FRAME_S, FRAME_SAMPLES, Span


def span(start_s: float, end_s: float) -> Span:
    return Span(round(start_s * SAMPLE_RATE_HZ), round(end_s * SAMPLE_RATE_HZ))


def word(start_s: float, end_s: float) -> HeardWord:
    return HeardWord("mot", start_s, end_s, 0.9)


def account(spans: list[Span], words: list[HeardWord], length_s: float = 30.0):
    return account_for_speech(
        spans, words, round(length_s * SAMPLE_RATE_HZ), channel=1, speaker="agent"
    )


def test_words_account_for_the_speech_around_them():
    side = account([span(1, 5)], [word(1.2, 3.0), word(3.5, 4.8)])
    assert (side.channel, side.speaker, side.uncovered) == (1, "agent", ())
    assert side.speech_s == pytest.approx(4.0, abs=0.07)
    assert side.covered_s == side.speech_s


def test_more_than_a_second_of_speech_between_words_is_uncovered():
    side = account([span(1, 9)], [word(1.0, 2.0), word(6.0, 9.0)])
    [gap] = side.uncovered
    assert (gap.start_s, gap.end_s) == (pytest.approx(2.3, abs=0.05), pytest.approx(5.7, abs=0.05))
    assert side.covered_s == pytest.approx(8 - 3.4, abs=0.1)
    assert account([span(1, 9)], [word(1.0, 4.0), word(5.5, 9.0)]).uncovered == ()


def test_a_gap_starts_and_ends_with_speech_and_holds_the_silence_within():
    side = account([span(4, 5), span(7, 8)], [word(1.0, 2.0), word(20.0, 21.0)])
    [gap] = side.uncovered
    assert (gap.start_s, gap.end_s) == (pytest.approx(4, abs=0.05), pytest.approx(8, abs=0.05))


def test_speech_without_any_word_is_uncovered_to_the_end_of_the_recording():
    side = account([span(28, 30)], [], length_s=30.0)
    assert (side.covered_s, side.uncovered[0].end_s) == (0, 30.0)


def test_no_speech_and_no_words_are_nothing_to_account_for():
    assert account([], []).speech_s == 0
    assert account([], [word(1, 2)]).covered_s == 0
    assert account([], [], length_s=0.0).uncovered == ()


@st.composite
def channels(draw) -> tuple[np.ndarray, list[HeardWord]]:
    runs = draw(st.lists(st.tuples(st.booleans(), st.integers(1, 80)), min_size=1, max_size=12))
    speech = np.concatenate([np.full(length, is_speech) for is_speech, length in runs])
    edges = sorted(draw(st.lists(st.floats(0, len(speech) * FRAME_S), max_size=12)))
    return speech, [word(*pair) for pair in zip(edges[::2], edges[1::2], strict=False)]


@given(channels())
def test_all_speech_is_covered_or_uncovered_or_a_short_rest(drawn):
    speech, words = drawn
    n_samples = len(speech) * FRAME_SAMPLES
    gaps = find_uncovered(speech, words, n_samples)
    is_gap = np.zeros(len(speech), np.bool_)
    for gap in gaps:
        frames = slice(gap.start // FRAME_SAMPLES, -(-gap.end // FRAME_SAMPLES))
        assert speech[frames][0]
        assert speech[frames][-1]
        assert speech[frames].sum() * FRAME_S > 1.0
        assert not is_gap[frames].any()
        is_gap[frames] = True
        for one in words:
            assert one.end_s <= gap.start_s or one.start_s >= gap.end_s
    edges = np.flatnonzero(np.diff(np.concatenate(([0], speech, [0])))).tolist()
    spans = [
        Span(start * FRAME_SAMPLES, end * FRAME_SAMPLES)
        for start, end in zip(edges[::2], edges[1::2], strict=True)
    ]
    side = account_for_speech(spans, words, n_samples, channel=0, speaker="unknown")
    assert len(side.uncovered) == len(gaps)
    assert side.speech_s == pytest.approx(speech.sum() * FRAME_S, abs=1e-3)
    missed_s = (speech & is_gap).sum() * FRAME_S
    rests_s = side.speech_s - side.covered_s - missed_s
    assert -1e-3 <= rests_s <= (len(words) + 1) * (1.0 + 1e-3)

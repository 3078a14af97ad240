from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech.live.endpointing import Endpointer, Paused, Resumed, Started, Stopped
from speech.live.options import LiveOptions
from speech.voice_activity import FRAME_S, FRAME_SAMPLES, SpeechDetector

OPTIONS = LiveOptions()
LOUD, QUIET = 0.9, 0.05


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_S)


def test_an_utterance_ends_after_the_silence_asked_for():
    endpointer = Endpointer(OPTIONS)
    found = endpointer.advance([QUIET] * 10 + [LOUD] * 50 + [QUIET] * 30)
    assert found == [
        Started(10),
        Paused(60, 60 + _frames(OPTIONS.likely_silence_s)),
        Stopped(60, 60 + _frames(0.6)),
    ]


def test_a_pause_does_not_end_it():
    endpointer = Endpointer(OPTIONS)
    found = endpointer.advance([LOUD] * 50 + [QUIET] * 12 + [LOUD] * 10)
    assert [type(boundary) for boundary in found] == [Started, Paused, Resumed]


def test_a_click_is_no_speech():
    endpointer = Endpointer(OPTIONS)
    assert endpointer.advance(([LOUD] + [QUIET] * 40) * 5) == []
    assert endpointer.advance([LOUD] * 2 + [0.4] * 100) == []
    assert endpointer.start is None


def test_a_long_speech_needs_less_silence():
    endpointer = Endpointer(OPTIONS)
    found = endpointer.advance([LOUD] * _frames(20) + [QUIET] * 12)
    assert isinstance(found[-1], Stopped)
    assert not found[-1].goes_on


def test_speech_without_silence_is_cut_where_it_is_least():
    endpointer = Endpointer(OPTIONS)
    probabilities = [LOUD] * _frames(40)
    probabilities[700:703] = [0.4] * 3
    probabilities[760:762] = [0.4] * 2
    found = endpointer.advance(probabilities)
    (cut,) = [boundary for boundary in found if isinstance(boundary, Stopped)]
    assert cut.goes_on
    assert 700 <= cut.frame < 703
    assert found[-1].frame in range(700, 704)  # the next utterance starts there


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.floats(0, 1), st.integers(1, 120)), max_size=25),
    st.lists(st.integers(1, 50), min_size=1, max_size=5),
)
def test_boundaries_are_in_order_bounded_and_do_not_depend_on_the_pieces(runs, sizes):
    probabilities = [value for value, count in runs for _ in range(count)]
    whole = Endpointer(OPTIONS)
    expected = [*whole.advance(probabilities), *whole.stop()]
    pieces, at, found = Endpointer(OPTIONS), 0, []
    while at < len(probabilities):
        for size in sizes:
            found += pieces.advance(probabilities[at : at + size])
            at += size
    assert found + pieces.stop() == expected
    start, end = None, 0
    for boundary in expected:
        if isinstance(boundary, Started):
            assert start is None
            assert boundary.frame >= end
            start = boundary.frame
        elif isinstance(boundary, Stopped):
            assert start is not None
            assert start < boundary.frame <= boundary.heard_frame
            assert (boundary.frame - start) * FRAME_S <= OPTIONS.longest_s
            start, end = None, boundary.frame
    assert start is None


@given(st.lists(st.integers(1, 3000), min_size=1, max_size=12))
@settings(max_examples=15)
def test_probabilities_as_they_come_are_those_of_the_whole(sizes):
    sound = np.random.default_rng(1).normal(0, 0.1, sum(sizes)).astype(np.float32)
    whole = SpeechDetector()
    whole.feed(sound)
    detector, at, got = SpeechDetector(), 0, []
    for size in sizes:
        got.append(detector.advance(sound[at : at + size]))
        at += size
    got = np.concatenate(got)
    assert len(got) == len(sound) // FRAME_SAMPLES
    np.testing.assert_allclose(got, whole.finish()[: len(got)], atol=1e-5)


def test_options_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="likely_silence_s"):
        LiveOptions(end_silence_s=0.2, likely_silence_s=0.3)


def test_an_utterance_may_end_once_it_is_quiet_until_it_goes_on():
    endpointer = Endpointer(OPTIONS)
    told = []
    for probability in [0.9] * 10 + [0.1] * 4 + [0.9] * 2:
        endpointer.advance([probability])
        told.append(endpointer.may_end)
    assert told == [False] * 11 + [True] * 3 + [False] * 2

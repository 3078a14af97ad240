from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.recognition import LEAD_S, recognise
from speech.segmentation import Block
from speech.voice_activity import Span

from .conftest import ScriptedWhisper

BLOCK = Block(0, (Span(16_000, 48_000), Span(96_000, 128_000)))  # 1 to 3 s and 6 to 8 s


def hear(*segments):
    model = ScriptedWhisper([segments])
    speech = np.zeros(BLOCK.n_samples, np.float32)
    return [segment for segment, _ in recognise(model, BLOCK, speech, language="fr", beam_size=5)]


def words_of(*texts: str) -> list[str]:
    tokens = [(text, 0.1 * place, 0.1 * place + 0.1) for place, text in enumerate(texts)]
    return [word.text for segment in hear(tokens) for word in segment.words]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ((" c", "'est", " vrai"), ["c'est", "vrai"]),
        ((" aujourd", "'hui", " ?"), ["aujourd'hui ?"]),
        ((" rendez", "-vous,", " mardi."), ["rendez-vous,", "mardi."]),
        ((" 12", ",50", " €"), ["12,50 €"]),
        ((" -", " Oui."), ["Oui."]),
        ((" dit", " «", " bonjour", " »"), ["dit", "« bonjour »"]),
        ((" Oui", "...", " non"), ["Oui...", "non"]),
        (("Sans", " espace"), ["Sans", "espace"]),
        ((" ...",), []),
    ],
)
def test_tokens_become_words_as_they_read(tokens, words):
    assert words_of(*tokens) == words


def test_word_times_are_those_of_the_recording():
    [segment] = hear([(" un", 0.5, 1.0), (" deux", 2.5, 3.0)])
    assert [(word.start_s, word.end_s) for word in segment.words] == [(1.5, 2.0), (6.5, 7.0)]


def test_a_word_over_left_out_silence_stays_on_one_side():
    [segment] = hear([(" mot", 1.8, 2.6)])
    assert [(word.start_s, word.end_s) for word in segment.words] == [(6.0, 6.6)]


@given(st.lists(st.tuples(st.floats(-1, 9), st.floats(-1, 9)), min_size=1, max_size=20))
def test_word_times_never_go_back_whatever_the_recogniser_says(times):
    [segment] = hear([(" mot", start, end) for start, end in times])
    starts = [word.start_s for word in segment.words]
    ends = [word.end_s for word in segment.words]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(start <= end for start, end in zip(starts, ends, strict=True))
    assert starts[0] >= 1.0
    assert ends[-1] <= 8.0


def test_speech_is_heard_after_a_moment_of_the_same_quiet_line():
    model = ScriptedWhisper([[], []])
    speech = np.zeros(BLOCK.n_samples, np.float32)
    for _ in range(2):
        list(recognise(model, BLOCK, speech, language="fr", beam_size=5))
    first, again = model.heard
    lead = round(LEAD_S * 16_000)
    np.testing.assert_array_equal(first, again)
    assert 0 < np.abs(first[:lead]).max() < 0.01
    assert not first[lead : lead + BLOCK.n_samples].any()
    assert len(first) > lead + BLOCK.n_samples

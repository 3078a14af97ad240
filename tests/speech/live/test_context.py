from __future__ import annotations

import numpy as np
import pytest

from conversation import Word
from speech.live.context import CONTEXT_CHARACTERS, Context

RATE_HZ = 16_000


def word(text: str, start_s: float, end_s: float, spoken: str | None = None) -> Word:
    return Word(text=text, start_s=start_s, end_s=end_s, probability=0.9, spoken=spoken)


@pytest.fixture
def context() -> Context:
    """An utterance from 20 s on, with words at 20.5 s, 22 s and 23 s."""
    context = Context()
    words = [
        word("un", 20.5, 21.0),
        word("47", 22.0, 22.8, "quarante-sept"),
        word("la", 23.0, 23.5),
    ]
    sound = np.arange(4 * RATE_HZ, dtype=np.float32)
    context.say(words, sound, 20.0)
    return context


def test_nothing_was_said_at_first():
    assert Context().text(1.0) == ""
    assert Context().lead_in(1.0, 10.0) is None


def test_as_many_words_are_heard_again_as_there_is_room_for(context):
    assert context.lead_in(25.0, 9.0).text == "un quarante-sept la"
    assert context.lead_in(25.0, 2.0).text == "quarante-sept la"
    assert context.lead_in(25.0, 0.8).text == "la"
    assert context.lead_in(25.0, 0.3) is None


def test_the_sound_is_that_of_the_words(context):
    lead_in = context.lead_in(25.0, 2.0)
    first_s, last_s = 20 + lead_in.samples[[0, -1]] / RATE_HZ
    assert first_s == pytest.approx(21.95, abs=0.01)
    assert last_s == pytest.approx(23.7, abs=0.01)
    assert lead_in.length_s <= 2.0


def test_speech_of_long_ago_is_no_context(context):
    assert context.lead_in(50.0, 9.0).text == context.text(50.0) == "un quarante-sept la"
    assert context.lead_in(60.0, 9.0) is None
    assert context.text(60.0) == ""


def test_several_utterances_are_heard_again_while_there_is_room(context):
    context.say([word("oui", 30.2, 30.6)], np.arange(RATE_HZ, dtype=np.float32), 30.0)
    assert context.lead_in(32.0, 9.0).text == "un quarante-sept la oui"
    assert context.lead_in(32.0, 1.6).text == "la oui"
    both = context.lead_in(32.0, 1.6)
    assert both.length_s == pytest.approx(0.75 + 0.65, abs=0.01)
    assert both.length_s <= 1.6


def test_the_context_is_bounded_and_holds_the_last_words(context):
    for place in range(100):
        context.say([word(f"mot{place}", 30 + place, 30.5 + place)], np.zeros(8000), 30 + place)
    text = context.text(131.0, "suite")
    assert len(text) <= CONTEXT_CHARACTERS
    assert text.endswith("mot98 mot99 suite")

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from conversation.errors import BadInput
from speech.language import WINDOW_S, check_language, identify_language, plan_windows
from speech.voice_activity import Span

from .conftest import ScriptedWhisper

WINDOW = np.zeros(16_000, np.float32)


def model_hearing(*windows: dict[str, float]) -> SimpleNamespace:
    answers = iter(windows)

    def detect_language(audio):
        probabilities = sorted(next(answers).items(), key=lambda item: -item[1])
        return *probabilities[0], probabilities

    return SimpleNamespace(detect_language=detect_language)


def test_only_the_languages_to_choose_from_count():
    language = identify_language(
        model_hearing({"de": 0.5, "fr": 0.3, "en": 0.1}), [WINDOW], ["fr", "en"]
    )
    assert (language.tag, language.other) == ("fr", None)
    assert language.probability == pytest.approx(0.75)


def test_longer_windows_weigh_more():
    model = model_hearing({"fr": 0.6, "en": 0.4}, {"en": 0.9, "fr": 0.1})
    language = identify_language(model, [WINDOW, np.zeros(64_000, np.float32)], ["fr", "en"])
    assert language.tag == "en"


def test_two_sure_windows_are_enough():
    model = model_hearing({"fr": 0.98, "en": 0.01}, {"fr": 0.97, "en": 0.01})
    assert identify_language(model, [WINDOW] * 4, ["fr", "en"]).probability > 0.95


def test_a_language_that_was_not_to_choose_from_is_named():
    model = model_hearing({"es": 0.97, "fr": 0.02, "en": 0.01})
    language = identify_language(model, [WINDOW], ["fr", "en"])
    assert (language.tag, language.other) == ("fr", "es")


@pytest.mark.parametrize(("given", "tag"), [("fr", "fr"), ("fr-CA", "fr"), ("EN_us", "en")])
def test_tags_are_brought_to_their_primary_part(given: str, tag: str):
    assert check_language(ScriptedWhisper([]), given) == tag


def test_an_unknown_language_lists_the_known_ones():
    with pytest.raises(BadInput, match=r"got 'xx'; use auto, or one of de, en, fr"):
        check_language(ScriptedWhisper([]), "xx")


def test_windows_come_from_both_channels_and_the_middle_of_long_ones():
    seconds = 16_000
    talk = [Span(n * 20 * seconds, (n * 20 + 10) * seconds) for n in range(20)]
    windows = plan_windows([talk, [], talk[:1]])
    assert [window.channel for window in windows] == [0, 0, 2]
    assert all(window.length_s <= WINDOW_S for window in windows)
    assert windows[0].spans[0].start_s == 0
    assert windows[1].spans[0].start_s > 100

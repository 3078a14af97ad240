from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.reason_calibration import (
    best_temperature,
    choose_for_error_rate,
    held_out_probabilities,
    reliability,
)

ANSWERS = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1, max_size=60)


@given(ANSWERS, st.floats(0.01, 0.99))
def test_the_threshold_keeps_the_error_rate_it_promises(
    answers: list[tuple[float, bool]], wanted: float
) -> None:
    said = np.array([p for p, _ in answers], dtype=np.float32)
    right = np.array([ok for _, ok in answers])
    choice = choose_for_error_rate(said, right, wanted)
    given_ones = said >= np.float32(choice.threshold)
    assert given_ones.mean() == pytest.approx(choice.answered, abs=1e-4)
    assert np.mean(~right[given_ones]) == pytest.approx(choice.error_rate, abs=1e-4)
    if choice.reached:
        assert choice.error_rate <= wanted + 1e-4
    for lower in said[said < choice.threshold]:  # no lower threshold would keep it
        assert not choice.reached or np.mean(~right[said >= lower]) > wanted


def test_every_answer_may_be_given_when_few_are_wrong() -> None:
    choice = choose_for_error_rate(np.array([0.9, 0.5, 0.2]), np.array([True, True, True]), 0.1)
    assert (choice.threshold, choice.answered, choice.reached) == (0, 1, True)


def test_nothing_held_out_gives_no_promise() -> None:
    choice = choose_for_error_rate(np.zeros(0, np.float32), np.zeros(0, bool), 0.1)
    assert not choice.reached
    assert reliability(np.zeros(0, np.float32), np.zeros(0, bool)).bins == ()


def test_reliability_of_hand_counted_answers() -> None:
    said = np.array([0.95, 0.95, 0.35, 1.0], dtype=np.float32)
    result = reliability(said, np.array([True, False, False, True]))
    assert [(b.n_texts, b.accuracy) for b in result.bins] == [(1, 0.0), (3, 0.6667)]
    expected = 0.25 * 0.35 + 0.75 * abs(2.9 / 3 - 2 / 3)
    assert result.expected_calibration_error == pytest.approx(expected, abs=1e-3)
    assert result.accuracy == 0.5


def test_overconfident_scores_are_softened() -> None:
    random = np.random.default_rng(0)
    classes = random.integers(3, size=400)
    logits = np.eye(3)[classes] + 0.7 * random.standard_normal((400, 3))
    scores = (logits / 0.1).astype(np.float32)
    assert best_temperature(scores, classes) > 1
    honest = held_out_probabilities(scores, classes)
    right = honest.argmax(axis=1) == classes
    calibrated = reliability(honest.max(axis=1), right).expected_calibration_error
    raw = np.exp(scores - scores.max(axis=1, keepdims=True))
    raw /= raw.sum(axis=1, keepdims=True)
    assert calibrated < reliability(raw.max(axis=1), right).expected_calibration_error
    assert honest.sum(axis=1) == pytest.approx(np.ones(400), abs=1e-5)

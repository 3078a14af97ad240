"""Fitting thresholds: better only where unseen contacts say so."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from quality import Scorecard, load_scorecard
from quality.agreement import CalibrationRule, Rated, calibrate_question
from quality.agreement.calibration import Candidate, ChoiceOfCandidates
from quality.agreement.new_card import (
    card_as_yaml,
    next_version,
    recalibrated_card,
    recalibrations,
)

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STEPS = tuple(round(0.2 + 0.05 * step, 2) for step in range(13))


def question(scores, current):
    def candidate(step):
        return Candidate({"threshold": step}, tuple(float(s >= step) for s in scores))

    return ChoiceOfCandidates("Q1", candidate(current), tuple(candidate(s) for s in STEPS))


def contacts(random, n, *, edge=0.5, noise=0.06):
    scores = random.random(n) * 0.6 + 0.2
    truth = (scores + random.normal(0, noise, n) >= edge).astype(float)
    rated = [Rated(f"c{i}", "Q1", None, (value,)) for i, value in enumerate(truth)]
    return scores, rated


def test_a_threshold_that_is_far_off_gets_better():
    scores, rated = contacts(np.random.default_rng(1), 120)
    found = calibrate_question(question(scores, 0.75), rated)
    assert found.outcome == "better"
    assert found.settings_after["threshold"] == pytest.approx(0.5, abs=0.06)
    assert found.gain.low > 0
    assert found.kappa_after.value > found.kappa_before.value


def test_a_threshold_that_is_right_is_left_alone():
    scores, rated = contacts(np.random.default_rng(2), 120)
    found = calibrate_question(question(scores, 0.5), rated)
    assert found.outcome == "not_better"
    assert found.settings_after is None


def test_scores_that_say_nothing_hardly_ever_look_better():
    better = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        scores = random.random(80) * 0.6 + 0.2
        rated = [Rated(f"c{i}", "Q1", None, (float(v),))
                 for i, v in enumerate(random.random(80) < 0.6)]  # fmt: skip
        better += calibrate_question(question(scores, 0.5), rated, seed=seed).outcome == "better"
    assert better <= 2


def test_too_few_contacts_or_failures_fit_nothing():
    scores, rated = contacts(np.random.default_rng(3), 30)
    found = calibrate_question(question(scores, 0.75), rated)
    assert found.outcome == "too_little"
    assert found.kappa_after.value is None
    assert "50" in found.reason_fr


def test_what_is_judged_was_never_fitted_on():
    seen = []

    class Head:
        item = "Q1"
        settings = {"head": "old"}  # noqa: RUF012

        def answers(self, numbers):
            return [0.0 for _ in numbers]

        def fit(self, numbers, rated):
            fitted_on = set(numbers)

            class Fitted:
                settings = {"head": "new"}  # noqa: RUF012

                def answers(self, judged):
                    seen.append((fitted_on, set(judged)))
                    return [rated_all[number].raters[0] for number in judged]

            return Fitted()

    _, rated_all = contacts(np.random.default_rng(4), 60)
    found = calibrate_question(Head(), rated_all, rule=CalibrationRule(folds=4, rounds=2))
    assert found.outcome == "better"
    assert len(seen) == 8
    assert all(not fitted & judged for fitted, judged in seen)
    assert set.union(*(judged for _, judged in seen[:4])) == set(range(60))


def test_answering_less_is_not_taken_for_agreeing_more():
    scores, rated = contacts(np.random.default_rng(5), 120, noise=0.2)
    sure = [float(s >= 0.5) if abs(s - 0.5) > 0.25 else None for s in scores]
    now = Candidate({"threshold": 0.5}, tuple(float(s >= 0.5) for s in scores))
    choice = ChoiceOfCandidates("Q1", now, (now, Candidate({"threshold": 0.9}, tuple(sure))))
    assert calibrate_question(choice, rated).outcome == "not_better"


def card():
    values = load_scorecard("inbound").model_dump(mode="json", exclude_defaults=True)
    said = {
        "kind": "said",
        "examples": {"fr": ["Je reformule : c'est bien ça ?"]},
        "threshold": 0.75,
    }
    values["sections"][2]["items"][2].update(detector=said)
    return Scorecard.model_validate(values)


def test_fitted_settings_are_a_new_version_and_the_old_one_stays(tmp_path):
    old = card()
    before = old.sha256
    scores, rated = contacts(np.random.default_rng(1), 120)
    found = calibrate_question(question(scores, 0.75), rated).model_copy(update={"item": "DEC3"})
    new = recalibrated_card(old, [found], at=NINE)
    assert old.sha256 == before
    assert new.version == f"{old.version}+cal20261122"
    changed = {a.id for a, b in zip(old.items, new.items, strict=True) if a != b}
    assert changed == {"DEC3"}
    path = tmp_path / "card.yaml"
    path.write_text(card_as_yaml(new, comment="fitted\ntwice"), "utf-8")
    assert load_scorecard(path) == new
    (event,) = recalibrations(old, new, [found], at=NINE, author="entendu")
    assert (event.from_version, event.version) == (old.version, new.version)
    assert event.after == found.settings_after


def test_without_anything_better_there_is_no_new_card():
    scores, rated = contacts(np.random.default_rng(2), 120)
    found = calibrate_question(question(scores, 0.5), rated)
    assert recalibrated_card(card(), [found], at=NINE) is None


def test_versions_never_come_back():
    version = "1.0"
    seen = {version}
    for _ in range(4):
        version = next_version(version, NINE)
        assert version not in seen
        assert len(version) <= 32
        seen.add(version)
    assert next_version("x" * 32, NINE).endswith("+cal20261122")

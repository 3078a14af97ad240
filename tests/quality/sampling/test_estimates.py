"""Estimates: unbiased over all samples, intervals that hold, and figures withheld when few."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality.findings import both
from quality.sampling import (
    SamplingContact,
    SamplingRule,
    agent_figures,
    estimate_mean,
    estimate_share,
    sample,
    wilson_interval,
)
from quality.sampling.drawing import Sample, SampledCell, SampledContact

WHY = both("tiré", "drawn")


def drawn(ids, chances, *, cells, method="simple", expected=75.0):
    """Build a sample by hand: ids drawn, chance and cell of every contact."""
    sizes = {cell: [one for one in cells if cells[one] == cell] for cell in set(cells.values())}
    return Sample(
        rule="r", rule_version="1", rule_sha256="0", design="random", method=method, seed=0,
        basis="", expected_score=expected, population=len(cells),
        cells=tuple(
            SampledCell(
                purpose="training", key={}, population=len(own), agents={"a": len(own)},
                drawn=len(set(own) & set(ids)),
            )
            for _, own in sorted(sizes.items())
        ),
        contacts=tuple(
            SampledContact(
                id=one, purpose="training", agent="a", month="2026-11", cell=cells[one],
                probability=chances[one], why=WHY,
            )
            for one in ids
        ),
    )  # fmt: skip


scores = st.lists(st.floats(0, 100), min_size=7, max_size=7)


@given(scores, st.floats(0, 100))
def test_the_mean_over_all_stratified_samples_is_the_truth_and_so_is_the_variance(values, expected):
    ids = [f"c{i}" for i in range(7)]
    truth = dict(zip(ids, values, strict=True))
    cells = {one: 0 if i < 4 else 1 for i, one in enumerate(ids)}
    chances = {one: 0.5 if cells[one] == 0 else 2 / 3 for one in ids}
    found = [
        estimate_mean(
            drawn([*left, *right], chances, cells=cells, expected=expected), truth,
            purpose="training",
        ).horvitz_thompson
        for left in combinations(ids[:4], 2)
        for right in combinations(ids[4:], 2)
    ]  # fmt: skip
    mean = sum(values) / 7
    assert sum(one.value for one in found) / len(found) == pytest.approx(mean, abs=1e-6)
    spread = sum((one.value - mean) ** 2 for one in found) / len(found)
    estimated = sum(one.standard_error**2 for one in found) / len(found)
    assert estimated == pytest.approx(spread, rel=1e-6, abs=1e-6)


@given(st.lists(st.floats(0, 100), min_size=4, max_size=4), st.floats(0, 100))
def test_the_mean_over_all_poisson_samples_is_the_truth(values, expected):
    ids = [f"c{i}" for i in range(4)]
    truth = dict(zip(ids, values, strict=True))
    chances = dict(zip(ids, (0.2, 0.4, 0.5, 0.9), strict=True))
    total = 0.0
    for taken in product((False, True), repeat=4):
        own = [one for one, take in zip(ids, taken, strict=True) if take]
        weight = math.prod(
            chances[one] if take else 1 - chances[one] for one, take in zip(ids, taken, strict=True)
        )
        if own:
            one = drawn(
                own, chances, cells=dict.fromkeys(ids, 0), method="poisson", expected=expected
            )
            total += weight * estimate_mean(one, truth, purpose="training").horvitz_thompson.value
        else:  # nothing drawn: the expected score itself
            total += weight * expected
    assert total == pytest.approx(sum(values) / 4, abs=1e-6)


def centre(seed):
    """A centre whose complaints score low and are drawn more often."""
    made = []
    truth = {}
    for i in range(200):
        complaint = (i * 7 + seed) % 6 == 0
        one = SamplingContact(
            id=f"c{i:03d}", agent=f"a{i % 5}", started_at=datetime(2026, 11, 1, tzinfo=UTC),
            reason="xy"[i % 2], signals=frozenset({"complaint"} if complaint else ()),
        )  # fmt: skip
        made.append(one)
        truth[one.id] = (50.0 if complaint else 85.0) + (i * 37 + seed) % 15 - 4 * (i % 5 == 0)
    return made, truth


@pytest.mark.parametrize(
    "design",
    [
        {"design": "random"},
        {"design": "random", "per_agent_month": {"min": 3, "max": 8}},
        {"design": "stratified", "strata": {"by": ["reason", "agent"]}},
        {"design": "weighted", "weights": {"method": "systematic", "signals": {"complaint": 4}}},
        {"design": "weighted", "weights": {"method": "poisson", "signals": {"complaint": 4}}},
    ],
    ids=["random", "limits", "strata", "systematic", "poisson"],
)
def test_the_team_score_is_unbiased_over_simulated_centres(design):
    errors, covered, plain = [], 0, []
    for seed in range(250):
        contacts, truth = centre(seed)
        mean = sum(truth.values()) / len(truth)
        rule = SamplingRule.model_validate(
            {"name": "r", "seed": seed, "purposes": [{"id": "training", "rate": 0.15}], **design}
        )
        one = sample(contacts, rule)
        values = {each.id: truth[each.id] for each in one.contacts}
        found = estimate_mean(one, values, purpose="training").horvitz_thompson
        errors.append(found.value - mean)
        covered += found.low <= mean <= found.high
        plain.append(sum(values.values()) / len(values) - mean)
    bias = sum(errors) / len(errors)
    error = (sum((one - bias) ** 2 for one in errors) / len(errors) / (len(errors) - 1)) ** 0.5
    assert abs(bias) < 4 * error
    assert covered / len(errors) > 0.88
    if design["design"] == "weighted":  # what the weights are for
        assert sum(plain) / len(plain) < -4


def test_within_a_cell_the_standard_error_is_the_textbooks():
    ids = [f"c{i}" for i in range(10)]
    values = dict(zip(ids[:4], (60.0, 70.0, 80.0, 90.0), strict=True))
    one = drawn(ids[:4], dict.fromkeys(ids, 0.4), cells=dict.fromkeys(ids, 0))
    found = estimate_mean(one, values, purpose="training")
    s2 = sum((value - 75) ** 2 for value in values.values()) / 3
    assert found.horvitz_thompson.value == pytest.approx(75)
    assert found.horvitz_thompson.standard_error == pytest.approx(math.sqrt(0.6 * s2 / 4))
    assert found.hajek.standard_error == pytest.approx(math.sqrt(0.6 * s2 / 4))


def test_a_missing_score_withholds_the_unbiased_estimate_only():
    ids = [f"c{i}" for i in range(10)]
    one = drawn(ids[:4], dict.fromkeys(ids, 0.4), cells=dict.fromkeys(ids, 0))
    found = estimate_mean(one, {"c0": 60.0, "c1": 80.0, "c9": 0.0}, purpose="training")
    assert found.horvitz_thompson is None
    assert found.hajek.value == pytest.approx(70)
    assert (found.sampled, found.evaluated, found.population) == (4, 2, 10)
    assert estimate_mean(one, {}, purpose="training").hajek is None


def test_a_score_outside_the_scale_is_refused():
    ids = ["c0", "c1"]
    one = drawn(ids, dict.fromkeys(ids, 0.5), cells=dict.fromkeys(ids, 0))
    with pytest.raises(BadInput, match="'c1' has the value 101"):
        estimate_mean(one, {"c0": 3, "c1": 101}, purpose="training")


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(4, 5, 0.38, 0.96), (8, 10, 0.49, 0.94), (25, 30, 0.66, 0.93), (85, 100, 0.77, 0.91)],
)
def test_wilson_gives_the_published_limits(count, total, low, high):
    assert wilson_interval(count, total) == pytest.approx((low, high), abs=0.006)


@given(st.integers(0, 60), st.integers(0, 60))
def test_wilson_holds_the_share_between_0_and_1(count, more):
    low, high = wilson_interval(count, count + more)
    assert 0 <= low <= (count / (count + more) if count + more else 0.5) <= high <= 1


def test_wilson_refuses_more_than_all():
    with pytest.raises(BadInput):
        wilson_interval(3, 2)


def test_a_share_keeps_an_interval_when_all_answers_agree():
    ids = [f"c{i}" for i in range(20)]
    one = drawn(ids[:8], dict.fromkeys(ids, 0.4), cells=dict.fromkeys(ids, 0))
    found = estimate_share(one, dict.fromkeys(ids[:8], True), purpose="training")
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(wilson_interval(8, 8)[0])


def figures(count, *, ranking=False):
    rule = SamplingRule.model_validate(
        {
            "name": "r", "seed": 1, "design": "random", "ranking": ranking,
            "purposes": [{"id": "training", "rate": 0.5}],
            "per_agent_month": {"min": count, "max": count},
        }
    )  # fmt: skip
    contacts = [
        SamplingContact(id=f"{agent}{i}", agent=agent, started_at=datetime(2026, 11, 1, tzinfo=UTC))
        for agent in "ab"
        for i in range(90)
    ]
    one = sample(contacts, rule)
    scores = {each.id: 90.0 if each.agent == "b" else 60.0 for each in one.contacts}
    return agent_figures(one, scores, rule=rule, purpose="training")


def test_no_agent_has_a_figure_below_thirty_contacts():
    for one in figures(29).agents:
        assert one.estimate is None
        assert "30" in one.note.fr
    assert [one.estimate.value for one in figures(30).agents] == [60, 90]


def test_agents_are_in_order_of_ids_unless_a_ranking_is_set():
    assert [one.agent for one in figures(40).agents] == ["a", "b"]
    assert figures(40).order == "key"
    ranked = figures(40, ranking=True)
    assert [one.agent for one in ranked.agents] == ["b", "a"]
    assert [one.agent for one in figures(20, ranking=True).agents] == ["a", "b"]


def test_figures_need_the_rule_of_the_sample():
    rule = SamplingRule.model_validate(
        {"name": "r", "seed": 1, "design": "random", "purposes": [{"id": "training", "rate": 0.5}]}
    )
    one = sample([SamplingContact(id="a"), SamplingContact(id="b")], rule)
    with pytest.raises(BadInput, match="drawn by the rule"):
        agent_figures(
            one, {}, rule=rule.model_copy(update={"ranking": True, "seed": 2}), purpose="training"
        )

"""Drawing: known probabilities, limits kept to, the same sample again."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality.sampling import SIGNALS, SamplingContact, SamplingRule, sample
from quality.sampling.cells import MOST_WITHOUT_BASIS, part, probabilities

BASIS = "décision du comité social du 3 mai 2026"


def contact(number, *, agent="a", month=11, **fields):
    return SamplingContact(
        id=f"c{number:04d}", agent=agent, started_at=datetime(2026, month, 3, tzinfo=UTC), **fields
    )


def rule(design="random", *, rate=0.1, seed=7, **fields):
    return SamplingRule.model_validate(
        {
            "name": "r",
            "seed": seed,
            "design": design,
            "purposes": [{"id": "training", "rate": rate}],
            **fields,
        }
    )


STRATA = {"by": ["reason", "channel", "duration"]}
WEIGHTS = {"method": "systematic", "signals": {"complaint": 5, "long": 2}}
populations = st.lists(
    st.builds(
        dict,
        agent=st.sampled_from(["a", "b", None]),
        month=st.sampled_from([10, 11]),
        reason=st.sampled_from(["x", "y", None]),
        channel=st.sampled_from(["phone", "chat"]),
        duration_s=st.sampled_from([None, 20.0, 300.0, 4000.0]),
        signals=st.frozensets(st.sampled_from(SIGNALS), max_size=3),
    ),
    min_size=1,
    max_size=80,
).map(lambda rows: [contact(i, **row) for i, row in enumerate(rows)])
rules = st.sampled_from(
    [
        rule(),
        rule(rate=1, basis=BASIS),
        rule(per_agent_month={"min": 2, "max": 4}),
        rule("stratified", strata=STRATA),
        rule("stratified", rate=0.4, strata=STRATA, per_agent_month={"min": 1, "max": 6}),
        rule("weighted", weights=WEIGHTS),
        rule("weighted", weights=WEIGHTS, per_agent_month={"min": 2, "max": 5}),
        rule("weighted", weights={**WEIGHTS, "method": "poisson"}),
    ]
)


@given(populations, rules)
def test_every_contact_has_a_known_chance_that_sums_to_the_size(population, drawn_by):
    cells = part(population, drawn_by, drawn_by.purposes[0])
    assert sorted(one.id for cell in cells for one in cell.contacts) == [
        one.id for one in sorted(population, key=lambda one: one.id)
    ]
    for cell in cells:
        chances = probabilities(cell, drawn_by)
        assert all(0 < chance <= 1 for chance in chances)
        if drawn_by.weights is None:
            assert sum(chances) == pytest.approx(cell.size)
        else:
            reachable = (1 if drawn_by.may_take_all else MOST_WITHOUT_BASIS) * len(chances)
            assert sum(chances) == pytest.approx(min(cell.size, reachable))


@given(populations, rules)
def test_the_same_rule_draws_the_same_sample_in_any_order(population, drawn_by):
    first = sample(population, drawn_by)
    assert sample(list(reversed(population)), drawn_by) == first
    assert {one.id for one in first.contacts} <= {one.id for one in population}
    assert sum(cell.drawn for cell in first.cells) == len(first.contacts)
    assert sum(cell.population for cell in first.cells) == len(population)


@given(populations, rules)
def test_no_group_is_listened_to_whole_without_a_basis(population, drawn_by):
    if drawn_by.may_take_all or drawn_by.weights is not None:
        return
    drawn = sample(population, drawn_by)
    whole = Counter()
    for cell in drawn.cells:
        key = (cell.key.get("agent"), cell.key.get("month"))
        whole[key, "population"] += cell.population
        whole[key, "drawn"] += cell.drawn
    for key, kind in list(whole):
        if kind == "population" and whole[key, "population"] > 1:
            assert whole[key, "drawn"] < whole[key, "population"]


def test_limits_per_agent_and_month_hold():
    population = [
        contact(
            i, agent=f"a{i % 3}", month=10 + i % 2, signals=frozenset({"long"} if i % 5 else ())
        )
        for i in range(240)
    ]
    for design in (
        {},
        {"design": "weighted", "weights": WEIGHTS},
        {"design": "stratified", "strata": STRATA},
    ):
        drawn = sample(
            population,
            rule(
                design.pop("design", "random"),
                rate=0.01,
                per_agent_month={"min": 3, "max": 6},
                **design,
            ),
        )
        counts = Counter((one.agent, one.month) for one in drawn.contacts)
        assert set(counts.values()) == {3}
        assert len(counts) == 6
        assert not drawn.notes


def test_a_minimum_that_cannot_be_reached_is_said_in_words():
    drawn = sample([contact(0), contact(1)], rule(per_agent_month={"min": 4}))
    assert len(drawn.contacts) == 1
    assert "minimum de 4" in drawn.notes[0].fr
    assert "2026-11" in drawn.notes[0].en


def test_contacts_are_drawn_as_often_as_their_probability_says():
    population = [
        contact(i, signals=frozenset({"complaint"} if i % 4 == 0 else ())) for i in range(40)
    ]
    draws = 1500
    for method in ("systematic", "poisson"):
        counts: Counter[str] = Counter()
        for seed in range(draws):
            drawn_by = rule("weighted", rate=0.2, seed=seed, weights={**WEIGHTS, "method": method})
            drawn = sample(population, drawn_by)
            counts.update(one.id for one in drawn.contacts)
        chances = probabilities(part(population, drawn_by, drawn_by.purposes[0])[0], drawn_by)
        for one, chance in zip(population, chances, strict=True):
            error = (chance * (1 - chance) / draws) ** 0.5
            assert abs(counts[one.id] / draws - chance) < 5 * error


def test_contacts_that_come_to_one_agent_change_nothing_for_another():
    own = [contact(i, agent="a") for i in range(50)]
    more = [contact(100 + i, agent="b") for i in range(30)]
    by = rule(per_agent_month={"min": 3, "max": 6})
    before = [one.id for one in sample(own, by).contacts]
    after = [one.id for one in sample([*own, *more], by).contacts if one.agent == "a"]
    assert after == before


def test_each_contact_says_why_it_was_drawn():
    population = [contact(i, signals=frozenset({"complaint"})) for i in range(20)]
    weighted = sample(population, rule("weighted", weights=WEIGHTS)).contacts[0]
    assert weighted.signals == ("complaint",)
    assert "réclamation ×5" in weighted.why.fr
    assert "complaint ×5" in weighted.why.en
    plain = sample(population, rule(per_agent_month={"min": 2})).contacts[0]
    assert (
        "Formation : tiré au hasard, 2 sur 20 contacts de : agent a, mois 2026-11" in plain.why.fr
    )
    assert "probabilité 0,1" in plain.why.fr


def test_purposes_are_drawn_apart_with_their_own_rates():
    two = SamplingRule.model_validate(
        {
            "name": "r",
            "seed": 3,
            "design": "random",
            "purposes": [
                {"id": "training", "rate": 0.1, "agents": {"b": 0.5}},
                {"id": "service_quality", "rate": 0.05},
            ],
        }
    )
    population = [contact(i, agent="ab"[i % 2]) for i in range(80)]
    drawn = sample(population, two)
    counts = Counter((one.purpose, one.agent) for one in drawn.contacts)
    assert counts["training", "a"] == 4
    assert counts["training", "b"] == 20
    assert len(drawn.contacts_for("service_quality")) == 4


def test_a_contact_given_twice_is_refused():
    with pytest.raises(BadInput, match="c0001"):
        sample([contact(1), contact(1)], rule())

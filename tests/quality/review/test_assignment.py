"""Assignment: everybody about as much, never one's own contacts, the same seed the same draw."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality.review import Analyst, Reviewable, assign

CONTACTS = st.lists(
    st.tuples(st.sampled_from(["p1", "p2", "p3", "other"]), st.sampled_from(["fr", "en"])),
    max_size=9,
).map(lambda made: [Reviewable(f"c{i}", agent, lang) for i, (agent, lang) in enumerate(made)])


@given(contacts=CONTACTS, seed=st.integers(0, 99), raters=st.integers(1, 2))
def test_nobody_gets_their_own_contact_and_raters_differ(contacts, seed, raters):
    people = [Analyst("p1"), Analyst("p2", load=2), Analyst("p3"), Analyst("p4")]
    given_to = assign(contacts, people, seed=seed, raters=raters)
    assert set(given_to) == {one.conversation_id for one in contacts}
    for contact in contacts:
        keys = given_to[contact.conversation_id]
        assert len(set(keys)) == raters
        assert contact.agent not in keys
    assert given_to == assign(contacts[::-1], people[::-1], seed=seed, raters=raters)


@given(contacts=CONTACTS.filter(lambda made: len(made) <= 6), seed=st.integers(0, 9))
def test_no_other_assignment_is_more_even(contacts, seed):
    people = [Analyst("p1", load=1), Analyst("p2"), Analyst("p3", languages=frozenset({"fr"}))]
    choices = [[p.key for p in people if p.may_review(one)] for one in contacts]

    def uneven(keys):
        loads = {p.key: p.load for p in people}
        for key in keys:
            loads[key] += 1
        return sum(load**2 for load in loads.values())

    made = assign(contacts, people, seed=seed)
    best = min((uneven(keys) for keys in itertools.product(*choices)), default=1)
    assert uneven([made[one.conversation_id][0] for one in contacts]) == best


def test_another_seed_draws_otherwise():
    contacts = [Reviewable(f"c{i}") for i in range(20)]
    people = [Analyst("a"), Analyst("b"), Analyst("c")]
    draws = {tuple(sorted(assign(contacts, people, seed=seed).items())) for seed in range(5)}
    assert len(draws) == 5


def test_too_few_who_may_review_is_told_with_the_contact():
    with pytest.raises(BadInput, match="0 of 1 analysts may review contact c1") as caught:
        assign([Reviewable("c1", agent="ana")], [Analyst("ana")], seed=1)
    assert caught.value.remedy
    with pytest.raises(BadInput, match="stands twice"):
        assign([Reviewable("c1")], [Analyst("ana"), Analyst("ana")], seed=1)

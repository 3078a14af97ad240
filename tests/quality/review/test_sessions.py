"""Blind double scoring: nobody sees others' answers before all have scored."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conversation.errors import Conflict
from quality.review import (
    MachineAnswers,
    SessionExcused,
    SessionOpened,
    SessionReconciled,
    SessionScored,
    fold_session,
)

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
CONTACTS = ("call-1", "call-2")
RATERS = ("ana", "bob", "eve")


def event(kind, author="rui", role="reviewer", **fields):
    return kind(at=NINE, author=author, role=role, session="s1", **fields)


def opening(**changed):
    values = {
        "scorecard": "inbound",
        "version": "1.0",
        "raters": RATERS,
        "contacts": tuple(
            MachineAnswers(conversation_id=one, answers={"ACC1": 1.0, "DEC3": None})
            for one in CONTACTS
        ),
    }
    return event(SessionOpened, **{**values, **changed})


def scored(rater, contact, acc1=1.0, dec3=0.0):
    answers = {"ACC1": acc1, "DEC3": dec3}
    return event(SessionScored, rater, "analyst", conversation_id=contact, answers=answers)


ALL = [scored(rater, contact) for rater in RATERS for contact in CONTACTS]


@given(st.permutations(ALL), st.integers(0, len(ALL)))
def test_before_all_have_scored_everybody_sees_their_own_answers_only(order, done):
    state = fold_session([opening(), *order[:done]])
    for person in (*RATERS, "rui"):
        seen = state.answers_seen_by(person)
        if done < len(ALL):
            assert set(seen) <= {person}
        else:
            assert set(seen) == set(RATERS)
    if done < len(ALL):
        with pytest.raises(Conflict, match="stay hidden"):
            state.comparison()


def test_the_order_of_scoring_makes_no_difference():
    one, other = (fold_session([opening(), *order]) for order in (ALL, ALL[::-1]))
    assert one.comparison() == other.comparison()


def test_comparison_by_question_shows_who_differs_beside_the_machine():
    state = fold_session([opening(), scored("ana", "call-1", 0.5), *ALL[1:]])
    first = state.comparison()[0]
    assert (first.item, first.conversation_id) == ("ACC1", "call-1")
    assert first.raters == {"ana": 0.5, "bob": 1.0, "eve": 1.0}
    assert not first.agreed
    assert first.machine == 1.0
    assert state.comparison()[-1].machine is None


def test_what_raters_agree_on_is_kept_with_its_reason():
    settled = event(
        SessionReconciled, conversation_id="call-1", item="ACC1", answer=0.5,
        reason="sans prénom : 0,5",
    )  # fmt: skip
    with pytest.raises(Conflict, match="not everybody"):
        fold_session([opening(), settled])
    state = fold_session([opening(), *ALL, settled])
    assert state.comparison()[0].reconciled == 0.5
    assert state.comparison()[0].reason == "sans prénom : 0,5"


def test_somebody_who_cannot_take_part_is_excused_by_a_reviewer():
    away = event(SessionExcused, rater="eve", reason="absente")
    state = fold_session([opening(), *ALL[:4], away])
    assert state.is_revealed
    assert set(state.comparison()[0].raters) == {"ana", "bob"}
    with pytest.raises(Conflict, match="only a reviewer"):
        fold_session([opening(), event(SessionExcused, "ana", "analyst", rater="eve", reason="x")])


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (scored("zoe", "call-1"), "no rater"),
        (scored("ana", "call-9"), "not in this session"),
        (scored("ana", "call-1"), "already; blind answers stay"),
        (event(SessionScored, "bob", "analyst", conversation_id="call-1",
               answers={"ACC1": 1.0}), "DEC3 is missing"),
        (event(SessionScored, "bob", "system", conversation_id="call-1",
               answers={"ACC1": 1.0}), "machine cannot"),
        (event(SessionScored, "bob", "agent", conversation_id="call-1",
               answers={"ACC1": 1.0}), "agent takes no part"),
        (opening(), "open already"),
    ],
)  # fmt: skip
def test_what_is_not_allowed_in_a_session_is_refused(last, words):
    with pytest.raises(Conflict, match=words) as caught:
        fold_session([opening(), scored("ana", "call-1"), last])
    assert caught.value.remedy


def test_a_session_needs_two_different_raters_and_the_same_questions():
    with pytest.raises(ValidationError):
        opening(raters=("ana",))
    with pytest.raises(ValidationError, match="stands twice"):
        opening(raters=("ana", "ana"))
    with pytest.raises(ValidationError, match="same questions"):
        opening(
            contacts=(
                MachineAnswers(conversation_id="a", answers={"ACC1": 1.0}),
                MachineAnswers(conversation_id="b", answers={"DEC3": 1.0}),
            )
        )


def test_a_reviewer_closes_a_session_that_was_scored_and_nothing_follows():
    from quality.review import SessionClosed

    with pytest.raises(Conflict, match="not everybody has scored"):
        fold_session([opening(), *ALL[:-1], event(SessionClosed)])
    with pytest.raises(Conflict, match="only a reviewer"):
        fold_session([opening(), *ALL, event(SessionClosed, "ana", "analyst")])
    agreed = {
        "conversation_id": CONTACTS[0], "item": "ACC1", "answer": 1.0, "reason": "Le nom suffit.",
    }  # fmt: skip
    closed = fold_session(
        [opening(), *ALL, event(SessionReconciled, **agreed), event(SessionClosed, note="Clair.")]
    )
    assert closed.closed.note == "Clair."
    assert closed.reconciled[CONTACTS[0]]["ACC1"] == (1.0, "Le nom suffit.")
    for late in (event(SessionReconciled, **agreed), event(SessionClosed)):
        with pytest.raises(Conflict, match="is closed"):
            fold_session([opening(), *ALL, event(SessionClosed), late])

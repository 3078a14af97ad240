"""What may happen in a review, by whom, and what is refused with what to do instead."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from conversation import Evidence
from conversation.errors import BadInput, Conflict, EvidenceMismatch
from quality.review import (
    Acknowledged,
    Assigned,
    Commented,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    MemoryLog,
    Reopened,
    Reviews,
    Settled,
    Shared,
    fold_review,
    mean_scores,
)

_spec = importlib.util.spec_from_file_location(
    "review_cases", Path(__file__).parent / "conftest.py"
)
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)
event, opening = cases.event, cases.opening


def corrected(item="DEC3", answer=1.0, **fields):
    return event(Corrected, item=item, answer=answer, reason="il reformule", **fields)


SHARED = [opening(), corrected(), event(Shared)]


def contested(item="DEC3", **fields):
    return event(Contested, "agent-7", "agent", item=item, reason="le client a dit oui", **fields)


def settled(contest, outcome="upheld", author="rui", **fields):
    return event(
        Settled, author, "reviewer", contest=contest.id, outcome=outcome, reason="relu", **fields
    )


def refuse(events, last, words):
    state = fold_review(events)
    with pytest.raises(Conflict, match=words) as caught:
        fold_review([*events, last])
    assert caught.value.remedy
    assert fold_review(events) == state


def test_confirming_and_correcting_give_people_a_score_of_their_own():
    state = fold_review([opening(), event(Confirmed, item="ACC1"), corrected(answer=0.5)])
    assert state.automatic_score_100 == 60
    assert state.human_score_100 == pytest.approx(80)
    assert state.human_coverage == 1
    assert state.displayed.score_100 == pytest.approx(80)
    assert (state.displayed.source, state.displayed.draft) == ("human", False)


def test_a_review_that_is_half_done_shows_the_draft_and_never_a_mix():
    state = fold_review([opening(), corrected()])
    assert state.human_score_100 == 100
    assert state.human_coverage == pytest.approx(0.4)
    assert (state.displayed.score_100, state.displayed.draft) == (60, True)


def test_not_applicable_from_a_person_leaves_the_rest_as_it_was():
    state = fold_review([opening(), event(Confirmed, item="ACC1"), corrected(answer="na")])
    assert state.human_score_100 == 100
    assert state.is_complete


def test_means_keep_machine_and_people_apart():
    done = fold_review([opening(), event(Confirmed, item="ACC1"), corrected()])
    half = fold_review([opening(score_100=20.0), corrected()])
    assert mean_scores([done, half]) == (40.0, 100.0)
    assert mean_scores([]) == (None, None)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (event(Corrected, "agent-7", "agent", item="ACC1", answer=0.0, reason="x"), "cannot do"),
        (event(Confirmed, "entendu", "system", item="ACC1"), "machine cannot"),
        (event(Confirmed, "agent-7", "reviewer", item="ACC1"), "handled this contact"),
        (event(Assigned, to="agent-7", rule="choisi"), "handled this contact"),
        (event(Confirmed, item="TRA2"), "gave no answer"),
        (event(Confirmed, item="XXX"), "no question 'XXX'"),
        (event(Corrected, item="ACC1", answer=1.0, reason="x"), "is what the machine answered"),
        (event(EliminatoryConfirmed, item="ACC1", reason="x"), "no eliminatory condition"),
        (event(Shared), "no person has answered"),
        (contested(), "not shared"),
        (event(Acknowledged, "agent-7", "agent"), "not shared"),
        (
            event(Settled, "rui", "reviewer", contest="z", outcome="upheld", reason="x"),
            "no contest",
        ),
        (opening(), "open already"),
    ],
)
def test_what_is_not_allowed_is_refused_with_what_to_do(last, words):
    refuse([opening()], last, words)


def test_nothing_happens_before_the_review_is_open():
    with pytest.raises(Conflict, match="no review"):
        fold_review([event(Confirmed, item="ACC1")])


def test_only_a_person_makes_the_displayed_note_zero():
    proposed = fold_review([opening()])
    assert proposed.displayed.score_100 == 60
    met = event(EliminatoryConfirmed, item="IDE2", reason="solde donné avant authentification")
    state = fold_review([opening(), met])
    assert state.displayed.score_100 == 0
    assert state.displayed.eliminated_by == ("IDE2",)
    assert state.automatic_score_100 == 60
    refuse([opening()], event(EliminatoryConfirmed, "entendu", "system", item="IDE2", reason="x"),
           "machine cannot")  # fmt: skip
    away = event(EliminatoryRejected, "rui", "reviewer", item="IDE2", reason="authentifié avant")
    assert fold_review([opening(), met, away]).displayed.score_100 == 60
    refuse([opening(), met], event(EliminatoryRejected, "bob", item="IDE2", reason="x"), "opposite")
    refuse([opening(), met], met.model_copy(update={"id": "again"}), "already")


def test_an_eliminatory_finding_that_the_machine_missed_needs_a_quote():
    items = opening().items
    unseen = opening(
        items=(*items[:3], items[3].model_copy(update={"eliminatory_proposed": False}))
    )
    refuse([unseen], event(EliminatoryConfirmed, item="IDE2", reason="x"), "proposed nothing")
    quote = Evidence(turn_index=0, quote="bonjour")
    met = event(EliminatoryConfirmed, item="IDE2", reason="x", evidence=(quote,))
    assert fold_review([unseen, met]).displayed.score_100 == 0
    refuse([unseen], event(EliminatoryRejected, item="IDE2", reason="x"), "nothing eliminatory")


def test_a_contest_is_settled_by_somebody_else_and_then_stays():
    contest = contested()
    events = [*SHARED, contest]
    refuse(events, settled(contest, author="ana"), "decided DEC3 and cannot settle")
    refuse(events, corrected(answer=0.5), "contests DEC3")
    refuse(events, contested(), "contested already")
    refuse(events, event(Settled, "ana2", contest=contest.id, outcome="upheld", reason="x"),
           "only a reviewer")  # fmt: skip
    refuse(events, settled(contest, "changed"), "give the new answer|to nothing")
    refuse(events, settled(contest, "changed", answer=1.0), "is 1.0 already")
    done = [*events, settled(contest, "changed", answer=0.5)]
    state = fold_review(done)
    assert state.item("DEC3").human == 0.5
    assert not state.contests[0].is_open
    refuse(done, settled(contest), "settled")
    refuse(done, corrected(answer=1.0), "settled")
    refuse(done, contested(), "ask a reviewer to reopen")
    refuse(done, event(Reopened, contest=contest.id, reason="x"), "only a reviewer")
    again = event(Reopened, "rui", "reviewer", contest=contest.id, reason="nouvelle écoute")
    reopened = [*done, again]
    refuse(reopened, settled(contest), "rui decided DEC3")
    final = fold_review([*reopened, settled(contest, author="eve")])
    assert [one.outcome for one in final.contests[0].verdicts] == ["changed", "reopened", "upheld"]
    assert final.item("DEC3").human == 0.5


def test_upholding_a_contested_answer_of_the_machine_makes_it_a_persons():
    contest = contested(item="ACC1")
    state = fold_review([*SHARED, contest, settled(contest)])
    assert state.item("ACC1").human == 1.0
    assert state.item("ACC1").decisions[-1].how == "settled"


def test_a_contested_elimination_can_be_lifted():
    met = event(EliminatoryConfirmed, item="IDE2", reason="solde donné")
    contest = contested(item="IDE2", about="eliminatory")
    events = [opening(), met, event(Shared), contest]
    assert fold_review([*events, settled(contest)]).displayed.score_100 == 0
    assert fold_review([*events, settled(contest, "changed")]).displayed.score_100 == 60
    refuse(events, settled(contest, author="ana"), "ana decided IDE2")


def test_an_agent_answers_only_for_their_own_contact_and_after_it_was_shared():
    refuse(SHARED, contested().model_copy(update={"author": "agent-8"}), "did not handle")
    read = event(Acknowledged, "agent-7", "agent")
    state = fold_review([*SHARED, read])
    assert state.sharings[0].acknowledgement == read.id
    refuse([*SHARED, read], read.model_copy(update={"id": "b"}), "acknowledged already")
    refuse(SHARED, event(Shared), "nothing changed since")
    anew = fold_review([*SHARED, read, event(Confirmed, item="ACC1"), event(Shared)])
    assert len(anew.sharings) == 2
    nobody = [opening(agent=None), corrected(), event(Shared)]
    refuse(nobody, contested(), "who handled")


def test_another_analyst_does_not_overrule_a_colleague_in_passing():
    events = [opening(), corrected()]
    refuse(events, corrected(answer=0.5, author="bob"), "ana answered DEC3 already")
    state = fold_review([*events, corrected(answer=0.5, author="rui", role="reviewer")])
    assert [one.author for one in state.item("DEC3").decisions] == ["ana", "rui"]


def test_quotes_are_verified_against_the_conversation(contact):
    reviews = Reviews(MemoryLog())
    reviews.record(opening())
    true = Evidence.from_turn(contact.turns[1], "trop élevée")
    false = Evidence(turn_index=1, quote="trop basse")
    with pytest.raises(EvidenceMismatch):
        reviews.record(corrected(evidence=(false,)), conversation=contact)
    with pytest.raises(EvidenceMismatch, match="names turn 9"):
        reviews.record(
            corrected(evidence=(Evidence(turn_index=9, quote="x"),)), conversation=contact
        )
    with pytest.raises(BadInput, match="got no conversation"):
        reviews.record(corrected(evidence=(true,)))
    assert reviews.record(event(Commented, text="vu", evidence=(true,)), conversation=contact)
    assert reviews.review(cases.SUBJECT).comments[0].evidence == (true,)


def test_an_event_recorded_twice_counts_once_and_another_with_its_id_is_refused():
    reviews = Reviews(MemoryLog())
    reviews.record(opening())
    once = corrected()
    assert reviews.record(once)
    assert not reviews.record(once)
    assert len(reviews.log.events()) == 2
    with pytest.raises(Conflict, match="another event"):
        reviews.record(once.model_copy(update={"answer": 0.5}))

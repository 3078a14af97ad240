from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import NotFound
from kb_search.answers import Citation
from kb_search.assistant.cards import Candidate, CardEvent
from kb_search.assistant.rules import (
    Rules,
    State,
    due_s,
    hear_agent,
    judge,
    mute,
    offer,
    restore,
    unmute,
)

RULES = Rules()
TEXTS = {
    "a": "Débranchez la box pendant trente secondes, puis rebranchez-la.",
    "b": "La résiliation prend effet dix jours après la demande.",
    "c": "Une nouvelle carte est envoyée sous cinq jours ouvrés.",
    "d": "Le virement instantané ne s'annule pas.",
}


def candidate(passage="a", *, asked_at_s=0.0, confidence=0.8, turn=0, name=None):
    citation = Citation(
        document=f"{passage}.md", title=passage, passage_id=f"{passage}.md#0", quote=TEXTS[passage]
    )
    return Candidate(
        id=name or f"{turn}-{passage}", citation=citation, text=TEXTS[passage], question="?",
        confidence=confidence, asked_turn=turn, asked_at_s=asked_at_s,
    )  # fmt: skip


def reasons(step):
    return [each.reason for each in step.suppressed]


def test_an_answer_is_shown_at_once_with_its_delay():
    step = offer(State(), [candidate(asked_at_s=10.0)], 10.4)
    assert step.card.shown_at_s == 10.4
    assert step.card.delay_s == pytest.approx(0.4)
    assert step.suppressed == ()


def test_the_surest_of_several_answers_is_shown_and_the_others_are_outranked():
    step = offer(State(), [candidate("a", confidence=0.6), candidate("b", confidence=0.9)], 1.0)
    assert step.card.citation.document == "b.md"
    assert reasons(step) == ["outranked"]


def test_a_second_answer_within_thirty_seconds_is_not_shown():
    state = offer(State(), [candidate("a")], 0.5).state
    step = offer(state, [candidate("b", asked_at_s=15.0)], 15.2)
    assert step.card is None
    assert reasons(step) == ["too_soon"]


def test_an_answer_just_before_the_gap_ends_waits_for_it():
    state = offer(State(), [candidate("a")], 0.0).state
    step = offer(state, [candidate("b", asked_at_s=25.0)], 25.2)
    assert step.card is None
    assert step.suppressed == ()
    assert due_s(step.state) == 30.0
    later = offer(step.state, (), 30.0)
    assert later.card.delay_s == 5.0
    assert due_s(later.state) is None


def test_of_those_that_wait_the_surest_is_shown():
    state = offer(State(), [candidate("a")], 0.0).state
    state = offer(state, [candidate("b", asked_at_s=24.0, confidence=0.6, turn=3)], 24.1).state
    state = offer(state, [candidate("c", asked_at_s=27.0, confidence=0.9, turn=5)], 27.1).state
    step = offer(state, (), 30.5)
    assert step.card.citation.document == "c.md"
    assert reasons(step) == ["outranked"]


def test_an_answer_that_is_not_ready_in_time_is_not_shown():
    step = offer(State(), [candidate(asked_at_s=10.0)], 18.1)
    assert step.card is None
    assert reasons(step) == ["too_late"]


def test_a_passage_comes_back_after_ten_minutes_and_not_before():
    state = offer(State(), [candidate("a")], 0.0).state
    early = offer(state, [candidate("a", asked_at_s=599.0)], 599.5)
    assert reasons(early) == ["repeated"]
    assert offer(early.state, [candidate("a", asked_at_s=600.0)], 600.5).card is not None


def test_what_the_agent_has_just_said_is_not_shown():
    state = hear_agent(
        State(), "Alors vous débranchez la box trente secondes et vous la rebranchez.", 9.0
    )
    step = offer(state, [candidate("a", asked_at_s=12.0)], 12.3)
    assert reasons(step) == ["already_said"]


def test_numbers_are_the_same_in_words_and_in_figures():
    state = hear_agent(State(), "La nouvelle carte est envoyée sous 5 jours ouvrés", 9.0)
    assert reasons(offer(state, [candidate("c", asked_at_s=12.0)], 12.3)) == ["already_said"]


def test_what_the_agent_said_long_ago_may_be_shown_again():
    state = hear_agent(State(), TEXTS["a"], 9.0)
    assert offer(state, [candidate("a", asked_at_s=300.0)], 300.3).card is not None


@pytest.mark.parametrize("judgement", ["down", "dismissed"])
def test_a_passage_that_was_refused_does_not_come_back(judgement):
    step = offer(State(), [candidate("a")], 0.0)
    state = judge(step.state, step.card.id, judgement, 3.0)
    later = offer(state, [candidate("a", asked_at_s=5_000.0)], 5_000.5)
    assert reasons(later) == ["refused"]


@pytest.mark.parametrize("judgement", ["up", "used"])
def test_a_passage_that_was_welcome_may_come_back(judgement):
    step = offer(State(), [candidate("a")], 0.0)
    state = judge(step.state, step.card.id, judgement, 3.0)
    assert offer(state, [candidate("a", asked_at_s=5_000.0)], 5_000.5).card is not None


def test_a_card_that_was_never_shown_cannot_be_judged():
    with pytest.raises(NotFound, match="no card '9-1'"):
        judge(State(), "9-1", "up", 1.0)


def test_nothing_is_shown_while_muted_and_nothing_is_made_up_for():
    state = offer(State(), [candidate("a")], 0.0).state
    state = offer(state, [candidate("b", asked_at_s=28.0)], 28.1).state
    muted = mute(state, 29.0)
    assert reasons(muted) == ["muted"]
    step = offer(muted.state, [candidate("c", asked_at_s=40.0)], 40.1)
    assert reasons(step) == ["muted"]
    assert offer(unmute(step.state, 41.0), (), 42.0).card is None


def test_the_state_comes_back_from_the_recorded_events():
    step = offer(State(), [candidate("a")], 0.0)
    state = mute(judge(step.state, step.card.id, "down", 2.0), 3.0).state
    events = [
        CardEvent(kind="shown", at_s=0.0, conversation="x", card_id=step.card.id, card=step.card),
        CardEvent(kind="down", at_s=2.0, conversation="x", card_id=step.card.id),
        CardEvent(kind="muted", at_s=3.0, conversation="x"),
    ]
    assert restore(events) == state


SECONDS = st.one_of(
    st.sampled_from([0, 0.5, 7, 23, 26, 29, 30, 300, 600]),
    st.floats(min_value=0, max_value=40, allow_nan=False),
)
"""From one event to the next: mostly few, so that cards come close to each other."""
ANSWERS = st.lists(
    st.tuples(st.sampled_from(sorted(TEXTS)), st.floats(0, 1), st.sampled_from([0, 0.4, 5, 8, 12])),
    min_size=1,
    max_size=3,
)
OFFER = st.tuples(st.just("offer"), SECONDS, ANSWERS)
OTHER = st.one_of(
    st.tuples(st.just("agent"), SECONDS, st.sampled_from(sorted(TEXTS))),
    st.tuples(st.sampled_from(["tick", "due", "mute", "unmute"]), SECONDS, st.none()),
    st.tuples(st.sampled_from(["up", "down", "used", "dismissed"]), SECONDS, st.none()),
)
EVENTS = st.lists(st.one_of(OFFER, OFFER, OFFER, OTHER), max_size=40)


def play(events, *, in_order=True):
    """Play events, each some seconds after the one before; out of order every third goes back."""
    now_s, timed = 0.0, []
    for number, (kind, after_s, value) in enumerate(events):
        now_s += after_s
        back_s = 0.0 if in_order or number % 3 else 20.0
        timed.append((kind, max(0.0, now_s - back_s), value))
    state, cards, suppressed, offered = State(), [], [], 0
    for number, (kind, at_s, value) in enumerate(timed):
        step = None
        if kind == "agent":
            state = hear_agent(state, TEXTS[value], at_s)
        elif kind == "offer":
            made = [
                candidate(
                    passage, asked_at_s=max(0.0, at_s - age), confidence=sure, turn=number,
                    name=f"{number}-{place}",
                )
                for place, (passage, sure, age) in enumerate(value)
            ]  # fmt: skip
            offered += len(made)
            step = offer(state, made, at_s)
        elif kind == "tick":
            step = offer(state, (), at_s)
        elif kind == "due":
            moment = due_s(state)
            if moment is not None:
                step = offer(state, (), moment)
        elif kind == "mute":
            step = mute(state, at_s)
        elif kind == "unmute":
            state = unmute(state, at_s)
        elif state.cards:
            state = judge(state, state.cards[-1].id, kind, at_s)
        if step is not None:
            if step.card is not None:
                cards.append((step.card, state.muted, state.refused))
            suppressed += step.suppressed
            state = step.state
    return state, cards, suppressed, offered


@settings(max_examples=300)
@given(EVENTS, st.booleans())
def test_no_order_of_events_breaks_the_rules(events, in_order):
    state, shown, _, _ = play(events, in_order=in_order)
    cards = [card for card, _, _ in shown]
    for before, card in pairwise(cards):
        assert card.shown_at_s >= before.shown_at_s + RULES.min_gap_s
    for number, card in enumerate(cards):
        assert 0 <= card.delay_s <= RULES.max_delay_s
        for earlier in cards[:number]:
            if earlier.citation.passage_id == card.citation.passage_id:
                assert card.shown_at_s - earlier.shown_at_s >= RULES.repeat_after_s
    for card, muted, refused in shown:
        assert not muted
        assert card.citation.passage_id not in refused
    assert list(state.cards) == cards


@given(EVENTS)
def test_every_answer_is_shown_suppressed_or_waiting_and_only_once(events):
    state, shown, suppressed, offered = play(events)
    ends = [card.id for card, _, _ in shown]
    ends += [each.candidate.id for each in suppressed]
    ends += [each.id for each in state.waiting]
    assert len(ends) == offered
    assert len(set(ends)) == len(ends)


@given(EVENTS)
def test_the_same_events_show_the_same_cards(events):
    assert play(events) == play(events)


@given(EVENTS)
def test_time_never_goes_back_and_waiting_answers_come_due_in_time(events):
    state, _, _, _ = play(events, in_order=False)
    moment = due_s(state)
    if moment is not None:
        assert moment >= state.clock_s
        assert offer(state, (), moment).state.waiting == ()

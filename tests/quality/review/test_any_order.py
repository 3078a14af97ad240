"""Whatever people do in whatever order: nothing is lost, and scores are never mixed."""

from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from conversation.errors import Conflict
from quality.review import (
    Acknowledged,
    Assigned,
    Commented,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    JsonlLog,
    Reopened,
    Reviews,
    RootCauseNamed,
    Settled,
    Shared,
    fold_review,
    score_of,
)

_spec = importlib.util.spec_from_file_location(
    "review_cases", Path(__file__).parent / "conftest.py"
)
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)

PEOPLE = st.sampled_from(
    [("ana", "analyst"), ("bob", "analyst"), ("rui", "reviewer"), ("eve", "reviewer"),
     ("agent-7", "agent"), ("agent-8", "agent"), ("entendu", "system"), ("agent-7", "analyst")]
)  # fmt: skip
ITEMS = st.sampled_from(["ACC1", "DEC3", "TRA2", "IDE2", "XXX"])
ANSWERS = st.sampled_from([1.0, 0.5, 0.0, "na"])


def found_in(state, identifier):
    """Tell whether a state still shows what an event did."""
    shown = {state.events[0]}
    shown |= {one.event for one in (*state.assignments, *state.comments, *state.contests)}
    shown |= {one.event for one in state.sharings} | {one.acknowledgement for one in state.sharings}
    for contest in state.contests:
        shown |= {one.event for one in contest.verdicts}
    for item in state.items:
        held = (*item.decisions, *item.eliminatory_decisions, *item.root_causes)
        shown |= {one.event for one in held}
    return identifier in shown


class AnyReview(RuleBasedStateMachine):
    @initialize()
    def open(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "reviews.jsonl"
        self.reviews = Reviews(JsonlLog(self.path))
        self.opened = cases.opening()
        self.reviews.record(self.opened)
        self.accepted = [self.opened]

    def teardown(self):
        if hasattr(self, "folder"):
            self.folder.cleanup()

    @property
    def state(self):
        return self.reviews.review(cases.SUBJECT)

    def attempt(self, who, kind, **fields):
        event = cases.event(kind, *who, **fields)
        before = self.state
        try:
            self.reviews.record(event)
            self.accepted.append(event)
        except Conflict as error:
            refused = error
        else:
            return
        assert refused.remedy
        assert self.state == before

    @rule(who=PEOPLE, item=ITEMS)
    def confirm(self, who, item):
        self.attempt(who, Confirmed, item=item)

    @rule(who=PEOPLE, item=ITEMS, answer=ANSWERS)
    def correct(self, who, item, answer):
        self.attempt(who, Corrected, item=item, answer=answer, reason="car")

    @rule(who=PEOPLE, item=ITEMS)
    def name_cause(self, who, item):
        self.attempt(who, RootCauseNamed, item=item, cause="procedure")

    @rule(who=PEOPLE)
    def comment(self, who):
        self.attempt(who, Commented, text="vu")

    @rule(who=PEOPLE, to=st.sampled_from(["ana", "agent-7"]))
    def assign(self, who, to):
        self.attempt(who, Assigned, to=to, rule="choisi")

    @rule(who=PEOPLE, item=ITEMS, met=st.booleans())
    def eliminate(self, who, item, met):
        kind = EliminatoryConfirmed if met else EliminatoryRejected
        self.attempt(who, kind, item=item, reason="car")

    @rule(who=PEOPLE)
    def share(self, who):
        self.attempt(who, Shared)

    @rule(who=PEOPLE)
    def acknowledge(self, who):
        self.attempt(who, Acknowledged)

    @rule(who=PEOPLE, item=ITEMS, about=st.sampled_from(["answer", "eliminatory"]))
    def contest(self, who, item, about):
        self.attempt(who, Contested, item=item, about=about, reason="non")

    @rule(who=PEOPLE, data=st.data(), outcome=st.sampled_from(["upheld", "changed"]),
          answer=st.none() | ANSWERS)  # fmt: skip
    def settle(self, who, data, outcome, answer):
        known = [one.event for one in self.state.contests] or ["none"]
        self.attempt(who, Settled, contest=data.draw(st.sampled_from(known)), outcome=outcome,
                     answer=answer, reason="relu")  # fmt: skip

    @rule(who=PEOPLE, data=st.data())
    def reopen(self, who, data):
        known = [one.event for one in self.state.contests] or ["none"]
        contest = data.draw(st.sampled_from(known))
        self.attempt(who, Reopened, contest=contest, reason="encore")

    @rule(torn=st.binary(max_size=40).filter(lambda b: b"\n" not in b))
    def machine_stops_in_the_middle_of_a_line(self, torn):
        with self.path.open("ab") as file:
            file.write(torn)
        self.reviews = Reviews(JsonlLog(self.path))

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "accepted"):
            return
        state = self.state
        assert state.events == tuple(one.id for one in self.accepted)
        assert all(found_in(state, one.id) for one in self.accepted)
        assert JsonlLog(self.path).events() == tuple(self.accepted)

    @invariant()
    def the_machines_word_never_changes_and_is_never_mixed_in(self):
        if not hasattr(self, "accepted"):
            return
        state = self.state
        assert tuple(one.opened for one in state.items) == self.opened.items
        assert state.automatic_score_100 == self.opened.score_100
        human = {}
        for item in state.items:
            for decision in item.decisions:
                human[item.opened.id] = decision.answer
        points = {one.id: one.points for one in self.opened.items}
        assert state.human_score_100 == score_of((points[i], a) for i, a in human.items())
        assert state.displayed.score_100 in (
            0, state.automatic_score_100, state.human_score_100
        )  # fmt: skip

    @invariant()
    def only_people_eliminate(self):
        if not hasattr(self, "accepted"):
            return
        words = [e for e in self.accepted if isinstance(e, EliminatoryConfirmed)]
        assert all(word.role in ("analyst", "reviewer") for word in words)
        if not words:
            assert not self.state.eliminated_by


TestAnyReview = AnyReview.TestCase
TestAnyReview.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)

INDEPENDENT = st.lists(
    st.one_of(
        st.tuples(st.just(Confirmed), st.just({"item": "ACC1"})),
        st.tuples(st.just(Corrected), st.just({"item": "DEC3", "answer": 0.5, "reason": "car"})),
        st.tuples(st.just(Corrected), st.just({"item": "TRA2", "answer": "na", "reason": "car"})),
        st.tuples(st.just(EliminatoryConfirmed), st.just({"item": "IDE2", "reason": "car"})),
        st.tuples(st.just(RootCauseNamed), st.just({"item": "DEC3", "cause": "outil"})),
        st.tuples(st.just(Assigned), st.just({"to": "bob", "rule": "choisi"})),
    ),
    max_size=6,
    unique_by=lambda one: (one[0], one[1].get("item")),
)


@given(made=INDEPENDENT, data=st.data())
def test_the_order_of_answers_to_different_questions_makes_no_difference(made, data):
    events = [cases.event(kind, **fields) for kind, fields in made]
    shuffled = data.draw(st.permutations(events))
    one = fold_review([cases.opening(), *events])
    other = fold_review([cases.opening(id="other"), *shuffled])
    assert one.items == other.items
    assert one.displayed == other.displayed
    assert one.human_score_100 == other.human_score_100


@given(data=st.data())
def test_reviews_of_different_contacts_do_not_touch_each_other(data):
    other = cases.SUBJECT.model_copy(update={"conversation_id": "call-2"})
    mine = [cases.opening(), cases.event(Confirmed, item="ACC1"),
            cases.event(Corrected, item="DEC3", answer=1.0, reason="car")]  # fmt: skip
    theirs = [one.model_copy(update={"subject": other, "id": f"{one.id}b"}) for one in mine]
    order = data.draw(st.permutations([0, 0, 0, 1, 1, 1]))
    queues = [list(mine), list(theirs)]
    mixed = [queues[which].pop(0) for which in order]
    assert fold_review(e for e in mixed if e.subject == cases.SUBJECT) == fold_review(mine)

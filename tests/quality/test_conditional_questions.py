from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quality import Scorecard, evaluate, measure

SCRIPT = """
    agent 0 4 Bonjour, que puis-je faire pour vous ?
    customer 5 8 Je voudrais un renseignement sur ma facture.
    agent 9 12 Avez-vous une autre question ?
    """


def question(id_, phrases, **more):
    label = {"fr": f"Question {id_}", "en": f"{id_}, the question"}
    return {
        "id": id_, "label": label, "points": 0, "detector": {"kind": "said", "phrases": phrases},
    } | more  # fmt: skip


def card_of(*items):
    each = 100 / len(items)
    items = [item | {"points": item["points"] or each} for item in items]
    section = {"id": "S", "label": {"fr": "Partie", "en": "Part"}, "items": items}
    return Scorecard.model_validate(
        {"name": "one", "version": "1", "label": {"fr": "Une", "en": "One"}, "sections": [section]}
    )


@pytest.fixture(scope="module")
def run(call, understanding_of):
    conversation = call(SCRIPT)
    understanding, metrics = understanding_of(conversation), measure(conversation)

    def fill(*items):
        return evaluate(
            conversation, understanding=understanding, metrics=metrics, scorecard=card_of(*items)
        )

    return fill


OFFERED = question("HELP", ["help_offer"])
HELD = question("HOLD", ["hold_announcement"])


@pytest.mark.parametrize(
    ("first", "condition", "status"),
    [
        (OFFERED, "HELP == 1", "scored"),
        (OFFERED, "HELP == 0", "not_applicable"),
        (HELD, "HOLD == 0", "scored"),
        (OFFERED, "duration_s > 5", "scored"),
        (OFFERED, "duration_s > 500", "not_applicable"),
        (OFFERED, "channel == 'chat'", "not_applicable"),
        (OFFERED, "nature == 'complaint'", "not_assessable"),
        (OFFERED, "HELP == 1 or nature == 'complaint'", "scored"),
        (question("HOLD", ["thanks"], decided_by="person"), "HOLD == 1", "not_assessable"),
        (question("HOLD", ["thanks"], decided_by="person"), "HOLD is unknown", "scored"),
    ],
)
def test_a_question_is_asked_where_its_condition_holds(run, first, condition, status):
    asked = run(first, question("MORE", ["anything_else"], when=condition)).items[1]
    assert asked.status == status
    if status != "scored":
        assert condition in asked.reason_fr
        assert condition in asked.reason_en


def test_a_question_left_to_a_person_is_not_answered(run):
    (item,) = run(question("HELP", ["help_offer"], decided_by="person")).items
    assert item.status == "not_assessable"
    assert item.decided_by == "person"
    assert "réserve" in item.reason_fr


def test_both_answer_where_the_card_says_so(run):
    (item,) = run(question("HELP", ["help_offer"], decided_by="both")).items
    assert item.value == 1
    assert item.decided_by == "both"


@given(
    st.lists(
        st.tuples(
            st.sampled_from([["help_offer"], ["anything_else"], ["hold_announcement"], ["thanks"]]),
            st.sampled_from([1.0, 2.5, 7.0]),
        ),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.sampled_from([1.0, 3.0, 20.0]), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_questions_that_do_not_apply_change_nothing_of_the_rest(run, asked, left_out):
    def items(never):
        own = [
            question(f"Q{i}", phrases, points=points) for i, (phrases, points) in enumerate(asked)
        ]
        others = [
            question(f"N{i}", ["greeting"], points=points, when="duration_s > 500")
            for i, points in enumerate(never)
        ]
        total = sum(item["points"] for item in (*own, *others))
        return [item | {"points": 100 * item["points"] / total} for item in (*own, *others)]

    alone, beside = run(*items([])), run(*items(left_out))
    assert {item.id: item.value for item in alone.items}.items() <= {
        item.id: item.value for item in beside.items
    }.items()
    assert beside.score_100 == pytest.approx(alone.score_100)
    assert beside.coverage == pytest.approx(alone.coverage)

"""Gates: decided by what was measured, never on less, and applied to evaluations."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from conversation import Evidence, Provenance
from conversation.errors import DefinitionInvalid, NotFound
from quality.agreement import GateRule, Gates, QuestionGate, Rated, apply_gates, decide_gate
from quality.agreement.question import measure_question
from quality.results import EliminatoryProposal, Evaluation, ItemResult, SectionResult

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def rated(machine, *raters, agreed=None, number=0):
    return Rated(f"c{number}", "ACC1", machine, raters, agreed)


def doubly_scored(right_passes, right_failures, wrong, *, split=0):
    made = [((1.0, 1.0, 1.0), right_passes), ((0.0, 0.0, 0.0), right_failures),
            ((1.0, 0.0, 0.0), wrong), ((1.0, 1.0, 0.0), split)]  # fmt: skip
    answers = [one for one, times in made for _ in range(times)]
    return [rated(a[0], *a[1:], number=i) for i, a in enumerate(answers)]


def gate_of(answers, **rule):
    measured = measure_question("ACC1", answers, replicates=200)
    return decide_gate(measured, GateRule(**rule))


def test_substantial_agreement_counts_moderate_is_shown_less_is_withdrawn():
    for right, wrong, gate in ((12, 3, "auto"), (7, 8, "assist"), (3, 12, "off")):
        assert gate_of(doubly_scored(45, right, wrong), human_margin=0.5).gate == gate


@pytest.mark.parametrize("answers", [doubly_scored(30, 15, 2), doubly_scored(80, 7, 2)])
def test_nothing_is_decided_on_less_than_the_stated_numbers(answers):
    decision = gate_of(answers)
    assert decision.gate is None
    assert "50" in decision.reason_fr
    assert "50" in decision.reason_en


def test_contacts_that_one_person_scored_decide_nothing():
    alone = [rated(a.machine, a.raters[0], number=i)
             for i, a in enumerate(doubly_scored(90, 30, 2))]  # fmt: skip
    assert gate_of(alone).gate is None


def test_the_machine_is_not_counted_where_people_agree_much_better():
    answers = doubly_scored(70, 12, 6)
    decision = gate_of(answers)
    assert decision.human_kappa == 1
    assert decision.kappa > 0.61
    assert decision.gate == "assist"
    assert gate_of(answers, human_margin=0.5).gate == "auto"


def test_where_people_are_not_of_one_mind_each_answer_counts_half():
    split = rated(1.0, 1.0, 0.0)
    assert dict(split.truth) == {1.0: 0.5, 0.0: 0.5}
    assert split.match == 0.5
    assert split.failure == 0.5
    assert dict(rated(1.0, 1.0, 0.0, agreed=0.0).truth) == {0.0: 1.0}
    assert dict(rated(1.0, 1.0, 0.0, 0.0).truth) == {0.0: 1.0}
    assert rated(None, 1.0, 1.0).match is None
    easy = measure_question("ACC1", doubly_scored(45, 12, 3), replicates=100)
    hard = measure_question("ACC1", doubly_scored(45, 12, 3, split=20), replicates=100)
    assert hard.double_kappa.value < easy.double_kappa.value


def test_a_rule_whose_steps_are_out_of_order_is_refused():
    with pytest.raises(ValidationError, match="above auto_kappa"):
        GateRule(auto_kappa=0.3, assist_kappa=0.5)


# --- applied to an evaluation ---------------------------------------------------------------

QUOTE = Evidence(turn_index=0, quote="bonjour")
IDS = ("ACC1", "DEC3", "IDE2")


def evaluation(values=(1.0, 0.0, 0.0), points=(50, 30, 20)):
    items = tuple(
        ItemResult(
            id=name, section="S", label_fr=name, label_en=name, points=weight,
            status="not_applicable" if value is None else "scored", value=value, confidence=0.9,
            evidence=(QUOTE,), reason_fr="r", reason_en="r", item_sha256=f"sha-{name}",
        )
        for name, value, weight in zip(IDS, values, points, strict=True)
    )  # fmt: skip
    proposal = EliminatoryProposal(
        item="IDE2", label_fr="x", label_en="x", condition_fr="x", condition_en="x",
        reason_fr="x", reason_en="x", evidence=(QUOTE,), confidence=0.9,
    )  # fmt: skip
    return Evaluation(
        conversation_id="c", scorecard="inbound", version="1.0", language="fr", items=items,
        sections=(SectionResult(id="S", label_fr="S", label_en="S", points=100,
                                points_decided=100, score_100=50),),
        score_100=50, coverage=1, eliminatory=(proposal,),
        provenance=Provenance(component="quality.scorecard", version="1"),
    )  # fmt: skip


def gates(**held):
    unmeasured = held.pop("unmeasured", "auto")
    questions = {
        item: QuestionGate(gate=gate, question_sha256=f"sha-{item}") for item, gate in held.items()
    }
    return Gates(scorecard="inbound", questions=questions, unmeasured=unmeasured)


def test_assist_is_shown_and_not_counted_off_is_not_shown():
    gated = apply_gates(evaluation(), gates(ACC1="auto", DEC3="assist", IDE2="off"))
    _, dec3, ide2 = gated.evaluation.items
    assert gated.evaluation.score_100 == 100
    assert dec3.value == 0
    assert not gated.counts("DEC3")
    assert (ide2.value, ide2.status, ide2.evidence) == (None, "not_assessable", ())
    assert gated.evaluation.eliminatory == ()
    assert gated.evaluation.coverage == pytest.approx(0.5)
    section = gated.evaluation.sections[0]
    assert (section.score_100, section.points_decided) == (100, 50)
    assert "IDE2" not in gated.evaluation.explanation_fr
    assert evaluation().score_100 == 50


def test_gates_of_another_card_or_another_wording_say_nothing():
    assert apply_gates(evaluation(), gates()).evaluation == evaluation()
    other = gates(ACC1="off").model_copy(update={"scorecard": "sales"})
    assert apply_gates(evaluation(), other).evaluation == evaluation()
    reworded = Gates(
        scorecard="inbound", questions={"ACC1": QuestionGate(gate="off", question_sha256="old")}
    )
    assert apply_gates(evaluation(), reworded).evaluation == evaluation()


def test_a_strict_centre_counts_nothing_before_it_is_measured():
    gated = apply_gates(evaluation(), gates(ACC1="auto", unmeasured="assist"))
    assert gated.evaluation.score_100 == 100
    assert apply_gates(evaluation(), gates(unmeasured="off")).evaluation.score_100 is None


@given(
    values=st.tuples(*[st.sampled_from([1.0, 0.5, 0.0, None])] * 3),
    held=st.tuples(*[st.sampled_from(["auto", "assist", "off"])] * 3),
)
def test_the_score_is_that_of_the_trusted_questions_alone(values, held):
    gated = apply_gates(evaluation(values), gates(**dict(zip(IDS, held, strict=True))))
    kept = [(w, v) for w, v, g in zip((50, 30, 20), values, held, strict=True)
            if g == "auto" and v is not None]  # fmt: skip
    expected = 100 * sum(w * v for w, v in kept) / sum(w for w, _ in kept) if kept else None
    if set(held) != {"auto"}:
        assert gated.evaluation.score_100 == (None if expected is None else pytest.approx(expected))


def test_gates_are_read_from_the_file_that_was_written(tmp_path):
    path = tmp_path / "gates.json"
    path.write_text(gates(ACC1="off").model_dump_json(), "utf-8")
    assert Gates.load(path) == gates(ACC1="off")
    path.write_text("{}", "utf-8")
    with pytest.raises(DefinitionInvalid, match=r"gates\.json: scorecard"):
        Gates.load(path)
    with pytest.raises(NotFound):
        Gates.load(tmp_path / "none.json")

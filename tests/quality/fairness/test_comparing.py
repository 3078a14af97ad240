"""Comparing answers: flips counted, intervals, verdicts, and what is shown of each flip."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation.errors import BadInput
from quality import evaluate, measure, scorecard_for
from quality.fairness import FairnessSettings, assess_fairness
from quality.fairness.figures import (
    Shift,
    conversations_needed,
    flip_rate,
    holm,
    mean_shift,
    sign_flip_p,
    worst,
)
from quality.sampling import wilson_interval

SCRIPT = """
agent 0 5 Bonjour et bienvenue chez Télécom Plus, je m'appelle Claire, puis-je vous aider ?
customer 6 15 Bonjour madame, je m'appelle Marc Dubois, ma box ne marche pas depuis hier soir.
agent 16 20 Je comprends, monsieur Dubois. Pouvez-vous me donner votre numéro de client ?
customer 21 33 Oui, c'est le quarante-sept trente-deux quatre-vingt-onze.
agent 34 39 Merci monsieur Dubois, votre ligne est rétablie. Puis-je faire autre chose ?
customer 40 44 Non merci, au revoir.
agent 45 48 Merci de votre appel monsieur Dubois, bonne journée, au revoir.
"""


@pytest.fixture(scope="module")
def score(understanding_of):
    """The chain without models: sentiment is given, metrics and card are real."""

    known = {}

    def run(conversation, *, language):
        words = tuple(turn.text for turn in conversation.turns)
        if words not in known:
            known[words] = evaluate(
                conversation,
                understanding=understanding_of(conversation),
                metrics=measure(conversation, language=language),
                scorecard=scorecard_for(conversation),
            )
        return known[words]

    return run


@pytest.fixture(scope="module")
def sexist(score):
    """A chain that halves the greeting of agents with one name."""

    def run(conversation, *, language):
        found = score(conversation, language=language)
        if "Claire" in conversation.turns[0].text:
            return found
        first = found.items[0]
        changed = first.model_copy(
            update={"value": 0.0, "status": "scored", "evidence": found.items[1].evidence}
        )
        return found.model_copy(update={"items": (changed, *found.items[1:]), "score_100": 10.0})

    return run


def test_nothing_flips_when_nothing_changes(call, score):
    report = assess_fairness([(call(SCRIPT), "fr")], score=score, kinds=["identity"])
    assert report.flips == ()
    assert report.is_repeatable
    (kind,) = report.kinds
    assert all(one.rate.flips == 0 for one in kind.questions)
    assert kind.shift.mean == 0


@pytest.mark.parametrize("kind", ["agent_name", "customer_name", "customer_gender", "agent_gender"])
def test_the_shipped_card_does_not_depend_on_names(call, score, kind):
    report = assess_fairness([(call(SCRIPT), "fr")], score=score, kinds=[kind])
    assert report.copies > 0
    assert [(f.question, f.variant, f.before, f.after) for f in report.flips] == []


def test_a_flip_is_shown_with_turns_reasons_and_evidence(call, sexist):
    report = assess_fairness([(call(SCRIPT), "fr")], score=sexist, kinds=["agent_name"])
    assert not [flip for flip in report.flips if flip.question != "ACC1"]
    flip = report.flips[0]
    assert (flip.kind, flip.before, flip.after) == ("agent_name", "1", "0")
    assert "Claire" in flip.turns[0].before
    assert "Claire" not in flip.turns[0].after
    assert flip.evidence_before
    (kind,) = report.kinds
    (question,) = [one for one in kind.questions if one.id == "ACC1"]
    assert question.rate.rate == 1
    assert kind.shift.mean < 0
    assert kind.verdict in ("doubtful", "fails")


def test_many_conversations_decide_the_verdict(call, sexist, score):
    talks = [(call(SCRIPT).model_copy(update={"id": f"call-{i}"}), "fr") for i in range(80)]
    settings = FairnessSettings(seed=3)
    unfair = assess_fairness(talks[:20], score=sexist, settings=settings, kinds=["agent_gender"])
    assert unfair.kinds[0].verdict == "fails"
    fair = assess_fairness(talks, score=score, settings=settings, kinds=["agent_gender"])
    assert fair.kinds[0].verdict == "holds"
    few = assess_fairness(talks[:20], score=score, settings=settings, kinds=["agent_gender"])
    assert few.kinds[0].verdict == "too_few"
    assert few.needed == 73


def test_the_control_of_names_is_the_commonest(call, score):
    report = assess_fairness([(call(SCRIPT), "fr")], score=score, kinds=["customer_name"])
    by_id = {variant.id: variant for variant in report.kinds[0].variants}
    assert by_id["common"].gap is None
    assert by_id["maghreb"].gap is not None
    assert by_id["maghreb"].control == "common"


def test_the_report_is_the_same_again_and_survives_json(call, score):
    talks = [(call(SCRIPT), None)]
    first = assess_fairness(talks, score=score, kinds=["customer_name", "agent_recognition"])
    second = assess_fairness(talks, score=score, kinds=["customer_name", "agent_recognition"])
    assert first == second
    assert type(first).model_validate_json(first.model_dump_json()) == first


def test_other_languages_are_left_out_and_named(call, score):
    talks = [(call(SCRIPT), "fr"), (call(SCRIPT).model_copy(update={"id": "de"}), "de")]
    report = assess_fairness(talks, score=score, kinds=["identity"])
    assert report.left_out.keys() == {"de"}
    with pytest.raises(BadInput, match="French or English"):
        assess_fairness(talks[1:], score=score)


counts = st.lists(
    st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), max_size=40
)


@given(counts)
def test_a_rate_lies_in_its_interval_which_copies_do_not_narrow_beyond_themselves(found):
    rate = flip_rate(found)
    assert 0 <= rate.low <= rate.rate <= rate.high <= 1
    if rate.pairs:
        low, high = wilson_interval(rate.flips, rate.pairs)
        assert rate.high - rate.low >= (high - low) - 1e-9


def test_ten_copies_of_one_conversation_count_as_one():
    assert flip_rate([(0, 10)]).high == wilson_interval(0, 1)[1]
    assert flip_rate([(0, 1)] * 73).high <= 0.05 < flip_rate([(0, 1)] * 72).high
    assert conversations_needed(0.05) == 73


def test_a_shift_needs_more_than_a_few_conversations():
    shift = Shift(conversations=3, mean=-9, low=-9, high=-9, p_value=0.25)
    assert shift.verdict(1) == "doubtful"
    assert shift.model_copy(update={"conversations": 30}).verdict(1) == "fails"
    assert mean_shift([0.0] * 30, seed=1).verdict(1) == "holds"


def test_the_sign_test_is_exact_for_few_differences():
    assert sign_flip_p([1.0, 1.0, 1.0], seed=1) == pytest.approx(2 / 8)
    assert sign_flip_p([0.0, 0.0], seed=1) == 1
    assert sign_flip_p([1.0] * 30, seed=1) < 0.001
    assert sign_flip_p([1.0, -1.0] * 15, seed=1) > 0.9


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=30))
def test_a_mean_lies_in_its_interval(values):
    shift = mean_shift(values, seed=1)
    assert shift.low <= shift.mean + 1e-12
    assert shift.mean <= shift.high + 1e-12
    assert 0 <= shift.p_value <= 1


def test_holm_adjusts_as_published():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_the_worst_verdict_wins():
    assert worst(["holds", "doubtful", "too_few"]) == "doubtful"
    assert worst(["fails", "holds"]) == "fails"

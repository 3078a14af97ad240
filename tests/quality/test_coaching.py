from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conversation import Evidence
from quality import EliminatoryProposal, ItemResult
from quality.coaching import SURE, coaching_tip, explain
from quality.findings import both

QUOTE = (Evidence(turn_index=0, quote="mot"),)


def result(id_, *, points=10.0, value=0.0, confidence=0.9):
    scored = value is not None
    return ItemResult(
        id=id_, section="S", label_fr=f"Question {id_}", label_en=f"{id_}, a question",
        points=points, status="scored" if scored else "not_assessable", value=value,
        confidence=confidence if scored else None, evidence=QUOTE, reason_fr="a", reason_en="b",
    )  # fmt: skip


def tips(*ids):
    return {id_: both(f"conseil {id_}", f"advice {id_}") for id_ in ids}


def test_the_advice_is_of_the_question_that_lost_most_for_sure():
    results = [
        result("A", points=4),
        result("B", points=12, value=0.5),
        result("C", points=50, confidence=SURE - 0.1),
        result("D", points=90),
    ]
    tip = coaching_tip(results, tips("A", "B", "C"))
    assert tip.item == "B"
    assert tip.points_lost == 6
    assert tip.text("fr") == "conseil B"
    assert tip.text("en") == "advice B"
    assert tip.evidence == QUOTE


def test_of_equal_losses_the_surest_gives_the_advice():
    results = [result("A", confidence=0.7), result("B", confidence=0.9)]
    assert coaching_tip(results, tips("A", "B")).item == "B"


def test_nothing_lost_gives_no_advice_and_no_praise():
    results = [result("A", value=1.0), result("B", value=None)]
    assert coaching_tip(results, tips("A", "B")) is None
    text = explain(100.0, results, ())
    for word in ("bravo", "excellent", "bien", "great", "well done"):
        assert word not in (text.fr + text.en).lower()


def test_the_explanation_says_what_the_score_is_made_of():
    results = [result("A", points=6, value=0.5), result("B", value=1.0), result("C", value=None)]
    text = explain(81.25, results, ())
    assert text.fr == (
        "81/100 (16,2/20) sur 2 questions jugées, 0 sans objet, 1 à juger par une personne. "
        "Points perdus : Question A (−3)."
    )
    assert text.en.startswith("81/100 (16.2/20) over 2 questions judged")


def test_proposals_and_an_empty_score_are_said():
    proposal = EliminatoryProposal(
        item="A", label_fr="a", label_en="b", condition_fr="Carte recueillie",
        condition_en="Card taken down", reason_fr="a", reason_en="b", evidence=QUOTE,
        confidence=0.5,
    )  # fmt: skip
    text = explain(None, [result("A", value=None)], [proposal])
    assert text.fr.startswith("Aucune note")
    assert "à confirmer par une personne : Carte recueillie" in text.fr
    assert "for a person to confirm: Card taken down" in text.en


@given(
    st.lists(
        st.tuples(
            st.floats(0, 50), st.sampled_from([0.0, 0.5, 1.0, None]), st.floats(0, 1), st.booleans()
        ),
        max_size=8,
    )
)
def test_advice_is_always_the_cards_own_and_about_something_lost(lines):
    results = [
        result(f"Q{i}", points=points, value=value, confidence=confidence)
        for i, (points, value, confidence, _) in enumerate(lines)
    ]
    given_tips = tips(*(f"Q{i}" for i, line in enumerate(lines) if line[3]))
    tip = coaching_tip(results, given_tips)
    sure = [
        one.points * (1 - one.value)
        for one in results
        if one.id in given_tips and one.value is not None and one.confidence >= SURE
    ]
    if tip is None:
        assert not any(lost > 0 for lost in sure)
    else:
        assert tip.points_lost == max(sure)
        assert tip.text_fr == given_tips[tip.item].fr
    explain(50.0, results, ())

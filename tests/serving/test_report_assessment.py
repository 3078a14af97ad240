"""What a report tells of the scorecard, its gates, categories and doubtful answers."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from conversation import Evidence
from kb_search import Answer, Citation
from kb_search.answers import Choice, Clarification
from quality.agreement import apply_gates
from quality.agreement.gate import Gates, QuestionGate
from quality.categories import load_categories, match_categories
from quality.results import CoachingTip
from serving.report import render_report

_ANALYSES = runpy.run_path(str(Path(__file__).with_name("analyses.py")))
sample_analysis = _ANALYSES["sample_analysis"]
LINES = (
    *_ANALYSES["LINES"],
    ("customer", "Je vais prendre un avocat, et je veux faire une <b>réclamation</b>."),
)


def shown(analysis, **more) -> BeautifulSoup:
    return BeautifulSoup(render_report(analysis.model_copy(update=more)), "lxml")


def section(page, name):
    return page.select_one(f"section[aria-labelledby=h-{name}]")


@pytest.fixture(scope="module")
def analysis():
    return sample_analysis(LINES)


@pytest.fixture(scope="module")
def categories(analysis):
    return match_categories(analysis.conversation, load_categories(), metrics=analysis.metrics)


@pytest.mark.parametrize(
    ("language", "threat", "undecided"),
    [
        ("fr", "Menace juridique alerte", "Non jugés, faute d'éléments\u00a0: "),
        ("en", "Legal threat alert", "Not judged, too little is known: "),
    ],
)
def test_categories_are_shown_with_their_quotes_and_what_was_not_judged(
    analysis, categories, language, threat, undecided
):
    page = BeautifulSoup(
        render_report(analysis.model_copy(update={"categories": categories}), language=language),
        "lxml",
    )
    card = section(page, "categories")
    first = card.select("li")[0]  # alerts come first
    assert first.select_one(".event").get_text(" ", strip=True) == threat
    assert first.select_one("blockquote a")["href"] == "#t4"
    assert undecided in card.get_text()
    labels = {one.id: one.label.text(language) for one in load_categories().categories}
    assert categories.undecided
    assert all(labels[one] in card.get_text() for one in categories.undecided)
    assert not card.select("b")


def test_an_undecided_category_of_the_centres_own_is_named_by_its_id(analysis, categories):
    settings = categories.provenance.settings | {"categories_sha256": "0" * 64}
    own = categories.model_copy(
        update={
            "undecided": ("delivery_refused",),
            "matches": (),
            "provenance": categories.provenance.model_copy(update={"settings": settings}),
        }
    )
    card = section(shown(analysis, categories=own), "categories").get_text(" ", strip=True)
    assert "delivery refused" in card
    assert "Aucun événement relevé." in card


def test_results_that_looked_for_no_category_have_no_such_card(analysis):
    assert section(shown(analysis), "categories") is None


def test_the_explanation_and_the_tip_are_shown_with_the_tips_quote(analysis):
    turn = analysis.conversation.turns[2]
    tip = CoachingTip(
        item="DEC3", points_lost=4, text_fr="Reformulez la demande.", text_en="Say it again.",
        evidence=(Evidence.from_turn(turn),),
    )  # fmt: skip
    evaluation = analysis.evaluation.model_copy(update={"tip": tip})
    card = section(shown(analysis, evaluation=evaluation), "scorecard")
    assert " ".join(card.select_one(".explained").get_text().split()) == " ".join(
        evaluation.explanation_fr.split()
    )
    assert "Reformulez la demande." in card.select_one(".tip").get_text()
    assert card.select_one(".tip a")["href"] == "#t2"
    assert section(shown(analysis), "scorecard").select_one(".tip") is None


def test_it_is_said_where_a_person_decides(analysis):
    first, second, third, *rest = analysis.evaluation.items
    items = (
        first.model_copy(update={"decided_by": "both"}),
        second.model_copy(update={"decided_by": "person"}),
        third.model_copy(update={"decided_by": "machine"}),
        *(one.model_copy(update={"decided_by": "machine"}) for one in rest),
    )
    evaluation = analysis.evaluation.model_copy(update={"items": items})
    page = shown(analysis, evaluation=evaluation)
    assert sorted(one.get_text() for one in page.select(".by")) == ["par une personne", "à relire"]


def test_what_is_not_counted_stands_beside_and_what_is_withdrawn_is_not_shown(analysis):
    scored = [one for one in analysis.evaluation.items if one.status == "scored" and one.points]
    assist, off = scored[0], scored[1]
    questions = {
        one.id: QuestionGate(gate=gate, question_sha256=one.item_sha256)
        for one, gate in ((assist, "assist"), (off, "off"))
    }
    gated = apply_gates(
        analysis.evaluation, Gates(scorecard=analysis.evaluation.scorecard, questions=questions)
    )
    page = shown(analysis, evaluation=gated.evaluation, gates=gated.gates)
    rows = {row.select_one(".id").get_text().split(" ")[0]: row for row in page.select("td .id")
            for row in [row.find_parent("tr")]}  # fmt: skip
    assert rows[assist.id].select_one(".tag.gate").get_text() == "non compté"
    assert rows[assist.id].select("blockquote")
    assert rows[off.id].select_one(".tag.gate").get_text() == "retiré"
    assert not rows[off.id].select("blockquote")
    assert len(page.select(".tag.gate")) == 2
    said = section(page, "quality").get_text(" ", strip=True)
    assert "1 critère montré mais non compté, 1 critère retiré." in said
    assert not shown(analysis).select(".tag.gate")
    every = dict.fromkeys(gated.gates, "auto")
    assert "tous les critères comptent" in section(shown(analysis, gates=every), "quality").text


def citation(title, quote):
    return Citation(document=f"{title}.md", title=title, passage_id=title, quote=quote)


@pytest.mark.parametrize(
    ("language", "warned"), [("fr", "ne dit pas la même chose"), ("en", "does not say the same")]
)
def test_an_answer_that_another_article_contradicts_is_shown_with_it(language, warned):
    analysis = sample_analysis(language=language)
    (asked,) = analysis.questions
    other = citation("Barème", "La remise est de 10 euros.")
    answer = asked.answer.model_copy(update={"other": (other,), "disagreement": True})
    page = shown(analysis, questions=(asked.model_copy(update={"answer": answer}),))
    note = page.select_one(".differs").get_text(" ", strip=True)
    assert warned in note
    assert "La remise est de 10 euros." in note
    assert "Barème.md" in note
    assert shown(analysis).select_one(".differs") is None


def test_a_question_to_ask_back_is_shown_with_its_choices():
    analysis = sample_analysis()
    (asked,) = analysis.questions
    choices = tuple(Choice(label=one, citation=citation(one, "x")) for one in ("La box", "Mobile"))
    answer = Answer(
        question=asked.question.text, outcome="clarify", reason="several", confidence=0.4,
        threshold=0.5,
        clarification=Clarification(question="La box ou le mobile ?", choices=choices),
    )  # fmt: skip
    page = shown(analysis, questions=(asked.model_copy(update={"answer": answer}),))
    box = page.select_one(".ask")
    assert "La box ou le mobile ?" in box.get_text()
    assert len(box.select("li")) == 2
    assert "Pas de réponse sûre" not in section(page, "questions").get_text()

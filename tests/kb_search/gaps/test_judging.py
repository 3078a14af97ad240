"""What was wrong with an answer."""

from __future__ import annotations

import pytest

from conversation import Turn
from kb_search.gaps.closeness import Closeness
from kb_search.gaps.judging import find_troubles
from kb_search.gaps.replies import answer_text, replies_to
from kb_search.gaps.settings import DEFAULT_SETTINGS

ASKED = "Combien coûte une nouvelle carte SIM ?"
CARD = "Une nouvelle carte SIM coûte 10 euros."


@pytest.fixture
def troubles(hashing_encoder):
    def of(*questions):
        answers = [answer_text(replies_to(question, None)) for question in questions]
        cards = [question.answer.text for question in questions]
        texts = sorted({question.text for question in questions})
        said = sorted({text for text in (*answers, *cards) if text})
        found = find_troubles(
            questions, answers,
            closeness=Closeness(texts, hashing_encoder, words_share=0.4),
            said=Closeness(said, hashing_encoder, words_share=0.4), settings=DEFAULT_SETTINGS,
        )  # fmt: skip
        return [set(one) for one in found]

    return of


def test_a_sure_answer_that_the_agent_gives_too_is_good(troubles, question, answer):
    assert troubles(question(1, ASKED, CARD, "Merci.", answer=answer(CARD))) == [set()]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "declined"),
        ({"answer": ("x", 0.55)}, "unsure"),
        ({"feedback": "thumbs_down", "answer": ("x", 0.9)}, "thumbs_down"),
        ({"feedback": "not_used", "answer": ("x", 0.9)}, "not_used"),
        ({"contacted_again": True, "answer": ("x", 0.9)}, "contacted_again"),
    ],
)
def test_each_trouble_is_named(troubles, question, answer, values, expected):
    values = dict(values)
    if "answer" in values:
        values["answer"] = answer(CARD, confidence=values["answer"][1])
    assert expected in troubles(question(1, ASKED, **values))[0]


def test_an_agent_who_gives_another_amount_says_something_else(troubles, question, answer):
    asked = question(1, ASKED, "Une nouvelle carte SIM coûte 15 euros.", answer=answer(CARD))
    assert troubles(asked) == [{"agent_differs"}]


def test_an_agent_who_speaks_of_something_else_says_something_else(troubles, question, answer):
    asked = question(1, ASKED, "Le musée ferme le mardi pour travaux.", answer=answer(CARD))
    assert troubles(asked) == [{"agent_differs"}]


def test_the_same_question_after_the_agent_spoke_is_asked_again(troubles, question, answer):
    first = question(1, ASKED, CARD, answer=answer(CARD))
    again = "Mais elle coûte combien, la nouvelle carte SIM ?"
    second = question(1, again, CARD, answer=answer(CARD)).model_copy(
        update={"turn": Turn(index=4, speaker="customer", text=again)}
    )
    assert troubles(first, second) == [{"asked_again"}, set()]


def test_a_customer_who_says_not_to_have_been_answered_asks_again(troubles, question, answer):
    said = (CARD, "Vous ne répondez pas à ma question.")
    assert troubles(question(1, ASKED, *said, answer=answer(CARD))) == [{"asked_again"}]

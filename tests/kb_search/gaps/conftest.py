"""Questions of conversations made in a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversation import Turn
from kb_search import Answer, Citation
from kb_search.gaps import AskedQuestion

START = datetime(2026, 10, 1, 9, tzinfo=UTC)


def make_answer(text: str = "", *, confidence: float | None = None, document: str = "a.md"):
    """An answer with a text, or a declined one."""
    if not text:
        return Answer(
            question="?", answered=False, reason="nothing near", threshold=0.5,
            confidence=0.1 if confidence is None else confidence,
        )  # fmt: skip
    citation = Citation(document=document, title="T", passage_id=f"{document}#1", quote=text)
    return Answer(
        question="?", answered=True, threshold=0.5, text=text, citation=citation,
        confidence=0.9 if confidence is None else confidence,
    )  # fmt: skip


def make_question(number, text, *said, answer=None, day=0, handling_s=100.0, **more):
    """A question, then turns by turns of the agent and the customer."""
    after = tuple(
        Turn(index=index, speaker="customer" if index % 2 == 0 else "agent", text=line)
        for index, line in enumerate(said, 1)
    )
    values = {
        "conversation_id": f"c{number:02d}", "language": "fr", "agent": f"agent {number % 3}",
        "at": START + timedelta(days=day), "handling_s": handling_s,
    }  # fmt: skip
    turn = Turn(index=0, speaker="customer", text=text)
    return AskedQuestion(
        turn=turn, quote=text, after=after, answer=answer or make_answer(), **(values | more)
    )


@pytest.fixture
def question():
    """A function that makes a question."""
    return make_question


@pytest.fixture
def answer():
    """A function that makes an answer of the base."""
    return make_answer


UNLOCK = (
    ("Comment débloquer mon téléphone ?", "Le déblocage du téléphone est gratuit après trois mois.",
     "Merci beaucoup."),
    ("Je voudrais débloquer mon téléphone.", "Le déblocage du téléphone est gratuit. "
     "Le code de déblocage arrive par SMS sous 24 heures.", "Parfait, merci."),
    ("mon téléphone est bloqué, comment le débloquer ?", "Un instant, je vérifie. Le code de "
     "déblocage du téléphone arrive par SMS sous 24 heures.", "D'accord."),
)  # fmt: skip
REPEATER = (
    ("Avez-vous un répéteur wifi ?", "Le répéteur wifi coûte 3 euros par mois.", "Ok."),
    ("Combien coûte le répéteur wifi ?", "Le répéteur wifi coûte 3 euros par mois.", "Ok."),
    ("le répéteur wifi coûte combien ?", "Le répéteur wifi coûte 5 euros par mois.", "Ok."),
)


@pytest.fixture
def two_gaps():
    """Two things that three customers ask each, one question of its own, one that is answered."""
    asked = [make_question(n, *lines) for n, lines in enumerate((*UNLOCK, *REPEATER))]
    asked.append(make_question(10, "Où se trouve le musée des trains ?", "Je ne sais pas du tout."))
    card = "La carte se bloque dans l'application."
    asked.append(
        make_question(11, "Comment bloquer ma carte ?", card, "Merci.", answer=make_answer(card))
    )
    return asked

from __future__ import annotations

import pytest

from conversation import Evidence
from nlu import CustomerQuestion
from quality import Scorecard, evaluate, measure
from quality.agent_statements import MOST_STATEMENTS, agent_statements
from quality.helpers import Helpers, StatementCheck

SCRIPT = """
    agent 0 4 Bonjour, que puis-je faire pour vous ?
    customer 5 8 Combien de temps ai-je pour renvoyer un article ?
    agent 9 12 Vous avez trente jours pour renvoyer un article. Je vous envoie l'étiquette.
    customer 13 14 D'accord merci.
    """


class FakeKnowledge:
    """Says of every statement what it is told to say."""

    name = "base"

    def __init__(self, support, confidence=0.8):
        self.support, self.confidence = support, confidence
        self.asked = []

    def check(self, statements, *, language):
        self.asked.append((tuple(statements), language))
        quote = "" if self.support == "not_found" else "Vous disposez de 14 jours."
        document = "" if self.support == "not_found" else "Retours"
        return [StatementCheck(self.support, self.confidence, quote, document)] * len(statements)


def card():
    item = {
        "id": "TRA1",
        "label": {"fr": "Réponse exacte", "en": "Accurate answer"},
        "points": 100,
        "not_applicable": {"fr": "Rien à vérifier", "en": "Nothing to check"},
        "eliminatory": {"fr": "Réponse fausse", "en": "Wrong answer"},
        "detector": {"kind": "knowledge"},
    }
    section = {"id": "S", "label": {"fr": "Partie", "en": "Part"}, "items": [item]}
    return Scorecard.model_validate(
        {"name": "kb", "version": "1", "label": {"fr": "Une", "en": "One"}, "sections": [section]}
    )


@pytest.fixture
def run(call, understanding_of):
    def decide(knowledge, script=SCRIPT):
        conversation = call(script)
        understanding = understanding_of(conversation)
        asked = conversation.turns[1]
        question = CustomerQuestion(
            text=asked.text, kind="question", evidence=Evidence.from_turn(asked)
        )
        return evaluate(
            conversation,
            understanding=understanding.model_copy(update={"questions": (question,)}),
            metrics=measure(conversation),
            scorecard=card(),
            helpers=Helpers(knowledge=knowledge),
        )

    return decide


def test_a_supported_statement_conforms(run):
    knowledge = FakeKnowledge("supported")
    (item,) = run(knowledge).items
    assert item.value == 1
    assert item.evidence[0].quote == "Vous avez trente jours pour renvoyer un article."
    assert "Vous disposez de 14 jours." in item.reason_fr
    ((statements, language),) = knowledge.asked
    assert language == "fr"
    assert [one.asked for one in statements] == [
        "Combien de temps ai-je pour renvoyer un article ?"
    ]


def test_a_contradicted_statement_is_0_and_a_proposal_of_elimination(run):
    evaluation = run(FakeKnowledge("contradicted"))
    assert evaluation.items[0].value == 0
    assert evaluation.eliminatory[0].item == "TRA1"
    assert "Retours" in evaluation.eliminatory[0].reason_en


def test_what_the_documents_do_not_say_is_not_assessable(run):
    evaluation = run(FakeKnowledge("not_found"))
    assert evaluation.items[0].status == "not_assessable"
    assert evaluation.score_100 is None


def test_an_unsure_check_does_not_count(run):
    assert run(FakeKnowledge("contradicted", 0.3)).items[0].status == "not_assessable"


def test_without_a_base_or_without_statements_there_is_no_score(run):
    assert run(None).items[0].status == "not_assessable"
    silent = "agent 0 4 Bonjour à vous.\ncustomer 5 8 Bonjour madame.\nagent 9 12 Je regarde."
    assert run(FakeKnowledge("supported"), silent).items[0].status == "not_applicable"


def test_a_verdict_without_the_documents_words_is_impossible():
    with pytest.raises(ValueError, match="without the document's own words"):
        StatementCheck("contradicted", 0.9)


def test_questions_own_acts_and_reports_are_no_statements(call):
    script = """
        agent 0 4 Vous pouvez me donner votre numéro de dossier ?
        agent 5 8 Je vais regarder les deux dernières factures tout de suite.
        agent 9 12 Mon collègue vous a dit que c'était gratuit pendant 3 mois.
        agent 13 16 Le remboursement prend cinq jours ouvrés.
        """
    found = [one.text for _, one in agent_statements(call(script), ())]
    assert found == ["Le remboursement prend cinq jours ouvrés."]


def test_no_more_statements_are_checked_than_the_limit(call):
    lines = "\n".join(
        f"agent {4 * i} {4 * i + 3} Le tarif numéro {i} est de {i} euros." for i in range(60)
    )
    assert len(agent_statements(call(lines), ())) == MOST_STATEMENTS

"""The assistant with the real encoder over the sample knowledge base."""

import pytest

from conversation import read_conversation
from kb_search import KnowledgeBase
from kb_search.assistant import CitedBase, replay

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def knowledge(encoder, examples_dir):
    return CitedBase(KnowledgeBase.open(examples_dir / "kb", encoder), encoder)


def frozen():
    return 0.0


def test_a_problem_that_is_no_question_finds_its_passage(knowledge, needs, make_call):
    call = make_call(("customer", "bonjour euh ma box elle clignote rouge depuis ce matin", 6.0))
    (card,) = replay(call, knowledge, needs, stopwatch=frozen).cards
    assert card.citation.document == "telecom-plus/panne-internet-voyants-box.md"
    assert card.citation.date is not None


def test_small_talk_gets_no_card(knowledge, needs, make_call):
    call = make_call(
        ("agent", "Télécom Plus bonjour, Léa à votre écoute.", 3.0),
        ("customer", "Bonjour Léa, vous avez bien du soleil à Lyon ce matin ?", 7.0),
        ("agent", "Un peu, oui. Que puis-je faire pour vous ?", 10.0),
        ("customer", "Alors attendez, je prends mes lunettes et un stylo.", 14.0),
    )
    assert replay(call, knowledge, needs, stopwatch=frozen).cards == ()


def test_the_sample_chat_gets_cards_of_the_right_article(knowledge, needs, examples_dir):
    chat = read_conversation(examples_dir / "conversations" / "livraison_mobile.chat.txt")
    cards = replay(chat, knowledge, needs, stopwatch=frozen).cards
    assert len(cards) >= 2
    assert {card.citation.document for card in cards} == {"telecom-plus/colis-livre-non-recu.md"}

"""What a conversation brings: the customer's sentences that say what is needed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from conversation import Conversation, Turn
from nlu.reasons import ReasonResult, ReasonScore
from nlu.topics import TopicItem, topic_item


def reasons(code: str | None, parent: str | None = None) -> ReasonResult:
    primary = None
    if code is not None:
        primary = ReasonScore(
            code=code, label_fr="x", label_en="x", parent_code=parent, probability=0.8
        )
    return ReasonResult(taxonomy="t", primary=primary, margin=0.5, threshold=0.35)


def test_sentences_that_say_the_need_are_quoted(talk):
    conversation = talk(
        ("agent", "Bonjour, que puis-je faire pour vous ?"),
        ("customer", "Bonjour. Mon badge ne marche plus depuis lundi."),
        ("agent", "Je regarde."),
        ("customer", "Est-ce que je peux en avoir un autre ?"),
    )
    item = topic_item(conversation, None, language="fr")
    quotes = [each.quote for each in item.texts]
    assert any("badge ne marche plus" in quote for quote in quotes)
    assert "Est-ce que je peux en avoir un autre ?" in quotes
    for each in item.texts:
        turn = conversation.turns[each.turn_index]
        assert turn.speaker == "customer"
        assert each.quote in turn.text


def test_no_sentence_is_quoted_twice(talk):
    conversation = talk(("customer", "Mon badge ne marche plus."))
    assert len(topic_item(conversation, None).texts) == 1


def test_a_conversation_without_a_customer_has_no_texts(talk):
    assert topic_item(talk(("agent", "Allô ? Il y a quelqu'un ?")), None).texts == ()


@pytest.mark.parametrize(
    ("code", "is_open"),
    [
        (None, True),
        ("tel.autre", True),
        ("hors_perimetre", True),
        ("tel.facture", False),
    ],
)
def test_what_no_reason_fits_is_open(talk, code, is_open):
    item = topic_item(talk(("customer", "Ma facture est fausse.")), reasons(code))
    assert item.is_open is is_open


def test_the_reason_is_that_of_level_1(talk):
    item = topic_item(
        talk(("customer", "Ma facture est fausse.")),
        reasons("tel.facture.montant", parent="tel.facture"),
    )
    assert item.reason_code == "tel.facture"


def test_a_time_without_a_zone_is_utc_and_messages_give_one():
    conversation = Conversation(
        id="c",
        channel="chat",
        turns=(
            Turn(index=0, speaker="customer", text="Mon badge est cassé.", at=datetime(2026, 9, 1)),  # noqa: DTZ001
        ),
    )
    assert topic_item(conversation, None).at == datetime(2026, 9, 1, tzinfo=UTC)


def test_an_item_refuses_a_time_without_a_zone():
    with pytest.raises(ValidationError, match="no time zone"):
        TopicItem(conversation_id="c", at=datetime(2026, 9, 1))  # noqa: DTZ001

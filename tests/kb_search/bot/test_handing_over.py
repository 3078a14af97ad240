"""When a person takes over, what the customer is told and what the person gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb_search.bot import (
    Customer,
    GivenBack,
    HandOver,
    HumanJoined,
    HumanWrote,
    Say,
    Session,
    Tick,
    TimedOut,
)

HOURS = {"days": {"monday": ["09:00-18:00"], "tuesday": ["09:00-12:30"]}}
NIGHT = datetime(2026, 1, 5, 22, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "trigger"),
    [
        ("un conseiller", "asked"),
        ("UN HUMAIN SVP !!", "asked"),
        ("agent please", "asked"),
        ("Je ne veux pas parler à un robot", "asked"),
        ("Pouvez-vous me rappeler ?", "asked"),
        ("Let me talk to a real person", "asked"),
        ("Ça sent le gaz chez moi", "urgent"),
        ("C'est honteux, votre service", "complaint"),
        ("This is a disgrace of a service", "complaint"),
        ("J'ai résilié et vous continuez à me prélever", "cancellation_dispute"),
        ("C'est honteux, je veux résilier depuis un mois", "cancellation_dispute"),
        ("Dans quoi dois-je investir mes économies ?", "advice"),
        ("Quel médicament dois-je prendre ?", "advice"),
        ("I will talk to my lawyer, is it legal?", "advice"),
        ("Quel est mon solde ?", "account"),
        ("Where is my order number 4455667?", "account"),
        ("Ma grand-mère est toute seule sans téléphone", "vulnerable"),
    ],
)
def test_what_is_for_people_goes_to_people(talk, message, trigger):
    conversation = talk()
    conversation.write(message)
    assert conversation.handed is not None, conversation.said
    assert conversation.handed.packet.trigger == trigger
    assert conversation.session.state == "handing_over"


@pytest.mark.parametrize(
    "message",
    [
        "Je ne veux pas parler à un conseiller, comment activer l'eSIM ?",
        "Un conseiller m'a dit de redémarrer la box, comment ?",
        "Comment résilier ?",
        "Le conseiller peut-il activer l'eSIM ?",
        "I don't need an agent, how does roaming work?",
    ],
)
def test_what_only_names_people_is_answered(talk, message):
    conversation = talk()
    conversation.write(message)
    assert conversation.handed is None
    assert conversation.documents


def test_the_customer_is_told_before_with_the_delay(talk):
    conversation = talk(delay_minutes=4)
    conversation.write("un conseiller")
    said, handed = conversation.actions
    assert isinstance(said, Say)
    assert isinstance(handed, HandOver)
    assert "environ 4 min" in said.text
    without = talk()
    assert "min" not in without.write("un conseiller").split("conseiller.")[-1]


def test_a_danger_gives_the_numbers_first(talk):
    conversation = talk()
    said = conversation.write("Ça sent le gaz, comment activer l'eSIM ?")
    assert said.index("18 (pompiers)") < said.index("conseiller")
    packet = conversation.handed.packet
    assert packet.danger == "gas_smell"
    assert packet.urgency == 3
    assert packet.emergency_numbers[0].number == "18"
    assert conversation.documents == []


def test_the_packet_holds_everything(talk):
    customer = Customer(
        key="c-42", authentication="identified", facts=("client depuis 2019",), objections=("sms",)
    )
    session = Session(id="s9", customer=customer, transcript="https://example.org/t/s9")
    conversation = talk(session=session)
    conversation.write("Comment activer l'eSIM ?")
    conversation.write("non")
    conversation.write("Vendez-vous des drones ?")
    packet = conversation.handed.packet
    assert packet.conversation_id == "s9"
    assert packet.channel == "chat"
    assert packet.language == "fr"
    assert packet.customer.key == "c-42"
    assert packet.established == ("client depuis 2019",)
    assert packet.said == ("Comment activer l'eSIM ?", "Vendez-vous des drones ?")
    assert [(step.question, step.result) for step in packet.steps] == [
        ("Comment activer l'eSIM ?", "rejected"),
        ("Vendez-vous des drones ?", "declined"),
    ]
    assert [article.document for article in packet.articles] == ["esim.md"]
    assert packet.open_question == "Vendez-vous des drones ?"
    assert packet.entities[0].value == "10.00 EUR"
    assert packet.sentiment.trend == "worse"
    assert packet.nature == "incident"
    assert packet.objections == ("sms",)
    assert packet.transcript == "https://example.org/t/s9"
    assert "Vendez-vous des drones ?" in packet.first_sentence
    assert "drones" in packet.summary
    assert len(packet.summary.split()) <= 80


def test_an_objection_to_being_recorded_reaches_the_person(talk):
    conversation = talk()
    conversation.write("Je refuse d'être enregistré et je ne veux pas parler à un robot")
    assert conversation.handed.packet.objections == ("recording", "bot")


def test_a_first_sentence_without_a_question_quotes_nothing(talk):
    conversation = talk()
    conversation.write("un conseiller")
    assert conversation.handed.packet.first_sentence == (
        "Bonjour, je prends la suite de l'assistant."
    )


def test_the_packet_is_built_in_english(talk):
    conversation = talk()
    conversation.write("Do you sell drones?")
    conversation.write("And what about rockets to the moon?")
    packet = conversation.handed.packet
    assert packet.language == "en"
    assert packet.first_sentence.startswith("Hello, I am taking over")
    assert packet.summary.startswith("The customer asks")


def test_while_waiting_the_bot_says_once_that_somebody_is_coming(talk):
    conversation = talk()
    conversation.write("un conseiller")
    assert "ajoute votre message" in conversation.write("c'est pour ma facture")
    assert conversation.write("vous êtes là ?") == ""
    assert conversation.handed is None


def test_a_danger_told_while_waiting_renews_the_packet(talk):
    conversation = talk()
    conversation.write("un conseiller")
    said = conversation.write("au secours ça sent le gaz")
    assert "18" in said
    assert conversation.handed.packet.trigger == "urgent"


def test_a_hand_over_that_nobody_takes_is_said(talk):
    conversation = talk(hand_over_after_s=60)
    conversation.write("un conseiller")
    conversation.event(Tick)
    assert conversation.said == ""
    conversation.at += timedelta(seconds=60)
    conversation.event(Tick)
    assert "plus de temps que prévu" in conversation.said
    conversation.event(Tick)
    assert conversation.said == ""


def test_the_host_may_tell_that_nobody_took_it(talk):
    conversation = talk()
    conversation.write("un conseiller")
    conversation.event(TimedOut, subject="hand_over")
    assert "plus de temps que prévu" in conversation.said


def test_a_hand_over_that_is_given_back_goes_on(talk):
    conversation = talk()
    conversation.write("un conseiller")
    conversation.event(GivenBack)
    assert "assistant virtuel reprend" in conversation.said
    conversation.write("Comment activer l'eSIM ?")
    assert conversation.documents == ["esim.md"]


def test_outside_opening_hours_nothing_is_promised(talk):
    conversation = talk(hours=HOURS)
    conversation.at = NIGHT
    said = conversation.write("un conseiller")
    assert conversation.handed is None
    assert "demain à 9 h" in said
    assert "rappel" not in said
    assert "relation" not in said
    assert conversation.session.state == "answering"


@pytest.mark.parametrize(("offer", "words"), [("message", "transmis"), ("callback", "rappellera")])
def test_outside_opening_hours_a_message_is_taken_where_the_centre_offers_it(talk, offer, words):
    conversation = talk(hours=HOURS, outside_hours=offer)
    conversation.at = NIGHT
    assert words in conversation.write("un conseiller")
    assert conversation.handed is None
    conversation.write("C'est pour ma box, 06 39 98 00 01")
    assert conversation.handed.mode == "message"
    assert conversation.handed.packet.trigger_quote == "C'est pour ma box, 06 39 98 00 01"
    assert bool(conversation.handed.packet.commitments) == (offer == "callback")
    conversation.write("Comment activer l'eSIM ?")
    assert conversation.documents == ["esim.md"]


def test_a_danger_at_night_gives_numbers_and_is_not_lost(talk):
    conversation = talk(hours=HOURS)
    conversation.at = NIGHT
    said = conversation.write("ça sent le gaz")
    assert "18" in said
    assert "tout de suite" not in said
    assert conversation.handed.mode == "message"


def test_once_a_person_writes_the_bot_is_mute_until_it_is_given_back(talk):
    conversation = talk()
    conversation.write("Comment activer l'eSIM ?")
    conversation.event(HumanWrote, text="Bonjour, je suis Sonia.")
    assert conversation.session.state == "with_human"
    for message in ("un conseiller", "ça sent le gaz", "merci au revoir", "connard", ""):
        conversation.write(message)
        assert conversation.actions == ()
    conversation.event(Tick)
    conversation.event(TimedOut)
    assert conversation.actions == ()
    conversation.event(GivenBack)
    assert "assistant virtuel" in conversation.said
    assert [turn.speaker for turn in conversation.session.turns].count("agent") == 1


def test_a_person_who_only_joins_mutes_it_too(talk):
    conversation = talk()
    conversation.event(HumanJoined)
    assert conversation.write("Comment activer l'eSIM ?") == ""

"""Small conversations with traps: what each question must say, and what it must not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from quality import Scorecard, load_scorecard

CASES = yaml.safe_load((Path(__file__).parent / "conversations.yaml").read_text(encoding="utf-8"))


def shown(item):
    return {"not_applicable": "na", "not_assessable": "open"}.get(item.status, item.value)


@pytest.mark.parametrize("name", CASES)
def test_conversations_with_traps(name, call, messages, judge):
    case = CASES[name]
    if case["channel"] == "phone":
        conversation = call(case["script"], language=case["language"])
    else:
        conversation = messages(case["script"], channel=case["channel"], language=case["language"])
    items = judge(conversation)
    assert {id_: shown(items[id_]) for id_ in case["expected"]} == case["expected"]


NEUTRAL_WORDS = """
agent 0 4 Bonjour, Acme, Paul à votre écoute.
customer 5 9 Vous me faites tourner en bourrique depuis une semaine.
agent 10 14 D'accord. Je regarde votre ligne.
"""


def test_a_difficulty_that_no_list_knows_is_read_from_the_customers_sentiment(call, judge):
    conversation = call(NEUTRAL_WORDS)
    calm, upset = judge(conversation), judge(conversation, negative=(1,))
    assert (calm["SAV2"].status, upset["SAV2"].value) == ("not_applicable", 0)
    assert upset["SAV2"].evidence[0].turn_index == 1


def test_without_sentiment_the_absence_of_a_difficulty_is_not_concluded(call, judge):
    items = judge(call(NEUTRAL_WORDS), sentiment=False)
    assert items["SAV2"].status == items["OBJ1"].status == "not_assessable"


def test_a_mono_recording_cannot_tell_who_interrupts(call, judge):
    items = judge(call(NEUTRAL_WORDS, channels=1))
    assert items["DEC1"].status == "not_assessable"
    assert items["ACC1"].status == "scored"


def test_the_cards_own_brands_are_asked_for_and_one_wrong_letter_is_forgiven(call, judge):
    def greeted(text, *brands):
        card = load_scorecard().model_dump(mode="json")
        card["sections"][0]["items"][0]["detector"]["brands"] = list(brands)
        return judge(call(f"agent 0 4 {text}"), scorecard=Scorecard.model_validate(card))[
            "ACC1"
        ].value

    assert greeted("Bonjour, banque Horizom, Paul à votre écoute.", "Horizon") == 1
    assert greeted("Bonjour, bienvenue chez Acme, Paul à votre écoute.", "Horizon") == 0.5
    assert greeted("Bonjour, Télécom Plus, Paul à votre écoute.", "Horizon", "Telecom plus") == 1


def test_mandatory_statements_are_checked_once_the_card_names_them(call, judge):
    def stated(text):
        card = load_scorecard().model_dump(mode="json")
        (item,) = [i for s in card["sections"] for i in s["items"] if i["id"] == "CNF1"]
        required = ["recording_notice", "withdrawal_notice"]
        item["detector"] = {"kind": "statements", "required": required}
        return judge(call(f"agent 0 9 {text}"), scorecard=Scorecard.model_validate(card))["CNF1"]

    both = "Cet appel est enregistré, et vous avez quatorze jours pour vous rétracter."
    assert stated(both).value == 1
    assert stated("Cet appel peut être enregistré.").value == 0.5
    assert stated("Bonjour.").value == 0


def test_the_same_words_of_the_customer_count_for_nothing(call, judge):
    words = "Bonjour, bienvenue chez Acme, je m'appelle Paul, que puis-je faire pour vous ?"
    items = judge(call(f"customer 0 5 {words}\nagent 6 7 Oui."))
    assert items["ACC1"].value == items["ACC2"].value == 0


def test_a_phone_transcript_without_times_is_judged_by_its_words(judge, messages):
    items = judge(
        messages(
            """
            agent Bonjour, bienvenue chez Acme, je m'appelle Paul, que puis-je faire pour vous ?
            customer Une question sur ma facture.
            agent Je vous écoute.
            """,
            channel="phone",
        )
    )
    assert items["ACC1"].value == items["ACC2"].value == 1
    assert items["DEC1"].status == items["TRA4"].status == "not_assessable"


@pytest.mark.parametrize("name", ["Claire", "Xiaoli", "Conceição", "Ayşe", "Rajesh", "Agnieszka"])
@pytest.mark.parametrize(
    "words",
    ["Bonjour, bienvenue chez Lunéo, je suis {}.", "Lunéo bonjour, {} à l'appareil."],
)
def test_a_first_name_counts_whatever_its_origin(call, judge, name, words):
    assert judge(call(f"agent 0 4 {words.format(name)}"))["ACC1"].value == 1


@pytest.mark.parametrize("name", ["Martin", "Le Goff", "Ben Salah", "N'Diaye", "De Oliveira"])
def test_a_surname_with_a_particle_is_a_name(call, judge, name):
    script = f"""
    agent 0 4 Bonjour, Acme, Paul à votre écoute.
    customer 5 9 Bonjour, ma ligne est coupée.
    agent 10 14 J'vous remercie de votre appel, au revoir monsieur {name}.
    """
    assert judge(call(script))["CON3"].value == 1


def test_a_closed_door_is_no_abuse(call, judge):
    items = judge(call("agent 0 4 Bonjour, j'ai fermé la porte, je vous écoute."))
    assert items["EL2"].value != 0
    assert judge(call("agent 0 4 Ferme-la !"))["EL2"].value == 0

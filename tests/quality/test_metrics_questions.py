"""Questions of the kinds ``metric`` and ``order``."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter, ValidationError

from conversation import Evidence
from quality import measure
from quality.contact import Contact
from quality.detectors.metric import Metric, show_figure
from quality.detectors.order import Order
from quality.phrases import load_lexicon

METRIC = TypeAdapter(Metric)
ORDER = TypeAdapter(Order)

WAITING = """
    customer 0 4 pouvez-vous corriger mon adresse
    agent 5 6 d'accord
    agent {back} {end} voilà c'est corrigé
    """


def contact_of(conversation, understanding=None):
    language = conversation.language or "fr"
    return Contact(
        conversation,
        metrics=measure(conversation),
        negative_turns=None,
        lexicon=load_lexicon(language),
        language=language,
        understanding=understanding,
    )


def metric(**settings):
    return METRIC.validate_python({"kind": "metric", **settings})


def order(first, then):
    return ORDER.validate_python({"kind": "order", "first": first, "then": then})


def verified(finding, conversation):
    for one in finding.evidence:
        assert one == Evidence.from_turn(conversation.turns[one.turn_index], one.quote)
    return finding


@pytest.mark.parametrize(("back", "value"), [(20, 1), (50, 0.5), (90, 0)])
def test_conditions_give_one_a_half_or_nothing(call, back, value):
    conversation = call(WAITING.format(back=back, end=back + 3))
    question = metric(full="longest_silence_s <= 30", half="longest_silence_s <= 60")
    finding = verified(question.decide(contact_of(conversation)), conversation)
    assert finding.value == value
    assert [one.quote for one in finding.evidence] == ["d'accord", "voilà c'est corrigé"]
    assert finding.reason.fr.startswith(f"plus long silence : {back - 6} s (attendu : ")
    assert finding.reason.en.startswith(f"longest silence: {back - 6} s (expected: ")


def test_without_half_a_failed_condition_is_zero_and_proposes_elimination(call):
    finding = metric(full="hold_s < 5").decide(contact_of(call(WAITING.format(back=50, end=53))))
    assert finding.value == 0
    assert finding.eliminatory


def test_a_question_that_does_not_apply_says_why(call):
    question = metric(full="unannounced_hold_count == 0", applies="hold_count > 0")
    finding = question.decide(contact_of(call("agent 0 2 bonjour à vous\ncustomer 3 4 bonjour")))
    assert finding.status == "not_applicable"
    assert "mises en attente : 0" in finding.reason.fr


def test_what_is_not_known_is_not_assessable_and_named(call, messages):
    written = contact_of(messages("customer +0 Bonjour\nagent +5 Bonjour"))
    finding = metric(full="hold_s < 60").decide(written)
    assert finding.status == "not_assessable"
    assert "attente" in finding.reason.fr
    mono = contact_of(call("agent 0 2 bonjour à vous\ncustomer 1 4 bonjour", channels=1))
    assert metric(full="agent_interruptions == 0").decide(mono).status == "not_assessable"
    ratio = metric(full="hold_s / hold_count < 60")
    assert "ne se calcule pas" in ratio.decide(contact_of(call(""))).reason.fr


def test_shares_of_mixed_voices_are_less_sure(call):
    script = "agent 0 2 bonjour à vous\ncustomer 3 4 bonjour"
    question = metric(full="agent_talk_share between 20% and 80%")
    exact = question.decide(contact_of(call(script, channels=2)))
    mixed = question.decide(contact_of(call(script, channels=1)))
    assert exact.confidence > mixed.confidence


def test_what_is_understood_can_be_asked_for(messages, understanding_of):
    conversation = messages("customer Je suis furieux\nagent Je comprends")
    understood = understanding_of(conversation)
    question = metric(full="customer_sentiment_end >= customer_sentiment_start")
    assert question.decide(contact_of(conversation, understood)).value == 1
    assert question.decide(contact_of(conversation)).status == "not_assessable"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"full": "hold < 60"}, "nothing is called 'hold'"),
        ({"full": "hold_s"}, "gives a number, expected a condition"),
        ({"full": "hold_s < 60", "half": "hold_s <"}, "got the end"),
        ({"full": "channel < 60"}, "got a text, expected a number"),
        ({"full": "hold_s < 60", "applies": "__import__('os')"}, "character 11"),
    ],
)
def test_mistakes_in_a_card_are_told_when_it_is_read(settings, message):
    with pytest.raises(ValidationError, match=message.replace("(", r"\(")):
        metric(**settings)


def test_figures_are_written_with_their_units():
    assert show_figure("agent_talk_share", 0.456, "fr") == "46 %"
    assert show_figure("hold_s", 12.34, "fr") == "12,3 s"
    assert show_figure("agent_speech_rate_wpm", 150.0, "en") == "150 words/min"
    assert show_figure("approximate", True, "fr") == "oui"
    assert show_figure("hold_s", None, "en") == "not known"


AUTHENTICATION_FIRST = order({"events": ["authentication"]}, {"phrases": ["disclosure"]})
ASKED = """
    agent 0 3 pouvez-vous me donner votre nom et votre date de naissance
    customer 4 8 je m'appelle Paul Mercier né le trois mai
    """
TOLD = "agent {start} {end} votre facture est de 40 euros"


def test_authentication_before_disclosure_is_in_order(call):
    conversation = call(ASKED + TOLD.format(start=10, end=14))
    finding = verified(AUTHENTICATION_FIRST.decide(contact_of(conversation)), conversation)
    assert finding.value == 1
    assert not finding.eliminatory
    assert {one.turn_index for one in finding.evidence} >= {0, 2}
    assert "avant" in finding.reason.fr


def test_authentication_after_disclosure_is_not(call):
    asked = ASKED.replace("0 3", "5 8").replace("4 8", "9 12")
    script = TOLD.format(start=0, end=3) + asked
    finding = AUTHENTICATION_FIRST.decide(contact_of(call(script)))
    assert finding.value == 0
    assert finding.eliminatory
    assert "après" in finding.reason.fr


def test_disclosure_without_authentication_is_zero_and_none_at_all_does_not_apply(call):
    told = AUTHENTICATION_FIRST.decide(contact_of(call(TOLD.format(start=0, end=3))))
    assert told.value == 0
    assert "sans" in told.reason.fr
    nothing = AUTHENTICATION_FIRST.decide(contact_of(call("agent 0 3 bonjour que puis-je faire")))
    assert nothing.status == "not_applicable"


def test_holds_and_messages_can_be_put_in_order(call, messages):
    conversation = call(
        """
        agent 0 4 je vérifie votre dossier ne quittez pas
        agent 40 44 merci d'avoir patienté c'est réglé
        """
    )
    question = order({"phrases": ["hold_announcement"]}, {"events": ["hold_start"]})
    assert question.decide(contact_of(conversation)).value == 1
    back = order({"events": ["hold_end"]}, {"events": ["agent_starts"]})
    assert back.decide(contact_of(conversation)).value == 0
    written = messages("agent Bonjour, que puis-je faire ?\ncustomer Bonjour")
    first = order({"events": ["agent_starts"]}, {"events": ["customer_starts"]})
    finding = first.decide(contact_of(written))
    assert finding.value == 1
    assert "(message 1) avant" in finding.reason.fr


def test_a_step_must_name_something_known():
    with pytest.raises(ValidationError, match="neither events nor phrases"):
        order({}, {"phrases": ["disclosure"]})
    with pytest.raises(ValidationError, match="no phrase set is called 'nothing'"):
        order({"phrases": ["nothing"]}, {"phrases": ["disclosure"]})


def test_the_page_shows_questions_that_can_be_read():
    page = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    kinds = {"metric": METRIC, "order": ORDER}
    read = [yaml.safe_load(block)["detector"] for block in blocks]
    assert {detector["kind"] for detector in read} == set(kinds)
    for detector in read:
        kinds[detector["kind"]].validate_python(detector)

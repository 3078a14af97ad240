from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from pydantic import ValidationError

from quality import Scorecard, evaluate, measure
from quality.detectors.examples import Guards, Wordings
from quality.detectors.said import NotSaid, Said
from quality.sentence_vectors import SentenceVectors

WordEncoder = runpy.run_path(str(Path(__file__).with_name("word_encoder.py")))["WordEncoder"]
RECORDED = {"fr": ["Cet appel est enregistré."], "en": ["This call is recorded."]}
WITH_VECTORS = object()


def card_of(detector, **item):
    asked = {
        "id": "Q",
        "label": {"fr": "Question", "en": "The question"},
        "points": 100,
        "detector": detector,
    }
    section = {"id": "S", "label": {"fr": "Partie", "en": "Part"}, "items": [asked | item]}
    label = {"fr": "Une", "en": "One"}
    return Scorecard.model_validate(
        {"name": "one", "version": "1", "label": label, "sections": [section]}
    )


@pytest.fixture
def ask(call, understanding_of):
    """Decide one question of the kind ``said`` for a call."""

    def run(script, *, vectors=WITH_VECTORS, language="fr", kind="said", item=None, **detector):
        conversation = script if not isinstance(script, str) else call(script, language=language)
        evaluation = evaluate(
            conversation,
            understanding=understanding_of(conversation),
            metrics=measure(conversation),
            scorecard=card_of({"kind": kind, **detector}, **(item or {})),
            vectors=SentenceVectors(WordEncoder()) if vectors is WITH_VECTORS else vectors,
        )
        return evaluation.items[0]

    return run


def test_another_wording_of_an_example_counts(ask):
    found = ask(
        "agent 0 4 Bonjour. Cette communication est enregistrée.\ncustomer 5 8 d'accord pour moi",
        examples=RECORDED,
    )
    assert found.value == 1
    assert found.evidence[0].quote == "Cette communication est enregistrée."
    assert 0.5 <= found.confidence <= 0.85


def test_what_is_not_said_is_0_and_shows_the_nearest_sentence(ask):
    found = ask(
        "agent 0 4 Je regarde. Votre appel compte.\ncustomer 5 8 merci bien", examples=RECORDED
    )
    assert found.value == 0
    assert found.evidence[0].quote == "Votre appel compte."


def test_a_higher_threshold_asks_for_more_likeness(ask):
    script = "agent 0 4 Cet appel est enregistré pour vous servir mieux demain.\ncustomer 5 8 oui"
    assert ask(script, examples=RECORDED, threshold=0.3).value == 1
    assert ask(script, examples=RECORDED, threshold=0.99).value == 0


@pytest.mark.parametrize(
    "denied", ["Cet appel n'est pas enregistré.", "Cet appel n'est jamais enregistré."]
)
def test_a_denial_is_not_the_statement(ask, denied):
    assert ask(f"agent 0 4 {denied}\ncustomer 5 8 bien", examples=RECORDED).value == 0


def test_a_denial_matches_an_example_that_denies_too(ask):
    found = ask(
        "customer 0 4 Je ne suis pas intéressée.\nagent 5 6 bien",
        examples={"fr": ["Je ne suis pas intéressé."]},
        speaker="customer",
    )
    assert found.value == 1


def test_a_counter_example_that_is_nearer_wins(ask):
    script = "agent 0 4 Votre appel est enregistré comme réclamation.\ncustomer 5 8 bien"
    assert ask(script, examples=RECORDED).value == 1
    unlike = {"fr": ["Votre appel est enregistré comme réclamation."]}
    assert ask(script, examples=RECORDED, unlike=unlike).value == 0


def test_guards_ask_for_words_and_forbid_others(ask):
    script = "agent 0 4 Cet appel est enregistré ce matin.\ncustomer 5 8 bien"
    assert ask(script, examples=RECORDED, guards={"must_contain": {"fr": ["qualité"]}}).value == 0
    assert (
        ask(script, examples=RECORDED, guards={"must_contain": {"fr": ["enregistr*"]}}).value == 1
    )
    forbidden = {"must_not_contain": {"fr": ["ce (matin|soir)"]}}
    assert ask(script, examples=RECORDED, guards=forbidden).value == 0
    english = {"must_contain": {"en": ["quality"]}}
    assert ask(script, examples=RECORDED, guards=english).value == 1


def test_only_the_speaker_that_is_asked_for_is_listened_to(ask):
    script = "agent 0 4 Bonjour à vous.\ncustomer 5 8 Cet appel est enregistré."
    assert ask(script, examples=RECORDED).value == 0
    assert ask(script, examples=RECORDED, speaker="customer").value == 1


def test_a_speaker_who_is_silent_leaves_it_open(ask):
    found = ask("agent 0 4 Bonjour à vous.", examples=RECORDED, speaker="customer")
    assert found.status == "not_assessable"
    assert found.reason_fr == "Le client ne dit rien."


@pytest.mark.parametrize(
    "quoted",
    [
        "Votre message disait : « cet appel est enregistré ».",
        "Mon collègue vous a dit que cet appel est enregistré.",
        "Vous avez dit que cet appel est enregistré.",
    ],
)
def test_what_the_agent_repeats_of_others_does_not_count(ask, quoted):
    script = f"agent 0 4 {quoted}\ncustomer 5 8 oui tout à fait"
    assert ask(script, examples=RECORDED, threshold=0.3).value == 0


def test_a_phrase_set_in_quoted_speech_does_not_count(ask):
    said = "agent 0 4 Bonjour. Que puis-je faire pour vous ?\ncustomer 5 8 oui"
    quoted = "agent 0 4 Bonjour. On vous a dit « que puis-je faire pour vous ? ».\ncustomer 5 8 oui"
    assert ask(said, phrases=["help_offer"]).value == 1
    assert ask(quoted, phrases=["help_offer"]).value == 0


def test_the_place_in_the_call_counts(ask):
    script = """
        agent 0 4 Bonjour à vous.
        customer 5 90 Je vous explique mon problème.
        agent 100 104 Cet appel est enregistré.
        """
    assert ask(script, examples=RECORDED).value == 1
    assert ask(script, examples=RECORDED, place="opening").value == 0
    assert ask(script, examples=RECORDED, place="closing").value == 1


def test_phrases_need_no_vectors_and_examples_without_them_are_left_open(ask):
    script = "agent 0 4 Bonjour. Que puis-je faire pour vous ?\ncustomer 5 8 oui"
    assert ask(script, phrases=["help_offer"], examples=RECORDED, vectors=None).value == 1
    found = ask(script, examples=RECORDED, vectors=None)
    assert found.status == "not_assessable"
    assert "vecteurs" in found.reason_fr
    assert ask(script, examples=RECORDED, vectors=SentenceVectors(None)).value is None


def test_e_mail_lines_that_are_quoted_do_not_count(ask, messages):
    own = messages("customer Bonjour\nagent Cet appel est enregistré.", channel="email")
    quoted = messages("customer Bonjour\nagent Bien reçu.\\n> Cet appel est enregistré.",
                      channel="email")  # fmt: skip
    assert ask(own, examples=RECORDED).value == 1
    assert ask(quoted, examples=RECORDED).value == 0


def test_english_examples_serve_english_calls(ask):
    found = ask(
        "agent 0 4 Hello. This call is recorded.\ncustomer 5 8 fine", language="en",
        examples=RECORDED,
    )  # fmt: skip
    assert found.value == 1
    assert "This call is recorded." in found.reason_en


def test_what_must_not_be_said_proposes_elimination(ask):
    condition = {"fr": "Dit", "en": "Said"}
    forbidden = {"kind": "not_said", "examples": {"fr": ["Je refuse votre résiliation."]}}
    item = {"eliminatory": condition}
    found = ask("agent 0 4 Je refuse votre résiliation.\ncustomer 5 8 quoi", item=item, **forbidden)
    assert found.value == 0
    clean = "agent 0 4 Bonjour à vous.\ncustomer 5 8 bonjour"
    assert ask(clean, **forbidden).status == "not_assessable"
    assert ask(clean, when_absent="conforming", **forbidden).value == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"phrases": []},
        {"unlike": {"fr": ["autre chose"]}, "phrases": ["greeting"]},
        {"examples": RECORDED, "threshold": 1.5},
        {"examples": {"es": ["hola hola"]}},
        {"examples": {"fr": ["  "]}},
        {"examples": RECORDED, "guards": {"must_contain": {"fr": ["(a|"]}}},
        {"examples": RECORDED, "guards": {"must_match": {}}},
        {"phrases": ["no_such_set"]},
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(given):
    with pytest.raises(ValidationError):
        Said(kind="said", **given)
    with pytest.raises(ValidationError):
        NotSaid(kind="not_said", **given)


def test_guards_treat_what_is_written_as_words_and_not_as_code():
    with pytest.raises(ValidationError):
        Guards(must_contain=Wordings(fr=("(?P<x>a)+$",)))


@pytest.mark.model
def test_the_real_encoder_hears_a_refusal_in_other_words(ask, encoder):
    vectors = SentenceVectors(encoder)
    examples = {"fr": ["Je respecte votre choix et je ne vous rappellerai pas.",
                       "Très bien, je note que vous n'êtes pas intéressé."]}  # fmt: skip
    said = "agent 0 4 c'est noté monsieur vous n'êtes pas intéressé\ncustomer 5 8 voilà"
    other = "agent 0 4 je vous envoie votre facture par courrier\ncustomer 5 8 voilà"
    assert ask(said, examples=examples, vectors=vectors).value == 1
    assert ask(other, examples=examples, vectors=vectors).value == 0

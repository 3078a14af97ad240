"""What is personal is found where it stands, written or read aloud, and nothing else is."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversation import Conversation, Turn, Word
from conversation.errors import BadInput, DatasetInvalid, DefinitionInvalid, NotFound
from nlu.evaluation_personal_data import evaluate_personal_data
from nlu.personal_data import PersonalDataSettings, find_in_text, find_personal_data

_SPEC = importlib.util.spec_from_file_location(
    "personal_data_generated", Path(__file__).with_name("generated.py")
)
generated = importlib.util.module_from_spec(_SPEC)
sys.modules[_SPEC.name] = generated
_SPEC.loader.exec_module(generated)


def _talk(*turns: tuple[str, str], language: str = "fr") -> Conversation:
    return Conversation(
        id="c",
        channel="phone",
        language=language,
        turns=tuple(Turn(index=n, speaker=s, text=t) for n, (s, t) in enumerate(turns)),
    )


def _found(text: str, language: str = "fr") -> list[tuple[str, str, str | None]]:
    return [(one.type, one.text, one.value) for one in find_in_text(text, language=language)]


@pytest.mark.parametrize(
    ("language", "text", "kind", "value"),
    [
        ("fr", "ma carte est la 4111 1111 1111 1111", "card_number", "4111111111111111"),
        ("fr", "Mon IBAN : FR76 3000 6000 0112 3456 7890 189.", "iban",
         "FR7630006000011234567890189"),
        ("fr", "un quatre-vingt-cinq zéro cinq deux A zéro zéro six zéro quatre-vingt-quatre "
         "trente-cinq", "nir", "185052A00608435"),
        ("fr", "SIRET 356 000 000 49837", "siret", "35600000049837"),
        ("fr", "TVA FR 44 732829320", "vat", "FR44732829320"),
        ("fr", "la plaque AB-123-CD", "plate", "AB123CD"),
        ("fr", "née le douze mars mille neuf cent quatre-vingt", "birth_date", "1980-03-12"),
        ("en", "My date of birth is July 2nd 1942", "birth_date", "1942-07-02"),
        ("fr", "zéro six douze trente-quatre cinquante-six soixante dix-huit", "phone",
         "+33612345678"),
        ("en", "call me on 07700 900123", "phone", "+447700900123"),
        ("fr", "jean point dupont arobase orange point fr", "email", "jean.dupont@orange.fr"),
        ("fr", "depuis l'adresse 41.173.96.26", "ip_address", "41.173.96.26"),
        ("fr", "Bonjour, je m'appelle Jean Dupont", "person", "jean dupont"),
        ("fr", "bonjour madame martin je regarde", "person", "martin"),
    ],
)  # fmt: skip
def test_each_type_is_found_with_its_value(language, text, kind, value):
    assert (kind, value) in [(k, v) for k, _, v in _found(text, language)]


def test_a_card_number_over_turns_is_one_item_with_the_digits_that_the_agent_repeats():
    talk = _talk(
        ("agent", "Quel est le numéro de votre carte ?"),
        ("customer", "quarante et un onze onze onze"),
        ("agent", "quarante et un onze onze onze, oui"),
        ("customer", "onze onze, euh, onze onze"),
    )
    cards = [one for one in find_personal_data(talk) if one.type == "card_number"]
    assert {one.value for one in cards} == {"4111111111111111"}
    assert {one.turn_index for one in cards} == {1, 2, 3}
    assert len({one.item for one in cards}) == 1
    assert [one.part for one in cards] == list(range(len(cards)))


@pytest.mark.parametrize(
    ("asked", "said", "kinds"),
    [
        ("Quel est votre numéro de dossier ?", "Marc Dubois, 06 12 34 56 78.", ["phone"]),
        ("Je regarde votre facture.", "Rappelez-moi au 06 12 34 56 78.", ["phone"]),
        ("Bonjour ?", "Mon numéro de commande est le 06 12 34 56 78.", []),
    ],
)
def test_a_number_in_pairs_is_a_telephone_unless_its_own_turn_says_otherwise(asked, said, kinds):
    turns = (
        Turn(index=0, speaker="agent", text=asked),
        Turn(index=1, speaker="customer", text=said),
    )
    found = find_personal_data(Conversation(id="c", channel="chat", language="fr", turns=turns))
    assert [one.type for one in found if one.type != "person"] == kinds


@pytest.mark.parametrize(
    "said",
    [
        "07 45 12 98 33 ma commande est perdue",
        "Je résilie mon contrat, 06 11 22 33 55.",
        "01 42 33 44 55 au sujet de ma facture",
        "Voici: 06 11 22 33 55. Mon contrat est en retard.",
        "Merci. 06.11.22.33.55 Comment résilier mon contrat ?",
        "Je n'ai pas reçu ma facture ! 06-11-22-33-55",
        "C'est pour mon dossier, le +33 6 11 22 33 55.",
        "Mon contrat est en retard, +33611223355",
        "zéro six onze vingt-deux trente-trois cinquante-cinq au sujet de ma facture",
    ],
)
def test_a_telephone_number_beside_an_order_or_a_contract_is_found(said):
    assert "phone" in [kind for kind, _, _ in _found(said)]


@pytest.mark.parametrize(
    "said",
    [
        "Mon numéro de dossier est 06 12 34 56 78.",
        "numéro de contrat 0612345678",
        "La facture n° 01 45 67 89 10, s'il vous plaît.",
        "Votre référence : 06 12 34 56 78",
        "Le numéro de commande, c'est 0612345678.",
    ],
)
def test_a_reference_in_the_form_of_a_telephone_number_stays_one(said):
    assert "phone" not in [kind for kind, _, _ in _found(said)]


def test_expiry_and_security_code_are_found_in_the_answer_to_the_question():
    talk = _talk(
        ("agent", "La date d'expiration de la carte ?"),
        ("customer", "douze vingt-sept"),
        ("agent", "Et le cryptogramme au dos ?"),
        ("customer", "cent vingt-trois"),
    )
    assert [(one.type, one.value) for one in find_personal_data(talk)] == [
        ("card_expiry", "2027-12"),
        ("card_cvv", "123"),
    ]


def test_times_are_those_of_the_words():
    words = [Word(text=t, start_s=n, end_s=n + 0.5, probability=1)
             for n, t in enumerate("mon fixe 01 42 68 53 00 voilà".split())]  # fmt: skip
    turn = Turn(
        index=0, speaker="customer", text="mon fixe 01 42 68 53 00 voilà", start_s=0, end_s=8,
        words=tuple(words),
    )  # fmt: skip
    (phone,) = find_personal_data(Conversation(id="c", channel="phone", turns=(turn,)))
    assert (phone.start_s, phone.end_s) == (2, 6.5)


@pytest.mark.parametrize(
    "text",
    ["appelez le 3949 ou le 112", "numéro de commande 4539 1488 0343 6467", "75012",
     "12,50 € le 12/03/2026", "service client au 0 800 123 456"],
)  # fmt: skip
def test_what_is_not_personal_is_left_alone(text):
    assert not _found(text)


def test_centre_numbers_are_found_by_its_patterns_written_and_dictated():
    settings = PersonalDataSettings(order_number_patterns=(r"CMD\d{6}",))
    assert [one.type for one in find_in_text("la CMD123456", settings=settings)] == ["order_number"]
    said = find_in_text("c'est C M D douze trente-quatre cinquante-six", settings=settings)
    assert [(one.type, one.value) for one in said] == [("order_number", "CMD123456")]


@pytest.mark.parametrize("pattern", ["(", r"(a)\1", "a*", "x" * 600])
def test_patterns_that_cannot_be_used_are_refused(pattern):
    with pytest.raises(DefinitionInvalid):
        PersonalDataSettings(customer_number_patterns=(pattern,))


def test_generated_numbers_are_found():
    sentences = generated.positives(210, seed=7)
    missed = [
        sentence
        for sentence in sentences
        if not any(
            one.type == sentence.type
            for one in find_personal_data(_talk(*sentence.turns, language=sentence.language))
        )
    ]
    assert len(missed) <= 0.01 * len(sentences), missed[:3]


def test_generated_other_numbers_raise_no_alarm():
    alarms = [
        sentence
        for sentence in generated.negatives(400, seed=7)
        for one in find_personal_data(_talk(*sentence.turns, language=sentence.language))
        if one.type not in ("person", "postal_address")
    ]
    assert len(alarms) <= 4, alarms[:3]


@given(st.text(max_size=80), st.sampled_from(["fr", "en"]))
def test_any_text_gives_spans_in_order_that_do_not_overlap(text, language):
    found = find_in_text(text, language=language)
    assert all(one.text == text[one.start : one.end] for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("piece", ["x", "Je vous appelle pour une facture, monsieur. "])
def test_twice_the_text_takes_about_twice_the_time(piece):
    find_in_text(piece, language="fr")  # the registers of names are read once

    def once(text: str) -> float:
        began_s = time.process_time()
        find_in_text(text, language="fr")
        return time.process_time() - began_s

    def seconds(n_chars: int) -> float:
        text = (piece * n_chars)[:n_chars]
        return min(once(text) for _ in range(3))  # a collection of garbage is none of the text's

    assert seconds(24_000) < 8 * max(seconds(6_000), 0.05)  # 16 times where each word looks back


def test_evaluation_counts_by_type(tmp_path):
    file = tmp_path / "labels.jsonl"
    text = "My card is 4111 1111 1111 1111"
    spans = [{"type": "CREDIT_CARD", "start": 11, "end": 30}]
    file.write_text(json.dumps({"text": text, "spans": spans, "lang": "en"}) + "\n")
    figures = evaluate_personal_data(file).per_type["card_number"]
    assert (figures.recall, figures.precision, figures.support) == (1, 1, 1)


def test_evaluation_refuses_what_it_cannot_read(tmp_path):
    with pytest.raises(NotFound):
        evaluate_personal_data(tmp_path / "none.jsonl")
    file = tmp_path / "bad.jsonl"
    for line in ("", "{", "[]", "{}", '{"text": "a", "spans": [{"type": "X"}]}'):
        file.write_text(line)
        with pytest.raises(DatasetInvalid):
            evaluate_personal_data(file)


def test_evaluation_refuses_a_language_that_is_not_read(tmp_path):
    with pytest.raises(BadInput, match="'de'") as refused:
        evaluate_personal_data(tmp_path / "none.jsonl", language="de")
    assert "fr or en" in refused.value.remedy


def test_the_generator_is_the_same_for_the_same_seed():
    assert generated.positives(20, seed=3) == generated.positives(20, seed=3)

from __future__ import annotations

import pytest

from nlu.wrap_up.facts import unsupported_facts
from nlu.wrap_up.numbers_kept_out import holds_card_number, without_card_numbers

CALL = "Je vous accorde une remise de quinze euros, un technicien passera mardi entre 8h et 10h."


@pytest.mark.parametrize(
    "sentence",
    [
        "Remise de 15 € accordée.",
        "Un technicien passera mardi entre 8h et 10h.",
        "Le conseiller accorde une remise de 15 euros.",
        "Technicien mardi 8h-10h.",
    ],
)
def test_what_the_turns_say_is_supported(sentence):
    assert unsupported_facts(sentence, [CALL], "fr") == ()


@pytest.mark.parametrize(
    ("sentence", "problem"),
    [
        ("Remise de 50 € accordée.", "number"),
        ("Remise de 15 % accordée.", "number"),
        ("Remise pendant 15 jours accordée.", "number"),
        ("Un technicien passera jeudi entre 8h et 10h.", "day"),
        ("Un technicien passera mardi entre 8h et 11h.", "number"),
        ("Le technicien Martin passera mardi.", "name"),
        ("Aucune remise n'est accordée.", "negation"),
        ("Le technicien ne passera pas mardi.", "negation"),
        ("Le client a souscrit une assurance complémentaire habitation.", "words"),
        ("Remise de 15 € accordée au client furieux.", "mood"),
    ],
)
def test_what_they_do_not_say_is_named(sentence, problem):
    assert any(problem in one for one in unsupported_facts(sentence, [CALL], "fr"))


@pytest.mark.parametrize(
    ("sentence", "cited", "language"),
    [
        ("La carte est remboursée.", "La carte n'est pas remboursée.", "fr"),
        ("Refund approved for the order.", "We cannot approve a refund for the order.", "en"),
        ("The parcel was not delivered.", "The parcel was delivered.", "en"),
        ("Card not declined.", "My card was declined twice.", "en"),
        ("La connexion fonctionne.", "Ma connexion ne fonctionne plus.", "fr"),
    ],
)
def test_polarity_must_be_that_of_the_turn(sentence, cited, language):
    assert any("negation" in one for one in unsupported_facts(sentence, [cited], language))


def test_a_noun_may_say_what_a_negation_said():
    cited = ["ma connexion internet ne fonctionne plus depuis lundi"]
    assert unsupported_facts("Panne de connexion internet depuis lundi.", cited, "fr") == ()


def test_a_decision_must_have_been_said():
    cited = ["My card was declined at the Shell station, I've got $300 on it."]
    assert any("act" in one for one in unsupported_facts("Card refunded $300.", cited, "en"))


def test_spoken_numbers_support_written_ones():
    cited = ["it's about forty two dollars and fifty cents, called twice"]
    assert unsupported_facts("About $42.50, called twice.", cited, "en") == ()


def test_card_numbers_are_told_by_their_check_digit():
    assert holds_card_number("carte 4111 1111 1111 1111")
    assert not holds_card_number("commande 4111 1111 1111 1112")
    assert without_card_numbers("la 4111-1111-1111-1111 ok") == "la [carte] ok"

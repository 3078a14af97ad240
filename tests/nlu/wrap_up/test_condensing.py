from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.wrap_up.condensing import condense, lower_first


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Alors euh je vous envoie votre facture, madame Leroy.", "envoie sa facture"),
        ("Vous devez remplir un formulaire dans votre espace client.",
         "le client doit remplir un formulaire dans son espace client"),
        ("D'accord, j'ai bloqué votre carte.", "bloqué sa carte"),
        ("On vous rappelle demain.", "rappelle demain"),
        ("Je vois la coupure.", "voit la coupure"),
        ("Je vous rappellerai lundi.", "rappellera lundi"),
        ("Nous vous renvoyons le téléphone.", "Nous renvoyons le téléphone"),
        ("Vous n'avez pas besoin de le renvoyer.", "le client n'a pas besoin de le renvoyer"),
        ("Un rendez-vous vous est proposé mardi.", "Un rendez-vous est proposé mardi"),
        ("Merci de nous confirmer votre accord.", "confirmer son accord"),
    ],
)  # fmt: skip
def test_french_agents_become_impersonal(said, told):
    assert condense(said, "fr", impersonal=True) == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Okay, I've blocked your card.", "blocked the card"),
        ("Alright, you'll receive a letter.", "customer will receive a letter"),
        ("I am adding the message to the file.", "adding the message to the file"),
        ("I'll send you a new router tomorrow.", "send a new router tomorrow"),
        ("You need to call us.", "customer needs to call us"),
    ],
)
def test_english_agents_become_impersonal(said, told):
    assert condense(said, "en", impersonal=True) == told


def test_customers_keep_their_own_person():
    said = "Oui bonjour, euh je vous appelle parce que ma ma box ne marche plus."
    assert condense(said, "fr", impersonal=False) == "ma box ne marche plus"


def test_abbreviations_and_the_english_i_keep_their_capital():
    assert lower_first("SMS envoyé") == "SMS envoyé"
    assert lower_first("I can't log in") == "I can't log in"
    assert lower_first("Carte bloquée") == "carte bloquée"


@given(st.text(max_size=80), st.sampled_from(["fr", "en"]), st.booleans())
def test_any_text_is_condensed(text, language, impersonal):
    assert condense(text, language, impersonal=impersonal) is not None

"""Words: folding, elisions, stems and letter grams."""

from __future__ import annotations

import pytest

from kb_search.words import (
    content_words,
    fold,
    guess_language,
    letter_grams,
    query_stems,
    split_words,
    stems,
)


def test_accents_case_ligatures_and_apostrophes_are_folded() -> None:
    assert fold("L’Œuvre Déjà ÉTÉ") == "l'oeuvre deja ete"


@pytest.mark.parametrize("apostrophe", ["'", "’", "ʼ", "`"])
def test_elisions_are_taken_off(apostrophe: str) -> None:
    assert split_words(f"qu{apostrophe}il l{apostrophe}adresse") == ["il", "adresse"]


def test_accents_do_not_part_stems() -> None:
    assert stems("déclarée", "fr") == stems("declaree", "fr") == stems("déclarer", "fr")


def test_stop_words_of_the_language_are_left_out() -> None:
    assert content_words("Où est la carte de mon client ?", ("fr",)) == ["carte", "client"]
    assert content_words("Where is the card?", ("en",)) == ["card"]


def test_a_query_is_stemmed_in_every_language_of_the_index_once() -> None:
    assert query_stems("the cards, les virements, cards", ("fr", "en")) == [
        ("card",),
        ("vir", "virement"),
    ]


def test_a_mistyped_word_shares_most_letter_grams() -> None:
    right, wrong = set(letter_grams("remboursement")), set(letter_grams("rembousement"))
    assert len(right & wrong) > len(right) / 2


def test_a_word_shorter_than_a_gram_is_kept() -> None:
    assert letter_grams("a") == [" a ", " a "]


def test_language_is_that_of_the_stop_words() -> None:
    assert guess_language("Le virement est arrivé sur le compte") == "fr"
    assert guess_language("The transfer has arrived on your account") == "en"
    assert guess_language("IBAN", "en") == "en"

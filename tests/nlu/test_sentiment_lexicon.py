from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.sentiment_lexicon import FEATURES, guess_language, lexical_features, load_lexicon

BALANCE = FEATURES.index("balance")


def balance(text: str, language: str = "fr") -> float:
    return float(lexical_features(text, language)[BALANCE])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("c'est excellent", "c'est inadmissible"),
        ("c'est bon", "ce n'est pas bon"),
        ("pas mauvais du tout", "mauvais"),
        ("rien à redire", "rien de bon"),
        ("ce n'est plus rapide", "ce n'est plus rapide, c'est lamentable"),
        ("plus rapide", "elle n'est plus rapide"),
        ("sans problème", "un problème"),
        ("très bon", "bon"),
        ("Déçu ? non, ravi", "DÉÇU"),
    ],
)
def test_french_polarity_follows_words_negation_and_intensity(better, worse):
    assert balance(better) > balance(worse)


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("it's great", "it isn't great"),
        ("not bad at all", "bad"),
        ("I can't complain", "I want to complain"),
        ("thanks for your help", "thanks for nothing"),
    ],
)
def test_english_polarity_follows_words_and_negation(better, worse):
    assert balance(better, "en") > balance(worse, "en")


def test_accents_case_and_apostrophes_do_not_matter():
    assert balance("c'est décevant") == balance("C’EST DECEVANT") < 0


def test_a_word_of_any_length_is_weighed_by_its_beginning():
    weight = load_lexicon("fr").weight
    assert weight("x" * 300_000) == 0.0
    stem, expected = max(load_lexicon("fr").stems.items(), key=lambda entry: len(entry[0]))
    assert weight(stem + "x" * 300_000) == expected != 0.0


def test_what_only_looks_like_praise_has_no_weight():
    assert balance("bien sûr, c'est le bon de commande") == 0


def test_good_and_bad_at_once_is_mixed():
    features = lexical_features("bon mais trop cher, service lent", "fr")
    assert features[FEATURES.index("mixed")] > 0
    assert features[FEATURES.index("contrast")] == 1


def test_a_word_of_one_language_is_not_read_in_the_other():
    assert balance("le pain est là", "fr") == 0
    assert balance("a pain in the neck", "en") < 0


@pytest.mark.parametrize(
    ("text", "language"),
    [("je vous appelle pour ma facture", "fr"), ("I am calling about my bill", "en"), ("", "fr")],
)
def test_the_language_is_guessed_from_common_words(text, language):
    assert guess_language(text) == language


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_shipped_lexicon_is_well_formed(language):
    lexicon = load_lexicon(language)
    weights = {*lexicon.weights.values(), *lexicon.stems.values()}
    assert weights == {-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0}
    assert len(lexicon.weights) + len(lexicon.stems) > 500
    assert all(len(stem) >= 3 for stem in lexicon.stems)


@given(st.text())
def test_any_text_has_bounded_features(text):
    features = lexical_features(text)
    assert features.shape == (len(FEATURES),)
    assert np.isfinite(features).all()
    assert np.abs(features).max() < 12

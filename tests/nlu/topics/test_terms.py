"""Terms are what customers say, in one form, without what everybody says."""

from __future__ import annotations

import pytest

from nlu.topics.terms import TermCounts, class_tf_idf, content_words, terms_of, without_repetition


def test_a_term_of_several_words_keeps_what_stands_between():
    assert "mise à jour" in terms_of(["Depuis la mise à jour, tout est lent."], "fr").values()


def test_a_mark_ends_a_term():
    terms = terms_of(["facture, badge"], "fr").values()
    assert set(terms) == {"facture", "badge"}


def test_forms_of_a_word_are_one_term():
    plural = terms_of(["les prélèvements refusés"], "fr")
    singular = terms_of(["un prélèvement refusé"], "fr")
    assert plural.keys() == singular.keys()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Bonjour madame, je voudrais savoir s'il vous plaît", "fr"),
        ("hello I would like to know please", "en"),
        ("mon numéro c'est 0612345678", "fr"),
    ],
)
def test_courtesy_and_numbers_are_no_terms(text, language):
    assert set(terms_of([text], language).values()) <= {"numéro"}


def test_names_keep_their_capital_and_sentences_lose_theirs():
    terms = terms_of(["Badge Zénith refusé"], "fr").values()
    assert "badge Zénith" in terms
    assert "Zénith" in terms


def test_any_language_is_read():
    assert content_words("Rechnung zweimal abgebucht", "de")


def test_what_a_group_says_and_others_do_not_comes_first():
    counts = TermCounts()
    for _ in range(5):
        counts.add("one", terms_of(["carte avalée au distributeur"], "fr"))
        counts.add("two", terms_of(["carte perdue dans le métro"], "fr"))
    best = class_tf_idf(counts, "one", least=2)
    words = [counts.surface(term) for term, _ in best]
    assert "distributeur" in words[0]
    assert words.index("carte") > words.index("distributeur")


def test_terms_that_repeat_a_better_one_are_left_out():
    kept = without_repetition(["badge park", "badge", "barrier", "park"], most=5)
    assert kept == ["badge park", "barrier"]

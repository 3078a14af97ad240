from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conversation.written.numerals import NUMBER_WORDS
from speech.heard import HeardWord
from speech.normalisation import normalise
from speech.written_words import write_out

LANGUAGES = ("fr", "en")


def heard(*texts: str) -> list[HeardWord]:
    return [HeardWord(text, at, at + 0.5, 0.9) for at, text in enumerate(texts)]


def text_of(words: tuple[HeardWord, ...]) -> str:
    return " ".join(word.text for word in words)


def spoken(words: list[HeardWord] | tuple[HeardWord, ...]) -> str:
    return " ".join(word.spoken or word.text for word in words)


def test_words_written_as_one_keep_their_span_and_their_least_probability():
    words = [
        HeardWord("Voilà", 0.0, 0.4, 0.99),
        HeardWord("quarante-deux", 1.0, 1.6, 0.9, "fr"),
        HeardWord("euros", 1.6, 2.0, 0.5, "fr"),
        HeardWord("cinquante,", 2.1, 2.7, 0.8, "fr"),
        HeardWord("merci.", 3.0, 3.5, 0.97),
    ]
    assert write_out(words, language="fr") == (
        words[0],
        HeardWord("42,50 €,", 1.0, 2.7, 0.5, "fr", "quarante-deux euros cinquante,"),
        words[4],
    )


def test_words_with_a_spoken_form_are_left_alone_and_bound_numbers():
    words = [
        *heard("vingt"),
        HeardWord("Deux", 1.0, 1.5, 0.9, spoken="de"),
        *heard("cent", "euros"),
    ]
    written = write_out(words, language="fr")
    assert text_of(written) == "20 Deux 100 €"
    assert spoken(written) == spoken(words)


@pytest.mark.parametrize("language", ["de", "es", ""])
def test_other_languages_are_left_alone(language: str):
    words = tuple(heard("quarante-deux", "euros", "D", "U", "P"))
    assert write_out(words, language=language) == words


def test_a_regional_tag_is_its_language():
    assert text_of(write_out(heard("septante"), language="fr-BE")) == "70"
    assert text_of(write_out(heard("seventy"), language="en-GB")) == "70"


def test_no_words_are_no_words():
    assert write_out([], language="fr") == ()


@pytest.mark.parametrize("locale", ["fr", "fr_BE", "fr_CH", "en"])
@settings(max_examples=150)
@given(number=st.integers(0, 2000) | st.integers(0, 999_999_999))
@example(number=80)
@example(number=71)
@example(number=91)
@example(number=200_000)
@example(number=80_000_081)
@example(number=1_000_000)
@example(number=999_999_999)
def test_every_number_in_words_is_written_with_the_same_value(locale: str, number: int):
    num2words = pytest.importorskip("num2words").num2words
    language = locale[:2]
    words = num2words(number, lang=locale).replace(",", "").split()
    written = text_of(write_out(heard(*words), language=language))
    assert normalise(written, language) == normalise(str(number), language)
    if number >= 10 and number not in (1000, 1_000_000):
        assert written[0].isdigit()
        assert normalise(" ".join(words), language) == normalise(written, language)


@given(st.integers(1, 100_000), st.integers(1, 99))
def test_every_amount_is_written_with_its_cents(euros: int, cents: int):
    num2words = pytest.importorskip("num2words").num2words
    said = f"{num2words(euros, lang='fr')} euros et {num2words(cents, lang='fr')} centimes"
    written = text_of(write_out(heard(*said.split()), language="fr"))
    assert written.replace("\u202f", "") == f"{euros},{cents:02d} €"
    assert normalise(said, "fr") == normalise(written, "fr")


@settings(max_examples=200)
@given(st.lists(st.integers(0, 99), min_size=4, max_size=4), st.integers(1, 9))
def test_every_telephone_number_dictated_in_pairs_is_found(pairs: list[int], operator: int):
    num2words = pytest.importorskip("num2words").num2words
    said = ["zéro", num2words(operator, lang="fr")]
    for pair in pairs:
        said += (["zéro"] if pair < 10 else []) + num2words(pair, lang="fr").split()
    written = text_of(write_out(heard(*said), language="fr"))
    assert written == " ".join([f"0{operator}", *(f"{pair:02d}" for pair in pairs)])


SPICE = [
    *sorted(NUMBER_WORDS["fr"] | NUMBER_WORDS["en"]), "point", "arobase", "orange", "fr", "tiret",
    "D", "U", "comme", "Denis", "euros", "centimes", "pour", "heures", "h", "mars", "premier",
    "vingtième", "numéro", "de", "client", "06", "12,50", "€", "42,50 €", "plus", "+33", "d'onze",
    "quatre-vingt-dix", "www", "né", "mot", "virgule", "et", "double", "20 %", "sur", "dix",
    "D.U.P.", "D-U-P", "«", "?", "at", "dot", "com", "as", "in", "David", "triple", "oh", "dollars",
    "percent", "per", "March", "third", "twenty-first", "phone", "$12.50", "a.m.", "and", "12",
    "", "-", "d'", "@", "jean@", "@free.fr", "1.2.3", "٣", "½", "İ", "alpha", "bravo", "delta",
]  # fmt: skip
texts = st.sampled_from(SPICE).flatmap(
    lambda word: st.sampled_from(["", "", "", ",", ".", " ?"]).map(lambda mark: word + mark)
)
heard_words = st.builds(
    HeardWord,
    text=texts | st.text(max_size=8),
    start_s=st.just(0.0),
    end_s=st.just(1.0),
    probability=st.floats(0, 1),
    spoken=st.none() | st.none() | st.none() | st.just("dit"),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(heard_words, max_size=14), st.sampled_from(LANGUAGES))
def test_what_was_recognised_is_kept_and_writing_again_changes_nothing(
    words: list[HeardWord], language: str
):
    written = write_out(words, language=language)
    assert spoken(written) == spoken(words)
    assert write_out(written, language=language) == written


@settings(max_examples=200, deadline=None)
@given(st.lists(texts, max_size=14), st.sampled_from(LANGUAGES))
def test_times_stay_in_order(said: list[str], language: str):
    words = heard(*said)
    written = write_out(words, language=language)
    starts = [word.start_s for word in written]
    ends = [word.end_s for word in written]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(word in words or word.spoken for word in written)


def test_a_long_utterance_is_written_in_reasonable_time():
    words = heard(*("zéro six soixante douze".split() * 500))
    assert len(write_out(words, language="fr")) < len(words)

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conversation.written.numerals import NUMBER_WORDS
from speech.normalisation import normalise

EQUAL = {
    "fr": [
        ("47, 32, 91", "quarante-sept, trente-deux, quatre-vingt-onze"),
        ("473291", "quarante-sept trente-deux quatre-vingt-onze"),
        ("06 12 34 56 78", "zéro six, douze, trente-quatre, cinquante-six, soixante-dix-huit"),
        ("0612345678", "06.12.34.56.78"),
        ("20 90", "vingt quatre-vingt-dix"),
        ("24 20", "vingt-quatre vingt"),
        ("8h", "huit heures"),
        ("8 h 30", "8h30"),
        ("à 10:30", "à dix heures trente"),
        ("à 10:00", "à dix heures"),
        ("entre 21h et 1h", "entre vingt et une heures et une heure"),
        ("250 €", "deux cent cinquante euros"),
        ("12,50 €", "douze euros cinquante"),
        ("12,50 euros", "12 euros 50"),
        ("1 200 000 €", "un million deux cent mille euros"),
        ("2 millions", "deux millions"),
        ("3,5 %", "trois virgule cinq pour cent"),
        ("100 %", "cent pour cent"),
        ("pour 100 personnes", "pour cent personnes"),
        ("le 15e jour", "le quinzième jour"),
        ("le 1er mars 1985", "le premier mars mille neuf cent quatre-vingt-cinq"),
        ("1985", "dix-neuf cent quatre-vingt-cinq"),
        ("la 2ème fois", "la deuxième fois"),
        ("la 21e", "la vingt et unième"),
        ("71, 81, 95", "soixante et onze, quatre-vingt-un, quatre-vingt-quinze"),
        ("soixante et onze", "septante et un"),
        ("nonante-cinq", "quatre-vingt-quinze"),
        ("huitante", "80"),
        ("C’est l’été", "c'est l'été"),
        ("Est-ce qu'il y a un œuf ?", "est ce qu'il y a un oeuf"),
        ("Euh, oui… hum, d'accord", "oui d'accord"),
        ("M. Dubois et Mme Roy", "monsieur Dubois et madame Roy"),
        ("appuyez sur # puis *", "appuyez sur dièse puis étoile"),
        ("n° 7", "numéro sept"),
        ("É", "E\u0301"),
    ],
    "en": [
        ("$250", "two hundred and fifty dollars"),
        ("$12.50", "12 dollars 50"),
        ("£5", "five pounds"),
        ("7,200,000", "seven million two hundred thousand"),
        ("1995", "nineteen ninety-five"),
        ("2005", "two thousand and five"),
        ("555-0123", "five five five oh one two three"),
        ("10:30 a.m.", "ten thirty AM"),
        ("at 8:00", "at eight"),
        ("20%", "twenty per cent"),
        ("3.5 percent", "three point five percent"),
        ("the 3rd of May", "the third of May"),
        ("21st", "twenty-first"),
        ("a hundred", "100"),
        ("a thousand and one", "1001"),
        ("I don't know, it's fine", "I do not know. It is fine."),
        ("we'll see, they're here, I've got", "we will see they are here i have got"),
        ("can't, cannot", "can not can not"),
        ("let’s go", "let us go"),
        ("uh, okay, um, mm-hmm", "OK"),
        ("gonna", "going to"),
        ("Mr. Smith", "mister smith"),
    ],
}
DIFFERENT = [
    ("fr", "quatre-vingt-dix", "quatre-vingt-un"),
    ("fr", "soixante-douze", "soixante-deux"),
    ("fr", "désolé", "désolée"),
    ("fr", "le 15", "le 15e"),
    ("fr", "une seconde", "une deuxième"),
    ("en", "the customer's", "the customers"),
    ("en", "fifteen", "fifty"),
    ("en", "oh no", "no"),
]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [(language, *pair) for language, pairs in EQUAL.items() for pair in pairs],
)
def test_the_same_words_written_otherwise_are_equal(language: str, one: str, other: str):
    assert normalise(one, language) == normalise(other, language) != ""


@pytest.mark.parametrize(("language", "one", "other"), DIFFERENT)
def test_other_words_stay_different(language: str, one: str, other: str):
    assert normalise(one, language) != normalise(other, language)


def test_a_known_sentence():
    text = "Oui, je m'appelle Marc ; mon numéro est le quarante-sept, trente-deux."
    assert normalise(text, "fr-CA") == "oui je m appelle marc mon numéro est le 4 7 3 2"


def test_an_unknown_language_keeps_its_numbers():
    assert normalise("Zwei Bücher, 12 Uhr!", "de") == "zwei bücher 12 uhr"
    assert normalise("Zwei Bücher, 12 Uhr!") == "zwei bücher 12 uhr"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_but_fillers_and_marks_is_nothing(language: str):
    assert normalise(" … hum, -- ' ! ", language) == ""


def french(number: int) -> str:
    units = (
        "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze"
    )
    units = [*units.split(), "seize", "dix-sept", "dix-huit", "dix-neuf"]
    tens = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]
    if number < 20:
        return units[number]
    if number < 70:
        ten, unit = divmod(number, 10)
        return tens[ten] + ("" if unit == 0 else " et un" if unit == 1 else f"-{units[unit]}")
    if number < 80:
        return "soixante et onze" if number == 71 else f"soixante-{units[number - 60]}"
    if number < 100:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{units[number - 80]}"
    for scale, word in ((10**9, "milliard"), (10**6, "million"), (1000, "mille"), (100, "cent")):
        if number >= scale:
            count, rest = divmod(number, scale)
            plural = "s" if count > 1 and (scale > 1000 or (scale == 100 and not rest)) else ""
            head = word if count == 1 and scale <= 1000 else f"{french(count)} {word}{plural}"
            return head + (f" {french(rest)}" if rest else "")
    raise AssertionError


def english(number: int) -> str:
    units = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
        "nineteen",
    ]  # fmt: skip
    tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    if number < 20:
        return units[number]
    if number < 100:
        return tens[number // 10] + (f"-{units[number % 10]}" if number % 10 else "")
    scales = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
    for scale, word in scales:
        if number >= scale:
            count, rest = divmod(number, scale)
            joint = " and " if scale == 100 else " "
            return f"{english(count)} {word}" + (joint + english(rest) if rest else "")
    raise AssertionError


numbers = st.integers(0, 100) | st.integers(0, 10_000) | st.integers(0, 10**12 - 1)


@settings(max_examples=300)
@given(numbers)
@example(479_001_000)
@example(2_001_002)
def test_every_number_is_the_same_in_words_and_digits(number: int):
    assert normalise(french(number), "fr") == normalise(str(number), "fr")
    assert normalise(english(number), "en") == normalise(str(number), "en")


# after a zero they may be a telephone number, where "soixante-douze" can be 60 12
@given(st.lists(numbers.filter(bool), min_size=1, max_size=5))
def test_a_list_of_numbers_is_the_same_in_words_and_digits(several: list[int]):
    digits = ", ".join(map(str, several))
    assert normalise(", ".join(map(french, several)), "fr") == normalise(digits, "fr")
    assert normalise(", ".join(map(english, several)), "en") == normalise(digits, "en")


spicy = [
    *sorted(NUMBER_WORDS["fr"] | NUMBER_WORDS["en"]), "pour", "per", "cent", "et", "and", "a", "h",
    "oh", "o", "point", "virgule", "euros", "€", "$", "%", ",", ".", "'", "-", "it's", "don't",
    "1er", "3rd", "15e", "8h", "8h00", "10:30", "12,50", "m.", "mr", "euh", "um", "okay", "alright",
    "premier", "vingtième", "second", "0", "00", "7", "1 200", "İ", "ﬁ", "½", "²", "é", "#", "n°",
]  # fmt: skip
texts = st.lists(st.sampled_from(spicy), max_size=12).flatmap(
    lambda words: st.sampled_from([" ", "", ", "]).map(lambda joint: joint.join(words))
)


@settings(max_examples=300)
@example('O"O1BILLION', "en")
@given(st.text(max_size=60) | texts, st.sampled_from(["fr", "en", "de", None]))
def test_normalising_twice_changes_nothing(text: str, language: str | None):
    once = normalise(text, language)
    assert normalise(once, language) == once

from __future__ import annotations

import pytest

from speech.heard import HeardWord
from speech.normalisation import normalise
from speech.written_words import write_out

# "~" stands for the narrow no-break space between thousands
AS_SAID_AND_WRITTEN = [
    ("twenty-five dollars and ten cents", "$25.10"),
    ("March third twenty twenty-six at ten thirty a.m.", "March 3, 2026 at 10:30 a.m."),
    ("double oh seven, triple five", "007, 555"),
    ("my phone number is five five five oh one two three", "my phone number is 555-0123"),
    ("john dot smith at gmail dot com", "john.smith@gmail.com"),
    ("we looked at amazon dot com", "we looked at amazon.com"),
    ("D as in David, A as in Apple, V as in Victor", "DAV"),
    ("it's the twenty-first, twenty per cent, fifty pounds twenty", "it's the 21st, 20%, £50.20"),
    ("call me on oh seven seven double oh nine hundred one two three", "call me on 07700 900123"),
    ("my order number is four seven two one", "my order number is 4721"),
    ("one of them, two hundred and fifty thousand people", "one of them, 250,000 people"),
    ("twenty twenty-six, in nineteen ninety-eight, two thousand and six", "2026, in 1998, 2006"),
    ("on the third of March twenty twenty-six", "on the third of March 2026"),
    ("July fourth, May fifth two thousand and ten", "July 4, May 5, 2010"),
    ("I may third that", "I may third that"),
    (
        "at ten thirty, at half past ten, at ten o'clock, nine a.m.",
        "at 10:30, at half past 10, at 10 o'clock, 9 a.m.",
    ),
    ("five point five percent, zero point five", "5.5%, 0.5"),
    (
        "a hundred dollars, a thousand times, a million people",
        "$100, a thousand times, a million people",
    ),
    ("one hundred and five pounds", "£105"),
    ("ninety-nine cents", "99 cents"),
    ("nineteen dollars and ninety-nine cents a month", "$19.99 a month"),
    ("it's eight out of ten", "it's 8 out of 10"),
    (
        "my account number is one two three four five six seven eight",
        "my account number is 12345678",
    ),
    ("zip code nine oh two one oh", "zip code 90210"),
    ("call eight hundred five five five twelve twelve", "call 800-555-1212"),
    (
        "my phone number is four one five five five five two six seven one",
        "my phone number is 415-555-2671",
    ),
    ("oh two oh seven nine four six oh nine five eight", "02079 460958"),
    ("one two three", "one two three"),
    ("one, two, three, four", "one, two, three, four"),
    ("one of the two", "one of the two"),
    ("no one called one two", "no one called one two"),
    ("my name is S M I T H", "my name is SMITH"),
    ("S M I T H I live here", "SMITH I live here"),
    ("I B M", "IBM"),
    ("it's spelled J O H N dash P A U L", "it's spelled JOHN-PAUL"),
    ("B for Bravo, R for Romeo", "BR"),
    ("email me at john at example dot com", "email me at john@example.com"),
    ("john underscore smith eighty two at yahoo dot co dot uk", "john_smith82@yahoo.co.uk"),
    ("www dot example dot com", "www.example.com"),
    ("go to example dot com slash help", "go to example.com/help"),
    ("look at this dot", "look at this dot"),
    ("twenty first, thirty second wait, thirty-second", "21st, thirty second wait, 32nd"),
    (
        "one third, two thirds, the third time, the tenth time",
        "one third, two thirds, the third time, the 10th time",
    ),
    ("ten gigabytes, one hundred megabits per second, five kilometers", "10 GB, 100 Mbit/s, 5 km"),
    ("twenty-four seven", "24/7"),
    ("five or ten minutes", "5 or 10 minutes"),
    ("a fifty pound note", "a £50 note"),
    ("reference A B one two three four", "reference AB1234"),
    ("twenty five, thirty five", "25, 35"),
    ("one thousand two hundred and thirty-four", "1234"),
    ("one million two hundred thousand", "1,200,000"),
    ("five million dollars", "$5,000,000"),
    ("seventy-two degrees", "72 degrees"),
    ("plus forty four seven seven double oh nine double oh one two three", "+44 7700900123"),
    ("double check, triple play", "double check, triple play"),
    ("oh I see, oh five people", "oh I see, oh five people"),
    ("fourteen hundred", "1400"),
]


def written(text: str) -> str:
    words = [HeardWord(word, 0.0, 0.0, 1.0) for word in recognised(text)]
    return " ".join(word.text for word in write_out(words, language="en"))


def recognised(text: str) -> list[str]:
    """Split a text as the recogniser does, with " ?" and " €" in the word before."""
    words: list[str] = []
    for word in text.split(" "):
        if words and not any(character.isalnum() for character in word) and word not in "«(":
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


@pytest.mark.parametrize(("said", "expected"), AS_SAID_AND_WRITTEN)
def test_english_is_written_as_a_reader_wants(said: str, expected: str):
    assert written(said) == expected.replace("~", "\u202f")


@pytest.mark.parametrize(("said", "expected"), AS_SAID_AND_WRITTEN)
def test_word_errors_are_the_same_for_both_forms_of_english(said: str, expected: str):
    expected = expected.replace("~", "\u202f")
    assert normalise(said, "en") == normalise(expected, "en")


@pytest.mark.parametrize(("said", "expected"), AS_SAID_AND_WRITTEN)
def test_english_that_is_written_stays_as_it_is(said: str, expected: str):
    expected = expected.replace("~", "\u202f")
    assert written(expected) == expected

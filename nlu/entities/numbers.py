"""Numbers inside the rules of entities: figures, and the small ones that stay in words."""

from __future__ import annotations

import re
from decimal import Decimal

_WORDS = {
    "fr": {
        "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
        "huit": 8, "neuf": 9, "dix": 10, "douze": 12, "quinze": 15, "vingt": 20, "trente": 30,
    },
    "en": {
        "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "a couple of": 2,
        "a few": 3,
    },
}  # fmt: skip

FIGURES = {
    "fr": r"\d{1,3}(?:[ .]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?",
    "en": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?",
}
"""A number in figures, as each language groups it and marks its decimals."""

NUMBER = {
    language: rf"(?:{FIGURES[language]}|\b(?:"
    + "|".join(sorted(words, key=len, reverse=True))
    + r")(?= ))"
    for language, words in _WORDS.items()
}
"""The same, or a small number in words."""

_GROUP = {"fr": re.compile(r"[ .](?=\d{3}(?!\d))"), "en": re.compile(r",(?=\d{3}(?!\d))")}


def number_of(text: str, language: str) -> Decimal:
    """Return the value of what :data:`NUMBER` matched."""
    if (known := _WORDS[language].get(text)) is not None:
        return Decimal(known)
    return Decimal(_GROUP[language].sub("", text).replace(",", "."))


def plain(number: Decimal) -> str:
    """Write a number without exponent or useless zeros."""
    normal = number.normalize()
    return f"{normal:f}"

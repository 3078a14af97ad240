"""Texts without accents and case, character for character, so that places stay the same."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LIGATURES = {"œ": "o", "æ": "a", "ß": "s"}


def fold(text: str) -> str:
    """Return the text in lower case without accents; as long as it was.

    A ligature becomes its first letter, which is enough to compare two spellings of one text.
    """
    return "".join(map(_fold_character, text))


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    lower = character.lower()[:1] or character
    plain = unicodedata.normalize("NFKD", lower)[:1]
    return _LIGATURES.get(lower, plain.lower()[:1] or lower)


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, folded."""
    return "".join(character for character in fold(text) if character.isalnum())


def digits_of(text: str) -> str:
    """Return only the digits of a text."""
    return "".join(character for character in text if character.isdecimal())

"""Words as the sparse index sees them: folded, without stop words, stemmed per language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = ("fr", "en")

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ´`′", "'"))
_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|quelqu)'(?=\w)")
_WORD = re.compile(r"[^\W_]+")
_GRAM_LENGTHS = (3, 4)
_MAX_WORD_LETTERS = 64

_SNOWBALL: dict[Language, str] = {"fr": "french", "en": "english"}


@cache
def _stop_words(language: Language) -> frozenset[str]:
    file = Path(__file__).parent / "stop_words" / f"{language}.txt"
    return frozenset(file.read_text(encoding="utf-8").split())


class _Stemmer(Protocol):
    def stemWords(self, words: list[str]) -> list[str]: ...  # noqa: N802, PyStemmer's name


@cache
def _stemmer(language: Language) -> _Stemmer:
    import Stemmer

    stemmer: _Stemmer = Stemmer.Stemmer(_SNOWBALL[language])
    return stemmer


def fold(text: str) -> str:
    """Return the text in lower case without accents, ligatures or typographic apostrophes."""
    text = text.translate(_APOSTROPHES).translate(_LIGATURES).lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def split_words(text: str) -> list[str]:
    """Return the folded words of a text, French elisions (``l'``, ``qu'``) taken off.

    What is longer than any word (encoded data, a line of letters) is left out.
    """
    found = _WORD.findall(_ELISION.sub(" ", fold(text)))
    return [word for word in found if len(word) <= _MAX_WORD_LETTERS]


def content_words(text: str, languages: Iterable[Language]) -> list[str]:
    """Return the folded words that are stop words in none of the languages."""
    stop_words = frozenset[str]().union(*(_stop_words(language) for language in languages))
    return [word for word in split_words(text) if word not in stop_words]


def stems(text: str, language: Language) -> list[str]:
    """Return the stems of a text's content words."""
    return stems_of(split_words(text), language)


def stems_of(words: Iterable[str], language: Language) -> list[str]:
    """Return the stems of those folded words that are no stop words."""
    stop_words = _stop_words(language)
    return _stem([word for word in words if word not in stop_words], language)


def query_stems(text: str, languages: Sequence[Language]) -> list[tuple[str, ...]]:
    """Return the stems of each content word of a query in every language that is searched.

    The language of a few words is often not known: each word is looked up under all its stems.
    """
    words = list(dict.fromkeys(content_words(text, languages)))
    by_language = [_stem(words, language) for language in languages]
    alternatives = [tuple(dict.fromkeys(same)) for same in zip(*by_language, strict=True)]
    return list(dict.fromkeys(alternatives))


def _stem(words: list[str], language: Language) -> list[str]:
    """Return the Snowball stems of folded words.

    Accents were folded first, so that *déclarée* and *declaree* meet; the final *e* that the
    French stemmer then leaves on participles is taken off.
    """
    found = _stemmer(language).stemWords(words)
    return [stem.rstrip("e") or stem for stem in found] if language == "fr" else found


def letter_grams(text: str) -> list[str]:
    """Return the runs of three and four letters of each word, its edges marked by a blank.

    They meet where a word was mistyped, misheard or left unstemmed.
    """
    return [gram for word in split_words(text) for gram in word_grams(word)]


def word_grams(word: str) -> Iterator[str]:
    """Give the runs of three and four letters of one folded word, its edges marked by a blank."""
    word = f" {word} "
    for length in _GRAM_LENGTHS:
        for start in range(max(1, len(word) - length + 1)):
            yield word[start : start + length]


def guess_language(text: str, default: Language = "fr") -> Language:
    """Return the language whose stop words the text has more of; the default on a tie."""
    words = split_words(text)
    french, english = _stop_words("fr"), _stop_words("en")
    difference = sum((word in french) - (word in english) for word in words)
    if difference == 0:
        return default
    return "fr" if difference > 0 else "en"

"""Which name of a vocabulary some recognised words are, by their letters and their sounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from speech.sounds import alike, sounds_of

MOST_LETTERS = 80

_FEWEST_SOUNDS = 3
_SOUNDS_OF_MANY_WORDS = 4
_SOUNDS_OF_ORDINARY_WORDS = 6
_ORDINARY_FROM = 300
_SAID_CLEARLY = 0.5
_ALLOWED_COSTS = ((13, 2.5), (9, 1.5), (6, 1.0), (5, 0.5))
_MOST_DIFFERENT = 4
_APART = re.compile(r"[\s\-'’]+")


@dataclass(frozen=True)
class NameBook:
    """A vocabulary, ready to be looked up.

    Attributes:
        names: As they are to be written.
        heard_as: The name for each folded spelling that always means it.
        spellings: The name for each folded spelling of its own.
        sounds: How names may sound.
        sounding: The name of each of ``sounds``.
        language: ``fr`` for French sounds; English ones otherwise.
    """

    names: frozenset[str]
    heard_as: Mapping[str, str]
    spellings: Mapping[str, str]
    sounds: tuple[str, ...]
    sounding: tuple[str, ...]
    language: str

    def find(self, texts: Sequence[str], probability: float) -> tuple[float, str] | None:
        """Say which name some words are.

        Args:
            texts: The words, without punctuation.
            probability: The least of theirs, 0 to 1.

        Returns:
            How far they are from it (below 0 for certain) and the name; None for no name.
        """
        spelling = fold("".join(texts))
        if not 2 <= len(spelling) <= MOST_LETTERS:
            return None
        if (said := " ".join(texts)) in self.names:
            return -1.0, said
        if spelling in self.heard_as:
            return -0.5, self.heard_as[spelling]
        rarity = _rarity(texts, self.language)
        is_ordinary, is_one = rarity >= _ORDINARY_FROM, len(texts) == 1
        if name := self.spellings.get(spelling):
            # "free" and "orange" may be the ordinary words
            return None if is_ordinary and is_one else (0.0, name)
        sounds = name_sounds(texts, self.language)
        if len(sounds) < (_FEWEST_SOUNDS if is_one and not rarity else _SOUNDS_OF_MANY_WORDS):
            return None
        if is_ordinary and (
            len(sounds) < _SOUNDS_OF_ORDINARY_WORDS or (is_one and probability >= _SAID_CLEARLY)
        ):
            return None
        endings = {sounds, name_sounds(texts, self.language, sounded_end=True)}
        best = min(
            (self._by_letters(spelling), *map(self._by_sounds, endings)),
            key=lambda found: found[0],
        )
        # a rare word said clearly ("boulangère") is no name that only resembles it
        must_sound_same = is_ordinary or (is_one and rarity and probability >= _SAID_CLEARLY)
        return None if not best[1] or (must_sound_same and best[0] > 0) else best

    def _by_sounds(self, sounds: str) -> tuple[float, str]:
        """Return the nearest name that is near enough; half for sounds that are confused."""
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        best = (float("inf"), "")
        for other, fine, place in process.extract(
            sounds,
            self.sounds,
            scorer=Levenshtein.distance,
            processor=None,
            score_cutoff=_MOST_DIFFERENT,
            limit=None,
        ):
            cost = (fine + Levenshtein.distance(alike(sounds), alike(other))) / 2
            if cost <= _allowed(len(other)) and cost < best[0]:
                best = cost, self.sounding[place]
        return best

    def _by_letters(self, spelling: str) -> tuple[float, str]:
        from rapidfuzz import process
        from rapidfuzz.distance import Levenshtein

        best = (float("inf"), "")
        for other, cost, _ in process.extract(
            spelling,
            self.spellings.keys(),
            scorer=Levenshtein.distance,
            processor=None,
            score_cutoff=_MOST_DIFFERENT,
            limit=None,
        ):
            if cost <= _allowed(len(other)) and cost < best[0]:
                best = float(cost), self.spellings[other]
        return best


@lru_cache(maxsize=64)
def name_book(vocabulary: tuple[str, ...], language: str) -> NameBook:
    """Make a vocabulary ready to be looked up.

    Args:
        vocabulary: Names, or ``Name = heard as, heard also as``.
        language: Primary BCP 47 tag.
    """
    entries = [split_entry(entry) for entry in vocabulary if fold(split_entry(entry)[0])]
    sounding = {
        name_sounds(_APART.split(name), language, sounded_end=sounded_end, is_name=is_name): name
        for name, _ in reversed(entries)
        for sounded_end in (False, True)
        for is_name in (False, True)
    }
    return NameBook(
        names=frozenset(name for name, _ in entries),
        heard_as={fold(variant): name for name, variants in entries for variant in variants},
        spellings={fold(name): name for name, _ in reversed(entries)},
        sounds=tuple(sounding),
        sounding=tuple(sounding.values()),
        language=language,
    )


def split_entry(entry: str) -> tuple[str, tuple[str, ...]]:
    """Return the name of an entry and what it may be heard as."""
    name, _, variants = entry.partition("=")
    heard = (" ".join(variant.split()) for variant in variants.split(","))
    return " ".join(name.split()), tuple(variant for variant in heard if variant)


def fold(text: str) -> str:
    """Return the letters and digits of a text, in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe"))
    return "".join(character for character in decomposed if character.isalnum())


def name_sounds(
    texts: Sequence[str], language: str, *, sounded_end: bool = False, is_name: bool = False
) -> str:
    """Write words as they sound together.

    Args:
        texts: The words.
        language: ``fr`` for French rules; English ones otherwise.
        sounded_end: As for :func:`speech.sounds.sounds_of`.
        is_name: As for :func:`speech.sounds.sounds_of`.
    """
    joined = "".join(
        sounds_of(part, language, sounded_end=sounded_end, is_name=is_name)
        for text in texts
        for part in _APART.split(text)
    )
    return "".join(sound for before, sound in pairwise(f" {joined}") if sound != before)


def _allowed(n_sounds: int) -> float:
    return next((cost for length, cost in _ALLOWED_COSTS if n_sounds >= length), 0.0)


def _rarity(texts: Sequence[str], language: str) -> int:
    """Return how often the rarest of the words was counted in everyday language."""
    counted = _word_counts("fr" if language == "fr" else "en")
    return min(counted.get(text.lower().replace("’", "'"), 0) for text in texts)


@lru_cache(maxsize=2)
def _word_counts(language: str) -> Mapping[str, int]:
    """Return how often words occur in film subtitles, which are everyday speech."""
    from spellchecker import SpellChecker

    counts: Mapping[str, int] = SpellChecker(language=language).word_frequency.dictionary
    return counts

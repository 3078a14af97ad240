"""A small French and English polarity lexicon with negation, read as features of a text."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LexiconLanguage = Literal["fr", "en"]

FEATURES = (
    "positive",
    "negative",
    "balance",
    "positive_density",
    "negative_density",
    "mixed",
    "negated_positive",
    "negated_negative",
    "contrast",
    "last_balance",
    "exclaims",
    "asks",
    "emoji",
    "length",
    "wordless",
)
"""Names of the features, in the order of the vector."""

_TOKEN = re.compile(r"[a-z]+'|[a-z]+|[0-9]+|[.!?;:,]|[^\sa-z0-9'.!?;:,]")
_MARKERS = ("negation", "intensifier", "contrast", "function")
_STOPS = frozenset(".!?;")
_POSITIVE_EMOJI = frozenset("😀😁😂🤣😃😄😅😆😊😍🥰😘🙂😎🤩🥳👍👏🙌🙏❤♥💕💪🎉🎂☀✨🌞🏆😉😋💚💙")
_NEGATIVE_EMOJI = frozenset("😠😡🤬😤😢😭😞😔😟😕🙁☹😩😫😖😒🙄👎💔😱😨😰🤮🤢😣😓🤦")
_SMILEYS = {":)": 1, ":-)": 1, ";)": 1, ";-)": 1, ":D": 1, "<3": 1, ":(": -1, ":-(": -1, ":/": -1}
_NEGATION_REACH = 3  # words between a negation and the word that it turns round
_NEGATED_FACTOR = -0.6  # "not bad" is weaker than "good"
_INTENSIFIED_FACTOR = 1.4


@dataclass(frozen=True)
class Lexicon:
    """Words and expressions of one language with their weights.

    Attributes:
        weights: Normalised expression (tokens joined by a space) to its weight, -3 to 3; 0 for
            those that only look as if they had one ("bien sûr").
        stems: Beginnings that stand for any ending, with their weights.
        negations: What turns the polarity of the following words round.
        intensifiers: What makes the following word stronger.
        contrasts: What opposes two halves of a sentence.
        functions: The commonest words of the language, by which it is recognised.
        longest: Number of tokens of the longest expression.
        longest_stem: Characters of the longest beginning.
    """

    weights: Mapping[str, float]
    stems: Mapping[str, float]
    negations: frozenset[str]
    intensifiers: frozenset[str]
    contrasts: frozenset[str]
    functions: frozenset[str]
    longest: int
    longest_stem: int

    def weight(self, token: str) -> float:
        """Return the weight of one token, 0 when it is not in the lexicon."""
        if token in self.weights:
            return self.weights[token]
        for length in range(min(len(token), self.longest_stem), 2, -1):
            if token[:length] in self.stems:
                return self.stems[token[:length]]
        return 0.0


@cache
def load_lexicon(language: LexiconLanguage) -> Lexicon:
    """Read the shipped lexicon of a language.

    Args:
        language: ``fr`` or ``en``.

    Returns:
        The lexicon, its entries without accents and in lower case.
    """
    text = files("nlu").joinpath("data", f"polarity_{language}.txt").read_text(encoding="utf-8")
    section = ""
    weights: dict[str, float] = {}
    stems: dict[str, float] = {}
    markers: dict[str, set[str]] = {name: set() for name in _MARKERS}
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            for entry in filter(None, (part.strip() for part in line.split(","))):
                normal = " ".join(_tokens(entry.rstrip("*")))
                if section in markers:
                    markers[section].add(normal)
                elif entry.endswith("*"):
                    stems[normal] = float(section)
                else:
                    weights[normal] = float(section)
    # An expression whose last word is a stem is looked up like a stem, joined by spaces.
    longest = max(len(entry.split()) for entry in (*weights, *stems))
    return Lexicon(
        weights,
        stems,
        negations=frozenset(markers["negation"]),
        intensifiers=frozenset(markers["intensifier"]),
        contrasts=frozenset(markers["contrast"]),
        functions=frozenset(markers["function"]),
        longest=longest,
        longest_stem=max(map(len, stems), default=0),
    )


def guess_language(text: str) -> LexiconLanguage:
    """Tell French from English by their commonest words; French when neither is seen.

    It chooses a lexicon for texts of any length in microseconds; :mod:`nlu.language` detects.
    """
    tokens = _tokens(text)
    french = sum(token in load_lexicon("fr").functions for token in tokens)
    english = sum(token in load_lexicon("en").functions for token in tokens)
    return "en" if english > french else "fr"


def lexical_features(text: str, language: LexiconLanguage | None = None) -> NDArray[np.float32]:
    """Describe the polarity of a text by the words of the lexicon.

    Args:
        text: Cleaned text.
        language: Whose lexicon; guessed when None.

    Returns:
        float32 array of shape ``(len(FEATURES),)``, each value roughly between -3 and 3.
    """
    import numpy as np

    lexicon = load_lexicon(language or guess_language(text))
    tokens = _tokens(text)
    hits = _hits(tokens, lexicon)
    positive = sum(weight for _, weight, _ in hits if weight > 0)
    negative = -sum(weight for _, weight, _ in hits if weight < 0)
    words = max(1, sum(token[0].isalnum() for token in tokens))
    half = len(tokens) / 2
    last = sum(weight for position, weight, _ in hits if position >= half)
    emoji = _emoji(text)
    values = (
        math.log1p(positive),
        math.log1p(negative),
        (positive - negative) / math.sqrt((positive + negative) ** 2 + 4.0) * 2,
        math.sqrt(positive / words),
        math.sqrt(negative / words),
        math.log1p(min(positive, negative)),
        float(any(weight < 0 and turned for _, weight, turned in hits)),
        float(any(weight > 0 and turned for _, weight, turned in hits)),
        float(_contrasts(tokens, lexicon)),
        math.tanh(last / 3) * 2,
        min(text.count("!"), 3) / 2,
        float("?" in text),
        math.tanh(emoji) * 2,
        math.log1p(words) / 2,
        float(not hits),
    )
    return np.asarray(values, dtype=np.float32)


def _hits(tokens: list[str], lexicon: Lexicon) -> list[tuple[int, float, bool]]:
    """Return position, weight and whether it was turned round, for each expression found."""
    hits: list[tuple[int, float, bool]] = []
    position = 0
    while position < len(tokens):
        size, weight = _longest_match(tokens, position, lexicon)
        if weight:
            negative_itself = size > 1 and tokens[position] in lexicon.negations
            turned = not negative_itself and _negated(tokens, position, lexicon)
            if position and tokens[position - 1] in lexicon.intensifiers:
                weight *= _INTENSIFIED_FACTOR
            hits.append((position, weight * _NEGATED_FACTOR if turned else weight, turned))
        position += size
    return hits


def _longest_match(tokens: list[str], position: int, lexicon: Lexicon) -> tuple[int, float]:
    """Return how many tokens the longest expression at a position has, and its weight."""
    for size in range(min(lexicon.longest, len(tokens) - position), 1, -1):
        joined = " ".join(tokens[position : position + size])
        if joined in lexicon.weights:
            return size, lexicon.weights[joined]
        last = len(tokens[position + size - 1])
        for end in range(len(joined), len(joined) - last, -1):
            if joined[:end] in lexicon.stems:
                return size, lexicon.stems[joined[:end]]
    return 1, lexicon.weight(tokens[position])


def _negated(tokens: list[str], position: int, lexicon: Lexicon) -> bool:
    turned = False
    for back in range(1, _NEGATION_REACH + 1):
        if position - back < 0 or tokens[position - back] in _STOPS:
            break
        word = tokens[position - back]
        if word in lexicon.negations:
            turned = True
        elif word == "plus" and any(
            before in {"ne", "n'"}
            for before in tokens[max(0, position - back - 3) : position - back]
        ):
            turned = True  # "n'est plus bon", but not "plus rapide"
        elif word in lexicon.contrasts:
            break
    return turned


def _contrasts(tokens: list[str], lexicon: Lexicon) -> bool:
    joined = " ".join(tokens)
    return any(f" {marker} " in f" {joined} " for marker in lexicon.contrasts)


def _emoji(text: str) -> int:
    score = sum((char in _POSITIVE_EMOJI) - (char in _NEGATIVE_EMOJI) for char in text)
    return score + sum(value for smiley, value in _SMILEYS.items() if smiley in text)


def _tokens(text: str) -> list[str]:
    text = text.replace("’", "'").casefold().replace("œ", "oe").replace("n't", " not")
    plain = unicodedata.normalize("NFD", text)
    return _TOKEN.findall("".join(char for char in plain if not unicodedata.combining(char)))

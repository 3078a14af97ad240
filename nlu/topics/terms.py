"""Words and multiword terms of a sentence, and how much each speaks for a topic."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Protocol

import numpy as np

from nlu.question_patterns import EMPTY_WORD

MAX_TOKENS = 4
"""Of a term; its first and last word say something, between them may stand "de" or "à la"."""

LENGTH_BONUS = 0.5
"""For each further word of a term that says something: a phrase is read more easily."""

_TOKEN = re.compile(r"[^\W_]+")
_MOST_DIGITS = 2  # more are a number, a reference or a date
_SNOWBALL = {"fr": "french", "en": "english"}
_BETWEEN = re.compile(r"[ ’'\-\u00a0]+")  # any other mark ends a term

# What customers say whatever they call for; verbs and fillers that stopword lists leave out.
_TALK = frozenset(
    """
    bonjour bonsoir allô allo merci madame monsieur svp voilà voila euh ben bah ok oui non accord
    alors donc fait faire fais faut avoir aimerais voudrais voulais veux souhaite souhaiterais
    souhaité savoir demander demande appelle appelais appeler contacte écris besoin aide aider
    question problème souci possible pouvez pourriez pouvoir peux peut puis puisse merci
    comment pourquoi quand quelle quelles quel quels quoi est-ce ça cela celui celle déjà toujours
    encore depuis très trop bien là ici hier demain avant après juste simplement
    vraiment chose choses quelque quelques truc dire dites dit allez aller vais va vas fois
    maintenant tout toute tous toutes plusieurs autre autres même moi toi lui eux ceux sans
    rien jamais parce puisque car afin lors chez vers entre était étais serait serais sera suis
    avait avais aurais aurait mis mettre essaie essayé essayer arrive arrivé plaît plait
    hello hi hey thanks thank please okay yeah yes no well um uh just like want wanted need know
    help calling call get got getting would could should can cannot cant wont dont didnt doesnt
    isnt im ive id ill don didn doesn isn wasn won couldn wouldn hasn haven aren t s d m re ve ll
    tell let way make made thing things something anything today tomorrow yesterday still already
    really also one two go going come take see give use using try trying tried say said what how
    why when where which who there here much many some any hoping able looking question
    """.split()
)


class _Stemmer(Protocol):
    def stemWord(self, word: str) -> str: ...  # noqa: N802, PyStemmer's name


@dataclass
class TermCounts:
    """In how many conversations of each group each term is found.

    Attributes:
        groups: For each group, the conversations with each term.
        sizes: For each group, its conversations.
        totals: In all groups, the conversations with each term.
        surfaces: How each term was written, with counts.
    """

    groups: dict[str, Counter[str]] = field(default_factory=dict)
    sizes: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    surfaces: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, group: str, terms: Mapping[str, str]) -> None:
        """Count one conversation of a group: its terms, each with how it is written."""
        self.groups.setdefault(group, Counter()).update(terms.keys())
        self.totals.update(terms.keys())
        self.sizes[group] += 1
        for term, surface in terms.items():
            self.surfaces.setdefault(term, Counter())[surface] += 1

    def surface(self, term: str) -> str:
        """Return how a term is written most often, the first in the alphabet of several."""
        return min(self.surfaces[term].items(), key=lambda each: (-each[1], each[0]))[0]


def terms_of(texts: Iterable[str], language: str | None) -> dict[str, str]:
    """Find the terms of a conversation's sentences.

    Args:
        texts: Sentences.
        language: BCP 47 primary tag; words are stemmed in French and English.

    Returns:
        Each term once, by its stems, with how it is written.
    """
    found: dict[str, str] = {}
    for text in texts:
        tokens = list(_TOKEN.finditer(text))
        joined = [
            _BETWEEN.fullmatch(text, before.end(), after.start()) is not None
            for before, after in pairwise(tokens)
        ]
        words = [token.group().lower() for token in tokens]
        stems = [_stem(word, language) for word in words]
        starts = [_says_something(word) for word in words]
        for first in range(len(words)):
            if not starts[first]:
                continue
            for last in range(first, min(first + MAX_TOKENS, len(words))):
                if last > first and not joined[last - 1]:
                    break
                if starts[last]:
                    key = " ".join(stems[first : last + 1])
                    surface = text[tokens[first].start() : tokens[last].end()]
                    if first == 0 and surface[1:2].islower():
                        surface = surface[0].lower() + surface[1:]  # a capital of the sentence
                    found.setdefault(key, _BETWEEN.sub(_one_mark, surface))
    return found


def content_words(text: str, language: str | None) -> frozenset[str]:
    """Return the stems of the words that say something."""
    words = (match.group() for match in _TOKEN.finditer(text.lower()))
    return frozenset(_stem(word, language) for word in words if _says_something(word))


def class_tf_idf(counts: TermCounts, group: str, *, least: int) -> list[tuple[str, float]]:
    """Rank the terms of a group by class-based TF-IDF.

    The frequency of a term is the share of the group's conversations that hold it, its rarity
    log(1 + A / f), f being its frequency in all groups and A their mean number of terms
    (Grootendorst 2022, arXiv:2203.05794, with conversations counted instead of words). A term of
    several words that say something counts a little more: it is read more easily.

    Args:
        counts: Of all groups.
        group: The group to describe.
        least: In how many of its conversations a term must be found.

    Returns:
        Terms with their scores, best first, the alphabet deciding between equals.
    """
    own = counts.groups.get(group, Counter())
    average = counts.totals.total() / max(len(counts.groups), 1)
    ranked = []
    for term, count in own.items():
        if count < least:
            continue
        rarity = float(np.log1p(average / counts.totals[term]))
        length = sum(map(_says_something, term.split()))
        score = count / counts.sizes[group] * rarity * (1 + LENGTH_BONUS * (length - 1))
        ranked.append((term, score))
    return sorted(ranked, key=lambda each: (-each[1], each[0]))


def without_repetition(terms: Sequence[str], *, most: int) -> list[str]:
    """Keep terms, best first, that share no word with a better one."""
    kept: list[str] = []
    used: set[str] = set()
    for term in terms:
        words = set(term.split())
        if not words & used:
            kept.append(term)
            used |= {word for word in words if _says_something(word)}
        if len(kept) == most:
            break
    return kept


@cache
def _says_something(word: str) -> bool:
    if len(word) < 2 or sum(char.isdigit() for char in word) > _MOST_DIGITS or word.isdigit():
        return False
    return not (EMPTY_WORD.fullmatch(word) or word in _TALK or word in _stopwords())


@cache
def _stopwords() -> frozenset[str]:
    from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_FRENCH

    return frozenset([*STOPWORDS_EN_PLUS, *STOPWORDS_FRENCH])


@cache
def _stem(word: str, language: str | None) -> str:
    stemmer = _stemmer(language)
    return word if stemmer is None else stemmer.stemWord(word)


@cache
def _stemmer(language: str | None) -> _Stemmer | None:
    if language not in _SNOWBALL:
        return None
    import Stemmer

    stemmer: _Stemmer = Stemmer.Stemmer(_SNOWBALL[language])
    return stemmer


def _one_mark(match: re.Match[str]) -> str:
    return match.group()[0] if match.group()[0] in "'’-" else " "

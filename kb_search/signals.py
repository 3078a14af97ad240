"""What speaks for the best passage answering a question, and what against it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb_search.asked_kind import asked_kind, holds_kind
from kb_search.disagreement import same_text, text_stems
from kb_search.documents import Passage
from kb_search.index import Ranking
from kb_search.words import Language, query_stems

RIVALS = 5
"""How many other documents the best one is compared with."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence is computed from.

    Attributes:
        height: Fused score of the best passage above the mean cosine of all passages.
        lead: Square root of its fused score above the mean of the best passages of the next
            five documents, copies of the passage left out. A question that the base cannot
            answer finds many documents that are equally close.
        margin: Square root of its fused score above the best passage of the second document.
        unlikeliness: Its cosine in standard deviations above the mean of all passages.
        words: Share of the question's words that it holds, weighted by rarity.
        letters: The same for runs of three and four letters.
        label_words: Share of the question's words, weighted by rarity, in its title and headings.
        label_asked: Share of the words of its title and headings that the question holds.
        extract_words: Share of the question's words, weighted by rarity, in the best sentences or
            the title and headings.
        unknown: Share of the question's words, weighted by rarity, that no passage holds.
        agreement: 1 where meaning and words both put its document first, 1/2 where one puts it
            second, and so on: the mean of both reciprocal ranks.
        asked_for: 1 where it holds what kind of thing is asked for (an amount, a date, …), -1
            where it does not, 0 where no such kind is asked for.
    """

    height: float
    lead: float
    margin: float
    unlikeliness: float
    words: float
    letters: float
    label_words: float
    label_asked: float
    extract_words: float
    unknown: float
    agreement: float
    asked_for: float


def read_signals(
    question: str,
    ranking: Ranking,
    passages: Sequence[Passage],
    extract: str,
    *,
    languages: Sequence[Language],
    frequency: Callable[[tuple[str, ...]], int],
) -> Signals:
    """Read the signals of a ranking.

    Args:
        question: As it was asked.
        ranking: With one match at least, and deep enough to reach other documents.
        passages: Of the index.
        extract: Best sentences of the best passage.
        languages: Of the passages.
        frequency: Gives how many passages hold a word, given as its stems.
    """
    best = ranking.matches[0]
    passage = passages[best.row]
    others = _rivals(ranking, passages) or [ranking.matches[-1].score]
    asked = query_stems(question, languages)
    weights = [_rarity(frequency(forms), len(passages)) for forms in asked]
    label = text_stems(passage.label)
    shown = label | text_stems(extract)
    flat = {stem for forms in asked for stem in forms}
    names_asked = query_stems(passage.label, languages)
    kind = asked_kind(question)
    return Signals(
        height=best.score - ranking.dense_mean,
        lead=max(0.0, best.score - sum(others) / len(others)) ** 0.5,
        margin=max(0.0, best.score - others[0]) ** 0.5,
        unlikeliness=(best.dense - ranking.dense_mean) / max(ranking.dense_std, 1e-3),
        words=best.words,
        letters=best.letters,
        label_words=_share(asked, weights, label),
        label_asked=_share(names_asked, [1.0] * len(names_asked), flat),
        extract_words=_share(asked, weights, shown),
        unknown=1.0 - _share(
            asked, weights, {s for f, w in zip(asked, weights, strict=True) if w < 1 for s in f}
        ) if asked else 1.0,
        agreement=_agreement(ranking, passages, article_of(passage)),
        asked_for=0.0 if kind is None else 1.0 if holds_kind(passage.text, kind) else -1.0,
    )  # fmt: skip


def article_of(passage: Passage) -> str:
    """Return what a passage is a part of: its document, or its row of a table of questions."""
    return passage.document if passage.metadata is None else f"{passage.document}#{passage.label}"


def _rivals(ranking: Ranking, passages: Sequence[Passage]) -> list[float]:
    """Return the best scores of the next articles, without copies of the best passage.

    In a base of one article alone its other sections stand for them.
    """
    best = passages[ranking.matches[0].row]
    articles: dict[str, float] = {}
    sections: dict[str, float] = {}
    for match in ranking.matches[1:]:
        passage = passages[match.row]
        if passage.label != best.label:
            sections.setdefault(passage.label, match.score)
        article = article_of(passage)
        if article in articles or article == article_of(best) or same_text(passage.text, best.text):
            continue
        articles[article] = match.score
        if len(articles) == RIVALS:
            break
    return list(articles.values()) or list(sections.values())[:RIVALS]


def _rarity(count: int, n_passages: int) -> float:
    """Return 1 for a word that no passage holds, towards 0 for one that all hold."""
    if count == 0:
        return 1.0
    return max(0.0, math.log((n_passages + 1) / (count + 0.5)) / math.log(2 * n_passages + 3))


def _share(
    asked: Sequence[tuple[str, ...]], weights: Sequence[float], held: frozenset[str] | set[str]
) -> float:
    total = sum(weights)
    if total <= 0:
        return 0.0
    found = (w for forms, w in zip(asked, weights, strict=True) if held.intersection(forms))
    return sum(found) / total


def _agreement(ranking: Ranking, passages: Sequence[Passage], article: str) -> float:
    places = []
    for signal in ("dense", "words"):
        order = sorted(ranking.matches, key=lambda match: -getattr(match, signal))
        articles = list(dict.fromkeys(article_of(passages[match.row]) for match in order))
        places.append(1.0 / (1 + articles.index(article)))
    return sum(places) / len(places)

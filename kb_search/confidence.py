"""How sure it is that the best passage answers the question.

A logistic regression on three signals, fitted by ``bench/kb_search/fit_confidence.py`` on
questions that a base can answer and, as many, that it cannot: because the document with the
answer was taken out of it, because they belong to another base, or because they are small talk.
Bases of 20 to 1,500 documents were drawn, so that the size of the base does not matter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from kb_search.documents import Passage
from kb_search.index import Ranking

ANSWER_THRESHOLD = 0.5
"""With as many questions that cannot be answered as can, half of them near misses, precision from
here on is 0.85 and 0.86 on the two sets that it was fitted on and 0.83 on the third."""

RIVALS = 5
"""How many other documents the best one is compared with."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence is computed from.

    Attributes:
        height: Fused score of the best passage above the cosine of an unrelated passage.
        lead: Square root of its fused score above the mean of the best passages of the next
            five documents. A question that the base cannot answer finds many documents that are
            equally close.
        words: Share of the question's words that it holds, weighted by rarity.
    """

    height: float
    lead: float
    words: float


_MEANS = Signals(height=0.0963, lead=0.1772, words=0.2315)
_SCALES = Signals(height=0.0509, lead=0.0901, words=0.2085)
_WEIGHTS = Signals(height=0.149, lead=2.217, words=0.249)
_BIAS = -0.67


def read_signals(ranking: Ranking, passages: Sequence[Passage]) -> Signals:
    """Read the signals of a ranking.

    Args:
        ranking: With one match at least, and deep enough to reach other documents.
        passages: Of the index.
    """
    best = ranking.matches[0]
    rivals: dict[str, float] = {}
    for match in ranking.matches:
        document = passages[match.row].document
        if document != passages[best.row].document:
            rivals.setdefault(document, match.score)
        if len(rivals) == RIVALS:
            break
    others = list(rivals.values()) or [ranking.matches[-1].score]
    return Signals(
        height=best.score - ranking.dense_mean,
        lead=max(0.0, best.score - sum(others) / len(others)) ** 0.5,
        words=best.words,
    )


def confidence(signals: Signals) -> float:
    """Return the probability that the best passage answers the question, from 0 to 1."""
    logit = _BIAS
    for value, mean, scale, weight in zip(
        *(astuple(part) for part in (signals, _MEANS, _SCALES, _WEIGHTS)), strict=True
    ):
        logit += weight * (value - mean) / scale
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

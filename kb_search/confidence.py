"""How sure it is that the best passage answers the question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from kb_search.index import Match, Ranking

ANSWER_THRESHOLD = 0.5
_MIN_STD = 0.01


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence is computed from.

    Attributes:
        score: Fused score of the best passage.
        distance: Standard deviations between its cosine and that of an unrelated passage.
        margin: Fused score above that of the next passage.
        words: Share of the question's words that it holds, weighted by rarity.
        letters: The same for runs of letters.
    """

    score: float
    distance: float
    margin: float
    words: float
    letters: float


_MEANS = Signals(score=0.9, distance=3.0, margin=0.02, words=0.3, letters=0.3)
_SCALES = Signals(score=0.03, distance=1.0, margin=0.02, words=0.2, letters=0.15)
_WEIGHTS = Signals(score=1.0, distance=0.5, margin=0.5, words=0.3, letters=0.3)
_BIAS = -0.5


def read_signals(ranking: Ranking) -> Signals:
    """Read the signals of a ranking that has at least one match."""
    best = ranking.matches[0]
    return Signals(
        score=best.score,
        distance=(best.dense - ranking.dense_mean) / max(ranking.dense_std, _MIN_STD),
        margin=best.score - _next_score(ranking.matches),
        words=best.words,
        letters=best.letters,
    )


def _next_score(matches: Sequence[Match]) -> float:
    return matches[1].score if len(matches) > 1 else matches[0].score


def confidence(signals: Signals) -> float:
    """Return the probability that the best passage answers the question, from 0 to 1."""
    logit = _BIAS
    for value, mean, scale, weight in zip(
        *(astuple(part) for part in (signals, _MEANS, _SCALES, _WEIGHTS)), strict=True
    ):
        logit += weight * (value - mean) / scale
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

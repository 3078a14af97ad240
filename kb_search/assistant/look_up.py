"""Looking up what a customer needs, with the turns that led to it.

In a conversation a need is spread over turns: what it is about was said before, the agent named
it, the customer only adds "et moi je fais comment ?". So a knowledge base is asked in several
ways at once, each from a longer piece of the conversation up to all of it, and the passage is
taken that they find together; the whole counts twice, since a passage about something that the
conversation is not about is hardly ever what is needed. How sure that is was fitted on
conversations (``bench/kb_search/replay_fit.py``), since confidences of questions that stand alone
are far too low for what is said in passing.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from conversation import Evidence, Turn
from kb_search.answers import Hit
from kb_search.documents import Passage
from kb_search.wordings import Need, need_wordings
from kb_search.words import LANGUAGES, content_words

HITS = 30
"""Passages of each search that are compared."""

RIVALS = 5
STATEMENT_FROM_WORDS = 3
"""Content words from which what a customer says is looked up though it is no question."""

TOPIC_FROM_WORDS = 6
WINDOWS = (2, 4, None)
"""Turns before the last one that are asked together with it; None: all that are remembered."""

_WEIGHTS_OF_WAYS = (1.0, 1.0, 1.0, 2.0)  # of the need itself, then of each window


@dataclass(frozen=True, slots=True)
class Stated:
    """What a customer said that is neither a question nor a request nor a known problem.

    Attributes:
        text: The whole turn.
        evidence: Its place.
    """

    text: str
    evidence: Evidence
    kind: Literal["statement"] = "statement"
    context: None = None

    @classmethod
    def of(cls, turn: Turn) -> Stated | None:
        """Take a turn for a need; None where it says too little."""
        if len(content_words(turn.text, LANGUAGES)) < STATEMENT_FROM_WORDS:
            return None
        return cls(turn.text, Evidence.from_turn(turn))


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for the passage that was found.

    Attributes:
        lead: Square root of its score, over the level of passages that are not concerned, above
            the mean of the best passages of the next five documents.
        margin: Square root of its score above the best passage of the second document.
        asked: 1 where something was asked, requested or stated as a problem; 0 for a statement.
        held: Share of the words of the need that it holds, weighted by rarity.
    """

    lead: float
    margin: float
    asked: float
    held: float


@dataclass(frozen=True, slots=True)
class Found:
    """The passage that a need found.

    Attributes:
        passage: The best one.
        signals: What speaks for it.
        confidence: Probability that it is of help, 0 to 1.
    """

    passage: Passage
    signals: Signals
    confidence: float


_MEANS = Signals(lead=0.1798, margin=0.1325, asked=0.3793, held=0.0654)
_SCALES = Signals(lead=0.0588, margin=0.0684, asked=0.4852, held=0.1355)
_WEIGHTS = Signals(lead=0.81, margin=0.377, asked=0.473, held=0.466)
_BIAS = -0.544


def ways_to_ask(
    need: Need, turns: Sequence[Turn], *, before: Need | None, topic: Need | None
) -> list[list[str]]:
    """Return the ways to look a need up; those of one list count as one.

    Args:
        need: Said in the last of the turns.
        turns: The newest turns, in order.
        before: The need before it.
        topic: What the customer called about.
    """
    windows = [turns if length is None else turns[-1 - length :] for length in WINDOWS]
    return [
        need_wordings(need, before=before, topic=topic),
        *([" ".join(turn.text for turn in window)] for window in windows),
    ]


def combine(
    need: Need,
    hits: Sequence[Sequence[Sequence[Hit]]],
    *,
    shown: Collection[str] = (),
) -> Found | None:
    """Find the passage that the ways of asking find together.

    Args:
        need: What was looked up.
        hits: For each way of asking, for each of its wordings, what was found, best first.
        shown: Passages that are not looked for any more, by identifier.

    Returns:
        The best passage; None where nothing else was found.
    """
    passages = {hit.passage.id: hit.passage for way in hits for found in way for hit in found}
    ways = [_heights(way) for way in hits]
    scores = {
        name: sum(
            weight * way.get(name, 0.0) for weight, way in zip(_WEIGHTS_OF_WAYS, ways, strict=True)
        )
        / sum(_WEIGHTS_OF_WAYS)
        for name in passages
    }
    order = sorted(scores, key=lambda name: (-scores[name], name))
    name = next((name for name in order if name not in shown), None)
    if name is None:
        return None
    best = passages[name]
    rivals: dict[str, float] = {}
    for other in order:
        if passages[other].document != best.document:
            rivals.setdefault(passages[other].document, scores[other])
        if len(rivals) == RIVALS:
            break
    level = sum(rivals.values()) / len(rivals) if rivals else 0.0
    signals = Signals(
        lead=max(0.0, scores[name] - level) ** 0.5,
        margin=max(0.0, scores[name] - max(rivals.values(), default=0.0)) ** 0.5,
        asked=float(need.kind != "statement"),
        held=next((hit.words for hit in hits[0][0] if hit.passage.id == name), 0.0),
    )
    return Found(best, signals, confidence(signals))


def _heights(way: Sequence[Sequence[Hit]]) -> dict[str, float]:
    """Return how far passages lie above the last one found, by identifier, over all wordings."""
    heights: dict[str, float] = {}
    for found in way:
        for hit in found:
            above = (hit.score - found[-1].score) / len(way)
            heights[hit.passage.id] = heights.get(hit.passage.id, 0.0) + above
    return heights


def confidence(signals: Signals) -> float:
    """Return the probability that the passage is of help, 0 to 1: a logistic regression."""
    logit = _BIAS
    for value, mean, scale, weight in zip(
        *(astuple(part) for part in (signals, _MEANS, _SCALES, _WEIGHTS)), strict=True
    ):
        logit += weight * (value - mean) / scale
    return round(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit)))), 4)

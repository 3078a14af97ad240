"""The customer's sentiment along a conversation, from the customer's words and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, Provenance, Speaker, Turn
from conversation.errors import AgentSentimentRefused
from models import Encoder, LinearHead
from nlu.sentiment_head import SentimentLabel
from nlu.sentiment_lexicon import LexiconLanguage
from nlu.sentiment_scorer import ScoredText, SentimentScorer
from nlu.sentiment_text import clean_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = "2"
"""Of the definitions in this file, as provenance names it."""

MATERIAL_CHANGE = 0.4
"""Smallest change of the mean score, on the scale of −1 to 1, that makes a turning point."""

MATERIAL_SCORE = 0.3
"""Smallest distance from 0 of the strongest moment."""

_NEGATIVE_WEIGHT = 1.5  # thanks are a habit of speech and anger is not: which is "strongest"
_QUARTERS = 4
_SCALE = 5.0  # quarters are published from −5 to 5


class TurnSentiment(BaseModel):
    """The sentiment of one turn of the customer.

    Attributes:
        turn_index: Which turn of the conversation.
        score: −1 (very negative) to 1 (very positive).
        label: The most probable of the three.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turn_index: int = Field(ge=0)
    score: float = Field(ge=-1, le=1)
    label: SentimentLabel


class SentimentResult(BaseModel):
    """How the customer felt along a conversation, as far as the words tell.

    Means weigh each moment by the square root of its words, so that "oui" counts little and a long
    story does not drown everything else. A moment is a turn; of a turn of more than 25 words, each
    sentence is one (so an e-mail, which is a single turn, has a course as well).

    Attributes:
        turns: One for each turn of the customer, in order.
        overall: −1 to 1: the mean over all moments, the last one weighing twice the first, since
            how a contact ends is what is remembered.
        start: −1 to 1: the mean of the first quarter in which the customer says something.
        end: −1 to 1: the mean of the last such quarter.
        quarters: The mean of each quarter of the conversation, −5 to 5; None where the customer
            says nothing. Quarters are of time on recordings, of words otherwise.
        turning_point: The moment with which the mean changes most, between what was said before
            and what is said from there on; None when no change reaches ``MATERIAL_CHANGE``.
        strongest: The moment that is farthest from neutral, a negative one rather than a positive
            one that is not half as far again; None when none reaches ``MATERIAL_SCORE``.
        provenance: What computed it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    turns: tuple[TurnSentiment, ...]
    overall: float = Field(ge=-1, le=1)
    start: float = Field(ge=-1, le=1)
    end: float = Field(ge=-1, le=1)
    quarters: tuple[float | None, float | None, float | None, float | None]
    turning_point: Evidence | None
    strongest: Evidence | None
    provenance: Provenance


@dataclass(frozen=True)
class _Moment:
    """A piece of what the customer says, with its place in the conversation from 0 to 1."""

    turn: Turn
    quote: str
    score: float
    place: float

    @property
    def weight(self) -> float:
        return math.sqrt(len(self.quote.split()))


def score_sentiment(
    conversation: Conversation,
    *,
    encoder: Encoder,
    vectors: Mapping[int, NDArray[np.float32]] | None = None,
    speaker: Speaker = "customer",
    head: LinearHead | None = None,
) -> SentimentResult | None:
    """Score the sentiment of the customer along a conversation.

    Only turns whose speaker is known to be the customer are read. Where speakers are unknown (a
    mono recording), an agent's words could be among them: there is no result.

    Args:
        conversation: Any conversation.
        encoder: Turns texts into vectors.
        vectors: Of customer turns by turn index, each of shape ``(dim,)``, from
            ``encoder.encode(..., kind="query")``; those that are missing are computed.
        speaker: Whose sentiment; only ``customer`` is allowed.
        head: The trained head; the one that goes with the encoder when None.

    Returns:
        The result; None when no turn is known to be the customer's or none has any text.

    Raises:
        AgentSentimentRefused: ``speaker`` is anyone but the customer.
    """
    if speaker != "customer":
        raise AgentSentimentRefused(
            f"sentiment of {speaker!r} was asked for; AI Act (Regulation (EU) 2024/1689) "
            "art. 5(1)(f) prohibits inferring the emotions of people at work",
            remedy="ask for the customer's; for agents, score what they do with a scorecard",
        )
    turns = [turn for turn in conversation.turns_of("customer") if _speaks(turn.text)]
    if not turns:
        return None
    scorer = SentimentScorer(encoder, head=head)
    language = _lexicon_language(conversation.language)
    scored = _score_turns(scorer, encoder, turns, vectors or {}, language)
    moments = _moments(conversation, turns, scored)
    quarters = [
        _mean([m for m in moments if int(min(m.place, 0.999) * _QUARTERS) == quarter])
        for quarter in range(_QUARTERS)
    ]
    told = [mean for mean in quarters if mean is not None]
    first, second, third, fourth = (
        None if mean is None else round(mean * _SCALE, 2) for mean in quarters
    )
    return SentimentResult(
        turns=tuple(
            TurnSentiment(turn_index=turn.index, score=text.score.score, label=text.score.label)
            for turn, text in zip(turns, scored, strict=True)
        ),
        overall=round(_overall(moments), 4),
        start=round(told[0], 4),
        end=round(told[-1], 4),
        quarters=(first, second, third, fourth),
        turning_point=_turning_point(moments),
        strongest=_strongest(moments),
        provenance=Provenance(
            component="nlu.sentiment",
            version=VERSION,
            models=scorer.references,
            settings={"material_change": MATERIAL_CHANGE, "material_score": MATERIAL_SCORE},
        ),
    )


def _score_turns(
    scorer: SentimentScorer,
    encoder: Encoder,
    turns: Sequence[Turn],
    vectors: Mapping[int, NDArray[np.float32]],
    language: LexiconLanguage | None,
) -> list[ScoredText]:
    import numpy as np

    missing = [turn for turn in turns if turn.index not in vectors]
    encoded = encoder.encode([clean_text(turn.text) for turn in missing], kind="query")
    known = {**vectors, **{turn.index: v for turn, v in zip(missing, encoded, strict=True)}}
    stacked = np.stack([known[turn.index] for turn in turns])
    return scorer.score_parts([turn.text for turn in turns], stacked, language=language)


def _moments(
    conversation: Conversation, turns: Sequence[Turn], scored: Sequence[ScoredText]
) -> list[_Moment]:
    places = _places(conversation)
    moments: list[_Moment] = []
    for turn, text in zip(turns, scored, strict=True):
        start, end = places[turn.index]
        parts = text.units or ((turn.text, text.score),)
        words = [len(part.split()) for part, _ in parts]
        said = 0
        for (part, score), count in zip(parts, words, strict=True):
            place = start + (end - start) * (said + count / 2) / sum(words)
            moments.append(_Moment(turn, part, score.score, place))
            said += count
    return moments


def _places(conversation: Conversation) -> list[tuple[float, float]]:
    """Return where each turn starts and ends, from 0 to 1: in time, or in words without times."""
    turns = conversation.turns
    total_s = max((turn.end_s for turn in turns if turn.end_s is not None), default=0.0)
    if total_s > 0 and all(turn.start_s is not None for turn in turns):
        return [((t.start_s or 0.0) / total_s, (t.end_s or 0.0) / total_s) for t in turns]
    words = [len(turn.text.split()) for turn in turns]
    total = max(1, sum(words))
    ends = [said / total for said in accumulate(words)]
    return list(zip([0.0, *ends], ends, strict=False))


def _mean(moments: Sequence[_Moment]) -> float | None:
    if not moments:
        return None
    return sum(m.score * m.weight for m in moments) / sum(m.weight for m in moments)


def _overall(moments: Sequence[_Moment]) -> float:
    steps = max(1, len(moments) - 1)
    weights = [m.weight * (1 + position / steps) for position, m in enumerate(moments)]
    return sum(m.score * w for m, w in zip(moments, weights, strict=True)) / sum(weights)


def _turning_point(moments: Sequence[_Moment]) -> Evidence | None:
    best, found = 0.0, None
    weights = [moment.weight for moment in moments]
    scores = [moment.score * weight for moment, weight in zip(moments, weights, strict=True)]
    before = _means(scores, weights)
    after = _means(scores[::-1], weights[::-1])[::-1]
    for split in range(1, len(moments)):
        change = abs(after[split] - before[split - 1])
        # A split near an end compares a single moment with all others: weigh it as a t-test does.
        strength = change * math.sqrt(split * (len(moments) - split) / len(moments))
        if change >= MATERIAL_CHANGE and strength > best:
            best, found = strength, moments[split]
    return None if found is None else Evidence.from_turn(found.turn, found.quote)


def _means(scores: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the mean up to each place; the scores are weighed already."""
    sums = zip(accumulate(scores), accumulate(weights), strict=True)
    return [score / weight for score, weight in sums]


def _strongest(moments: Sequence[_Moment]) -> Evidence | None:
    def strength(moment: _Moment) -> float:
        return abs(moment.score) * (_NEGATIVE_WEIGHT if moment.score < 0 else 1.0)

    top = max(moments, key=strength)
    return Evidence.from_turn(top.turn, top.quote) if abs(top.score) >= MATERIAL_SCORE else None


def _speaks(text: str) -> bool:
    return any(not char.isspace() for char in text)


def _lexicon_language(language: str | None) -> LexiconLanguage | None:
    if language is None:
        return None
    tag = language.split("-")[0].lower()
    return "fr" if tag == "fr" else "en" if tag == "en" else None

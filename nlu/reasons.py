"""Why the customer contacts: the reasons of a conversation, with the words that say so.

Each piece of what the customer said votes for reasons with its probabilities, and so do the first
pieces together. The first that say something count more than later ones; a piece that is sure
counts more than one that hesitates; greetings, names and thanks do not count. What the agent
restates confirms, at most as much again, but never makes a reason of its own. Where several
sectors are joined in one taxonomy, what all pieces say of the sector together (the agent's
"banque Horizon, bonjour" included) weighs on each of them. Votes become the probability of each
reason; under a threshold, or too close to the second, the reason is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, Speaker
from nlu.reason_scorer import ReasonScorer
from nlu.segments import Segment, opening_of, segments_of
from nlu.taxonomy import Reason, Subreason, Taxonomy

Array = NDArray[np.float32]

MAX_SECONDARY = 2
MAX_CANDIDATES = 5
MAX_EVIDENCE = 3

_CUSTOMERS: frozenset[Speaker] = frozenset({"customer", "unknown"})
_OTHERS: frozenset[Speaker] = frozenset({"agent", "bot"})


@dataclass(frozen=True)
class ReasonSettings:
    """What turns votes into reasons.

    Attributes:
        threshold: Least probability of a primary reason; under it the reason is unknown.
        margin: Least lead of the primary reason over the second candidate.
        secondary_threshold: Least probability of a secondary reason.
        secondary_support: Least probability that one piece of the customer's alone gives to a
            secondary reason.
        subreason_threshold: Least probability of a level 2 within its level 1.
        opening_weight: Of the customer's first pieces read together, a piece alone being 1.
        agent_weight: Of a piece that the agent said.
        decay: A piece weighs 1 / (1 + decay · s), s being how much the customer said before it,
            in pieces.
        sector_power: How strongly the sector of the whole conversation weighs on each piece.
        temperature: Above 1 flattens the probabilities of the conversation, below 1 sharpens.
    """

    threshold: float = 0.35
    margin: float = 0.06
    secondary_threshold: float = 0.08
    secondary_support: float = 0.5
    subreason_threshold: float = 0.6
    opening_weight: float = 1.0
    agent_weight: float = 0.3
    decay: float = 1.0
    sector_power: float = 1.0
    temperature: float = 0.8


class ReasonScore(BaseModel):
    """One reason and how sure it is.

    Attributes:
        code: Of level 2 where it is clear, else of level 1.
        label_fr: French name of the code.
        label_en: English name of the code.
        parent_code: Level 1 above a code of level 2; None for a code of level 1.
        parent_label_fr: French name of the level 1 above.
        parent_label_en: English name of the level 1 above.
        probability: Of the level 1, 0 to 1.
        evidence: What was said that speaks most for it, strongest first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label_fr: str
    label_en: str
    parent_code: str | None = None
    parent_label_fr: str | None = None
    parent_label_en: str | None = None
    probability: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()

    @property
    def level_1(self) -> str:
        """The code of level 1."""
        return self.parent_code or self.code


class ReasonResult(BaseModel):
    """The reasons of a conversation.

    Attributes:
        taxonomy: Name of the taxonomy.
        primary: Why the customer contacts; None when unknown.
        secondary: What they ask besides, at most :data:`MAX_SECONDARY`.
        candidates: The most probable reasons of level 1, best first, whatever was decided.
        margin: Lead of the first candidate over the second, 0 to 1.
        threshold: Under this probability the primary reason is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    taxonomy: str
    primary: ReasonScore | None
    secondary: tuple[ReasonScore, ...] = Field(default=(), max_length=MAX_SECONDARY)
    candidates: tuple[ReasonScore, ...] = Field(default=(), max_length=MAX_CANDIDATES)
    margin: float = Field(ge=0, le=1)
    threshold: float = Field(ge=0, le=1)


@dataclass(frozen=True)
class _Votes:
    segments: tuple[Segment, ...]
    vectors: Array  # (n_pieces, dim): of the segments, then of the opening where there is one
    reasons: Array  # (n_pieces, n_codes): what each says, the sector weighed in
    weights: Array  # (n_pieces,): how much each counts
    probabilities: Array  # (n_codes,): of the conversation


def find_reasons(
    conversation: Conversation,
    *,
    scorer: ReasonScorer,
    vectors: Mapping[str, Array],
    settings: ReasonSettings = ReasonSettings(),
) -> ReasonResult:
    """Find why the customer contacts.

    Args:
        conversation: With turns of a customer (or of unknown speakers).
        scorer: Judges each piece against the taxonomy.
        vectors: For each of :func:`texts_to_encode`, its query vector.
        settings: Thresholds and weights.

    Returns:
        The reasons; ``primary`` is None when nothing was said that speaks for one clearly.
    """
    taxonomy = scorer.taxonomy
    votes = _count(conversation, scorer, vectors, settings)
    if votes is None:
        return ReasonResult(
            taxonomy=taxonomy.name, primary=None, margin=0.0, threshold=settings.threshold
        )
    order = np.argsort(-votes.probabilities, kind="stable")
    first = int(order[0])
    best = float(votes.probabilities[first])
    margin = best - (float(votes.probabilities[order[1]]) if len(order) > 1 else 0.0)
    candidates = tuple(
        _score(taxonomy.reasons[i], float(votes.probabilities[i]), ())
        for i in order[:MAX_CANDIDATES]
    )
    primary = None
    secondary: list[ReasonScore] = []
    if best >= settings.threshold and margin >= settings.margin:
        evidence = _evidence(votes, first)
        primary = _decided(conversation, scorer, votes, first, evidence, settings)
        if taxonomy.reasons[first].role != "out_of_scope":
            secondary = [
                _decided(conversation, scorer, votes, code, pieces, settings)
                for code, pieces in _secondary(taxonomy, votes, first, settings)
            ]
    return ReasonResult(
        taxonomy=taxonomy.name,
        primary=primary,
        secondary=tuple(secondary),
        candidates=candidates,
        margin=margin,
        threshold=settings.threshold,
    )


def texts_to_encode(conversation: Conversation) -> tuple[str, ...]:
    """Return the distinct texts whose vectors :func:`find_reasons` needs."""
    segments = [s for s in segments_of(conversation) if s.speaker in _CUSTOMERS | _OTHERS]
    texts = [segment.text for segment in segments]
    opening = opening_of(segments)
    return tuple(dict.fromkeys([*texts, opening] if opening else texts))


def _count(
    conversation: Conversation,
    scorer: ReasonScorer,
    vectors: Mapping[str, Array],
    settings: ReasonSettings,
) -> _Votes | None:
    segments = tuple(s for s in segments_of(conversation) if s.speaker in _CUSTOMERS | _OTHERS)
    customer = np.array([segment.speaker in _CUSTOMERS for segment in segments], dtype=bool)
    if not customer.any():
        return None
    texts = [segment.text for segment in segments]
    opening = opening_of(segments)
    texts += [opening] if opening else []
    stacked = np.stack([vectors[text] for text in texts])
    reasons = _weigh_sectors(scorer.taxonomy, scorer.score(texts, stacked).reasons, settings)
    count = len(segments)
    substance = np.where(customer, reasons[:count].sum(axis=1), 0.0)
    before = np.concatenate([[0.0], np.cumsum(substance)[:-1]])
    weights = np.where(customer, 1.0, settings.agent_weight) / (1 + settings.decay * before)
    if opening:
        weights = np.append(weights, settings.opening_weight)
        customer = np.append(customer, True)
    votes = weights[:, None] * reasons * reasons.max(axis=1, keepdims=True)
    own = votes[customer].sum(axis=0)
    total = own + np.minimum(votes[~customer].sum(axis=0), own)
    powered = (total / total.max()) ** (1 / settings.temperature)
    return _Votes(
        segments=segments,
        vectors=stacked,
        reasons=reasons,
        weights=weights.astype(np.float32),
        probabilities=(powered / powered.sum()).astype(np.float32),
    )


def _weigh_sectors(taxonomy: Taxonomy, reasons: Array, settings: ReasonSettings) -> Array:
    """Multiply each piece's probabilities by the share of their sector in the conversation."""
    sectors = [reason.sector for reason in taxonomy.reasons]
    names = sorted({r.sector for r in taxonomy.reasons if r.role != "out_of_scope"})
    if len(names) < 2:
        return reasons
    scoped = np.array([r.role != "out_of_scope" for r in taxonomy.reasons])
    member = np.array([[s == name for s in sectors] for name in names]) & scoped
    heard = reasons.sum(axis=0)
    share = (member @ heard) / max(float((member @ heard).sum()), 1e-9)
    factor = np.ones(len(sectors), dtype=np.float32)
    for row, part in zip(member, share, strict=True):
        factor[row] = part**settings.sector_power
    weighed = reasons * factor
    mass = reasons[:, scoped].sum(axis=1, keepdims=True)
    scaled = weighed[:, scoped].sum(axis=1, keepdims=True)
    weighed[:, scoped] *= mass / np.maximum(scaled, 1e-9)
    result: Array = weighed.astype(np.float32)
    return result


def _evidence(votes: _Votes, code: int) -> list[int]:
    """Return the segments that voted most for a reason, strongest first."""
    count = len(votes.segments)
    said = votes.reasons[:count, code]
    strength = votes.weights[:count] * said
    leading = said >= 0.5 * votes.reasons[:count].max(axis=1)
    order = np.argsort(-strength, kind="stable")
    found = [int(s) for s in order if leading[s] and strength[s] > 0.2 * strength[order[0]]]
    return found[:MAX_EVIDENCE] or [int(order[0])]


def _secondary(
    taxonomy: Taxonomy, votes: _Votes, first: int, settings: ReasonSettings
) -> list[tuple[int, list[int]]]:
    """Return the other reasons of the same sector that the customer states, with the pieces."""
    found = []
    for code in np.argsort(-votes.probabilities, kind="stable"):
        reason = taxonomy.reasons[code]
        pieces = [
            s
            for s, segment in enumerate(votes.segments)
            if segment.speaker in _CUSTOMERS
            and votes.reasons[s, code] >= settings.secondary_support
        ]
        if (
            code != first
            and pieces
            and reason.role == "reason"
            and reason.sector == taxonomy.reasons[first].sector
            and votes.probabilities[code] >= settings.secondary_threshold
        ):
            pieces.sort(key=lambda s: -float(votes.reasons[s, code]))
            found.append((int(code), pieces[:MAX_EVIDENCE]))
    return found[:MAX_SECONDARY]


def _decided(
    conversation: Conversation,
    scorer: ReasonScorer,
    votes: _Votes,
    code: int,
    evidence: Sequence[int],
    settings: ReasonSettings,
) -> ReasonScore:
    """Return a reason with its evidence, at level 2 where the evidence tells."""
    reason = scorer.taxonomy.reasons[code]
    quotes = tuple(
        Evidence.from_turn(conversation.turns[segment.turn_index], segment.text)
        for segment in (votes.segments[s] for s in evidence)
    )
    probability = float(votes.probabilities[code])
    if reason.subreasons:
        read = list(evidence)
        if len(votes.vectors) > len(votes.segments) and evidence[0] in _evidence(votes, code):
            read.append(len(votes.segments))
        strength = votes.weights[read] * votes.reasons[read, code]
        below = scorer.subreasons(reason.code, votes.vectors[read])
        shares = (strength[:, None] * below).sum(axis=0) / max(float(strength.sum()), 1e-9)
        best = int(shares.argmax())
        if shares[best] >= settings.subreason_threshold:
            return _score(reason.subreasons[best], probability, quotes, parent=reason)
    return _score(reason, probability, quotes)


def _score(
    reason: Reason | Subreason,
    probability: float,
    evidence: tuple[Evidence, ...],
    *,
    parent: Reason | None = None,
) -> ReasonScore:
    return ReasonScore(
        code=reason.code,
        label_fr=reason.label.text("fr"),
        label_en=reason.label.text("en"),
        parent_code=parent.code if parent else None,
        parent_label_fr=parent.label.text("fr") if parent else None,
        parent_label_en=parent.label.text("en") if parent else None,
        probability=min(max(probability, 0.0), 1.0),
        evidence=evidence,
    )

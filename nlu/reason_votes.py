"""Pieces of a conversation voting for reasons.

Each piece of what the customer said votes for reasons with its probabilities, and so do the first
pieces together. The first that say something count more than later ones; a piece that is sure
counts more than one that hesitates; greetings, names and thanks do not count. What the agent
restates confirms, at most as much again, but never makes a reason of its own. Where several
sectors are joined in one taxonomy, what all pieces say of the sector together (the agent's
"banque Horizon, bonjour" included) weighs on each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conversation import Conversation, Speaker
from nlu.reason_scorer import ReasonScorer
from nlu.reason_settings import VoteSettings
from nlu.segments import Segment, opening_of, segments_of
from nlu.taxonomy import Taxonomy

Array = NDArray[np.float32]

CUSTOMERS: frozenset[Speaker] = frozenset({"customer", "unknown"})
"""Whose words make reasons; on recordings where nobody could be told apart, everybody's."""

_AGENTS: frozenset[Speaker] = frozenset({"agent", "bot"})


@dataclass(frozen=True)
class Votes:
    """What was counted.

    Attributes:
        segments: The pieces, in the order they were said.
        vectors: float32 array of shape (n_pieces, dim): of the segments, then of the opening
            where there is one.
        reasons: float32 array of shape (n_pieces, n_codes): what each says, the sector weighed in.
        weights: float32 array of shape (n_pieces,): how much each counts.
        probabilities: float32 array of shape (n_codes,): of the conversation. Its sum is below 1
            by the doubt that the customer said anything about a reason at all.
    """

    segments: tuple[Segment, ...]
    vectors: Array
    reasons: Array
    weights: Array
    probabilities: Array


def texts_to_encode(conversation: Conversation) -> tuple[str, ...]:
    """Return the distinct texts whose vectors :func:`count_votes` needs."""
    segments = _read(conversation)
    texts = [segment.text for segment in segments]
    opening = opening_of(segments)
    return tuple(dict.fromkeys([*texts, opening] if opening else texts))


def count_votes(
    conversation: Conversation,
    *,
    scorer: ReasonScorer,
    vectors: Mapping[str, Array],
    settings: VoteSettings,
) -> Votes | None:
    """Let the pieces of a conversation vote.

    Args:
        conversation: Any conversation.
        scorer: Judges each piece against its taxonomy.
        vectors: Of each of :func:`texts_to_encode`.
        settings: Weights.

    Returns:
        The votes; None when no customer said a word.
    """
    segments = _read(conversation)
    customer = np.array([segment.speaker in CUSTOMERS for segment in segments], dtype=bool)
    if not customer.any():
        return None
    texts = [segment.text for segment in segments]
    opening = opening_of(segments)
    texts += [opening] if opening else []
    stacked = np.stack([vectors[text] for text in texts])
    reasons = _weigh_sectors(scorer.taxonomy, scorer.score(texts, stacked).reasons, settings)
    substance = np.where(customer, reasons[: len(segments)].sum(axis=1), 0.0)
    before = np.concatenate([[0.0], np.cumsum(substance)[:-1]])
    weights = np.where(customer, 1.0, settings.agent_weight) / (1 + settings.decay * before)
    if opening:
        weights = np.append(weights, settings.opening_weight)
        customer = np.append(customer, True)
    votes = weights[:, None] * reasons * reasons.max(axis=1, keepdims=True)
    own = votes[customer].sum(axis=0)
    total = own + np.minimum(votes[~customer].sum(axis=0), own)
    powered = (total / max(float(total.max()), 1e-9)) ** (1 / settings.temperature)
    share = powered / max(float(powered.sum()), 1e-9)
    return Votes(
        segments=segments,
        vectors=stacked,
        reasons=reasons,
        weights=weights.astype(np.float32),
        probabilities=(share * min(float(substance.max()), 1.0)).astype(np.float32),
    )


def _read(conversation: Conversation) -> tuple[Segment, ...]:
    return tuple(s for s in segments_of(conversation) if s.speaker in CUSTOMERS | _AGENTS)


def _weigh_sectors(taxonomy: Taxonomy, reasons: Array, settings: VoteSettings) -> Array:
    """Multiply each piece's probabilities by the share of their sector in the conversation."""
    scoped = np.array([r.role != "out_of_scope" for r in taxonomy.reasons])
    sectors = np.array([reason.sector for reason in taxonomy.reasons])
    names = np.unique(sectors[scoped])
    if len(names) < 2:
        return reasons
    heard = reasons.sum(axis=0)
    factor = np.ones(len(sectors), dtype=np.float32)
    for name in names:
        member = scoped & (sectors == name)
        factor[member] = (heard[member].sum() / heard[scoped].sum()) ** settings.sector_power
    weighed: Array = reasons * factor
    before = reasons[:, scoped].sum(axis=1, keepdims=True)
    after = weighed[:, scoped].sum(axis=1, keepdims=True)
    weighed[:, scoped] *= before / np.maximum(after, 1e-9)
    return weighed

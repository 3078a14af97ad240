"""Why the customer contacts: the reasons of a conversation, with the words that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence
from nlu.reason_scorer import ReasonScorer
from nlu.reason_settings import DEFAULT_SETTINGS, ReasonSettings
from nlu.reason_votes import CUSTOMERS, Votes, count_votes
from nlu.taxonomy import Reason, Subreason, Taxonomy

Array = NDArray[np.float32]

MAX_SECONDARY = 2
MAX_CANDIDATES = 5
MAX_EVIDENCE = 3

__all__ = [
    "DEFAULT_SETTINGS",
    "MAX_SECONDARY",
    "ReasonResult",
    "ReasonScore",
    "ReasonSettings",
    "find_reasons",
]


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


def find_reasons(
    conversation: Conversation,
    *,
    scorer: ReasonScorer,
    vectors: Mapping[str, Array],
    settings: ReasonSettings | None = None,
) -> ReasonResult:
    """Find why the customer contacts.

    Args:
        conversation: With turns of a customer (or of unknown speakers).
        scorer: Judges each piece against the taxonomy.
        vectors: For each of :func:`nlu.reason_votes.texts_to_encode`, its query vector.
        settings: Thresholds and weights; those of the scorer when None.

    Returns:
        The reasons; ``primary`` is None when nothing was said that speaks for one clearly.
    """
    taxonomy = scorer.taxonomy
    settings = settings or scorer.settings
    votes = count_votes(conversation, scorer=scorer, vectors=vectors, settings=settings.votes)
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
    stated = bool(_stating(votes, first, settings.support))
    if best >= settings.threshold and (margin >= settings.margin or stated):
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


def _evidence(votes: Votes, code: int) -> list[int]:
    """Return the segments that voted most for a reason, strongest first."""
    count = len(votes.segments)
    said = votes.reasons[:count, code]
    strength = votes.weights[:count] * said
    leading = said >= 0.5 * votes.reasons[:count].max(axis=1)
    order = np.argsort(-strength, kind="stable")
    found = [int(s) for s in order if leading[s] and strength[s] > 0.2 * strength[order[0]]]
    return found[:MAX_EVIDENCE] or [int(order[0])]


def _stating(votes: Votes, code: int, support: float) -> list[int]:
    """Return the segments in which the customer states a reason."""
    return [
        s
        for s, segment in enumerate(votes.segments)
        if segment.speaker in CUSTOMERS and votes.reasons[s, code] >= support
    ]


def _secondary(
    taxonomy: Taxonomy, votes: Votes, first: int, settings: ReasonSettings
) -> list[tuple[int, list[int]]]:
    """Return the other reasons of the same sector that the customer states, with the pieces."""
    found = []
    for code in np.argsort(-votes.probabilities, kind="stable"):
        reason = taxonomy.reasons[code]
        pieces = _stating(votes, int(code), settings.support)
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
    votes: Votes,
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

"""How a contact ends: resolved, a commitment, a transfer, or unresolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Evidence, Speaker
from nlu.axes.cues import Cue, find_cue
from nlu.axes.outcome_patterns import (
    AGENT_COMMITS,
    AGENT_RESOLVES,
    AGENT_TRANSFERS,
    AGENT_UNABLE,
    CUSTOMER_CONFIRMS,
    CUSTOMER_SATISFIED,
    CUSTOMER_UNRESOLVED,
)
from nlu.axes.passages import AGENTS, CUSTOMERS, Passage, passages_of

Outcome = Literal["resolved", "commitment", "transferred", "unresolved"]

_LATE = 3.0  # what the last words count more than the first ones
_TAIL_WORDS_AFTER_TRANSFER = 60  # more talk than this after a transfer, and it was not the end
_PROBLEM_SHARE = 0.5  # "toujours pas" in the first half states the problem, later the outcome
_MOST_EVIDENCE = 3


class ContactOutcome(BaseModel):
    """How a contact ends, as far as the words tell.

    Attributes:
        outcome: ``resolved`` (done or answered within the contact), ``commitment`` (the centre
            will do something later), ``transferred`` (handed to others), ``unresolved``; None
            when nothing tells, as in a message that was not answered yet.
        confidence: 0 to 1: the share of this outcome among all that was said of outcomes; a
            heuristic, not a calibrated probability.
        evidence: Up to three sentences of either side, in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    outcome: Outcome | None
    confidence: float = Field(ge=0, le=1)
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class _Sign:
    outcome: Outcome
    weight: float
    evidence: Evidence
    passage: int
    speaker: Speaker

    @property
    def answers(self) -> bool:
        return self.speaker in AGENTS and self.outcome != "unresolved"

    @property
    def discontent(self) -> bool:
        return self.speaker == "customer" and self.outcome == "unresolved"


_OF_AGENTS: tuple[tuple[Outcome, float, tuple[Cue, ...]], ...] = (
    ("transferred", 3.0, AGENT_TRANSFERS),
    ("unresolved", 1.5, AGENT_UNABLE),
    ("commitment", 1.5, AGENT_COMMITS),
    ("resolved", 1.5, AGENT_RESOLVES),
)
_OF_CUSTOMERS: tuple[tuple[Outcome, float, tuple[Cue, ...]], ...] = (
    ("unresolved", 2.0, CUSTOMER_UNRESOLVED),
    ("resolved", 2.5, CUSTOMER_CONFIRMS),
    ("resolved", 0.5, CUSTOMER_SATISFIED),
)


def read_outcome(conversation: Conversation) -> ContactOutcome:
    """Tell how a contact ends.

    Signs of either side are weighed, later ones more. Thanks alone count little: they are a habit
    of speech. The centre's commitment outweighs the customer's thanks for it. A transfer counts
    when it is how the contact ends, not when others went on to deal with it.

    Args:
        conversation: Any conversation.

    Returns:
        The outcome; None in it when nobody of the centre said a word or nothing tells.
    """
    passages = passages_of(conversation, AGENTS | CUSTOMERS)
    if not any(passage.turn.speaker in AGENTS for passage in passages):
        return ContactOutcome(outcome=None, confidence=0.0)
    signs = _standing(_signs(passages))
    if not signs:
        return ContactOutcome(outcome=None, confidence=0.0)
    totals: dict[Outcome, float] = {}
    for sign in signs:
        totals[sign.outcome] = totals.get(sign.outcome, 0.0) + sign.weight
    best = max(totals, key=lambda outcome: totals[outcome])
    own = sorted((s for s in signs if s.outcome == best), key=lambda s: -s.weight)
    quoted = sorted(own[:_MOST_EVIDENCE], key=lambda sign: sign.passage)
    return ContactOutcome(
        outcome=best,
        confidence=round(totals[best] / (sum(totals.values()) + 0.5), 3),
        evidence=tuple(dict.fromkeys(sign.evidence for sign in quoted)),
    )


def _signs(passages: Sequence[Passage]) -> list[_Sign]:
    lengths = [len(passage.plain.split()) for passage in passages]
    total = max(1, sum(lengths))
    said = 0
    signs: list[_Sign] = []
    for number, passage in enumerate(passages):
        said += lengths[number]
        late = 1 + (_LATE - 1) * (said / total) ** 2
        for outcome, weight, wanted in _cues_for(passage):
            match = find_cue(passage.plain, wanted)
            if match is None:
                continue
            if outcome == "transferred" and total - said > _TAIL_WORDS_AFTER_TRANSFER:
                continue
            stated = passage.turn.speaker == "customer" and outcome == "unresolved"
            if stated and said < total * _PROBLEM_SHARE:
                continue
            evidence = passage.quote(match.start, match.end)
            signs.append(_Sign(outcome, weight * late, evidence, number, passage.turn.speaker))
            break
    return signs


def _standing(signs: Sequence[_Sign]) -> list[_Sign]:
    """Leave out the customer's discontent that the centre did something about afterwards."""
    answered = max((s.passage for s in signs if s.answers), default=-1)
    return [s for s in signs if s.passage >= answered or not s.discontent]


def _cues_for(passage: Passage) -> tuple[tuple[Outcome, float, tuple[Cue, ...]], ...]:
    speaker = passage.turn.speaker
    if speaker == "unknown":
        return (*_OF_AGENTS, *_OF_CUSTOMERS)
    return _OF_CUSTOMERS if speaker == "customer" else _OF_AGENTS

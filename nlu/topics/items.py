"""What each conversation brings to the search for topics: the customer's own sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Conversation, Evidence
from nlu.language import detect_conversation_language
from nlu.questions import find_questions
from nlu.reasons import ReasonResult
from nlu.segments import segments_of

MAX_NEEDS = 6
"""Most questions, requests and problems of one conversation that are read."""

OPENING_SEGMENTS = 3
"""How many of the customer's first pieces are read besides, since a reason is often told there."""

_OPEN = frozenset({"autre", "other", "hors_perimetre", "out_of_scope"})


class TopicItem(BaseModel):
    """One conversation as the search for topics reads it.

    Attributes:
        conversation_id: Of the conversation.
        at: When it started, with its time zone; None when not known.
        language: BCP 47 primary tag of the customer's words; None when not known.
        reason_code: Its contact reason at level 1; None when unknown.
        texts: The customer's sentences that say what is needed, verbatim in their turns.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str = Field(min_length=1)
    at: datetime | None = None
    language: str | None = None
    reason_code: str | None = None
    texts: tuple[Evidence, ...] = ()

    @model_validator(mode="after")
    def _time_has_a_zone(self) -> Self:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"the time {self.at} of {self.conversation_id} has no time zone")
        return self

    @property
    def is_open(self) -> bool:
        """Whether no reason of the taxonomy fits: unknown, other, or out of scope."""
        return self.reason_code is None or self.reason_code.rsplit(".", 1)[-1] in _OPEN


def topic_item(
    conversation: Conversation, reasons: ReasonResult | None, *, language: str | None = None
) -> TopicItem:
    """Pick from a conversation what says why the customer contacts.

    Args:
        conversation: Any conversation; one without a customer's words gives no texts.
        reasons: What was found for it; None counts as an unknown reason.
        language: BCP 47 primary tag where it is known; otherwise the conversation's own, and
            where that is not known either, what its words tell.

    Returns:
        The item: questions, requests and stated problems, then the opening; a time without a
        zone is taken as UTC.
    """
    found = [question.evidence for question in find_questions(conversation)[:MAX_NEEDS]]
    opening = [s for s in segments_of(conversation) if s.speaker in ("customer", "unknown")]
    for segment in opening[:OPENING_SEGMENTS]:
        same_turn = [e.quote for e in found if e.turn_index == segment.turn_index]
        if not any(quote in segment.text or segment.text in quote for quote in same_turn):
            turn = conversation.turns[segment.turn_index]
            found.append(Evidence.from_turn(turn, segment.text))
    at = conversation.started_at
    if at is None:
        at = next((turn.at for turn in conversation.turns if turn.at is not None), None)
    if at is not None and at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return TopicItem(
        conversation_id=conversation.id,
        at=at,
        language=language or conversation.language or detect_conversation_language(conversation),
        reason_code=reasons.primary.level_1 if reasons and reasons.primary else None,
        texts=tuple(sorted(found, key=lambda e: (e.turn_index, e.quote))),
    )

"""What an agent is shown during a conversation, and what is recorded of it."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kb_search.answers import MAX_ANSWER_WORDS, Citation
from kb_search.sentences import word_count

EventKind = Literal["shown", "up", "down", "used", "dismissed", "muted", "unmuted"]
Judgement = Literal["up", "down", "used", "dismissed"]
Reason = Literal[
    "muted", "refused", "repeated", "already_said", "too_late", "too_soon", "outranked"
]


class Card(BaseModel):
    """One passage that an agent is shown, short enough to be read while listening.

    Attributes:
        id: Unique in its conversation.
        citation: Where the text stands.
        text: Sentences of the passage, verbatim, at most 60 words.
        question: What the customer asked or said, verbatim.
        confidence: Probability that the passage answers it, 0 to 1.
        asked_turn: Turn in which it was said.
        shown_at_s: Seconds since the conversation began.
        delay_s: Seconds from the end of that turn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    citation: Citation
    text: str = Field(min_length=1)
    question: str
    confidence: float = Field(ge=0, le=1)
    asked_turn: int = Field(ge=0)
    shown_at_s: float = Field(ge=0)
    delay_s: float = Field(ge=0)

    @model_validator(mode="after")
    def _text_is_short(self) -> Self:
        words = word_count(self.text)
        if words > MAX_ANSWER_WORDS:
            raise ValueError(f"a card has at most {MAX_ANSWER_WORDS} words, got {words}")
        return self


class CardEvent(BaseModel):
    """One thing that happened to the cards of a conversation; events are only ever appended.

    Attributes:
        kind: ``shown``; what the agent did with a card (``up``, ``down``, ``used``,
            ``dismissed``); or ``muted`` and ``unmuted``, which concern all cards.
        at_s: Seconds since the conversation began.
        conversation: Identifier of the conversation.
        card_id: Of the card; None for ``muted`` and ``unmuted``.
        card: The card itself, for ``shown`` only.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: EventKind
    at_s: float = Field(ge=0)
    conversation: str
    card_id: str | None = None
    card: Card | None = None

    @model_validator(mode="after")
    def _names_its_card(self) -> Self:
        if (self.card_id is None) != (self.kind in ("muted", "unmuted")):
            raise ValueError(f"{self.kind}: card_id must be given for cards, and only for them")
        if (self.card is not None) != (self.kind == "shown"):
            raise ValueError(f"{self.kind}: the card is recorded when it is shown, only then")
        if self.card is not None and self.card.id != self.card_id:
            raise ValueError(f"card {self.card.id} is recorded as {self.card_id}")
        return self


class Candidate(BaseModel):
    """An answer that may become a card.

    Attributes:
        id: Unique in its conversation.
        citation: Where the answer stands.
        text: Sentences of the passage, verbatim, at most 60 words.
        question: What the customer asked or said, verbatim.
        confidence: Probability that the passage answers it, 0 to 1.
        asked_turn: Turn in which it was said.
        asked_at_s: End of that turn, seconds since the conversation began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    citation: Citation
    text: str = Field(min_length=1)
    question: str
    confidence: float = Field(ge=0, le=1)
    asked_turn: int = Field(ge=0)
    asked_at_s: float = Field(ge=0)

    def shown(self, at_s: float) -> Card:
        """Return the card that this becomes when it is shown."""
        values = dict(self)
        asked_at_s = values.pop("asked_at_s")
        return Card(**values, shown_at_s=at_s, delay_s=at_s - asked_at_s)


class Suppressed(BaseModel):
    """An answer that did not become a card.

    Attributes:
        candidate: The answer.
        reason: ``muted``, ``refused`` (its passage was dismissed or thumbed down), ``repeated``
            (its passage was shown a moment ago), ``already_said`` (the agent has just said it),
            ``too_late`` (it was not ready in time), ``too_soon`` (the card before it was too
            recent for too long) or ``outranked`` (a surer one was shown instead).
        at_s: When that was decided, seconds since the conversation began.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    candidate: Candidate
    reason: Reason
    at_s: float = Field(ge=0)

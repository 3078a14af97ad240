"""What each conversation brings to the search for gaps: a question and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Turn
from kb_search.answers import Answer

Feedback = Literal["used", "not_used", "thumbs_up", "thumbs_down"]
"""What the agent did with the card that was shown, where it is known."""


class AskedQuestion(BaseModel):
    """One question of one conversation, the base's answer to it, and what the agent said.

    Attributes:
        conversation_id: Of the conversation.
        turn: The customer's turn.
        quote: The question, verbatim in that turn.
        asked_as: The question as it can be understood by itself, with the sentence that it
            refers to; None where the words do by themselves.
        kind: Asked, to be done, or a problem that is stated.
        at: When the conversation started, with its time zone; None when not known.
        language: BCP 47 primary tag of the customer's words; None when not known.
        handling_s: Seconds that the whole conversation took; None when not known.
        answer: What the knowledge base says; None where none was asked.
        feedback: What became of the card that was shown; None when not known or none was shown.
        contacted_again: Whether the customer came back about it; None when not known.
        agent: Who answered, under a name that tells agents apart; None when not known.
        after: The turns after the question, in order, until the customer asks something else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str = Field(min_length=1)
    turn: Turn
    quote: str = Field(min_length=1)
    asked_as: str | None = None
    kind: Literal["question", "request", "problem"] = "question"
    at: datetime | None = None
    language: str | None = None
    handling_s: float | None = Field(default=None, ge=0)
    answer: Answer | None = None
    feedback: Feedback | None = None
    contacted_again: bool | None = None
    agent: str | None = None
    after: tuple[Turn, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"the time {self.at} of {self.conversation_id} has no time zone")
        if self.quote not in self.turn.text:
            raise ValueError(f"the quote {self.quote!r} is not in turn {self.turn.index}")
        return self

    @property
    def text(self) -> str:
        """The question as it can be understood by itself, on one line."""
        return " ".join((self.asked_as or self.quote).split())

    @property
    def order(self) -> tuple[str, int, str]:
        """Sorts questions the same way whatever order they came in."""
        return (self.conversation_id, self.turn.index, self.quote)

"""What the bot needs from other rooms, as protocols that serving fills."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from conversation import Conversation
from kb_search.answers import Answer
from kb_search.bot.packet import ConversationFacts, EmergencyNumber
from kb_search.filters import Filters


class MessageReading(BaseModel):
    """What the customer's last message says beside its question.

    Attributes:
        danger: That only people may handle (``gas_smell``, ``ongoing_fraud``, …); None when none.
        emergency_numbers: To give for the danger, most fitting first.
        vulnerable: Whether a vulnerable person is concerned.
        complaint: Whether it is a complaint.
        cancellation: Whether it is about ending a contract, an account or an order.
        questions: What it asks, requests or states as a problem, in order, verbatim.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    danger: str | None = None
    emergency_numbers: tuple[EmergencyNumber, ...] = ()
    vulnerable: bool = False
    complaint: bool = False
    cancellation: bool = False
    questions: tuple[str, ...] = ()


class Reader(Protocol):
    """Reads the customer's last message."""

    def read(self, conversation: Conversation) -> MessageReading:
        """Read the last turn, which is the customer's, in the light of what was said before."""
        ...


class FactFinder(Protocol):
    """Understands a whole conversation, once, when it is handed over."""

    def find(self, conversation: Conversation) -> ConversationFacts:
        """Tell reason, nature, urgency, summary, entities, commitments and sentiment."""
        ...


class Knowledge(Protocol):
    """Answers questions with citations, asks back or declines: a knowledge base."""

    def answer_many(
        self,
        questions: Sequence[str],
        *,
        contexts: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> list[Answer]:
        """Answer each question."""
        ...

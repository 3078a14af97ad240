"""What every way of deciding a scorecard question has in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from quality.contact import Contact
from quality.findings import Bilingual, Finding, both


class Detector(BaseModel):
    """A rule that decides one question, with its settings as the scorecard gives them.

    Attributes:
        needs_words: Whether it reads phrases, and so needs a language that has them.
        needs_agent: Whether it needs to know which turns are the agent's.
        asks_helper: Whether it asks something outside (:mod:`quality.helpers`), whose answer is
            kept when a conversation is scored again.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs_words: ClassVar[bool] = True
    needs_agent: ClassVar[bool] = True
    asks_helper: ClassVar[bool] = False

    @abstractmethod
    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""

    def answer(
        self,
        contact: Contact,
        *,
        question: Bilingual,  # noqa: ARG002 - for those that read the question itself
        not_applicable: Bilingual | None,  # noqa: ARG002 - the same
    ) -> Finding:
        """Decide the question for one conversation, knowing its wording.

        Args:
            contact: The conversation.
            question: As the card words it.
            not_applicable: When it does not count, as the card words it; None when it always
                does.
        """
        return self.decide(contact)

    def texts(self) -> tuple[str, ...]:
        """Return the texts whose vectors the question needs beside the conversation's."""
        return ()


def joined(parts: list[Bilingual]) -> Bilingual:
    """List several texts in one."""
    return both(", ".join(part.fr for part in parts), ", ".join(part.en for part in parts))

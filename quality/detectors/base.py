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
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    needs_words: ClassVar[bool] = True
    needs_agent: ClassVar[bool] = True

    @abstractmethod
    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""


def joined(parts: list[Bilingual]) -> Bilingual:
    """List several texts in one."""
    return both(", ".join(part.fr for part in parts), ", ".join(part.en for part in parts))

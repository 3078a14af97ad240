"""Does the agent answer messages in time?"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conversation import Channel
from quality.contact import Contact
from quality.detectors.base import Detector
from quality.findings import Finding, both, not_assessable, scored
from quality.moments import quote_start
from quality.written_metrics import response_delays


class DelayLimits(BaseModel):
    """How fast is fast enough on a channel.

    Attributes:
        full_s: Seconds up to which a first response gives 1.
        half_s: Seconds up to which it gives 0.5.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    full_s: float = Field(gt=0)
    half_s: float = Field(gt=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.half_s < self.full_s:
            raise ValueError(f"half_s ({self.half_s:g}) must not be below full_s ({self.full_s:g})")
        return self


class FirstResponse(Detector):
    """The agent's first answer comes in time.

    Attributes:
        limits: By channel.
    """

    needs_words = False

    kind: Literal["first_response"]
    limits: dict[Channel, DelayLimits]

    def decide(self, contact: Contact) -> Finding:
        """Decide the question for one conversation."""
        limits = self.limits.get(contact.conversation.channel)
        if limits is None:
            return not_assessable(
                both(
                    "La grille ne donne pas de délai pour ce canal.",
                    "The card gives no delay for this channel.",
                )
            )
        delays = response_delays(contact.conversation)
        if not delays:
            return not_assessable(
                both(
                    "Les messages n'ont pas d'heure, ou l'agent n'a pas répondu au client.",
                    "The messages have no time, or the agent answered nothing.",
                )
            )
        delay_s, asked, answered = delays[0]
        reason = both(
            f"Première réponse après {_duration(delay_s)} (attendu : {_duration(limits.full_s)}).",
            f"First response after {_duration(delay_s)} (expected: {_duration(limits.full_s)}).",
        )
        evidence = (quote_start(asked), quote_start(answered))
        if delay_s <= limits.full_s:
            return scored(1, reason, *evidence, confidence=0.95)
        if delay_s <= limits.half_s:
            return scored(0.5, reason, *evidence, confidence=0.95)
        return scored(0, reason, *evidence, confidence=0.95)


def _duration(seconds: float) -> str:
    """Write a duration with the unit that suits it."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.0f} s"

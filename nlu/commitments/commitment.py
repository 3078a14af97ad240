"""What somebody promised to do."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence

CommitmentKind = Literal[
    "call_back",
    "send_document",
    "refund",
    "technician_visit",
    "appointment",
    "ship",
    "escalate",
    "pay",
    "send_back",
    "check",
    "other",
]
COMMITMENT_KINDS: tuple[CommitmentKind, ...] = get_args(CommitmentKind)
Promiser = Literal["agent", "customer"]


class Commitment(BaseModel):
    """Who promised what, by when.

    Attributes:
        who: The side that is bound; a bot binds the centre as its agents do.
        kind: What is to happen. ``refund`` holds gestures and credits, ``ship`` replacements,
            ``send_document`` messages and links.
        text: The words of the promise, verbatim; of the request or offer where it was accepted.
        due: By when: ISO 8601 date, date and time, or an interval with a slash; None when nothing
            was said or when the conversation's own day is not known.
        due_text: The words that say by when, verbatim; None when there are none.
        conditional: Whether it depends on something ("si le problème persiste").
        condition: The words of the condition, verbatim; None for a firm promise.
        evidence: The promise; and the words that accepted it, where it was a request or an offer.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: Promiser
    kind: CommitmentKind
    text: str = Field(min_length=1)
    due: str | None = None
    due_text: str | None = None
    conditional: bool = False
    condition: str | None = None
    evidence: tuple[Evidence, ...] = Field(min_length=1)

    @property
    def turn_index(self) -> int:
        """The turn that holds the promise."""
        return self.evidence[0].turn_index

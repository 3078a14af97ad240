"""What was redacted: types, counts, places and times, and never a value."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from conversation import Provenance
from nlu.redaction.policy import Action


class RedactedItem(BaseModel):
    """One place of a conversation where a placeholder stands.

    Attributes:
        type: Of the personal data.
        action: ``redact`` or ``pseudonymise``.
        placeholder: That stands there.
        turn_index: Which turn.
        start: Index of the placeholder's first character in the turn's text.
        end: Index after its last character.
        start_s: Seconds from the start of the recording where the words of it start; None on
            text channels.
        end_s: Seconds where they end.
        is_checked: Whether a checksum confirmed the value.
        is_repeat: Whether it was found only because the value is known from another place.
        confidence: 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str
    action: Action
    placeholder: str
    turn_index: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    start_s: float | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0)
    is_checked: bool
    is_repeat: bool
    confidence: float = Field(ge=0, le=1)


class RedactionReport(BaseModel):
    """What became of the personal data of a conversation. It holds no value.

    Attributes:
        conversation_id: Of the redacted conversation.
        language: Of the placeholders.
        items: In the turns, in order.
        beside: How many were replaced outside of the turns (participants, subject, names of
            files, …), by type.
        kept: How many were found and left by the policy, by type.
        provenance: The version and the policy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    language: str
    items: tuple[RedactedItem, ...]
    beside: dict[str, int]
    kept: dict[str, int]
    provenance: Provenance

    @property
    def counts(self) -> dict[str, int]:
        """How many were replaced in the turns, by type."""
        counts: dict[str, int] = {}
        for item in self.items:
            counts[item.type] = counts.get(item.type, 0) + 1
        return counts

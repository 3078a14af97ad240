"""Who takes part in a conversation."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from conversation.turn import Speaker


class Participant(BaseModel):
    """One person or machine in a conversation.

    Attributes:
        role: What they are in the conversation.
        name: As shown to readers; None when not known. Agents are best given pseudonyms.
        key: Pseudonymous key in the centre's own systems; None when not known.
        audio_channel: Channel of the recording that carries only this voice, from 0;
            None on text channels and on mono recordings.
        decided_by: How the role was found, as a sentence a reader understands
            ("greets with the brand's name", "--channels"); None when it was given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Speaker
    name: str | None = None
    key: str | None = None
    audio_channel: int | None = Field(default=None, ge=0)
    decided_by: str | None = None

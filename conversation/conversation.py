"""The value that flows through Entendu: who said what, when, on which channel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from conversation.participant import Participant
from conversation.recording import Recording
from conversation.turn import Speaker, Turn

Channel = Literal["phone", "email", "chat", "sms", "social", "letter", "voicebot"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
Direction = Literal["inbound", "outbound", "unknown"]


class Conversation(BaseModel):
    """One contact between a customer and the centre.

    A conversation is what was said. What is concluded about it (an understanding, metrics, an
    evaluation) is kept beside it and never changes it.

    Attributes:
        id: Stable identifier, safe as a file name.
        channel: How the contact came.
        direction: Who contacted whom.
        language: BCP 47 primary tag of most of the talk (``fr``, ``en``); None when not known.
        started_at: When it started; None when not known.
        duration_s: Seconds, of the recording or from the first to the last message.
        participants: Who took part.
        turns: In time order; ``turns[i].index == i``.
        recording: The sound it was read from; None on text channels.
        metadata: Whatever the source knew besides, as JSON values (subject, queue, account of
            the transcription, …).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
    channel: Channel
    direction: Direction = "unknown"
    language: str | None = None
    started_at: datetime | None = None
    duration_s: float | None = Field(default=None, ge=0)
    participants: tuple[Participant, ...] = ()
    turns: tuple[Turn, ...] = ()
    recording: Recording | None = None
    metadata: dict[str, JsonValue] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _turns_are_in_order(self) -> Self:
        last_start_s = 0.0
        for position, turn in enumerate(self.turns):
            if turn.index != position:
                raise ValueError(f"turn at position {position} has index {turn.index}")
            if turn.start_s is not None:
                if turn.start_s < last_start_s:
                    raise ValueError(
                        f"turn {position} starts at {turn.start_s} s, before the turn above it"
                    )
                last_start_s = turn.start_s
        return self

    def turns_of(self, *speakers: Speaker) -> Iterator[Turn]:
        """Yield the turns of the given speakers, in order."""
        return (turn for turn in self.turns if turn.speaker in speakers)

    @property
    def is_spoken(self) -> bool:
        """Whether the turns carry times of a recording."""
        return any(turn.start_s is not None for turn in self.turns)

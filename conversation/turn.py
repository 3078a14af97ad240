"""What one participant said, with its words and their times."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

Speaker = Literal["agent", "customer", "bot", "system", "unknown"]
SPEAKERS: tuple[Speaker, ...] = get_args(Speaker)


class Word(BaseModel):
    """One word of a recording.

    Attributes:
        text: The word as written, without surrounding spaces.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording, never before ``start_s``.
        probability: The recogniser's probability, 0 to 1.
        spoken: What was said, where ``text`` writes it otherwise ("quarante-deux euros" for
            "42 €"); None where it is the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    probability: float = Field(ge=0, le=1)
    spoken: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError(
                f"word {self.text!r} ends at {self.end_s} s before it starts at {self.start_s} s"
            )
        return self


class Turn(BaseModel):
    """What one participant said or wrote before somebody else did.

    Attributes:
        index: Position in the conversation, from 0.
        speaker: Role of the person or machine that said it.
        text: What was said, as a reader wants it.
        start_s: Seconds from the start of the recording; None on text channels.
        end_s: Seconds from the start of the recording; None on text channels.
        at: When the message was sent, on text channels; None on recordings.
        words: The words with their times; empty on text channels.
        language: BCP 47 primary tag (``fr``, ``en``), None when not known.
        confidence: Mean probability of the words, 0 to 1; None on text channels.
        participant: Position of who said it among the conversation's participants, which tells
            two customers or two agents apart; None when it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: int = Field(ge=0)
    speaker: Speaker
    text: str
    start_s: float | None = Field(default=None, ge=0)
    end_s: float | None = Field(default=None, ge=0)
    at: datetime | None = None
    words: tuple[Word, ...] = ()
    language: str | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    participant: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _times_run_forward(self) -> Self:
        if (self.start_s is None) != (self.end_s is None):
            raise ValueError(f"turn {self.index} has only one of start_s and end_s")
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise ValueError(f"turn {self.index} ends at {self.end_s} s before {self.start_s} s")
        for previous, word in zip(self.words, self.words[1:], strict=False):
            if word.start_s < previous.start_s or word.end_s < previous.end_s:
                raise ValueError(
                    f"turn {self.index}: word {word.text!r} at {word.start_s} s goes back "
                    f"before {previous.text!r} at {previous.start_s} s"
                )
        return self

    @property
    def spoken_text(self) -> str:
        """The turn as it was said: numbers, amounts and addresses in words."""
        if not self.words:
            return self.text
        return " ".join(word.spoken or word.text for word in self.words)

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first to the last sound of the turn; None on text channels."""
        if self.start_s is None or self.end_s is None:
            return None
        return self.end_s - self.start_s

"""What a live stream says: partial words, final turns, and how far behind it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Speaker, Turn, Word
from speech.transcript import DroppedText


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    stream_id: str


class _Said(_Event):
    """About one utterance of one channel; all times count from the start of the stream.

    Attributes:
        channel: From 0.
        speaker: Who is on the channel.
        utterance: Number of the utterance on its channel, from 0. Each that is started ends
            with exactly one :class:`Final` or :class:`Withdrawn`, in order.
    """

    channel: int = Field(ge=0)
    speaker: Speaker
    utterance: int = Field(ge=0)


class SpeechStarted(_Said):
    """Somebody started to speak.

    Attributes:
        start_s: Seconds.
    """

    type: Literal["speech_started"] = "speech_started"
    start_s: float


class SpeechEnded(_Said):
    """The silence after an utterance was long enough; its final follows.

    Attributes:
        end_s: Where the speech ended, seconds.
        goes_on: The speech was cut for its length, and the next utterance follows at once.
    """

    type: Literal["speech_ended"] = "speech_ended"
    end_s: float
    goes_on: bool = False


class Partial(_Said):
    """The words of an utterance so far.

    Attributes:
        text: All of them.
        stable_text: The part of ``text``, from its start, that is the same in all later
            partials of this utterance. The final is decoded with more care and may still
            word it otherwise.
        start_s: Where the speech started, seconds.
        end_s: Up to where it was heard, seconds.
        language: Primary BCP 47 tag.
    """

    type: Literal["partial"] = "partial"
    text: str
    stable_text: str
    start_s: float
    end_s: float
    language: str


class Final(_Said):
    """What was said in an utterance; it does not change any more.

    Attributes:
        text: The words joined by single spaces.
        words: With their times.
        start_s: Start of the first word, seconds.
        end_s: End of the last word, seconds.
        speech_end_s: Where the speech ended by voice activity, seconds.
        probability: Mean over the words.
        language: Primary BCP 47 tag.
        goes_on: The utterance was cut for its length, in a pause; the speech goes on.
        latency_s: From the arrival of the last sound with speech to this event, seconds; None
            when the stream is not fed in real time.
        dropped: What was recognised in it and taken for invented.
    """

    type: Literal["final"] = "final"
    text: str
    words: tuple[Word, ...] = Field(min_length=1)
    start_s: float
    end_s: float
    speech_end_s: float
    probability: float
    language: str
    goes_on: bool = False
    latency_s: float | None = None
    dropped: tuple[DroppedText, ...] = ()

    def to_turn(self, index: int) -> Turn:
        """Make a turn of a conversation of it.

        Args:
            index: The turn's place in the conversation.
        """
        return Turn(
            index=index,
            speaker=self.speaker,
            text=self.text,
            start_s=self.start_s,
            end_s=self.end_s,
            words=self.words,
            language=self.language,
            confidence=self.probability,
        )


class Withdrawn(_Said):
    """An utterance turned out to hold no words: a noise, a tone, or invented text.

    Attributes:
        start_s: Seconds.
        end_s: Seconds.
        dropped: What was recognised in it and taken for invented.
    """

    type: Literal["withdrawn"] = "withdrawn"
    start_s: float
    end_s: float
    dropped: tuple[DroppedText, ...] = ()


class Lag(_Event):
    """The machine does not keep up; partials are skipped, finals are late.

    Attributes:
        behind_s: How long the oldest text of this stream is due, seconds.
    """

    type: Literal["lag"] = "lag"
    behind_s: float


class Recovered(_Event):
    """The machine keeps up again."""

    type: Literal["recovered"] = "recovered"


class Ended(_Event):
    """The last event of a stream.

    Attributes:
        duration_s: Length of the stream, seconds.
        cancelled: What was said last may have no final.
    """

    type: Literal["ended"] = "ended"
    duration_s: float
    cancelled: bool = False


LiveEvent = Annotated[
    SpeechStarted | Partial | SpeechEnded | Final | Withdrawn | Lag | Recovered | Ended,
    Field(discriminator="type"),
]

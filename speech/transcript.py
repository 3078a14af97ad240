"""What a transcription gives: the conversation, and an account of all speech in the recording."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Provenance, Speaker
from speech.line_sounds import LineSoundKind

DropReason = Literal[
    "subtitle_credit", "video_phrase", "prompt_echo", "loop", "no_speech", "line_sound", "crosstalk"
]


class UncoveredSpeech(BaseModel):
    """A stretch where speech was found and no word was recognised.

    Attributes:
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)


class HeardSound(BaseModel):
    """A sound of the line, which is no speech.

    Attributes:
        kind: What it is.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LineSoundKind
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)


class ChannelAccount(BaseModel):
    """What became of the speech on one channel, so that nothing is dropped in silence.

    Attributes:
        channel: Channel of the recording, from 0.
        speaker: Who is on it.
        speech_s: Seconds of speech that voice activity detection found.
        covered_s: Seconds of that speech which words account for.
        uncovered: Stretches with more than one second of speech and no words.
        sounds: Ring-back, hold music, dialled keys and other sounds of the line.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: int = Field(ge=0)
    speaker: Speaker
    speech_s: float = Field(ge=0)
    covered_s: float = Field(ge=0)
    uncovered: tuple[UncoveredSpeech, ...] = ()
    sounds: tuple[HeardSound, ...] = ()


class DroppedText(BaseModel):
    """Text that the recogniser wrote and that was not taken over, with the reason.

    Attributes:
        channel: Channel of the recording, from 0.
        text: As the recogniser wrote it.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        reason: ``subtitle_credit``: a credit line that nobody says on a call;
            ``video_phrase``: a phrase of online videos, or a caption such as "[musique]", with
            little evidence of speech; ``prompt_echo``: the vocabulary that the recogniser was
            given; ``loop``: the same words over and over; ``no_speech``: hardly any speech
            under it; ``line_sound``: the same, over music or a tone of the line;
            ``crosstalk``: the other channel's words, heard on this one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: int = Field(ge=0)
    text: str
    start_s: float = Field(ge=0)
    end_s: float = Field(ge=0)
    reason: DropReason


class Transcription(BaseModel):
    """A recording as a conversation.

    Attributes:
        conversation: Who said what, when.
        language_probability: Of the language, among those that were to choose from; 1 when it
            was given, None when nothing was said.
        account: Of each channel that was read.
        dropped: What the recogniser wrote and was not taken over.
        warnings: What a reader should know about the result, as sentences.
        provenance: The model and settings that produced it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation: Conversation
    language_probability: float | None = Field(default=None, ge=0, le=1)
    account: tuple[ChannelAccount, ...]
    dropped: tuple[DroppedText, ...] = ()
    warnings: tuple[str, ...] = ()
    provenance: Provenance

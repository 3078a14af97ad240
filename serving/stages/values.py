"""What a stage of the main job hands to the next, as values that can be stored.

What is stored must hold no card number and, where the policy says so, no personal data at all:
the words leave the stage that heard them redacted, and the stage before it holds neither words
nor the name of the file.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from conversation import Conversation
from nlu import Understanding
from nlu.personal_data import PersonalData
from nlu.redaction import RedactionReport
from serving.analysis import AnsweredQuestion, Source, TranscriptionFacts
from serving.vcon_calls import ChannelRoles


class Decoded(BaseModel):
    """What is known of an input before anybody heard it.

    Attributes:
        form: ``sound``, ``text``, or ``vcon``, which may hold either.
        sha256: Of the input's bytes, in hexadecimal; of two files, of their digests.
        size_bytes: Of the input.
        language: ``fr``, ``en`` or ``auto``, as asked for; None: the setting.
        channels: Which channel carries whom, as asked for; None: found from what is said.
        fingerprint: Of the input with the settings, definitions and models that are to be used.
        duration_s: Seconds of sound that the file says it has; None for text, or where it says
            nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["sound", "text", "vcon"]
    sha256: str | None
    size_bytes: int | None
    language: str | None = None
    channels: ChannelRoles | None = None
    fingerprint: str
    duration_s: float | None = Field(default=None, ge=0)


class Transcribed(BaseModel):
    """A conversation as text, redacted.

    Attributes:
        source: The file; personal data in its name is redacted.
        conversation: Who said what.
        facts: How the transcription went; None for text.
        redaction: What personal data was removed.
        language: Asked for; None: found from the words.
        fingerprint: See :class:`Decoded`.
        speech_s: Seconds that decoding and transcription took.
        nlu_s: Seconds that redaction took.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Source
    conversation: Conversation
    facts: TranscriptionFacts | None
    redaction: RedactionReport
    language: str | None
    fingerprint: str
    speech_s: float = Field(ge=0)
    nlu_s: float = Field(ge=0)

    # What is kept of personal data in the text, for the next stage; found again when it is not
    # at hand, and never stored.
    _found: tuple[PersonalData, ...] | None = PrivateAttr(default=None)

    @property
    def found(self) -> tuple[PersonalData, ...] | None:
        """The personal data that the policy leaves in the text; None where it is not known."""
        return self._found

    def knowing(self, found: tuple[PersonalData, ...] | None) -> Transcribed:
        """Remember the personal data that is left, as long as the value is not stored."""
        self._found = found
        return self


class Understood(BaseModel):
    """What a conversation is about, and what the knowledge base says to its questions.

    Attributes:
        understanding: Reasons, sentiment, questions, commitments, the wrap-up note.
        questions: The customer's questions with their answers.
        nlu_s: Seconds that understanding took.
        kb_search_s: Seconds that the answers took.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    understanding: Understanding
    questions: tuple[AnsweredQuestion, ...]
    nlu_s: float = Field(ge=0)
    kb_search_s: float = Field(ge=0)

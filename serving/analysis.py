"""Everything that is concluded about one conversation, as one value and one JSON file."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation, Provenance
from kb_search import Answer
from nlu import CustomerQuestion, Understanding
from nlu.redaction import RedactionReport
from quality import Evaluation, Metrics
from quality.categories import CategoryReport
from quality.review.event import Gate
from speech import ChannelAccount, DroppedText

SCHEMA_VERSION: Literal["2.0"] = "2.0"


class Source(BaseModel):
    """The file that was analysed.

    Attributes:
        name: File name without folders; of a call in two files both, ``a.wav + b.wav``.
        sha256: Of its bytes, in hexadecimal; of two files, of their digests; None for a
            conversation given as JSON.
        size_bytes: Of the file; None for a conversation given as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    sha256: str | None = None
    size_bytes: int | None = None


class TranscriptionFacts(BaseModel):
    """How the transcription went, besides its words.

    Attributes:
        account: For each channel, the seconds of speech found and the seconds covered by words.
        dropped: Text that the recogniser invented and that was left out, with the reason.
        warnings: What a reader should know about the recording, one sentence each.
        provenance: Model and settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: tuple[ChannelAccount, ...]
    dropped: tuple[DroppedText, ...]
    warnings: tuple[str, ...]
    provenance: Provenance


class AnsweredQuestion(BaseModel):
    """A question of the customer and what the knowledge base says to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: CustomerQuestion
    answer: Answer


class Timings(BaseModel):
    """Seconds of wall clock spent in each room, models already loaded.

    Attributes:
        speech_s: Decoding and transcription; 0 for text.
        nlu_s: Redaction, reasons, sentiment, questions, the wrap-up note.
        kb_search_s: Search and answers.
        quality_s: Metrics and scorecard.
        total_s: All of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speech_s: float = Field(ge=0)
    nlu_s: float = Field(ge=0)
    kb_search_s: float = Field(ge=0)
    quality_s: float = Field(ge=0)
    total_s: float = Field(ge=0)


class ShownAnalysis(BaseModel):
    """One conversation and all that was concluded about it, as far as somebody may see it.

    The attributes are those of :class:`Analysis`.

    Attributes:
        evaluation: None where who asks may not see the draft: the agent of the contact before it
            is shared, a blind rater.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: Literal["2.0"] = SCHEMA_VERSION
    fingerprint: str
    created_at: datetime
    entendu_version: str
    source: Source
    conversation: Conversation
    transcription: TranscriptionFacts | None
    redaction: RedactionReport
    understanding: Understanding
    questions: tuple[AnsweredQuestion, ...]
    knowledge_base: str | None
    metrics: Metrics
    evaluation: Evaluation | None = None
    gates: dict[str, Gate] | None = None
    categories: CategoryReport | None = None
    timings: Timings


class Analysis(ShownAnalysis):
    """One conversation and all that was concluded about it.

    Attributes:
        schema_version: Of this shape; a change that breaks readers raises its first number.
        fingerprint: SHA-256 over the source, the settings, the definitions and the models; the
            same fingerprint means that running again would change nothing.
        created_at: When it was computed.
        entendu_version: Of the software.
        source: The file.
        conversation: Who said what.
        transcription: How the transcription went; None for text.
        redaction: What personal data was removed from the conversation; holds no value of it.
        understanding: Reasons, sentiment, questions, commitments, the wrap-up note.
        questions: The customer's questions with the knowledge base's answers; empty where no
            knowledge base was given (``knowledge_base`` is None then).
        knowledge_base: Name of the knowledge folder; None where none was given.
        metrics: Talk, listening, silence.
        evaluation: The scorecard, a draft until a person confirms it.
        gates: How far each question's answer was trusted when it was scored (``auto``: counted,
            ``assist``: shown but not counted, ``off``: not shown); None where no agreement with
            analysts was given.
        categories: Named events that were looked for, with the words that show them; None in
            results of versions that did not look.
        timings: Where the time went.
    """

    evaluation: Evaluation

"""What a board needs of one analysis: figures and codes, no word that was said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, tzinfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlu.axes import Outcome
from quality.kpi import Contact, contact_of
from quality.kpi.contacts import FirstReply, SpeechTimes
from quality.review.answers import Answer, answer_of
from serving.analysis import Analysis

VERSION = 1
"""Of the shape; stored facts of another one are taken again."""

COVERED = 0.9
"""Share of a recording's speech under words from which it counts as covered."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """What figures need of a conversation's row; see the table for each."""

    id: str
    name: str
    created_at: datetime
    channel: str | None
    started_at: datetime | None
    reason: str | None
    agent_key: str | None
    customer_key: str | None
    queue: str | None


class CoverageFacts(BaseModel):
    """What became of the speech of one recording.

    Attributes:
        speech_s: Seconds of speech that were found, all channels together.
        covered_s: Seconds of it that words account for.
        stretches: Stretches of more than a second of speech without words.
        dropped: Texts that the recogniser invented and that were left out, by reason.
        warnings: What a reader should know about the recording: how many sentences.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speech_s: float = Field(ge=0)
    covered_s: float = Field(ge=0)
    stretches: int = Field(ge=0)
    dropped: dict[str, int] = Field(default_factory=dict)
    warnings: int = Field(ge=0)

    @property
    def is_short(self) -> bool:
        """Whether too much of the speech has no words."""
        return self.covered_s < COVERED * self.speech_s


class Facts(BaseModel):
    """What is counted of one conversation.

    The attributes up to ``first_replied_at`` are those of :class:`quality.kpi.Contact` that the
    row of the conversation does not hold.

    Attributes:
        scorecard: Name of the card that it was scored with.
        card_version: Of the card.
        answers: The machine's answer to each question: 1, 0.5, 0, ``na``, or None where it could
            not tell.
        coverage: Of the transcription; None for text.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str
    language: str | None
    started_at: datetime | None
    team: str | None
    queue: str | None
    reason: str | None
    reason_fr: str | None
    reason_en: str | None
    is_other: bool
    is_outside: bool
    repeat_stated: bool
    outcome: Outcome | None
    complaint: bool
    commitments: int
    score_100: float | None
    evaluated: bool
    eliminatory: int
    speech: tuple[float, float, float, float, float, float, int, bool] | None
    first_received_at: datetime | None
    first_replied_at: datetime | None
    scorecard: str
    card_version: str
    answers: dict[str, Answer | None]
    coverage: CoverageFacts | None

    def contact(self, stored: StoredRow) -> Contact:
        """Return the conversation as the KPIs count it; keys of people come from its row.

        Args:
            stored: Its row.
        """
        reply = self.first_received_at and FirstReply(self.first_received_at, self.first_replied_at)
        return Contact(
            id=stored.id,
            channel=self.channel,
            language=self.language,
            started_at=self.started_at or stored.started_at,
            customer_key=stored.customer_key,
            agent_key=stored.agent_key,
            queue=stored.queue or self.queue,
            team=self.team,
            reason=self.reason,
            reason_fr=self.reason_fr,
            reason_en=self.reason_en,
            is_other=self.is_other,
            is_outside=self.is_outside,
            repeat_stated=self.repeat_stated,
            outcome=self.outcome,
            complaint=self.complaint,
            commitments=self.commitments,
            score_100=self.score_100,
            evaluated=self.evaluated,
            eliminatory=self.eliminatory,
            speech=None if self.speech is None else SpeechTimes(*self.speech),
            reply=reply or None,
        )


def facts_of(document: str, zone: tzinfo) -> Facts | None:
    """Take from a stored analysis what a board counts.

    Args:
        document: The :class:`serving.analysis.Analysis` as JSON.
        zone: Of times without an offset.

    Returns:
        The facts; None where another version made it, in another shape.
    """
    try:
        analysis = Analysis.model_validate(json.loads(document))
    except ValidationError:
        return None
    contact = contact_of(
        analysis.conversation,
        analysis.understanding,
        analysis.metrics,
        analysis.evaluation,
        zone=zone,
    )
    speech, reply = contact.speech, contact.reply
    return Facts(
        channel=contact.channel,
        language=contact.language,
        started_at=contact.started_at,
        team=contact.team,
        queue=contact.queue,
        reason=contact.reason,
        reason_fr=contact.reason_fr,
        reason_en=contact.reason_en,
        is_other=contact.is_other,
        is_outside=contact.is_outside,
        repeat_stated=contact.repeat_stated,
        outcome=contact.outcome,
        complaint=contact.complaint,
        commitments=contact.commitments,
        score_100=contact.score_100,
        evaluated=contact.evaluated,
        eliminatory=contact.eliminatory,
        speech=None
        if speech is None
        else (
            speech.duration_s, speech.hold_s, speech.silence_s, speech.talk_s, speech.overlap_s,
            speech.agent_talk_s, speech.agent_words, speech.approximate,
        ),
        first_received_at=None if reply is None else reply.received_at,
        first_replied_at=None if reply is None else reply.replied_at,
        scorecard=analysis.evaluation.scorecard,
        card_version=analysis.evaluation.version,
        answers={one.id: answer_of(one) for one in analysis.evaluation.items},
        coverage=_coverage(analysis),
    )  # fmt: skip


def _coverage(analysis: Analysis) -> CoverageFacts | None:
    heard = analysis.transcription
    if heard is None:
        return None
    dropped: dict[str, int] = {}
    for one in heard.dropped:
        dropped[one.reason] = dropped.get(one.reason, 0) + 1
    return CoverageFacts(
        speech_s=sum(one.speech_s for one in heard.account),
        covered_s=sum(one.covered_s for one in heard.account),
        stretches=sum(len(one.uncovered) for one in heard.account),
        dropped=dropped,
        warnings=len(heard.warnings),
    )

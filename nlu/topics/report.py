"""What a search for topics finds, as values."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence, Provenance
from nlu.taxonomy import Bilingual
from nlu.topics.growth import Growth, PeriodCount

Trend = Literal["new", "growing", "steady", "quiet"]


class TopicQuote(BaseModel):
    """What a customer said, with its place.

    Attributes:
        conversation_id: Where it was said.
        at: When that conversation started; None when not known.
        language: BCP 47 primary tag; None when not known.
        evidence: The words, verbatim in their turn.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    at: datetime | None
    language: str | None
    evidence: Evidence


class Topic(BaseModel):
    """Something that several customers say.

    Attributes:
        id: Stable from one run to the next, as long as the state is kept.
        reason_code: The known reason whose conversations say it; None for what no reason fits.
        label: Proposed name, in the languages in which it was said.
        terms: What tells it from all other talk, best first, as it was written.
        size: Conversations.
        share: Of the conversations among which it was looked for: those without a fitting reason,
            or those of the known reason in the time compared.
        languages: Conversations in each language; "" where it is not known.
        first_at: When it was first said; None without a dated conversation.
        last_at: When it was last said; None without a dated conversation.
        trend: ``new`` in this run, ``growing``, ``steady``, or ``quiet`` (nothing in the longest
            recent window).
        growth: Its share now and before; None where there is nothing to compare.
        periods: Its conversations by day or week.
        cohesion: Mean cosine of its sentences to their centre, 0 to 1; None for vocabulary.
        quotes: Typical sentences, the most central first, one per conversation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    reason_code: str | None
    label: Bilingual
    terms: tuple[str, ...]
    size: int = Field(ge=1)
    share: float = Field(ge=0, le=1)
    languages: dict[str, int]
    first_at: datetime | None
    last_at: datetime | None
    trend: Trend
    growth: Growth | None
    periods: tuple[PeriodCount, ...]
    cohesion: float | None
    quotes: tuple[TopicQuote, ...]


class TopicChange(BaseModel):
    """What became of a topic of the run before.

    Attributes:
        id: Of the topic that is no more.
        kind: ``merged`` into another, or ``vanished``: too few of its conversations are left.
        into: The topic it was merged into.
        label: Its name in the run before.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Literal["merged", "vanished"]
    into: str | None = None
    label: Bilingual


class TopicReport(BaseModel):
    """What many conversations have in common that the taxonomy does not say.

    Attributes:
        topics: Groups of what no reason fits, growing ones first, then by size.
        vocabulary: What conversations of a known reason have started to say, surest first.
        changes: Topics of the run before that are no more.
        conversations: All that were read, those of earlier runs included.
        open_conversations: Those that no reason fits.
        grouped_conversations: Those of them that are in a topic; the others stay apart.
        undated_conversations: Those without a time; they count in sizes, not in growth.
        left_out_texts: Sentences beyond the limit of one search; the newest are kept.
        first_day: Of the dated conversations.
        last_day: Of the dated conversations; recent windows end here.
        provenance: Models and settings.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    topics: tuple[Topic, ...]
    vocabulary: tuple[Topic, ...]
    changes: tuple[TopicChange, ...]
    conversations: int
    open_conversations: int
    grouped_conversations: int
    undated_conversations: int
    left_out_texts: int
    first_day: date | None
    last_day: date | None
    provenance: Provenance

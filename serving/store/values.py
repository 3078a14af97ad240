"""What the store hands out and takes in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from serving.problems import Problem

Status = Literal["queued", "running", "done", "failed", "cancelled"]
Mood = Literal["negative", "neutral", "positive"]

MARKED_MOOD = 0.2
"""Customer sentiment beyond which a contact counts as positive, or below its negative as such."""


class StoredConversation(BaseModel):
    """A conversation of the store, without its content.

    The attributes are those of :class:`serving.store.tables.ConversationRow`.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    team: str
    status: Status
    name: str
    created_at: datetime
    finished_at: datetime | None
    attempts: int
    progress: float
    language: str | None
    channels: str | None
    recording_sha256: str | None
    problem: Problem | None
    channel: str | None
    spoken_language: str | None
    started_at: datetime | None
    duration_s: float | None
    reason: str | None
    score_100: float | None
    sentiment: float | None = None
    agent_key: str | None = None
    customer_key: str | None = None
    queue: str | None = None
    direction: str | None = None
    purpose: str = "quality"
    priority: str = "normal"
    sampled: bool = False
    redacted: bool = False
    consent_ref: str | None = None
    content_erased_at: datetime | None = None


@dataclass(frozen=True)
class Page:
    """Some conversations, newest first.

    Attributes:
        conversations: The conversations.
        next_cursor: Where the next page begins; None on the last.
    """

    conversations: tuple[StoredConversation, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Filters:
    """Which conversations a list or a search is about; each part that is set takes some away.

    Attributes:
        status: How far they are.
        channel: How the contact came.
        language: Language of most of the talk.
        reason: Code of the contact reason; one of level 1 stands for those below it, too.
        queue: Where the contact came in.
        team: Whose they are.
        direction: Who contacted whom.
        purpose: What it is kept for.
        agent_key: Whose conversations.
        customer_key: With whom.
        started_from: When the contact started, at the earliest; where that is not known, when it
            was accepted. So is the next.
        started_before: And before when.
        min_score: Smallest score; what has none is left out. So is the next.
        max_score: Largest score.
        sampled: Drawn or assigned for review, or not.
        mood: How the customer felt; what could not be told is left out.
        category: Code of a named event that was found.
        ids: These, as far as the rest holds for them; None: any.
        text: Words that must all have been said, with ``"…"`` around those that belong together.
    """

    status: Status | None = None
    channel: str | None = None
    language: str | None = None
    reason: str | None = None
    queue: str | None = None
    team: str | None = None
    direction: str | None = None
    purpose: str | None = None
    agent_key: str | None = None
    customer_key: str | None = None
    started_from: datetime | None = None
    started_before: datetime | None = None
    min_score: float | None = None
    max_score: float | None = None
    sampled: bool | None = None
    mood: Mood | None = None
    category: str | None = None
    ids: tuple[str, ...] | None = None
    text: str | None = None


NO_FILTERS = Filters()


@dataclass(frozen=True)
class Result:
    """An analysis to be stored.

    Attributes:
        document: As JSON.
        schema_version: Of the document's shape.
        channel: How the contact came.
        spoken_language: Language of most of the talk.
        started_at: When the contact started; None: as was said when it was accepted.
        duration_s: Seconds.
        reason: Code of the contact reason; None when unknown.
        score_100: Draft score; None when nothing could be scored.
        direction: Who contacted whom; what was said when it was accepted goes before it.
        sentiment: Of the customer over the whole contact, −1 to 1; None when unknown.
        categories: Codes of named events that were found, and whether each is an alert.
    """

    document: str
    schema_version: str
    channel: str
    spoken_language: str | None
    started_at: datetime | None
    duration_s: float | None
    reason: str | None
    score_100: float | None
    direction: str | None = None
    sentiment: float | None = None
    categories: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Erased:
    """What an erasure took away.

    Attributes:
        conversation_ids: The conversations that are gone.
        rows: How many rows of each table.
        recordings: SHA-256 of the recordings that are gone; one that another conversation still
            needs is not among them.
    """

    conversation_ids: tuple[str, ...]
    rows: dict[str, int]
    recordings: tuple[str, ...]


@dataclass(frozen=True)
class Backup:
    """A backup that was made.

    The attributes are those of :class:`serving.store.tables.BackupRow`.
    """

    id: str
    path: str
    began_at: datetime
    finished_at: datetime | None
    deleted_at: datetime | None

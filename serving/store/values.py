"""What the store hands out and takes in, and the cursor that walks through its lists."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError

from conversation.errors import BadInput
from serving.problems import Problem

Status = Literal["queued", "running", "done", "failed"]


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
class Result:
    """An analysis to be stored.

    Attributes:
        document: As JSON.
        schema_version: Of the document's shape.
        channel: How the contact came.
        spoken_language: Language of most of the talk.
        started_at: When the contact started.
        duration_s: Seconds.
        reason: Code of the contact reason; None when unknown.
        score_100: Draft score; None when nothing could be scored.
    """

    document: str
    schema_version: str
    channel: str
    spoken_language: str | None
    started_at: datetime | None
    duration_s: float | None
    reason: str | None
    score_100: float | None


_POSITION = TypeAdapter(tuple[AwareDatetime, str])


def cursor_at(last: StoredConversation) -> str:
    """Return the cursor of the page that follows a conversation."""
    position = json.dumps([last.created_at.isoformat(), last.id])
    return base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")


def position_of(cursor: str) -> tuple[datetime, str]:
    """Return the moment and the id of the conversation that a cursor follows.

    Raises:
        BadInput: The cursor is none of ours.
    """
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        created_at, last_id = _POSITION.validate_json(base64.urlsafe_b64decode(padded))
        return created_at.astimezone(UTC), last_id
    except (ValueError, ValidationError, OverflowError) as error:
        raise BadInput(
            f"the cursor {cursor[:40]!r} is not one that a list gave",
            remedy="use next_cursor of the page before as it is, or none for the first page",
        ) from error

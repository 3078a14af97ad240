"""The shapes of the service's answers, and the problems in its OpenAPI description."""

from __future__ import annotations

from collections.abc import Container
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from serving.analysis import ShownAnalysis
from serving.masking import mask_name
from serving.problems import MEDIA_TYPE, Problem, problem_of_status
from serving.store import Status, StoredConversation

_ID = "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"


class Links(BaseModel):
    """Where to go from here, as paths on this service."""

    self: str = Field(description="The conversation with its status and, once done, its analysis.")
    report: str = Field(description="The report as HTML, once done.")
    jobs: str = Field(description="The jobs that analyse it, with stage and progress.")


class Accepted(BaseModel):
    """A conversation that was stored and waits for its analysis."""

    id: str
    status: Status
    links: Links

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": _ID,
                    "status": "queued",
                    "links": {
                        "self": f"/v1/conversations/{_ID}",
                        "report": f"/v1/conversations/{_ID}/report",
                        "jobs": f"/v1/jobs?conversation_id={_ID}",
                    },
                }
            ]
        }
    )


class ConversationSummary(BaseModel):
    """A conversation and how far its analysis is, without what was said."""

    id: str
    status: Status
    name: str = Field(
        description="File name as received, or the conversation's own identifier; telephone "
        "numbers and addresses in it are masked."
    )
    created_at: datetime = Field(description="When it was accepted.")
    finished_at: datetime | None = Field(description="When it became done or failed.")
    progress: float = Field(ge=0, le=1, description="Share of the analysis that is done.")
    channel: str | None = Field(description="How the contact came; known once done.")
    direction: str | None = Field(description="Who contacted whom, where known.")
    language: str | None = Field(description="Language of most of the talk; known once done.")
    started_at: datetime | None = Field(description="When the contact started, where known.")
    duration_s: float | None = Field(description="Seconds; known once done.")
    queue: str | None = Field(description="Queue or campaign, where known.")
    agent_key: str | None = Field(description="Pseudonymous id of the agent, where known.")
    customer_key: str | None = Field(description="Pseudonymous id of the customer, where known.")
    purpose: str = Field(description="Why it is kept.")
    priority: str = Field(description="Of its analysis.")
    consent_ref: str | None = Field(description="Consent or notice it was recorded under.")
    sampled: bool = Field(description="Whether it was drawn for review.")
    has_audio: bool = Field(description="Whether its recording is kept.")
    reason: str | None = Field(
        description="Code of the contact reason; null until done, and when it is unknown."
    )
    score_100: float | None = Field(
        description="Draft score, 0 to 100; null until done, when nothing could be scored, for "
        "agents, and for those who score the contact blind."
    )
    sentiment: float | None = Field(
        default=None,
        description="Of the customer over the whole contact, −1 to 1; null until done, and when it "
        "is unknown.",
    )
    links: Links


class ConversationDetail(ConversationSummary):
    """A conversation with, once done, everything that was concluded about it."""

    error: Problem | None = Field(description="Why it failed; null unless it did.")
    analysis: ShownAnalysis | None = Field(description="Null until the status is `done`.")


class ConversationPage(BaseModel):
    """Some conversations, newest first."""

    data: list[ConversationSummary]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


def links_to(conversation_id: str) -> Links:
    """Return the paths of a conversation."""
    path = f"/v1/conversations/{conversation_id}"
    return Links(
        self=path, report=f"{path}/report", jobs=f"/v1/jobs?conversation_id={conversation_id}"
    )


def summary_of(
    stored: StoredConversation, *, scores_kept: Container[str] = (), redacted: bool = True
) -> ConversationSummary:
    """Return what a list shows of a conversation.

    Args:
        stored: The conversation.
        scores_kept: Ids of conversations whose draft score who asks may not see.
        redacted: Whether numbers and addresses in its name are masked.
    """
    return ConversationSummary(
        id=stored.id,
        status=stored.status,
        name=mask_name(stored.name) if redacted else stored.name,
        created_at=stored.created_at,
        finished_at=stored.finished_at,
        progress=stored.progress,
        channel=stored.channel,
        direction=stored.direction,
        language=stored.spoken_language,
        started_at=stored.started_at,
        duration_s=stored.duration_s,
        queue=stored.queue,
        agent_key=stored.agent_key,
        customer_key=stored.customer_key,
        purpose=stored.purpose,
        priority=stored.priority,
        consent_ref=stored.consent_ref,
        sampled=stored.sampled,
        has_audio=stored.recording_sha256 is not None,
        reason=stored.reason,
        score_100=None if stored.id in scores_kept else stored.score_100,
        sentiment=stored.sentiment,
        links=links_to(stored.id),
    )


def detail_json(
    stored: StoredConversation,
    analysis: str | None,
    *,
    scores_kept: Container[str] = (),
    redacted: bool = True,
) -> str:
    """Return a :class:`ConversationDetail` as JSON.

    Args:
        stored: The conversation.
        scores_kept: Ids of conversations whose draft score who asks may not see.
        analysis: Its analysis as JSON, redacted already where that is asked for. An analysis of an
            older version goes out in its own shape: it is still the one that was made.
        redacted: Whether numbers and addresses in its name are masked.
    """
    error = (
        None if stored.problem is None else stored.problem.model_dump_json(exclude_defaults=True)
    )
    summary = summary_of(stored, scores_kept=scores_kept, redacted=redacted)
    members = summary.model_dump_json()[:-1]
    return f'{members},"error":{error or "null"},"analysis":{analysis or "null"}}}'


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problems that a route may answer with, for OpenAPI."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": problem_of_status(status).title,
            "content": {
                MEDIA_TYPE: {"schema": schema, "example": problem_of_status(status).as_json()}
            },
        }
        for status in statuses
    }

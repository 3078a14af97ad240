"""``/v1/assist``: the last turns of a conversation in, at most one card for the agent out."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

from conversation import Channel, Conversation, Turn
from kb_search.assistant import Advice, Card, Rules
from kb_search.assistant.cards import CardEvent, Judgement, Reason
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.dialogues.assistants import MAX_TURNS
from serving.dialogues.card_log import AssistSession
from serving.dialogues.judgements import ArticleJudgements, judgements_by_article
from serving.library.bases import seen_by_reader
from serving.operation.metrics import ABSTENTIONS, ANSWERS
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.knowledge_shapes import SearchFilters

router = APIRouter(prefix="/v1/assist", tags=["assist"])

Agent = Annotated[Principal, Depends(allowed(Permission.ASSIST_USE))]
Editor = Annotated[Principal, Depends(allowed(Permission.KNOWLEDGE_WRITE))]
SessionId = Annotated[str, Path(max_length=64, description="As given when it was opened.")]
CardId = Annotated[str, Path(max_length=64, description="As the card was shown.")]
_TURNS: list[JsonValue] = [
    {"speaker": "agent", "text": "Bonjour, que puis-je faire pour vous ?"},
    {"speaker": "customer", "text": "Est-ce que je serai remboursé après la coupure ?"},
]


class HeardTurn(BaseModel):
    """What one side said."""

    model_config = ConfigDict(extra="forbid")

    speaker: Literal["agent", "customer", "bot", "system", "unknown"]
    text: Annotated[str, StringConstraints(max_length=10_000)]
    start_s: float | None = Field(default=None, ge=0, le=1e6, allow_inf_nan=False)
    end_s: float | None = Field(
        default=None, ge=0, le=1e6, allow_inf_nan=False,
        description="Seconds since the conversation began.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start_s is not None and self.end_s is not None and self.end_s < self.start_s:
            raise ValueError("end_s is before start_s")
        return self


class AssistRequest(BaseModel):
    """The last turns of a running conversation."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"turns": _TURNS, "language": "fr"}]},
    )

    turns: list[HeardTurn] = Field(
        min_length=1, max_length=MAX_TURNS,
        description="In order; the last one has just ended and is what is asked about.",
    )  # fmt: skip
    language: str | None = Field(default=None, pattern=r"^[a-z]{2,3}$", description="Of the talk.")
    channel: Channel = Field(default="phone", description="How the contact came.")
    at_s: float | None = Field(
        default=None, ge=0, le=1e6, allow_inf_nan=False,
        description="When the last turn ended, seconds since the conversation began; from the "
        "turns' times, or the time since the session was opened, if left.",
    )  # fmt: skip
    min_confidence: float = Field(
        default=0.6, ge=0, le=1, description="A passage that is less sure is not shown."
    )
    filters: SearchFilters = SearchFilters()

    @model_validator(mode="after")
    def _turns_run_forward(self) -> Self:
        starts = [one.start_s for one in self.turns if one.start_s is not None]
        if starts != sorted(starts):
            raise ValueError("a turn starts before the turn above it")
        return self

    def conversation(self) -> Conversation:
        """Return the turns as a conversation."""
        timed = all(one.start_s is not None and one.end_s is not None for one in self.turns)
        return Conversation(
            id="assist",
            channel=self.channel,
            language=self.language,
            turns=tuple(
                Turn(
                    index=place,
                    speaker=one.speaker,
                    text=one.text,
                    start_s=one.start_s if timed else None,
                    end_s=one.end_s if timed else None,
                )
                for place, one in enumerate(self.turns)
            ),
        )


class HeldBack(BaseModel):
    """An answer that was found and is not shown."""

    text: str
    question: str
    confidence: float
    reason: Reason = Field(
        description="`muted`, `refused` (dismissed before), `repeated`, `already_said` (by the "
        "agent), `too_late`, `too_soon` (after the last card), `outranked` (by the card)."
    )


class AssistAnswer(BaseModel):
    """At most one card, and why it is, or is not, shown."""

    card: Card | None = Field(
        description="What the agent may be shown: verbatim sentences of one document, at most 60 "
        "words, with their source; null for most moments."
    )
    needs: list[str] = Field(description="What the customer asks or says in the last turn.")
    reason: Literal["shown", "no_need", "not_sure", "held_back"] = Field(
        description="`no_need`: the last turn asks nothing; `not_sure`: no passage is sure "
        "enough; `held_back`: see `held_back`."
    )
    held_back: list[HeldBack]


class SessionRequest(BaseModel):
    """A conversation that is to be followed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    conversation_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        description="Of the stored conversation, where there is one: erasing it erases this.",
    )  # fmt: skip


class AssistSessionAnswer(BaseModel):
    """A conversation that the assistant follows."""

    id: str
    conversation_id: str | None
    created_at: datetime.datetime
    heard: int = Field(description="How many turns were heard.")
    muted: bool = Field(description="Whether the agent asked for silence.")
    events: list[CardEvent] = Field(description="What was shown and what the agent did with it.")


class Feedback(BaseModel):
    """What the agent did with a card."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"judgement": "up"}]})

    judgement: Judgement = Field(
        description="`up`, `down`, `used` or `dismissed`; after `down` or `dismissed` its passage "
        "does not come back in this conversation."
    )


class Judgements(BaseModel):
    """What agents did with the cards of each article."""

    data: list[ArticleJudgements] = Field(description="The most refused articles first.")


class Muteness(BaseModel):
    """Whether cards are shown."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"muted": True}]})

    muted: bool


@router.post("", summary="Ask for a card", responses=problems(401, 403, 422, 503))
def assist(wanted: AssistRequest, service: ServiceInUse, principal: Agent) -> AssistAnswer:
    """Say what an agent may be shown at the end of a turn; nothing is kept."""
    advice = service.resources.assistants.advise(
        principal,
        wanted.conversation(),
        rules=Rules(min_confidence=wanted.min_confidence),
        filters=seen_by_reader(principal, wanted.filters.filters()),
        at_s=wanted.at_s,
    )
    return _answer(advice)


@router.get(
    "/judgements", summary="Find articles that do not help", responses=problems(401, 403, 422)
)
def list_judgements(
    service: ServiceInUse,
    principal: Editor,
    since: Annotated[AwareDatetime | None, Query(description="Not before.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
    document: Annotated[
        str | None, Query(max_length=1024, description="Only of this article, by its path.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500, description="Most articles to return.")] = 100,
) -> Judgements:
    """Count what agents did with cards, article by article: on calls, and in assist sessions.

    What was judged in a conversation goes with it. A card counts once for each thing done with it.
    """
    found = judgements_by_article(
        service.store.database,
        principal.team,
        since=since,
        until=until,
        document=document,
        limit=limit,
    )
    return Judgements(data=list(found))


@router.post(
    "/sessions",
    status_code=201,
    summary="Follow a conversation",
    responses=problems(401, 403, 404, 422),
)
def open_session(
    wanted: SessionRequest, service: ServiceInUse, principal: Agent
) -> AssistSessionAnswer:
    """Begin to follow a conversation: no card comes twice, feedback and muteness are kept."""
    if wanted.conversation_id is not None:
        service.store.get(wanted.conversation_id, visibility=visible(principal))
    return _shown(service.resources.assistants.open(principal, wanted.conversation_id))


@router.get("/sessions/{session_id}", summary="Get a session", responses=problems(401, 403, 404))
def get_session(
    session_id: SessionId, service: ServiceInUse, principal: Agent
) -> AssistSessionAnswer:
    """Return what was shown in a conversation and what the agent did with it."""
    return _shown(service.resources.assistants.get(principal, session_id))


@router.post(
    "/sessions/{session_id}/turns",
    summary="Tell what was said",
    responses=problems(401, 403, 404, 422, 503),
)
def hear(
    session_id: SessionId, wanted: AssistRequest, service: ServiceInUse, principal: Agent
) -> AssistAnswer:
    """Say what an agent may be shown now, given what they were shown before."""
    advice = service.resources.assistants.follow(
        principal,
        session_id,
        wanted.conversation(),
        rules=Rules(min_confidence=wanted.min_confidence),
        filters=seen_by_reader(principal, wanted.filters.filters()),
        at_s=wanted.at_s,
    )
    return _answer(advice)


@router.post(
    "/sessions/{session_id}/cards/{card_id}/feedback",
    summary="Judge a card",
    responses=problems(401, 403, 404, 422),
)
def judge(
    session_id: SessionId,
    card_id: CardId,
    feedback: Feedback,
    service: ServiceInUse,
    principal: Agent,
) -> AssistSessionAnswer:
    """Keep what the agent did with a card: thumbs, use, dismissal."""
    assistants = service.resources.assistants
    return _shown(assistants.judge(principal, session_id, card_id, feedback.judgement))


@router.put(
    "/sessions/{session_id}/mute", summary="Mute or unmute", responses=problems(401, 403, 404, 422)
)
def mute(
    session_id: SessionId, wanted: Muteness, service: ServiceInUse, principal: Agent
) -> AssistSessionAnswer:
    """Show no card in this conversation from now on, or show them again."""
    return _shown(service.resources.assistants.mute(principal, session_id, muted=wanted.muted))


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    summary="Forget a session",
    responses=problems(401, 403, 404),
)
def close_session(session_id: SessionId, service: ServiceInUse, principal: Agent) -> None:
    """Forget a session with all that was shown in it."""
    service.resources.assistants.close(principal, session_id)


def _answer(advice: Advice) -> AssistAnswer:
    if advice.card is not None:
        ANSWERS.labels(surface="assist").inc()
    elif advice.asked:
        ABSTENTIONS.labels(surface="assist").inc()
    reason: Literal["shown", "no_need", "not_sure", "held_back"] = "no_need"
    if advice.card is not None:
        reason = "shown"
    elif advice.suppressed:
        reason = "held_back"
    elif advice.asked:
        reason = "not_sure"
    return AssistAnswer(
        card=advice.card,
        needs=[one.need.text for one in advice.asked],
        reason=reason,
        held_back=[
            HeldBack(
                text=one.candidate.text,
                question=one.candidate.question,
                confidence=one.candidate.confidence,
                reason=one.reason,
            )
            for one in advice.suppressed
        ],
    )


def _shown(session: AssistSession) -> AssistSessionAnswer:
    return AssistSessionAnswer(
        id=session.id,
        conversation_id=session.conversation_id,
        created_at=session.created_at,
        heard=session.heard,
        muted=session.is_muted,
        events=list(session.events),
    )

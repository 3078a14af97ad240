"""``GET /v1/conversations/search``: conversations found by what was said in them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from conversation.errors import DependencyMissing, ModelError
from serving.access.visibility import visible
from serving.reviewing.discretion import Kept
from serving.routes.answers import ConversationSummary, problems, summary_of
from serving.routes.dependencies import ServiceInUse
from serving.routes.filters import AskedFilters, Cursor
from serving.routes.principals import Reader, note_search
from serving.store import QueryVector, SearchBy, SearchHit

if TYPE_CHECKING:
    from serving.service import Service

logger = logging.getLogger("entendu.search")

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])


class FoundTurn(BaseModel):
    """A turn that shows why a conversation was found."""

    turn_index: int = Field(ge=0, description="Place in the conversation, from 0.")
    speaker: str = Field(description="Who said it.")
    start_s: float | None = Field(description="Seconds into the recording; null for text.")
    snippet: str = Field(description="The part that shows it.")
    marks: list[tuple[int, int]] = Field(
        description="Where the words are in the snippet: first letter, letter after the last."
    )
    similarity: float | None = Field(
        description="Nearness in meaning, −1 to 1; null where it was found by its words."
    )


class FoundConversation(BaseModel):
    """A conversation that was found."""

    conversation: ConversationSummary
    score: float = Field(description="Larger is better; comparable within one search only.")
    turns: list[FoundTurn] = Field(description="Where, best first.")


class SearchAnswer(BaseModel):
    """Conversations that were found, best first."""

    data: list[FoundConversation]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")
    searched_by: SearchBy = Field(
        description="`words` also where both were asked for and there is no encoder."
    )


@router.get("/search", summary="Search conversations", responses=problems(403, 422))
def search_conversations(
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    filters: AskedFilters,
    q: Annotated[
        str,
        Query(
            min_length=1,
            max_length=500,
            description='What was said; `"…"` around words that were said in a row.',
            examples=["résilier la box"],
        ),
    ],
    by: Annotated[
        SearchBy,
        Query(description="`words` (full text), `meaning` (nearest turns), or both together."),
    ] = "both",
    limit: Annotated[int, Query(ge=1, le=100, description="Most to return.")] = 20,
    cursor: Cursor = None,
) -> SearchAnswer:
    """Find conversations by the words that were said in them, by their meaning, or by both."""
    service.resources.discretion.check_filters(principal, filters)
    vector = None if by == "words" else _vector(service, q, required=by == "meaning")
    used: SearchBy = by if vector is not None else "words"
    page = service.store.search(
        q,
        limit=limit,
        cursor=cursor,
        by=used,
        vector=vector,
        filters=filters,
        visibility=visible(principal),
    )
    note_search(request, service, principal, [hit.conversation.id for hit in page.hits], by=used)
    kept = service.resources.discretion.scores_kept_from(principal)
    return SearchAnswer(
        data=[_found(hit, kept) for hit in page.hits],
        next_cursor=page.next_cursor,
        searched_by=used,
    )


def _vector(service: Service, query: str, *, required: bool) -> QueryVector | None:
    try:
        encoder = service.resources.encoder
        values = encoder.encode([query], kind="query")[0]
    except (ModelError, DependencyMissing) as error:
        if required:
            raise
        logger.warning("no encoder", extra={"facts": {"error": type(error).__name__}})
        return None
    reference = encoder.reference
    return QueryVector(values, reference.sha256 or reference.name)


def _found(hit: SearchHit, kept: Kept) -> FoundConversation:
    return FoundConversation(
        conversation=summary_of(hit.conversation, scores_kept=kept),
        score=hit.score,
        turns=[
            FoundTurn(
                turn_index=turn.turn_index,
                speaker=turn.speaker,
                start_s=turn.start_s,
                snippet=turn.snippet.text,
                marks=list(turn.snippet.marks),
                similarity=turn.similarity,
            )
            for turn in hit.turns
        ],
    )

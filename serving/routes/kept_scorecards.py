"""``/v1/conversations/{id}/kept-scorecard``: what is left of a score whose words are gone."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversation.errors import NotFound
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.store.tables import KeptScorecardRow

router = APIRouter(prefix="/v1/conversations", tags=["evaluations"])

Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
ConversationId = Annotated[str, Path(max_length=64, description="Of the conversation.")]


class KeptScorecard(BaseModel):
    """The automatic evaluation as it was when the transcript behind it was removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    words_removed_at: AwareDatetime = Field(description="When retention removed the transcript.")
    evaluation: dict[str, Any] = Field(
        description="Shape of `automatic` of `GET /v1/evaluations/{conversation_id}`: answers, "
        "points and versions; evidence is empty, and every text is `[…]`.",
        examples=[{"card": {"name": "default", "version": "3"}, "score_100": 81.5}],
    )


@router.get(
    "/{conversation_id}/kept-scorecard",
    summary="Get the score that outlived its words",
    responses=problems(401, 403, 404),
)
def get_kept_scorecard(
    conversation_id: ConversationId, service: ServiceInUse, principal: Reviewer
) -> KeptScorecard:
    """Return what retention kept of an evaluation; 404 as long as the transcript is there."""
    service.store.get(conversation_id, visibility=visible(principal))
    with service.store.database.reading() as session:
        row = session.get(KeptScorecardRow, conversation_id)
        kept = None if row is None else (row.document, row.created_at)
    if kept is None:
        raise NotFound(
            f"no scorecard was kept apart for {conversation_id[:64]!r}",
            remedy="its transcript is there: GET /v1/evaluations/{conversation_id}",
        )
    note(service, principal, "scorecard.read", "conversation", conversation_id)
    return KeptScorecard(
        conversation_id=conversation_id, words_removed_at=kept[1], evaluation=json.loads(kept[0])
    )

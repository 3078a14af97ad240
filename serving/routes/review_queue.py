"""``GET /v1/reviews``: what is to be reviewed, by when, and why it was chosen."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from conversation import Channel
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.reviewing.queue import MOST, QueuedReview, Standing, Whose
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse

router = APIRouter(prefix="/v1", tags=["reviews"])

Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]


class QueueAnswer(BaseModel):
    """Reviews: those that are due first, then the oldest."""

    data: list[QueuedReview]
    next_cursor: None = Field(
        default=None, description="Always null: what is due is within the first."
    )


@router.get("/reviews", summary="List reviews", responses=problems(401, 403, 422))
def list_reviews(
    service: ServiceInUse,
    principal: Reviewer,
    whose: Annotated[
        Whose,
        Query(description="`mine`: assigned to me; `free`: drawn, and assigned to nobody; `all`."),
    ] = "mine",
    state: Annotated[Standing, Query(description="Still to be done, done, or any.")] = "open",
    channel: Annotated[Channel | None, Query(description="How the contact came.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> QueueAnswer:
    """List reviews with why each contact was drawn, how far it is and by when it is to be done."""
    found = service.resources.queue.find(
        principal, whose=whose, standing=state, channel=channel, limit=limit
    )
    return QueueAnswer(data=list(found))

"""``GET /v1/reviews``: what is to be reviewed, by when, and why it was chosen."""

from __future__ import annotations

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from conversation import Channel
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.reviewing.queue import ReviewPage, Standing, Whose
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.paging import Cursor, Limit
from serving.service import Service

router = APIRouter(prefix="/v1", tags=["reviews"])

Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]


class QueueAnswer(ReviewPage):
    """Some reviews, with who is to do them."""

    people: dict[str, str] = Field(description="Names of those they are assigned to, by id.")

    @classmethod
    def of(cls, page: ReviewPage, service: Service) -> Self:
        """Return a page with the names of people."""
        assignees = {one.assignee for one in page.data if one.assignee}
        return cls(**dict(page), people=service.resources.people.names(assignees))


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
    limit: Limit = 50,
    cursor: Cursor = None,
) -> QueueAnswer:
    """List reviews with why each contact was drawn, how far it is and by when it is to be done."""
    found = service.resources.queue.find(
        principal, whose=whose, standing=state, channel=channel, limit=limit, cursor=cursor
    )
    return QueueAnswer.of(found, service)

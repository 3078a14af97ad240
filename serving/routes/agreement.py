"""``/v1/evaluations/agreement/…``: what stands behind the agreement of machine and people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from quality.review.event import Key
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.agreement_record import (
    AnsweredContact,
    CardEvent,
    CauseCount,
    announced,
    answered_contacts,
    root_causes,
)
from serving.reviewing.people import Person
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1", tags=["reviews"])

Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
Assigner = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_ASSIGN))]
CardName = Annotated[Key, Query(max_length=64, description="Name of the card.")]


class AnsweredContactList(BaseModel):
    """Contacts: disagreements first, then the newest."""

    data: list[AnsweredContact]


class CauseList(BaseModel):
    """Causes: the most frequent first."""

    data: list[CauseCount]


class AnnouncedList(BaseModel):
    """What was announced, newest first."""

    data: list[CardEvent]


class PersonList(BaseModel):
    """People."""

    data: list[Person]


@router.get(
    "/evaluations/agreement/contacts",
    summary="Contacts behind the agreement on a question",
    responses=problems(401, 403, 422),
)
def list_answered_contacts(
    service: ServiceInUse,
    principal: Reviewer,
    item: Annotated[Key, Query(max_length=128, description="The question.")],
    scorecard: CardName = "inbound",
) -> AnsweredContactList:
    """List where machine and people answered a question, disagreements first."""
    found = answered_contacts(
        service.resources.desk.log(principal.team or DEFAULT_TEAM),
        service.store.database,
        visible(principal),
        scorecard=scorecard,
        item=item,
    )
    return AnsweredContactList(data=list(found))


@router.get(
    "/evaluations/agreement/announced",
    summary="Gates and alarms that were announced",
    responses=problems(401, 403, 422),
)
def list_announced(
    service: ServiceInUse, principal: Reviewer, scorecard: CardName = "inbound"
) -> AnnouncedList:
    """List the gates that changed, the alarms that sounded and the settings fitted anew."""
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    return AnnouncedList(data=list(announced(log, scorecard)))


@router.get(
    "/evaluations/root-causes", summary="Count root causes", responses=problems(401, 403, 422)
)
def count_root_causes(
    service: ServiceInUse,
    principal: Reviewer,
    scorecard: Annotated[str | None, Query(max_length=64, description="Name of the card.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Named then or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Named before.")] = None,
) -> CauseList:
    """Count why questions went wrong, by question and cause, with the contacts behind."""
    found = root_causes(
        service.resources.desk.log(principal.team or DEFAULT_TEAM),
        service.store.database,
        visible(principal),
        scorecard=scorecard,
        since=since,
        until=until,
    )
    return CauseList(data=list(found))


@router.get("/reviewers", summary="List those who review", responses=problems(401, 403))
def list_reviewers(service: ServiceInUse, principal: Assigner) -> PersonList:
    """List analysts, supervisors and administrators, for assignments and calibration sessions."""
    return PersonList(data=list(service.resources.people.reviewers(principal.team)))

"""``/v1/samples``, ``/v1/assignments``: who reviews what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from conversation.errors import DefinitionInvalid
from quality.review import (
    Analyst,
)
from quality.review.event import Key
from quality.sampling import SamplingRule
from quality.yaml_files import describe, parse_yaml
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.reviewing.samples import Assignment, StoredSample, Wanted
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.paging import Cursor, Limit, cursor_after, cut
from serving.routes.repeated import RepeatKey, once
from serving.store.cursors import position_of

router = APIRouter(prefix="/v1", tags=["reviews"])

Assigner = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_ASSIGN))]
Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
ConversationIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=1000),
]
Said = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
_CONVERSATION = "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"


class SampleRequest(BaseModel):
    """A period that is over, and the rule by which contacts are drawn from it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"since": "2026-10-01T00:00:00Z", "until": "2026-11-01T00:00:00Z"}]
        },
    )

    since: AwareDatetime | None = Field(
        default=None, description="Contacts that started then or later."
    )
    until: AwareDatetime | None = Field(default=None, description="Contacts that started before.")
    rule: Annotated[str, StringConstraints(max_length=200_000)] | None = Field(
        default=None, description="YAML or JSON; the rule of the settings if left."
    )


class SamplePage(BaseModel):
    """Some samples, newest first."""

    data: list[StoredSample]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class AnalystRequest(BaseModel):
    """Somebody who reviews."""

    model_config = ConfigDict(extra="forbid")

    key: Key = Field(description="Id of their key or account, as `/v1/me` shows it.")
    load: int = Field(default=0, ge=0, le=100_000, description="What they have to do elsewhere.")
    languages: list[Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]] = Field(
        default=[], max_length=10, description="In which they review; all if empty."
    )
    not_agents: list[Key] = Field(
        default=[], max_length=1000, description="Agents whose contacts they leave to others."
    )


class AssignRequest(BaseModel):
    """Contacts that are to be reviewed, and who may."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"conversation_ids": [_CONVERSATION], "analysts": [{"key": "key_4f2a"}], "seed": 7}
            ]
        },
    )

    conversation_ids: ConversationIds
    analysts: list[AnalystRequest] = Field(min_length=1, max_length=200)
    scorecard: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="Name of the card; that of each analysis if left."
    )
    seed: int = Field(default=0, ge=0, le=2**31, description="The same one gives the same.")
    raters: int = Field(default=1, ge=1, le=5, description="People who review each contact.")
    due_at: AwareDatetime | None = Field(default=None, description="By when; whenever if left.")


class AssignmentList(BaseModel):
    """Assignments that were made."""

    data: list[Assignment]


class AssignmentPage(AssignmentList):
    """Some assignments, newest first."""

    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


@router.post(
    "/samples",
    status_code=201,
    summary="Draw a sample",
    responses=problems(401, 403, 422),
)
def draw_sample(
    wanted: SampleRequest, service: ServiceInUse, principal: Assigner, key: RepeatKey = None
) -> StoredSample:
    """Draw the contacts to evaluate by the centre's rule, each with its probability and reason.

    What is drawn is marked as sampled: analysts see it from then on. The same rule, seed and
    contacts give the same sample.
    """

    def draw() -> StoredSample:
        rule = service.resources.definitions.sampling if wanted.rule is None else _rule(wanted.rule)
        drawn = service.resources.sampling.draw(
            principal, rule, since=wanted.since, until=wanted.until
        )
        note(
            service, principal, "sample.draw", "sample", drawn.id,
            drawn=len(drawn.sample.contacts),
        )  # fmt: skip
        return drawn

    return once(service, principal, "POST /v1/samples", key, wanted, draw, StoredSample)


@router.get("/samples", summary="List samples", responses=problems(401, 403, 422))
def list_samples(
    service: ServiceInUse, principal: Reviewer, limit: Limit = 50, cursor: Cursor = None
) -> SamplePage:
    """List samples, newest first."""
    before = None if cursor is None else position_of(cursor)
    rows = service.resources.sampling.samples(principal, limit=limit + 1, before=before)
    page, more = cut(rows, limit)
    return SamplePage(
        data=page,
        next_cursor=cursor_after(page[-1].created_at, page[-1].id) if more else None,
    )


@router.get("/samples/{sample_id}", summary="Get a sample", responses=problems(401, 403, 404))
def get_sample(
    sample_id: Annotated[str, Path(max_length=64, description="As given when it was drawn.")],
    service: ServiceInUse,
    principal: Reviewer,
) -> StoredSample:
    """Return what was drawn, with all probabilities."""
    return service.resources.sampling.get(principal, sample_id)


@router.post(
    "/assignments",
    status_code=201,
    summary="Give reviews out",
    responses=problems(401, 403, 404, 409, 422),
)
def assign(
    wanted: AssignRequest, service: ServiceInUse, principal: Assigner, key: RepeatKey = None
) -> AssignmentList:
    """Give contacts to analysts so that their loads are even; nobody gets their own contacts."""

    def give() -> AssignmentList:
        made = service.resources.sampling.assign(
            principal,
            wanted.conversation_ids,
            [
                Analyst(one.key, one.load, frozenset(one.languages), frozenset(one.not_agents))
                for one in wanted.analysts
            ],
            scorecard=wanted.scorecard,
            seed=wanted.seed,
            raters=wanted.raters,
            due_at=wanted.due_at,
        )
        for one in made:
            note(
                service, principal, "evaluation.assign", "conversation", one.conversation_id,
                to=one.assignee,
            )  # fmt: skip
        return AssignmentList(data=list(made))

    return once(service, principal, "POST /v1/assignments", key, wanted, give, AssignmentList)


@router.get("/assignments", summary="List assignments", responses=problems(401, 403, 422))
def list_assignments(
    service: ServiceInUse,
    principal: Reviewer,
    limit: Limit = 50,
    cursor: Cursor = None,
    assignee: Annotated[
        str | None, Query(max_length=128, description="Given to this person; `me`: to oneself.")
    ] = None,
    conversation_id: Annotated[str | None, Query(max_length=64)] = None,
    open: Annotated[  # noqa: A002 - the name of the parameter
        bool | None, Query(description="Those still to be done, or those that are done.")
    ] = None,
) -> AssignmentPage:
    """List assignments, newest first; an analyst sees their own."""
    mine = assignee == "me" or principal.role is Role.ANALYST
    wanted = Wanted(principal.id if mine else assignee, conversation_id, open)
    before = None if cursor is None else position_of(cursor)
    rows = service.resources.sampling.assignments(principal, wanted, limit=limit + 1, before=before)
    page, more = cut(rows, limit)
    return AssignmentPage(
        data=page,
        next_cursor=cursor_after(page[-1].created_at, page[-1].id) if more else None,
    )


def _rule(text: str) -> SamplingRule:
    values = parse_yaml(text, name="rule")
    if not isinstance(values, dict):
        raise DefinitionInvalid(
            "the rule holds no mapping", remedy="docs/sampling.md shows the format"
        )
    try:
        return SamplingRule.model_validate(values)
    except ValidationError as error:
        raise DefinitionInvalid(
            f"the rule: {describe(error)}", remedy="docs/sampling.md shows every field"
        ) from None

"""``/v1/evaluations``: automatic drafts, what people make of them, and how far both agree."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from conversation.errors import BadInput, Forbidden
from quality.agreement import TrustReport, announce, assess_trust
from quality.results import Evaluation
from quality.review import DisplayedScore, ReviewState, Subject
from quality.review.event import Gate, Key
from quality.review.event import Role as ReviewRole
from quality.review.review_events import AnyReviewEvent
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.jobs import Priority
from serving.reviewing.desk import ReviewedEvaluation
from serving.reviewing.rescoring import MAX_RESCORED, RESCORE
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import document_of
from serving.routes.masking import Redacted, audit_read, check_unmasked
from serving.routes.noting import note
from serving.routes.repeated import RepeatKey, once
from serving.routes.review_requests import Change, Confirm, Contest, Correct, Settle, Share
from serving.screens.listening.shown import shown
from serving.service import Service
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1/evaluations", tags=["evaluations"])

Reader = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_READ))]
Answering = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_READ))]
Manager = Annotated[Principal, Depends(allowed(Permission.SCORECARDS_WRITE))]
Measurer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
ConversationId = Annotated[str, Path(max_length=64, description="Of the conversation.")]
CardName = Annotated[str | None, Query(max_length=64, description="Name of the card.")]


class ReviewAnswer(BaseModel):
    """Where a review stands: what people did, kept apart from what the machine answered."""

    state: ReviewState
    human_score_100: float | None = Field(description="Over people's answers alone.")
    human_coverage: float = Field(ge=0, le=1, description="Share of points that people answered.")
    is_complete: bool = Field(description="Whether people answered all that has points.")
    displayed: DisplayedScore = Field(
        description="The one note to show: wholly people's, or wholly the machine's draft."
    )
    events: int = Field(description="How many events there are; for `expected_events`.")


class EvaluationAnswer(BaseModel):
    """One card on one conversation."""

    automatic: Evaluation = Field(
        description="The machine's draft; its score counts the questions whose gate is `auto`."
    )
    gates: dict[str, Gate] = Field(description="How far each question's answer is trusted.")
    review: ReviewAnswer | None = Field(description="Null where nobody has begun.")


class EvaluationsAnswer(BaseModel):
    """All cards on one conversation: that of its analysis first."""

    conversation_id: str
    data: list[EvaluationAnswer]


class EventRequest(BaseModel):
    """What somebody does in a review."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"event": {"kind": "confirmed", "item": "salutation"}, "expected_events": 1},
                {
                    "event": {
                        "kind": "corrected",
                        "item": "salutation",
                        "answer": 0.5,
                        "reason": "Le nom manque.",
                        "evidence": [{"turn_index": 0, "quote": "Bonjour"}],
                    }
                },
            ]
        },
    )

    event: Change
    id: Key | None = Field(
        default=None, max_length=64,
        description="Of the event; sent again under the same id it counts once. One is made if "
        "left.",
    )  # fmt: skip
    scorecard: Annotated[str, StringConstraints(max_length=64)] | None = Field(
        default=None, description="Name of the card; that of the analysis if left."
    )
    version: Annotated[str, StringConstraints(max_length=32)] | None = None
    expected_events: int | None = Field(
        default=None, ge=0,
        description="How many events the sender has seen; with another number the event is "
        "refused with 412.",
    )  # fmt: skip


class EventAnswer(BaseModel):
    """A review after an event."""

    event_id: str
    is_new: bool = Field(description="Whether the event was recorded now.")
    review: ReviewAnswer


class ScoringRequest(BaseModel):
    """Conversations that are to be scored with another card."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"scorecard": "sales", "since": "2026-11-01T00:00:00Z"}]},
    )

    scorecard: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="Name of a card."
    )
    version: Annotated[str, StringConstraints(max_length=32)] | None = Field(
        default=None, description="The one in use if left."
    )
    conversation_ids: list[Annotated[str, StringConstraints(max_length=64)]] | None = Field(
        default=None, min_length=1, max_length=MAX_RESCORED,
        description="Which; all of the period if left.",
    )  # fmt: skip
    since: AwareDatetime | None = Field(
        default=None, description="Contacts that started then or later."
    )
    until: AwareDatetime | None = Field(default=None, description="Contacts that started before.")


class ScoringAccepted(BaseModel):
    """A job that scores conversations."""

    job_id: str
    conversations: int
    scorecard: str
    version: str
    links: dict[str, str] = Field(description="`job`: where its progress is.")


@router.get(
    "/agreement",
    summary="How far machine and people agree",
    responses=problems(401, 403, 404, 422),
)
def get_agreement(
    service: ServiceInUse,
    principal: Measurer,
    scorecard: Annotated[str, Query(max_length=64, description="Name of the card.")] = "inbound",
    version: Annotated[str | None, Query(max_length=32)] = None,
) -> TrustReport:
    """Measure agreement on each question in blind sessions, and what the gates should be.

    Nothing changes; `POST` announces the changes.
    """
    card = service.resources.cards.get(scorecard, version)
    team = principal.team or DEFAULT_TEAM
    return service.resources.trust.of(service.resources.desk.log(team), team, card)


@router.post(
    "/agreement", summary="Announce gates and alarms", responses=problems(401, 403, 404, 422)
)
def announce_agreement(
    service: ServiceInUse,
    principal: Manager,
    scorecard: Annotated[str, Query(max_length=64, description="Name of the card.")] = "inbound",
    version: Annotated[str | None, Query(max_length=32)] = None,
) -> TrustReport:
    """Record the changes of the gates: from now on drafts count, show or withdraw answers so."""
    card = service.resources.cards.get(scorecard, version)
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    report = assess_trust(log, card, at=datetime.now(UTC))
    announce(log, report)
    note(service, principal, "gates.announce", "scorecard", scorecard, changes=len(report.changes))
    return report


@router.post(
    "/scoring",
    status_code=202,
    summary="Score again with another card",
    responses=problems(401, 403, 404, 409, 422),
)
def score_again(
    wanted: ScoringRequest,
    service: ServiceInUse,
    principal: Manager,
    response: Response,
    key: RepeatKey = None,
) -> ScoringAccepted:
    """Score stored conversations with another card, as a job; earlier drafts stay."""
    accepted = once(
        service, principal, "POST /v1/evaluations/scoring", key, wanted,
        lambda: _submitted(service, principal, wanted), ScoringAccepted,
    )  # fmt: skip
    response.headers["Location"] = accepted.links["job"]
    return accepted


@router.get("/{conversation_id}", summary="Get evaluations", responses=problems(401, 403, 404, 409))
def get_evaluations(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: Redacted = True,
) -> EvaluationsAnswer:
    """Return the drafts of a conversation, card by card, and what people made of them.

    An agent sees those that were shared. Who is to score the contact blind sees nothing before.
    """
    check_unmasked(principal, redacted=redacted)
    found = service.resources.desk.show(principal, conversation_id)
    audit_read(request, service, principal, "evaluation.read", conversation_id, redacted=redacted)
    answer = EvaluationsAnswer(
        conversation_id=conversation_id, data=[_evaluation(one) for one in found]
    )
    document = document_of(service, conversation_id, visible(principal))
    scrubbed = shown(document, unmasked=not redacted).scrubbed
    return EvaluationsAnswer.model_validate(scrubbed(answer.model_dump(mode="json")))


@router.post(
    "/{conversation_id}/events",
    status_code=201,
    summary="Confirm, correct, comment, share, contest, settle…",
    responses=problems(401, 403, 404, 409, 412, 422),
)
def record_event(
    conversation_id: ConversationId,
    wanted: EventRequest,
    service: ServiceInUse,
    principal: Answering,
    response: Response,
) -> EventAnswer:
    """Record what somebody does in a review: events are only added, and what holds is their sum.

    Analysts confirm, correct, comment and share; the agent of the contact acknowledges or
    contests what was shared; a supervisor settles. The machine's answers stay as they were.
    """
    _check_part(principal)
    desk = service.resources.desk
    contact = service.resources.contacts.get(conversation_id, visible(principal))
    event_id = wanted.id or uuid.uuid4().hex

    def make(subject: Subject, role: ReviewRole, author: str, at: datetime) -> AnyReviewEvent:
        return wanted.event.event(event_id, subject, role, author, at, contact)

    state, is_new = desk.record(
        principal, conversation_id, make,
        scorecard=wanted.scorecard, version=wanted.version, expected=wanted.expected_events,
    )  # fmt: skip
    if is_new:
        note(
            service, principal, f"evaluation.{wanted.event.kind}", "conversation", conversation_id,
            event=event_id,
        )  # fmt: skip
        _tell(service, contact.stored.team, state, wanted.event, event_id)
    else:
        response.status_code = 200
    return EventAnswer(event_id=event_id, is_new=is_new, review=review_answer(state))


def _tell(service: Service, team: str, state: ReviewState, event: Change, event_id: str) -> None:
    """Tell other systems what happened, in ids and codes."""
    told: dict[str, object] = {
        "conversation_id": state.subject.conversation_id,
        "scorecard": state.subject.scorecard,
        "version": state.subject.version,
        "event_id": event_id,
    }
    kind = f"evaluation.{event.kind}"
    if isinstance(event, Share):
        service.notify(kind, told | {"agent_key": state.agent}, team=team, key=event_id)
    elif isinstance(event, Contest):
        told |= {"contest_id": event_id, "item": event.item, "about": event.about}
        service.notify(kind, told, team=team, key=event_id)
    elif isinstance(event, Settle):
        told |= {"contest_id": event.contest, "outcome": event.outcome, "agent_key": state.agent}
        service.notify(kind, told, team=team, key=event_id)
    if state.is_complete and isinstance(event, Confirm | Correct | Settle):
        conversation: dict[str, object] = {"conversation_id": state.subject.conversation_id}
        service.notify("evaluation.confirmed", conversation, team=team)


def _submitted(service: Service, principal: Principal, wanted: ScoringRequest) -> ScoringAccepted:
    resources = service.resources
    card = resources.cards.get(wanted.scorecard, wanted.version)
    resources.cards.check(card)
    visibility = visible(principal)
    if wanted.conversation_ids is not None:
        ids = tuple(dict.fromkeys(wanted.conversation_ids))
        for conversation_id in ids:
            service.store.get(conversation_id, visibility=visibility)
    else:
        ids = resources.contacts.ids(visibility, since=wanted.since, until=wanted.until)
    if not ids or len(ids) > MAX_RESCORED:
        raise BadInput(
            f"{len(ids)} conversations are meant, expected 1 to {MAX_RESCORED}",
            remedy="name them, or give another period",
        )
    job = service.jobs.submit(
        RESCORE,
        {"scorecard": card.name, "version": card.version, "conversations": ",".join(ids)},
        Priority.BATCH,
        team=principal.team or DEFAULT_TEAM,
    )
    note(
        service, principal, "evaluation.rescore", "scorecard", card.name, job=job.id,
        conversations=len(ids),
    )  # fmt: skip
    return ScoringAccepted(
        job_id=job.id,
        conversations=len(ids),
        scorecard=card.name,
        version=card.version,
        links={"job": f"/v1/jobs/{job.id}"},
    )


def _check_part(principal: Principal) -> None:
    """Refuse somebody whose key may only read evaluations.

    Raises:
        Forbidden: It may.
    """
    needed = (
        Permission.EVALUATIONS_ANSWER
        if principal.role is Role.AGENT
        else Permission.EVALUATIONS_REVIEW
    )
    if not principal.may(needed):
        raise Forbidden(
            f"this needs the permission {needed}, which this {principal.role} has not",
            remedy="use a key with that permission",
        )


def review_answer(state: ReviewState) -> ReviewAnswer:
    """Return where a review stands, as the API tells it."""
    return ReviewAnswer(
        state=state,
        human_score_100=state.human_score_100,
        human_coverage=state.human_coverage,
        is_complete=state.is_complete,
        displayed=state.displayed,
        events=len(state.events),
    )


def _evaluation(one: ReviewedEvaluation) -> EvaluationAnswer:
    return EvaluationAnswer(
        automatic=one.draft.evaluation,
        gates=one.draft.gates,
        review=None if one.review is None else review_answer(one.review),
    )

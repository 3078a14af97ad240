"""``/v1/calibrations``: blind sessions, in which several people score the same contacts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from quality.agreement import QuestionAgreement
from quality.review import (
    ComparedItem,
    SessionClosed,
    SessionExcused,
    SessionReconciled,
    SessionScored,
    SessionState,
)
from quality.review.answers import Answer
from quality.review.event import Key
from quality.review.session_events import AnySessionEvent
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.reviewing.agreement_record import session_agreement
from serving.reviewing.blind import MAX_CONTACTS
from serving.reviewing.desk import part_of
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.repeated import RepeatKey, once
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1/calibrations", tags=["reviews"])

Assigner = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_ASSIGN))]
Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
Said = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]
_CONVERSATION = "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"


class CalibrationRequest(BaseModel):
    """Contacts that several people score without seeing each other's answers."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "scorecard": "inbound",
                    "conversation_ids": [_CONVERSATION],
                    "raters": ["key_4f2a", "key_9c1d"],
                }
            ]
        },
    )

    scorecard: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    version: Annotated[str, StringConstraints(max_length=32)] | None = None
    conversation_ids: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=64)]],
        Field(min_length=1, max_length=MAX_CONTACTS),
    ]
    raters: list[Key] = Field(min_length=2, max_length=20, description="Ids of keys or accounts.")


class ScoredRequest(BaseModel):
    """A rater's answers for one contact, all at once and for good."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["session_scored"]
    conversation_id: Key
    answers: dict[Key, Answer] = Field(min_length=1, max_length=500)


class ExcusedRequest(BaseModel):
    """A rater who cannot take part any more is no longer waited for."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["session_excused"]
    rater: Key
    reason: Said


class ReconciledRequest(BaseModel):
    """What the raters agree on after they compared."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["session_reconciled"]
    conversation_id: Key
    item: Key
    answer: Answer
    reason: Said


class ClosedRequest(BaseModel):
    """The group has talked it over; nothing is added any more."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["session_closed"]
    note: Said | None = None


AnyRequest = ScoredRequest | ExcusedRequest | ReconciledRequest | ClosedRequest
SessionEventRequest = Annotated[AnyRequest, Field(discriminator="kind")]


class ClosedAnswer(BaseModel):
    """How a session was closed."""

    at: AwareDatetime
    by: str
    note: str | None


class AgreementAnswer(BaseModel):
    """Agreement in one session, question by question, in the card's order."""

    session: str
    questions: list[QuestionAgreement]


class CalibrationAnswer(BaseModel):
    """Where a blind session stands, as the one who asks may see it."""

    id: str
    scorecard: str
    version: str
    raters: list[str]
    conversation_ids: list[str]
    items: list[str] = Field(description="The questions, in the card's order.")
    waiting_for: list[str] = Field(description="Raters who have contacts left to score.")
    excused: list[str]
    revealed: bool = Field(description="Whether all have scored, so that answers are shown.")
    answers: dict[str, dict[str, dict[str, Answer]]] = Field(
        description="By rater, contact and question: one's own; all once all have scored."
    )
    comparison: list[ComparedItem] | None = Field(
        description="Answers side by side, with the machine's; null until all have scored."
    )
    scored: dict[str, int] = Field(description="How many contacts each rater has scored.")
    opened_at: AwareDatetime
    opened_by: str
    closed: ClosedAnswer | None = Field(description="Null while the session goes on.")
    events: int = Field(description="How many events there are.")


class CalibrationList(BaseModel):
    """The sessions of the team, newest first."""

    data: list[CalibrationAnswer]
    next_cursor: None = Field(default=None, description="Always null: the list is whole.")


@router.post(
    "",
    status_code=201,
    summary="Open a blind session",
    responses=problems(401, 403, 404, 409, 422),
)
def open_calibration(
    wanted: CalibrationRequest, service: ServiceInUse, principal: Assigner, key: RepeatKey = None
) -> CalibrationAnswer:
    """Give contacts to several people who score them; answers are shown when all have."""

    def open_session() -> CalibrationAnswer:
        resources = service.resources
        card = resources.cards.get(wanted.scorecard, wanted.version)
        state = resources.blind.open(
            principal, resources.desk.log(principal.team or DEFAULT_TEAM), card,
            conversation_ids=wanted.conversation_ids, raters=wanted.raters,
        )  # fmt: skip
        note(service, principal, "calibration.open", "calibration", state.opened.session)
        return session_answer(state, principal)

    return once(
        service, principal, "POST /v1/calibrations", key, wanted, open_session, CalibrationAnswer
    )


@router.get("", summary="List blind sessions", responses=problems(401, 403))
def list_calibrations(service: ServiceInUse, principal: Reviewer) -> CalibrationList:
    """List the blind sessions of the team, newest first."""
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    found = service.resources.blind.all(log)
    return CalibrationList(data=[session_answer(one, principal) for one in found])


@router.get("/{session_id}", summary="Get a blind session", responses=problems(401, 403, 404))
def get_calibration(
    session_id: Annotated[str, Path(max_length=64)], service: ServiceInUse, principal: Reviewer
) -> CalibrationAnswer:
    """Return where a session stands; nobody sees another's answers before all have scored."""
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    return session_answer(service.resources.blind.get(log, session_id), principal)


@router.get(
    "/{session_id}/agreement",
    summary="Agreement in a blind session",
    responses=problems(401, 403, 404, 409),
)
def get_session_agreement(
    session_id: Annotated[str, Path(max_length=64)], service: ServiceInUse, principal: Reviewer
) -> AgreementAnswer:
    """Measure how far raters agree among themselves and with the machine, with intervals."""
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    state = service.resources.blind.get(log, session_id)
    state.comparison()  # refused until everybody has scored
    return AgreementAnswer(session=session_id, questions=list(session_agreement(log, state)))


@router.post(
    "/{session_id}/events",
    status_code=201,
    summary="Score, excuse, reconcile or close",
    responses=problems(401, 403, 404, 409, 422),
)
def record_calibration(
    session_id: Annotated[str, Path(max_length=64)],
    wanted: SessionEventRequest,
    service: ServiceInUse,
    principal: Reviewer,
    response: Response,
) -> CalibrationAnswer:
    """Record a rater's answers, an excuse, or what the raters agreed on."""
    blind = service.resources.blind
    log = service.resources.desk.log(principal.team or DEFAULT_TEAM)
    blind.get(log, session_id)
    state, is_new = blind.record(log, _session_event(wanted, session_id, principal))
    note(service, principal, f"calibration.{wanted.kind}", "calibration", session_id)
    if not is_new:
        response.status_code = 200
    return session_answer(state, principal)


def _session_event(wanted: AnyRequest, session: str, principal: Principal) -> AnySessionEvent:
    role, author = part_of(principal)
    who: dict[str, Any] = {
        "id": uuid.uuid4().hex, "at": datetime.now(UTC), "author": author, "role": role,
        "session": session,
    }  # fmt: skip
    if isinstance(wanted, ScoredRequest):
        return SessionScored(**who, conversation_id=wanted.conversation_id, answers=wanted.answers)
    if isinstance(wanted, ExcusedRequest):
        return SessionExcused(**who, rater=wanted.rater, reason=wanted.reason)
    if isinstance(wanted, ClosedRequest):
        return SessionClosed(**who, note=wanted.note)
    return SessionReconciled(
        **who, conversation_id=wanted.conversation_id, item=wanted.item,
        answer=wanted.answer, reason=wanted.reason,
    )  # fmt: skip


def session_answer(state: SessionState, principal: Principal) -> CalibrationAnswer:
    """Return a session as somebody may see it.

    Args:
        state: Where it stands.
        principal: Who asks.
    """
    return CalibrationAnswer(
        id=state.opened.session,
        scorecard=state.opened.scorecard,
        version=state.opened.version,
        raters=list(state.opened.raters),
        conversation_ids=list(state.contacts),
        items=list(state.items),
        waiting_for=list(state.waiting_for),
        excused=list(state.excused),
        revealed=state.is_revealed,
        answers=state.answers_seen_by(principal.id),
        comparison=list(state.comparison()) if state.is_revealed else None,
        scored={rater: len(state.scored.get(rater, {})) for rater in state.opened.raters},
        opened_at=state.opened.at,
        opened_by=state.opened.author,
        closed=None
        if state.closed is None
        else ClosedAnswer(at=state.closed.at, by=state.closed.author, note=state.closed.note),
        events=len(state.events),
    )

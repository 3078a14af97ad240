"""``/v1/contests``, ``/v1/shared-evaluations``: what an agent sees, and what is settled."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.contests import ContestList, OneContest, all_contests, one_contest
from serving.reviewing.one_review import OneReview, Scrubbed, one_review
from serving.reviewing.shared import SharedReviews, shared_reviews
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import document_of
from serving.routes.masking import Redacted, check_unmasked
from serving.routes.noting import note
from serving.screens.listening.shown import shown

router = APIRouter(prefix="/v1", tags=["reviews"])

Agent = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_ANSWER))]
Reader = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_READ))]
Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]
ContestId = Annotated[
    str,
    Path(max_length=64, pattern=r"^[^\x00]+$", description="Of the event that contested."),
]
ConversationId = Annotated[str, Path(max_length=64, description="Of the conversation.")]


@router.get("/shared-evaluations", summary="List what was shared with me", responses=problems(403))
def list_shared(service: ServiceInUse, principal: Agent) -> SharedReviews:
    """List an agent's evaluations, unread ones first, with their course over the weeks.

    Only the agent's own are in it, and no figure compares them with colleagues; who handles no
    contacts under their key has none.
    """
    return shared_reviews(service, principal)


@router.get("/contests", summary="List contests", responses=problems(401, 403, 422))
def list_contests(
    service: ServiceInUse,
    principal: Reviewer,
    open: Annotated[  # noqa: A002 - the name of the parameter
        bool, Query(description="Only those that are to be settled.")
    ] = False,
) -> ContestList:
    """List contests: those that wait longest first, then what was settled, newest first."""
    return all_contests(service, principal, open_only=open)


@router.get("/contests/{contest_id}", summary="Get a contest", responses=problems(403, 404, 409))
def get_contest(
    contest_id: ContestId,
    service: ServiceInUse,
    principal: Reviewer,
    redacted: Redacted = True,
) -> OneContest:
    """Return a contest with both sides' words, the evidence and the whole history."""
    check_unmasked(principal, redacted=redacted)

    def scrubbed_of(conversation_id: str) -> Scrubbed:
        return _scrubbed(service, principal, conversation_id, redacted=redacted)

    found = one_contest(service, principal, contest_id, scrubbed_of=scrubbed_of)
    _note_read(service, principal, found.review, redacted=redacted)
    return found


@router.get(
    "/evaluations/{conversation_id}/review",
    summary="Get one evaluation with its history",
    responses=problems(401, 403, 404, 409),
)
def get_review(
    conversation_id: ConversationId,
    service: ServiceInUse,
    principal: Reader,
    scorecard: Annotated[str | None, Query(max_length=64, description="Name of the card.")] = None,
    version: Annotated[str | None, Query(max_length=32)] = None,
    redacted: Redacted = True,
) -> OneReview:
    """Return one evaluation as screens show it: redacted, with names and all events."""
    check_unmasked(principal, redacted=redacted)
    found = one_review(
        service, principal, conversation_id, scorecard=scorecard, version=version,
        scrubbed=_scrubbed(service, principal, conversation_id, redacted=redacted),
    )  # fmt: skip
    _note_read(service, principal, found, redacted=redacted)
    return found


def _scrubbed(
    service: ServiceInUse, principal: Principal, conversation_id: str, *, redacted: bool
) -> Scrubbed:
    document = document_of(service, conversation_id, visible(principal))
    return shown(document, unmasked=not redacted).scrubbed


def _note_read(
    service: ServiceInUse, principal: Principal, found: OneReview, *, redacted: bool
) -> None:
    action = "evaluation.read" if redacted else "conversation.unmask"
    note(service, principal, action, "conversation", found.contact.id)

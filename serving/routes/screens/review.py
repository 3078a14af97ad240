"""``/review``: the queue of those who review; ``/review/{id}``: one contact with its card."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.queue import Standing, Whose
from serving.routes.answers import summary_of
from serving.routes.dependencies import ServiceInUse
from serving.routes.review_queue import QueueAnswer
from serving.routes.screens.conversation import ConversationPath, Unmasked, heard, listen
from serving.routes.screens.framing import show
from serving.screens.labels import reason_labels
from serving.screens.page import look_of
from serving.screens.review.state import card_on_page
from serving.screens.review.words import QUEUE, REVIEW

router = APIRouter(include_in_schema=False)

Reviewer = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_REVIEW))]


@router.get("/review")
def show_queue(
    request: Request,
    service: ServiceInUse,
    principal: Reviewer,
    whose: Whose = "mine",
    state: Standing = "open",
) -> HTMLResponse:
    """Show what is to be reviewed, and why each contact was chosen."""
    found = service.resources.queue.find(principal, whose=whose, standing=state, limit=50)
    return show(
        request,
        principal,
        "review.html",
        QUEUE,
        state={
            "queue": QueueAnswer.of(found, service).model_dump(mode="json"),
            "asked": {"whose": whose, "state": state},
            "reasons": reason_labels(service.resources.definitions, look_of(request).language),
            "me": principal.id,
        },
    )


@router.get("/review/{conversation_id}")
def show_review(
    conversation_id: ConversationPath,
    request: Request,
    service: ServiceInUse,
    principal: Reviewer,
    scorecard: Annotated[str | None, Query(max_length=64)] = None,
    unmasked: Unmasked = False,
) -> HTMLResponse:
    """Show a conversation with a scorecard to fill in beside the machine's proposal."""
    seen = listen(conversation_id, request, service, principal, unmasked=unmasked)
    resources = service.resources
    contact = resources.contacts.get(conversation_id, visible(principal))
    drawn = resources.queue.drawn(principal, conversation_id)
    stored = summary_of(contact.stored).model_dump(mode="json")
    card = card_on_page(
        service, principal, contact, seen, scorecard=scorecard,
        language=look_of(request).language,
    )  # fmt: skip
    return show(
        request,
        principal,
        "review_one.html",
        REVIEW,
        state={
            "stored": stored | {"name": seen.scrub(contact.stored.name), "score_100": None},
            "heard": heard(seen, service, principal),
            "drawn": None if drawn is None else drawn.model_dump(mode="json"),
            "me": principal.id,
            "role": principal.role,
            **card,
        },
        styled_by_script=True,
    )

"""``/review/mine``, ``/review/contests``: evaluations as agents see them, and how they end."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from conversation.errors import NotFound
from serving.reviewing.contests import all_contests, one_contest
from serving.reviewing.one_review import Scrubbed, one_review
from serving.reviewing.shared import has_own, shared_reviews
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.screens.conversation import Unmasked, heard, listen
from serving.routes.screens.framing import show
from serving.routes.settling import Agent, ContestId, Reviewer
from serving.screens.labels import reason_labels
from serving.screens.listening.shown import Shown
from serving.screens.page import look_of
from serving.screens.settle.words import CONTESTS, MINE

router = APIRouter(include_in_schema=False)


@router.get("/review/mine")
def show_mine(request: Request, service: ServiceInUse, principal: Agent) -> HTMLResponse:
    """Show an agent what was shared with them."""
    found = shared_reviews(service, principal)
    return show(
        request, principal, "settle_mine.html", MINE,
        state={"shared": found.model_dump(mode="json"), "reasons": _reasons(request, service)},
    )  # fmt: skip


@router.get("/review/mine/{conversation_id}")
def show_evaluation(
    conversation_id: Annotated[str, Path(max_length=64)],
    request: Request,
    service: ServiceInUse,
    principal: Agent,
    scorecard: Annotated[str | None, Query(max_length=64)] = None,
    version: Annotated[str | None, Query(max_length=32)] = None,
) -> HTMLResponse:
    """Show an agent one evaluation, to acknowledge or to contest."""
    if not has_own(principal):
        raise NotFound(
            "this key handles no contacts, so that no evaluation is its own",
            remedy="/review shows what is to be reviewed",
        )
    seen = listen(conversation_id, request, service, principal, unmasked=False)
    found = one_review(
        service, principal, conversation_id, scorecard=scorecard, version=version,
        scrubbed=seen.scrubbed,
    )  # fmt: skip
    note(service, principal, "evaluation.read", "conversation", conversation_id)
    return show(
        request, principal, "settle_evaluation.html", MINE,
        state={
            "review": found.model_dump(mode="json"),
            "heard": heard(seen, service, principal),
            "reasons": _reasons(request, service),
        },
        styled_by_script=True,
    )  # fmt: skip


@router.get("/review/contests")
def show_contests(request: Request, service: ServiceInUse, principal: Reviewer) -> HTMLResponse:
    """Show the contests of the team."""
    found = all_contests(service, principal)
    return show(
        request, principal, "settle_contests.html", CONTESTS,
        state={"contests": found.model_dump(mode="json"), "reasons": _reasons(request, service)},
    )  # fmt: skip


@router.get("/review/contests/{contest_id}")
def show_contest(
    contest_id: ContestId,
    request: Request,
    service: ServiceInUse,
    principal: Reviewer,
    unmasked: Unmasked = False,
) -> HTMLResponse:
    """Show one contest with both sides' words, to be settled."""
    seen: list[Shown] = []

    def scrubbed_of(conversation_id: str) -> Scrubbed:
        seen.append(listen(conversation_id, request, service, principal, unmasked=unmasked))
        return seen[0].scrubbed

    found = one_contest(service, principal, contest_id, scrubbed_of=scrubbed_of)
    note(service, principal, "evaluation.read", "conversation", found.contest.contact.id)
    return show(
        request, principal, "settle_contest.html", CONTESTS,
        state={
            "contest": found.model_dump(mode="json"),
            "heard": heard(seen[0], service, principal),
            "reasons": _reasons(request, service),
        },
        styled_by_script=True,
    )  # fmt: skip


def _reasons(request: Request, service: ServiceInUse) -> dict[str, str]:
    return reason_labels(service.resources.definitions, look_of(request).language)

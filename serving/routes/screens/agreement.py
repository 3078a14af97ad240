"""``/review/agreement``: how far machine and people agree, and what stands behind it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from quality.agreement.gate import DEFAULT_RULE
from serving.access.permissions import Permission
from serving.routes.agreement import Reviewer
from serving.routes.dependencies import ServiceInUse
from serving.routes.screens.framing import show
from serving.screens.agreement.words import AGREEMENT
from serving.typesetting import typeset

router = APIRouter(include_in_schema=False)


@router.get("/review/agreement")
def show_agreement(
    request: Request,
    service: ServiceInUse,
    principal: Reviewer,
    scorecard: Annotated[str | None, Query(max_length=64)] = None,
    version: Annotated[str | None, Query(max_length=32)] = None,
) -> HTMLResponse:
    """Show a card's agreement record; the figures are measured while the page is there."""
    cards = service.resources.cards
    known = [one for one in cards.all() if one.in_use or one.published_at is not None]
    chosen = cards.get(scorecard or "inbound", version)
    return show(
        request, principal, "agreement.html", AGREEMENT,
        state={
            "card": {"name": chosen.name, "version": chosen.version},
            "cards": [
                {"name": one.name, "version": one.version,
                 "title": {"fr": one.label_fr, "en": one.label_en}}
                for one in known
            ],
            "questions": {
                one.id: {"fr": typeset(one.label.fr), "en": one.label.en} for one in chosen.items
            },
            "rule": DEFAULT_RULE.model_dump(
                include={"auto_kappa", "min_contacts", "min_failures"}
            ),
            "may_announce": principal.may(Permission.SCORECARDS_WRITE),
        },
    )  # fmt: skip

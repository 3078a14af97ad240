"""``/board``: what came in, why, how it went, and what it was computed from."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field, ValidationError

from conversation.conversation import Channel
from conversation.errors import BadInput
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.board.board import Asked
from serving.board.scope import Queue, Reason, Step, Team
from serving.routes.dependencies import ServiceInUse
from serving.routes.screens.framing import show
from serving.screens.board.words import BOARD
from serving.screens.page import look_of

router = APIRouter(include_in_schema=False)

Reader = Annotated[Principal, Depends(allowed(Permission.KPI_READ))]


class _Wanted(BaseModel):
    """What an address may say of a board."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    step: Step | None = None
    channel: Channel | None = None
    queue: Queue | None = None
    reason: Reason | None = None
    team: Team | None = None


_READ = tuple(one.alias or name for name, one in _Wanted.model_fields.items())


@router.get("/board")
def show_board(request: Request, service: ServiceInUse, principal: Reader) -> HTMLResponse:
    """Show the board; its first figures come with the page."""
    board = service.board
    asked, filters, refused = _asked(request, service, principal)
    language = look_of(request).language
    return show(
        request,
        principal,
        "board.html",
        BOARD,
        state={
            "volumes": None if asked is None else board.volumes(asked).model_dump(mode="json"),
            "filters": filters,
            "refused": refused,
            "today": board.today().isoformat(),
            "reasons": {
                code: words.text(language) for code, words in board.names.first_level.items()
            },
            "teams": board.teams(principal),
            "labels": {code: words.text(language) for code, words in board.names.all.items()},
            "may": {
                "knowledge": principal.may(Permission.KNOWLEDGE_WRITE),
                "conversations": principal.may(Permission.CONVERSATIONS_READ),
            },
        },
    )


def _asked(
    request: Request, service: ServiceInUse, principal: Principal
) -> tuple[Asked | None, dict[str, str], list[str]]:
    """Read the address; where something in it cannot be shown, no other figures are.

    Returns:
        What is asked for, if it can be shown; what the address says; the names in it that cannot
        be understood, a period by its ``from`` and ``to``.
    """
    board = service.board
    given = {name: text for name in _READ if (text := request.query_params.get(name))}
    try:
        wanted = _Wanted.model_validate(given)
    except ValidationError as error:
        return None, given, sorted({str(one["loc"][0]) for one in error.errors()})
    teams = board.teams(principal)
    if wanted.team is not None and teams and wanted.team not in teams:
        return None, given, ["team"]
    try:
        board.asked(principal, team=wanted.team)
    except BadInput:
        return None, given, ["team"]
    try:
        asked = board.asked(
            principal, first=wanted.first, last=wanted.last, step=wanted.step,
            channel=wanted.channel, queue=wanted.queue, reason=wanted.reason, team=wanted.team,
        )  # fmt: skip
    except BadInput:
        return None, given, [name for name in ("from", "to") if name in given]
    return asked, given, []

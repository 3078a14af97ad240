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
    asked, filters = _asked(request, service, principal)
    volumes = board.volumes(asked)
    language = look_of(request).language
    return show(
        request,
        principal,
        "board.html",
        BOARD,
        state={
            "volumes": volumes.model_dump(mode="json"),
            "filters": filters,
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
) -> tuple[Asked, dict[str, str]]:
    """Read the address; what cannot be read in it is left out, a page is shown all the same.

    Returns:
        What is asked for, and the part of the address that says so.
    """
    given = {name: text for name in _READ if (text := request.query_params.get(name))}
    try:
        wanted = _Wanted.model_validate(given)
        asked = service.board.asked(
            principal, first=wanted.first, last=wanted.last, step=wanted.step,
            channel=wanted.channel, queue=wanted.queue, reason=wanted.reason, team=wanted.team,
        )  # fmt: skip
    except (BadInput, ValidationError):
        return service.board.asked(principal), {}
    return asked, given

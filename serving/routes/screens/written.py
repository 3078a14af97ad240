"""``/desk/written``: chats and e-mails that wait for a person."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.routes.dependencies import ServiceInUse
from serving.routes.screens.framing import show
from serving.routes.written import queue_of
from serving.screens.written.words import WRITTEN
from serving.service import Service

router = APIRouter(include_in_schema=False)

Agent = Annotated[Principal, Depends(allowed(Permission.WRITTEN_ANSWER))]


@router.get("/desk/written")
def show_written(request: Request, service: ServiceInUse, principal: Agent) -> HTMLResponse:
    """Show what waits for a person, and let them take it and answer."""
    words = {**WRITTEN, "title": WRITTEN["w_title"]}
    return show(request, principal, "written.html", words, state=written_state(service, principal))


def written_state(service: Service, principal: Principal) -> dict[str, object]:
    """Return what the written side begins with: on its own page, and in the tab of the desk."""
    return {
        "written": {
            "queue": queue_of(service, principal).model_dump(mode="json"),
            "named": "{name}" in service.settings.chat_agent_name,
        }
    }

"""``/desk``: the agent's running call."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.live.hub import LiveHub
from serving.notes import Notes
from serving.routes.dependencies import ServiceInUse
from serving.routes.notes import note_list
from serving.routes.principals import audit
from serving.routes.screens.framing import show
from serving.routes.screens.written import written_state
from serving.screens.assets import address_of
from serving.screens.desk.words import DESK
from serving.screens.labels import reason_labels
from serving.screens.page import look_of

router = APIRouter(include_in_schema=False)

Follower = Annotated[Principal, Depends(allowed(Permission.LIVE_USE))]

_NOTES = 8


@router.get("/desk")
def show_desk(request: Request, service: ServiceInUse, principal: Follower) -> HTMLResponse:
    """Show what leads to a call: the ways in, those that go on, the newest notes."""
    hub: LiveHub = request.app.state.live
    running = [one.running.model_dump(mode="json") for one in hub.running(visible(principal))]
    notes = Notes(service.store.database).recent(visible(principal), limit=_NOTES)
    ids = [one.note.conversation_id for one in notes]
    audit(request, service, principal, "note.list", "", kind="note", detail={"found": ids})
    has_written = principal.may(Permission.WRITTEN_ANSWER)
    root = str(request.scope.get("root_path", ""))
    return show(
        request,
        principal,
        "desk.html",
        DESK,
        state={
            "running": running,
            "notes": note_list(notes).model_dump(mode="json"),
            "reasons": reason_labels(service.resources.definitions, look_of(request).language),
            "is_agent": principal.role is Role.AGENT,
            "may_send": principal.may(Permission.CONVERSATIONS_WRITE),
            "has_written": has_written,
            **(written_state(service, principal) if has_written else {}),
            "worklet": address_of("desk/capture.js", root),
        },
    )

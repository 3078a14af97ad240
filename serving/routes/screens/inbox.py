"""``/inbox``: send recordings, and see how far everything is."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from serving.access.permissions import Permission
from serving.access.visibility import visible
from serving.routes.answers import ConversationPage, summary_of
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import Reader
from serving.routes.screens.framing import show
from serving.screens.inbox.words import INBOX

router = APIRouter(include_in_schema=False)

_FIRST = 50


@router.get("/")
def begin(request: Request, _principal: Reader) -> RedirectResponse:
    """Lead to the first screen."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}/inbox", status_code=303)


@router.get("/inbox")
def show_inbox(request: Request, service: ServiceInUse, principal: Reader) -> HTMLResponse:
    """Show what came in, with how far it is."""
    page = service.store.page(limit=_FIRST, visibility=visible(principal))
    listed = ConversationPage(
        data=[summary_of(one) for one in page.conversations], next_cursor=page.next_cursor
    )
    return show(
        request,
        principal,
        "inbox.html",
        INBOX,
        state={
            "list": listed.model_dump(mode="json"),
            "may_send": principal.may(Permission.CONVERSATIONS_WRITE),
        },
    )

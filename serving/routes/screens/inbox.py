"""``/inbox``: send recordings, see how far everything is, and find what a figure was made of."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from conversation.errors import BadInput
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.routes.answers import ConversationPage, summary_of
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import Reader, note_search
from serving.routes.screens.framing import show
from serving.screens.inbox.asked import AskedList, read_asked
from serving.screens.inbox.words import INBOX
from serving.screens.labels import category_labels, reason_labels
from serving.screens.page import look_of
from serving.service import Service

router = APIRouter(include_in_schema=False)

_FIRST = 50


@router.get("/inbox")
def show_inbox(request: Request, service: ServiceInUse, principal: Reader) -> HTMLResponse:
    """Show what came in, with how far it is; the address says which of it."""
    asked = read_asked(request.query_params)
    listed = _listed(request, service, principal, asked)
    language = look_of(request).language
    definitions = service.resources.definitions
    return show(
        request,
        principal,
        "inbox.html",
        INBOX,
        state={
            "list": None if listed is None else listed.model_dump(mode="json"),
            "filters": asked.given,
            "ignored": asked.ignored,
            "reasons": reason_labels(definitions, language),
            "categories": category_labels(definitions, language),
            "may_score": not service.resources.discretion.scores_kept_from(principal).everything,
            "may_send": principal.may(Permission.CONVERSATIONS_WRITE),
            "may_export": principal.may(Permission.CONVERSATIONS_EXPORT),
            "may_manage": principal.may(Permission.JOBS_MANAGE),
        },
    )


def _listed(
    request: Request, service: Service, principal: Principal, asked: AskedList
) -> ConversationPage | None:
    """Return the first conversations; None where the page has to ask for them itself."""
    if asked.filters is None:
        return None
    try:
        page = service.store.page(
            limit=_FIRST, filters=asked.filters, visibility=visible(principal)
        )
    except BadInput:  # no word to look for: the page asks again and shows why
        return None
    if asked.filters.text is not None:
        note_search(request, service, principal, [one.id for one in page.conversations])
    kept = service.resources.discretion.scores_kept_from(principal)
    return ConversationPage(
        data=[summary_of(one, scores_kept=kept) for one in page.conversations],
        next_cursor=page.next_cursor,
    )

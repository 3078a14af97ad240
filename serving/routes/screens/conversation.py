"""``/conversations/{id}``: one conversation to listen to and read, with what was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse

from conversation.errors import Forbidden
from serving.access.permissions import Permission
from serving.access.visibility import visible
from serving.routes.answers import summary_of
from serving.routes.audio import sound_of
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import document_of
from serving.routes.principals import Reader, audit
from serving.routes.screens.framing import show
from serving.screens.conversation.about import about
from serving.screens.conversation.words import CONVERSATION
from serving.screens.inbox.remedies import REMEDIES
from serving.screens.listening.shown import Shown, shown
from serving.screens.page import look_of

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.service import Service

router = APIRouter(include_in_schema=False)

ConversationPath = Annotated[str, Path(max_length=64)]
Unmasked = Annotated[bool, Query(description="With personal data; written to the audit log.")]


@router.get("/conversations/{conversation_id}")
def show_conversation(
    conversation_id: ConversationPath,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    unmasked: Unmasked = False,
) -> HTMLResponse:
    """Show a conversation, without personal data unless somebody asks who may see it."""
    stored = service.store.get(conversation_id, visibility=visible(principal))
    state: dict[str, object] = {
        "stored": summary_of(stored).model_dump(mode="json") | {"score_100": None},
        "erased": stored.content_erased_at is not None,
        "problem": None if stored.problem is None else stored.problem.as_json(),
        "may_review": principal.may(Permission.EVALUATIONS_REVIEW),
        "heard": None,
    }
    if stored.status == "done" and stored.content_erased_at is None:
        seen = listen(conversation_id, request, service, principal, unmasked=unmasked)
        state["stored"] |= {"name": seen.scrub(stored.name)}  # type: ignore[operator]
        state["heard"] = heard(seen, service, principal)
        state |= about(seen, look_of(request).language)
    words = CONVERSATION if stored.problem is None else {**REMEDIES, **CONVERSATION}
    return show(request, principal, "conversation.html", words, state=state, styled_by_script=True)


def listen(
    conversation_id: str,
    request: Request,
    service: Service,
    principal: Principal,
    *,
    unmasked: bool,
) -> Shown:
    """Return a conversation as a page shows it, and write down who was shown it.

    Args:
        conversation_id: Which.
        request: Of the page.
        service: In use.
        principal: Who looks.
        unmasked: Whether they ask for personal data.

    Raises:
        NotFound: There is none that they may see.
        Conflict: It has no transcript (yet).
        Forbidden: They may not see personal data.
    """
    if unmasked and not principal.may(Permission.CONVERSATIONS_UNMASK):
        raise Forbidden(
            f"this needs the permission {Permission.CONVERSATIONS_UNMASK}, which this "
            f"{principal.role} has not",
            remedy="look at it without personal data",
        )
    document = document_of(service, conversation_id, visible(principal))
    action = "conversation.unmask" if unmasked else "transcript.read"
    audit(request, service, principal, action, conversation_id)
    return shown(document, unmasked=unmasked)


def heard(seen: Shown, service: Service, principal: Principal) -> dict[str, object]:
    """Return what player and transcript of a page begin with."""
    return seen.listening(
        has_audio=sound_of(service, seen.document.stored) is not None,
        may_unmask=principal.may(Permission.CONVERSATIONS_UNMASK),
    )

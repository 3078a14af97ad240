"""``/v1/conversations``: send conversations in, list, get and erase them."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from fastapi import APIRouter, Header, HTTPException, Query, Request, Response
from fastapi import Path as PathParameter
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from conversation.errors import Conflict, EntenduError, Forbidden
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.analysis import ShownAnalysis
from serving.http.conditional import check_if_match, etag_of
from serving.idempotency import StoredAnswer, read_key
from serving.intake import Intake
from serving.privacy.copies import Subject
from serving.privacy.erasure import erase_copies
from serving.routes.answers import (
    Accepted,
    ConversationDetail,
    ConversationPage,
    detail_json,
    links_to,
    problems,
    summary_of,
)
from serving.routes.dependencies import ServiceInUse
from serving.routes.documents import not_done, read_document
from serving.routes.filters import AskedFilters, Cursor, Limit
from serving.routes.masking import Redacted, audit_read, check_unmasked
from serving.routes.principals import Eraser, Reader, Writer, audit, note_search
from serving.routes.receiving import Received, receive
from serving.routes.sending import SEND_BODY
from serving.routes.uploads import drain
from serving.service import Service
from serving.store import StoredConversation

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

# The report is one page that needs nothing; whatever a customer wrote cannot make it ask.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_ROUTE = "POST /v1/conversations"

ConversationId = Annotated[str, PathParameter(description="As given when it was accepted.")]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A string of your own, such as a UUID, quoted or bare. The same request with "
        "the same key is done once and answered the same way for 24 hours.",
        examples=['"8e03978e-40d5-43e8-bc93-6894a57f9324"'],
        max_length=400,
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="Do it only while `ETag` of the resource is this one."),
]


@router.post(
    "",
    status_code=202,
    summary="Send a conversation",
    response_model=Accepted,
    responses={
        202: {
            "description": "Stored; the analysis has its turn.",
            "headers": {
                "Location": {
                    "description": "Path of the conversation.",
                    "schema": {"type": "string"},
                }
            },
        },
        **problems(400, 409, 413, 415, 422, 507),
    },
    openapi_extra={"requestBody": SEND_BODY},
)
async def send_conversation(
    request: Request,
    service: ServiceInUse,
    principal: Writer,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Store a recording, vCon, chat or e-mail and queue its analysis.

    A file that cannot be used is refused at once, and nothing of it is kept. Once the answer is
    202 the conversation is on disk and will be analysed, also when the service is killed. With an
    `Idempotency-Key` it can be sent again without being stored twice.
    """
    key = None if idempotency_key is None else read_key(idempotency_key)
    if idempotency_key is not None and key is None:
        raise HTTPException(400, "Idempotency-Key is not a string of at most 255 ASCII characters")
    try:
        with service.store.files.receiving() as folder:
            received = await receive(request, folder, max_upload_mb=service.settings.max_upload_mb)
            answer = await run_in_threadpool(_accepted, service, principal, received, key, request)
    except (EntenduError, HTTPException, RequestValidationError):
        await drain(request)
        raise
    location = Accepted.model_validate_json(answer.body).links.self
    return Response(
        answer.body,
        status_code=answer.status,
        media_type="application/json",
        headers={"Location": location},
    )


def _accepted(
    service: Service, principal: Principal, received: Received, key: str | None, request: Request
) -> StoredAnswer:
    if key is None:
        return _answer(_stored(service, principal, received, None, request))
    with service.idempotency.once(
        sender=principal.id, route=_ROUTE, key=key, fingerprint=received.fingerprint()
    ) as claim:
        if claim.answer is not None:
            return claim.answer
        answer = _answer(_stored(service, principal, received, claim.object_id, request))
        claim.finish(answer.status, answer.body)
        return answer


def _stored(
    service: Service,
    principal: Principal,
    received: Received,
    conversation_id: str | None,
    request: Request,
) -> StoredConversation:
    intake = _whose(principal, received.intake)
    stored = service.accept(
        received.file if received.file is not None else received.data,
        intake=intake,
        team=principal.team,
        conversation_id=conversation_id,
    )
    audit(request, service, principal, "conversation.create", stored.id)
    return stored


def _whose(principal: Principal, intake: Intake) -> Intake:
    """Return the facts with the agent's own key: what an agent sends is the agent's own."""
    if principal.role is not Role.AGENT:
        return intake
    if intake.agent_key not in (None, principal.agent_key):
        raise Forbidden(
            "agent_key is another agent's", remedy="leave it out: it is taken from your key"
        )
    return intake.model_copy(update={"agent_key": principal.agent_key})


def _answer(stored: StoredConversation) -> StoredAnswer:
    accepted = Accepted(id=stored.id, status="queued", links=links_to(stored.id))
    return StoredAnswer(202, accepted.model_dump_json())


@router.get("", summary="List conversations", responses=problems(403, 422))
def list_conversations(
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    filters: AskedFilters,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ConversationPage:
    """List conversations, newest first, without what was said."""
    service.resources.discretion.check_filters(principal, filters)
    page = service.store.page(
        limit=limit, cursor=cursor, filters=filters, visibility=visible(principal)
    )
    if filters.text is not None:  # that somebody is in the list tells what they said
        note_search(request, service, principal, [one.id for one in page.conversations])
    kept = service.resources.discretion.scores_kept_from(principal)
    return ConversationPage(
        data=[summary_of(stored, scores_kept=kept) for stored in page.conversations],
        next_cursor=page.next_cursor,
    )


@router.get(
    "/{conversation_id}",
    summary="Get a conversation",
    response_model=ConversationDetail,
    responses=problems(403, 404, 409),
)
def get_conversation(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: Redacted = True,
) -> Response:
    """Return a conversation's status and, once done, the whole analysis.

    The draft evaluation is left out for the agent of the contact until it was shared, and for who
    scores the contact blind. Redacted, evidence quotes the redacted turns, `personal_data` is
    empty, and entities that are personal are left out.
    """
    check_unmasked(principal, redacted=redacted)
    content = _detail(service, conversation_id, principal, redacted=redacted)
    audit_read(request, service, principal, "conversation.read", conversation_id, redacted=redacted)
    return Response(content, media_type="application/json")


def _detail(
    service: Service, conversation_id: str, principal: Principal, *, redacted: bool
) -> bytes:
    stored = service.store.get(conversation_id, visibility=visible(principal))
    analysis = service.store.analysis(conversation_id) if stored.status == "done" else None
    discretion = service.resources.discretion
    if analysis is not None:
        analysis = discretion.shown(principal, conversation_id, analysis)
    kept = discretion.scores_kept_from(principal)
    if redacted and analysis is not None:
        shown = read_document(stored, analysis).masked()
        stored, analysis = shown.stored, json.dumps(shown.analysis, ensure_ascii=False)
    return detail_json(stored, analysis, scores_kept=kept, redacted=redacted).encode()


@router.get(
    "/{conversation_id}/report",
    summary="Get the report",
    response_class=HTMLResponse,
    responses={200: {"description": "One self-contained HTML page."}, **problems(403, 404, 409)},
)
def get_report(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Reader,
    redacted: Redacted = True,
    language: Annotated[
        Literal["fr", "en"] | None,
        Query(alias="lang", description="Of the page's words; left out: that of the talk."),
    ] = None,
) -> HTMLResponse:
    """Return the report that a person reads; without the draft evaluation where they may not."""
    check_unmasked(principal, redacted=redacted)
    stored = service.store.get(conversation_id, visibility=visible(principal))
    document = service.store.analysis(conversation_id)
    if stored.status != "done" or document is None:
        raise not_done(stored)
    from serving.report import render_report

    read = read_document(
        stored, service.resources.discretion.shown(principal, conversation_id, document)
    )
    try:
        analysis = ShownAnalysis.model_validate((read.masked() if redacted else read).analysis)
    except ValidationError as error:
        raise Conflict(
            "the analysis was made by another version, which wrote it in another shape",
            remedy="send the conversation again",
        ) from error
    audit_read(request, service, principal, "report.read", conversation_id, redacted=redacted)
    return HTMLResponse(
        render_report(analysis, language=language),
        headers={"Content-Security-Policy": _REPORT_POLICY},
    )


@router.delete(
    "/{conversation_id}",
    status_code=204,
    summary="Erase a conversation",
    responses=problems(404, 412),
)
def erase_conversation(
    conversation_id: ConversationId,
    request: Request,
    service: ServiceInUse,
    principal: Eraser,
    if_match: IfMatch = None,
) -> None:
    """Erase a conversation: its recording, its text, and all that was concluded about it."""
    stored = service.store.get(conversation_id, visibility=visible(principal))
    if if_match is not None:
        seen = (
            _detail(service, conversation_id, principal, redacted=redacted)
            for redacted in (True, False)  # whichever of the two they read
        )
        check_if_match(request, *map(etag_of, seen))
    erase_copies(service, Subject(stored.team, None, (stored.id,)))
    audit(request, service, principal, "conversation.erase", conversation_id)

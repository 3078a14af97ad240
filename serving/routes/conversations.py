"""``/v1/conversations``: send conversations in, get everything about them out, erase them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import ValidationError

from conversation import parse_conversation
from conversation.errors import BadInput, Conflict, EntenduError
from serving.analysis import Analysis
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
from serving.routes.uploads import MEGABYTE, Form, drain, receive_form, receive_json, refusal
from serving.service import Service
from serving.store import Status, StoredConversation
from speech import parse_channels

router = APIRouter(prefix="/v1/conversations", tags=["conversations"])

_LANGUAGES = ("fr", "en", "auto")
_FIELDS = frozenset(("language", "channels"))
_CHANNELS_LENGTH = 64
# The report is one page that needs nothing; whatever a customer wrote cannot make it ask.
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

ConversationId = Annotated[str, Path(description="As given when it was accepted.")]

_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {
            "type": "string",
            "format": "binary",
            "description": "A recording (wav, mp3, flac, ogg, opus, m4a, …), a vCon, or a chat or "
            "e-mail as JSON or text.",
        },
        "language": {
            "type": "string",
            "enum": _LANGUAGES,
            "description": "`auto`: found from what is said. The service's setting if left.",
        },
        "channels": {
            "type": "string",
            "maxLength": _CHANNELS_LENGTH,
            "description": "Who is on which channel of the recording; found from what is said "
            "if left.",
            "examples": ["0=agent,1=customer"],
        },
    },
}
_CHAT: dict[str, Any] = {
    "messages": [
        {
            "speaker": "agent",
            "text": "Bonjour, que puis-je faire pour vous ?",
            "at": "2026-11-03T10:02:00+01:00",
        },
        {
            "speaker": "customer",
            "text": "Ma box ne fonctionne plus depuis hier soir.",
            "at": "2026-11-03T10:02:40+01:00",
        },
    ]
}


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
        **problems(400, 413, 415, 422, 507),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": _FORM},
                "application/json": {
                    "schema": {
                        "description": "A conversation in the published schema (`turns`), a chat "
                        "(`messages`, or a bare list), or an e-mail (`body`, `subject`, `from`).",
                        "type": ["object", "array"],
                    },
                    "examples": {"chat": {"summary": "A chat", "value": _CHAT}},
                },
            },
        }
    },
)
async def send_conversation(request: Request, service: ServiceInUse) -> JSONResponse:
    """Store a recording, chat or e-mail and queue its analysis.

    A file that cannot be used is refused at once, and nothing of it is kept. Once the answer is
    202 the conversation is on disk and will be analysed, also when the service is killed.
    """
    try:
        stored = await _stored(request, service)
    except (EntenduError, HTTPException, RequestValidationError):
        await drain(request)
        raise
    links = links_to(stored.id)
    accepted = Accepted(id=stored.id, status=stored.status, links=links)
    return JSONResponse(
        accepted.model_dump(mode="json"), status_code=202, headers={"Location": links.self}
    )


@router.get("", summary="List conversations", responses=problems(422))
def list_conversations(
    service: ServiceInUse,
    limit: Annotated[int, Query(ge=1, le=200, description="Most to return.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next_cursor` of the page before.")
    ] = None,
    status: Annotated[Status | None, Query(description="Only those with this status.")] = None,
) -> ConversationPage:
    """List conversations, newest first, without what was said."""
    page = service.store.page(limit=limit, cursor=cursor, status=status)
    return ConversationPage(
        data=[summary_of(stored) for stored in page.conversations], next_cursor=page.next_cursor
    )


@router.get(
    "/{conversation_id}",
    summary="Get a conversation",
    response_model=ConversationDetail,
    responses=problems(404),
)
def get_conversation(conversation_id: ConversationId, service: ServiceInUse) -> Response:
    """Return a conversation's status and, once done, the whole analysis."""
    stored = service.store.get(conversation_id)
    analysis = service.store.analysis(conversation_id) if stored.status == "done" else None
    return Response(detail_json(stored, analysis), media_type="application/json")


@router.get(
    "/{conversation_id}/report",
    summary="Get the report",
    response_class=HTMLResponse,
    responses={200: {"description": "One self-contained HTML page."}, **problems(404, 409)},
)
def get_report(conversation_id: ConversationId, service: ServiceInUse) -> HTMLResponse:
    """Return the report that a person reads."""
    stored = service.store.get(conversation_id)
    document = service.store.analysis(conversation_id)
    if stored.status != "done" or document is None:
        raise Conflict(
            f"the conversation is {stored.status}, expected done",
            remedy="send it again" if stored.status == "failed" else "ask again in a moment",
        )
    from serving.report import render_report

    try:
        analysis = Analysis.model_validate_json(document)
    except ValidationError as error:
        raise Conflict(
            "the analysis was made by another version, which wrote it in another shape",
            remedy="send the conversation again",
        ) from error
    return HTMLResponse(
        render_report(analysis), headers={"Content-Security-Policy": _REPORT_POLICY}
    )


@router.delete(
    "/{conversation_id}", status_code=204, summary="Erase a conversation", responses=problems(404)
)
def erase_conversation(conversation_id: ConversationId, service: ServiceInUse) -> None:
    """Erase a conversation: its recording, its text, and all that was concluded about it."""
    service.erase(conversation_id)


async def _stored(request: Request, service: Service) -> StoredConversation:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _file(request, service)
    if kind == "application/json":
        data = await receive_json(request)
        return await run_in_threadpool(_conversation, service, data)
    raise HTTPException(
        415,
        f"content type {kind[:80]!r}, expected multipart/form-data with a part named file, "
        "or application/json",
    )


async def _file(request: Request, service: Service) -> StoredConversation:
    with service.store.files.receiving() as folder:
        form = await receive_form(
            request, folder, max_file_bytes=service.settings.max_upload_mb * MEGABYTE
        )
        return await run_in_threadpool(_accepted, service, form)


def _accepted(service: Service, form: Form) -> StoredConversation:
    if unknown := sorted(form.fields.keys() - _FIELDS):
        raise refusal(unknown[0], "unknown part, expected file, language or channels")
    if form.file is None:
        raise refusal("file", "missing: the recording, chat or e-mail")
    language = form.fields.get("language")
    if language is not None and language not in _LANGUAGES:
        raise refusal("language", "expected fr, en or auto")
    channels = form.fields.get("channels")
    if channels is not None:
        if len(channels) > _CHANNELS_LENGTH:
            raise refusal("channels", f"longer than {_CHANNELS_LENGTH} characters")
        try:
            parse_channels(channels)
        except BadInput as error:
            raise refusal("channels", str(error)) from error
    return service.accept_file(form.file, language=language, channels=channels)


def _conversation(service: Service, data: object) -> StoredConversation:
    conversation = parse_conversation(data, name="conversation")
    return service.accept_conversation(conversation, name=conversation.id)

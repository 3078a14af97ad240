"""``POST /v1/audio/transcriptions`` in OpenAI's shape."""

from __future__ import annotations

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.answers import openai_errors
from serving.routes.openai.known_speakers import speaker_names
from serving.routes.openai.model_names import check_model
from serving.routes.openai.transcript_answers import (
    DiarizedTranscription,
    TranscriptionAnswer,
    VerboseTranscription,
    transcription_response,
)
from serving.routes.openai.transcript_stream import HeldStream, diarized_events, heard_events
from serving.routes.openai.transcription_request import (
    MAX_FIELD_BYTES,
    REPEATED,
    TranscriptionRequest,
    read_request,
    reference_sounds,
)
from serving.routes.openai.transcription_run import transcribed
from serving.routes.uploads import MEGABYTE, Form, drain, receive_form
from serving.service import Service
from serving.throughput.work import Priority
from speech import Transcription, probe

router = APIRouter(prefix="/v1/audio", tags=["OpenAI-compatible"])

_STRINGS = {"type": "array", "items": {"type": "string"}}
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file", "model"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "wav, mp3, flac, ogg, …"},
        "model": {"type": "string", "examples": ["whisper-1"]},
        "language": {"type": "string", "description": "`fr`; found from what is said if left."},
        "languages[]": _STRINGS | {"description": "To choose from where `language` is left."},
        "prompt": {"type": "string", "description": "Words to expect."},
        "keywords[]": _STRINGS | {"description": "Words to expect."},
        "response_format": {
            "type": "string",
            "enum": ["json", "text", "srt", "vtt", "verbose_json", "diarized_json"],
            "default": "json",
        },
        "temperature": {
            "type": "number", "minimum": 0, "maximum": 1,
            "description": "No effect: nothing is drawn by chance.",
        },
        "timestamp_granularities[]": {
            "type": "array",
            "items": {"type": "string", "enum": ["word", "segment"]},
            "description": "Of `verbose_json`; `segment` if left.",
        },
        "chunking_strategy": {
            "type": "string",
            "description": "`auto`, or a JSON object of type `server_vad`, of which "
            "`silence_duration_ms` says what silence of a speaker ends a segment.",
        },
        "known_speaker_names[]": _STRINGS | {"description": "Of `diarized_json`, up to four."},
        "known_speaker_references[]": _STRINGS
        | {"description": "For each of the names a data URL with 2 to 10 s of that voice."},
        "stream": {"type": "boolean", "description": "Server-sent events while it is heard."},
    },
}  # fmt: skip


@router.post(
    "/transcriptions",
    summary="Transcribe a file (OpenAI)",
    dependencies=[Depends(allowed(Permission.TRANSCRIPTIONS_USE))],
    response_model=TranscriptionAnswer | VerboseTranscription | DiarizedTranscription,
    responses={
        200: {
            "description": "The text, in the format that was asked for.",
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/vtt": {"schema": {"type": "string"}},
                "text/event-stream": {"schema": {"type": "string"}},
            },
        },
        **openai_errors(400, 401, 403, 404, 413, 429, 500, 503),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    },
)
async def create_transcription(request: Request, service: ServiceInUse) -> Response:
    """Transcribe a recording while the client waits; nothing of it is kept."""
    async with AsyncExitStack() as stack:
        form, asked = await received(request, service, stack)
        check_model(service.settings, asked.model, "transcription")
        references = reference_sounds(asked)
        path = file_of(form)
        await stack.enter_async_context(service.pool.seats.taken())
        if asked.stream and asked.response_format != "diarized_json":
            await run_in_threadpool(probe, path)  # what cannot be used is refused before
            return HeldStream(heard_events(service, path, asked), stack.pop_all())
        result, names = await run_in_threadpool(_transcribed, service, path, asked, references)
        if asked.stream:
            return HeldStream(diarized_events(result.conversation, names), stack.pop_all())
        return await run_in_threadpool(
            transcription_response,
            result.conversation,
            asked,
            task="transcribe",
            transcriber=service.pool.transcriber(Priority.INTERACTIVE),
            names=names,
        )


async def received(
    request: Request, service: Service, stack: AsyncExitStack
) -> tuple[Form, TranscriptionRequest]:
    """Read the form of a request.

    Args:
        request: The request.
        service: Has the limits.
        stack: When it is closed, the file is gone.

    Raises:
        HTTPException: It is no form, or too large.
        RequestValidationError: A part is not as expected.
    """
    try:
        _check_type(request)
        folder = stack.enter_context(service.store.files.receiving())
        form = await receive_form(
            request,
            folder,
            max_file_bytes=service.settings.max_upload_mb * MEGABYTE,
            repeated=REPEATED,
            max_field_bytes=MAX_FIELD_BYTES,
        )
        return form, read_request(form)
    except Exception:
        await drain(request)
        raise


def _check_type(request: Request) -> None:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise HTTPException(415, "expected multipart/form-data with the parts file and model")


def _transcribed(
    service: Service, path: Path, asked: TranscriptionRequest, references: tuple[bytes, ...]
) -> tuple[Transcription, tuple[str, ...]]:
    result = transcribed(service, path, asked)
    if not references:
        return result, ()
    names = speaker_names(path, result.conversation, asked.known_speaker_names, references, service)
    return result, names


def file_of(form: Form) -> Path:
    """Return the file of a form that was received."""
    if form.file is None:
        raise RuntimeError("read_request refuses a form without a file")
    return form.file

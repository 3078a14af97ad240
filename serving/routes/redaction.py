"""``/v1/redact``: texts and recordings in, copies without personal data out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from conversation.errors import BadInput, EntenduError
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.redaction import KEPT_S, RedactedRecording, RedactedText, SoundRequest
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.uploads import MEGABYTE, Form, drain, receive_form, refusal
from serving.service import Service
from speech import parse_channels

router = APIRouter(prefix="/v1/redact", tags=["redaction"])

User = Annotated[Principal, Depends(allowed(Permission.REDACTION_USE))]
CopyId = Annotated[str, Path(max_length=64, description="As given when it was made.")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
_FIELDS = frozenset(("language", "channels", "mode", "verify", "policy", "keep", "transcript"))
_TRANSCRIPT_BYTES = 20 * MEGABYTE
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "A recording."},
        "transcript": {
            "type": "string",
            "description": "Its transcript with word times, as JSON; it is transcribed if left.",
        },
        "language": {"type": "string", "enum": ["fr", "en", "auto"]},
        "channels": {"type": "string", "maxLength": 64, "examples": ["0=agent,1=customer"]},
        "mode": {"type": "string", "enum": ["silence", "beep"], "default": "silence"},
        "policy": {
            "type": "string", "enum": ["default", "cards", "settings"], "default": "default",
        },
        "keep": {"type": "string", "description": "Types to leave, with commas between them."},
        "verify": {
            "type": "boolean",
            "default": False,
            "description": "Transcribe the copy, and refuse it if a number is still heard.",
        },
    },
}  # fmt: skip


class RedactRequest(BaseModel):
    """A text."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"text": "Je suis Marc Dubois, mon numéro est le 06 12 34 56 78.", "language": "fr"}
            ]
        },
    )

    text: Annotated[str, StringConstraints(min_length=1, max_length=200_000)]
    language: str | None = Field(
        default=None, pattern=r"^[a-z]{2,3}$", description="Found from the words if left."
    )
    policy: Literal["default", "cards", "settings"] = Field(
        default="default",
        description="`default`: all personal data; `cards`: only payment cards; `settings`: as "
        "the service does before it stores.",
    )
    keep: list[Kind] = Field(
        default=[], max_length=50, description="Types to leave as well; card data never is."
    )


class RecordingLinks(BaseModel):
    """Where to go from here, as paths on this service."""

    sound: str = Field(description="The redacted sound.")


class RedactedRecordingAnswer(RedactedRecording):
    """A recording without personal data."""

    kept_s: float = Field(description="Seconds for which the sound can be fetched.")
    links: RecordingLinks


@router.post("", summary="Redact a text", responses=problems(401, 403, 422))
def redact(wanted: RedactRequest, service: ServiceInUse, principal: User) -> RedactedText:
    """Replace personal data by placeholders; nothing is kept."""
    del principal
    redaction = service.resources.redaction
    policy = redaction.policy(wanted.policy, wanted.keep)
    return redaction.text(wanted.text, policy, language=wanted.language)


@router.post(
    "/audio",
    status_code=201,
    summary="Redact a recording",
    response_model=RedactedRecordingAnswer,
    responses=problems(400, 401, 403, 413, 415, 422, 503, 507),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": _FORM}},
        }
    },
)
async def redact_recording(
    request: Request, service: ServiceInUse, principal: User
) -> RedactedRecordingAnswer:
    """Silence what is personal in a recording, in all channels; the original is not kept."""
    try:
        _check_kind(request)
        with service.store.files.receiving() as folder:
            form = await receive_form(
                request, folder,
                max_file_bytes=service.settings.max_upload_mb * MEGABYTE,
                max_field_bytes=_TRANSCRIPT_BYTES,
            )  # fmt: skip
            made = await run_in_threadpool(_redacted, service, principal, form)
    except (EntenduError, HTTPException, RequestValidationError):
        await drain(request)
        raise
    await run_in_threadpool(note, service, principal, "recording.redact", "redaction", made.id)
    return RedactedRecordingAnswer(
        **dict(made), kept_s=KEPT_S, links=RecordingLinks(sound=f"/v1/redact/audio/{made.id}")
    )


@router.get(
    "/audio/{copy_id}",
    summary="Get a redacted recording",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The sound, as WAV or FLAC.",
            "content": {
                "audio/wav": {"schema": {"type": "string", "format": "binary"}},
                "audio/flac": {"schema": {"type": "string", "format": "binary"}},
            },
        },
        **problems(401, 403, 404),
    },
)
def get_recording(copy_id: CopyId, service: ServiceInUse, principal: User) -> FileResponse:
    """Return the sound; only who sent the recording gets it, for a while."""
    path = service.resources.redaction.sound(principal, copy_id)
    kind = "audio/flac" if path.suffix == ".flac" else "audio/wav"
    return FileResponse(path, media_type=kind, filename=path.name)


@router.delete(
    "/audio/{copy_id}",
    status_code=204,
    summary="Delete a redacted recording",
    responses=problems(401, 403, 404),
)
def delete_recording(copy_id: CopyId, service: ServiceInUse, principal: User) -> None:
    """Delete the sound before its time."""
    service.resources.redaction.forget(principal, copy_id)


def _check_kind(request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "multipart/form-data":
        raise HTTPException(415, f"content type {kind[:80]!r}, expected multipart/form-data")


def _redacted(service: Service, principal: Principal, form: Form) -> RedactedRecording:
    fields = dict(form.fields)
    if unknown := sorted(fields.keys() - _FIELDS):
        raise refusal(unknown[0], f"unknown part, expected file, {', '.join(sorted(_FIELDS))}")
    if form.file is None:
        raise refusal("file", "missing: the recording")
    language = _one_of(fields, "language", ("fr", "en", "auto"))
    mode = _one_of(fields, "mode", ("silence", "beep")) or "silence"
    verify = _one_of(fields, "verify", ("true", "false")) == "true"
    policy = _one_of(fields, "policy", ("default", "cards", "settings")) or "default"
    try:
        channels = parse_channels(fields["channels"]) if fields.get("channels") else None
    except BadInput as error:
        raise refusal("channels", str(error)) from error
    keep = [one.strip() for one in fields.get("keep", "").split(",") if one.strip()]
    transcript = None
    if fields.get("transcript"):
        transcript = form.file.with_name(f".{form.file.name}.transcript.json")
        transcript.write_text(fields["transcript"], "utf-8")
    redaction = service.resources.redaction
    return redaction.recording(
        principal,
        SoundRequest(
            path=form.file,
            transcript=transcript,
            language=language,
            channels=channels,
            mode="beep" if mode == "beep" else "silence",
            verify=verify,
            policy=redaction.policy(policy, keep),
        ),
    )


def _one_of(fields: dict[str, str], name: str, known: tuple[str, ...]) -> str | None:
    given = fields.get(name)
    if given is not None and given not in known:
        raise refusal(name, f"expected {', '.join(known)}")
    return given

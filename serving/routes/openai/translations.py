"""``POST /v1/audio/translations`` in OpenAI's shape: any language in, English out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from numpy.typing import NDArray

from conversation import Conversation, Turn, identifier_from_name
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.redacting import redact_text
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.answers import openai_errors
from serving.routes.openai.model_names import check_model
from serving.routes.openai.transcript_answers import (
    TranscriptionAnswer,
    VerboseTranscription,
    transcription_response,
)
from serving.routes.openai.transcriptions import file_of, received
from serving.routes.uploads import refusal
from serving.throughput.work import Priority
from speech.audio_file import read_header
from speech.decoding import SAMPLE_RATE_HZ, Decoder

if TYPE_CHECKING:
    from serving.routes.openai.transcription_request import TranscriptionRequest
    from serving.service import Service

router = APIRouter(prefix="/v1/audio", tags=["OpenAI-compatible"])

_PART_S = 600
"""Sound that is held in memory at once, seconds."""

_CUT_WITHIN_S = 30
_QUIET_S = 0.25
_FORM: dict[str, Any] = {
    "type": "object",
    "required": ["file", "model"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "wav, mp3, flac, ogg, …"},
        "model": {"type": "string", "examples": ["whisper-1"]},
        "language": {"type": "string", "description": "That is spoken; found out if left."},
        "prompt": {"type": "string", "description": "Words to expect, in English."},
        "response_format": {
            "type": "string",
            "enum": ["json", "text", "srt", "vtt", "verbose_json"],
            "default": "json",
        },
        "temperature": {"type": "number", "minimum": 0, "maximum": 1, "description": "No effect."},
    },
}


@router.post(
    "/translations",
    summary="Translate a file into English (OpenAI)",
    dependencies=[Depends(allowed(Permission.TRANSCRIPTIONS_USE))],
    response_model=TranscriptionAnswer | VerboseTranscription,
    responses={
        200: {
            "description": "The English text, in the format that was asked for.",
            "content": {
                "text/plain": {"schema": {"type": "string"}},
                "text/vtt": {"schema": {"type": "string"}},
            },
        },
        **openai_errors(400, 401, 403, 404, 413, 429, 500, 503),
    },
    openapi_extra={
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}
    },
)
async def create_translation(request: Request, service: ServiceInUse) -> Response:
    """Translate what is said into English; nothing of the recording is kept.

    The small models that run on a CPU translate roughly: what matters is to be checked.
    """
    async with AsyncExitStack() as stack:
        form, asked = await received(request, service, stack)
        check_model(service.settings, asked.model, "transcription")
        _check(asked)
        await stack.enter_async_context(service.pool.seats.taken())
        conversation = await run_in_threadpool(translated, service, file_of(form), asked)
        return await run_in_threadpool(
            transcription_response,
            conversation,
            asked,
            task="translate",
            transcriber=service.pool.transcriber(Priority.INTERACTIVE),
        )


def translated(service: Service, path: Path, asked: TranscriptionRequest) -> Conversation:
    """Translate a file.

    Args:
        service: Has the models and the limits.
        path: The file.
        asked: The language that is spoken, and words to expect.

    Raises:
        EntenduError: The file cannot be used.
    """
    turns: list[Turn] = []
    shift_s = 0.0
    for part in _parts(path, service.settings.max_duration_s):
        spans = service.pool.translate(
            part,
            language=None if asked.language is None else asked.language.split("-")[0].lower(),
            beam_size=service.settings.beam_size,
            prompt=" ".join(asked.hotwords),
        )
        for span in spans:
            start_s = max(shift_s + span.start_s, turns[-1].start_s or 0.0 if turns else 0.0)
            turns.append(
                Turn(
                    index=len(turns),
                    speaker="unknown",
                    text=span.text,
                    start_s=start_s,
                    end_s=max(shift_s + span.end_s, start_s),
                    language="en",
                )
            )
        shift_s += len(part) / SAMPLE_RATE_HZ
    conversation = Conversation(
        id=identifier_from_name(path.name),
        channel="phone",
        language="en",
        duration_s=shift_s,
        turns=tuple(turns),
    )
    return redact_text(conversation, service.resources.definitions.policy).conversation


def _check(asked: TranscriptionRequest) -> None:
    if asked.response_format == "diarized_json":
        raise refusal("response_format", "translations have no speakers")
    if asked.stream:
        raise refusal("stream", "translations are not streamed")
    if "word" in asked.timestamp_granularities:
        raise refusal("timestamp_granularities", "translated words have no times")


def _parts(path: Path, limit_s: float) -> Iterator[NDArray[np.float32]]:
    """Yield the sound in parts, all channels together, cut where it is quiet."""
    header = read_header(path)
    channels = range(min(header.channels, 2))
    held = np.zeros(0, np.float32)
    for block in Decoder(header, channels=channels, max_duration_s=limit_s).blocks():
        held = np.concatenate([held, block.mean(axis=0)])
        while len(held) > _PART_S * SAMPLE_RATE_HZ:
            end = _quiet_place(held[: _PART_S * SAMPLE_RATE_HZ])
            yield held[:end]
            held = held[end:]
    if len(held):
        yield held


def _quiet_place(sound: NDArray[np.float32]) -> int:
    """Return the middle of the quietest moment near the end."""
    length = round(_QUIET_S * SAMPLE_RATE_HZ)
    first = len(sound) - _CUT_WITHIN_S * SAMPLE_RATE_HZ
    frames = sound[first:][: (len(sound) - first) // length * length].reshape(-1, length)
    return first + int(np.square(frames).sum(axis=1).argmin()) * length + length // 2

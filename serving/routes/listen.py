"""``POST /v1/listen``: a recording in Deepgram's shape (pre-recorded audio)."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from conversation import Turn, Word
from conversation.errors import BadInput
from models.integrity import sha256_of
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.transcription_request import TranscriptionRequest
from serving.routes.openai.transcription_run import transcribed
from serving.routes.uploads import MEGABYTE, drain, receive_file
from serving.version import entendu_version
from speech import Transcription

router = APIRouter(tags=["live"])

_PUNCTUATION = '.,;:!?…«»"()'
_Language = Annotated[str | None, Query(pattern=r"^[A-Za-z]{2,5}(-[A-Za-z0-9]{2,8})*$")]
_Words = Annotated[list[Annotated[str, Query(min_length=1, max_length=200)]], Query(max_length=100)]


class HeardWord(BaseModel):
    """A word and when it was said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: str
    start: float
    end: float
    confidence: float
    punctuated_word: str
    speaker: int | None = Field(default=None, description="With `diarize`.")


class Alternative(BaseModel):
    """What was heard; there is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transcript: str
    confidence: float
    words: list[HeardWord]


class HeardChannel(BaseModel):
    """All channels of the recording, mixed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    alternatives: list[Alternative]
    detected_language: str | None


class Utterance(BaseModel):
    """What somebody said in a row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    start: float
    end: float
    confidence: float
    channel: int = 0
    transcript: str
    words: list[HeardWord]
    speaker: int | None = None


class HeardResults(BaseModel):
    """What was heard."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channels: list[HeardChannel]
    utterances: list[Utterance] | None = Field(default=None, description="With `utterances`.")


class ListenMetadata(BaseModel):
    """About the recording and what heard it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    transaction_key: str = "deprecated"
    request_id: str
    sha256: str
    created: datetime
    duration: float
    channels: int = 1
    models: list[str]
    model_info: dict[str, dict[str, str]]


class ListenAnswer(BaseModel):
    """A transcript as Deepgram's clients read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    metadata: ListenMetadata
    results: HeardResults


@router.post(
    "/v1/listen",
    summary="Transcribe a file (Deepgram)",
    dependencies=[Depends(allowed(Permission.TRANSCRIPTIONS_USE))],
    responses=problems(400, 401, 403, 413, 415, 422, 429, 503),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
            },
        }
    },
)
async def listen_to_file(
    request: Request,
    service: ServiceInUse,
    language: _Language = None,
    detect_language: bool = False,
    diarize: bool = False,
    utterances: bool = False,
    multichannel: bool = False,
    callback: str | None = None,
    keyterm: _Words = [],  # noqa: B006 - FastAPI copies it
    keywords: _Words = [],  # noqa: B006 - the same
) -> ListenAnswer:
    """Transcribe a recording while the client waits; nothing of it is kept.

    The body is the file. Addresses are not fetched (`{"url": …}`), and answers are not sent
    elsewhere (`callback`): both would let a sender reach into the service's own network. Other
    parameters of Deepgram's are taken and change nothing.
    """
    try:
        _refuse_what_is_not_done(request, multichannel=multichannel, callback=callback)
    except BadInput:
        await drain(request)
        raise
    spoken = None if detect_language or language in (None, "multi") else language
    asked = TranscriptionRequest(
        model=service.settings.transcription_model,
        language=spoken,
        keywords=tuple(word.partition(":")[0] for word in [*keyterm, *keywords]),
    )
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(service.store.files.receiving())
        path = folder / "recording"
        limit = service.settings.max_upload_mb * MEGABYTE
        await receive_file(request, path, max_file_bytes=limit)
        await stack.enter_async_context(service.pool.seats.taken())
        result = await run_in_threadpool(transcribed, service, path, asked)
        about = await run_in_threadpool(_metadata, request, result, path, asked.model)
    return ListenAnswer(
        metadata=about, results=_results(result, diarize=diarize, utterances=utterances)
    )


def _refuse_what_is_not_done(request: Request, *, multichannel: bool, callback: str | None) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        raise BadInput(
            "got JSON, which names an address; the service fetches none",
            remedy="send the file itself (transcribe_file)",
        )
    if callback is not None:
        raise BadInput(
            "got callback; answers are sent to nobody but who asks",
            remedy="leave it out, or send the file to POST /v1/conversations and make a webhook",
        )
    if multichannel:
        raise BadInput(
            "got multichannel, expected one transcript of all channels",
            remedy="leave it out and set diarize, or send the file to POST /v1/conversations, "
            "which keeps channels apart",
        )


def _metadata(request: Request, result: Transcription, path: Path, model: str) -> ListenMetadata:
    return ListenMetadata(
        request_id=str(request.scope.get("request_id", "")),
        sha256=sha256_of(path),
        created=datetime.now(UTC),
        duration=result.conversation.duration_s or 0.0,
        models=[model],
        model_info={model: {"name": model, "version": entendu_version(), "arch": "whisper"}},
    )


def _results(result: Transcription, *, diarize: bool, utterances: bool) -> HeardResults:
    conversation = result.conversation
    people: dict[object, int] = {}
    heard: list[tuple[Turn, list[HeardWord]]] = []
    for turn in conversation.turns:
        who = people.setdefault((turn.participant, turn.speaker), len(people))
        heard.append((turn, [_word(word, who if diarize else None) for word in turn.words]))
    words = [word for _, some in heard for word in some]
    text = " ".join(turn.text for turn, _ in heard)
    channel = HeardChannel(
        alternatives=[Alternative(transcript=text, confidence=_sureness(words), words=words)],
        detected_language=conversation.language,
    )
    said = [
        Utterance(
            id=f"{turn.index}", start=some[0].start, end=some[-1].end, confidence=_sureness(some),
            transcript=turn.text, words=some, speaker=some[0].speaker,
        )
        for turn, some in heard
        if some
    ]  # fmt: skip
    return HeardResults(channels=[channel], utterances=said if utterances else None)


def _word(word: Word, speaker: int | None) -> HeardWord:
    return HeardWord(
        word=word.text.strip(_PUNCTUATION).lower() or word.text, start=word.start_s,
        end=word.end_s, confidence=word.probability, punctuated_word=word.text, speaker=speaker,
    )  # fmt: skip


def _sureness(words: Sequence[HeardWord]) -> float:
    found: Any = statistics.fmean(word.confidence for word in words) if words else 0.0
    return round(float(found), 4)

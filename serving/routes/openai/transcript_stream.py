"""A transcription as server-sent events, sentence by sentence while a recording is heard."""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing
from contextvars import copy_context
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from conversation.errors import EntenduError
from serving.problems import problem_of, unexpected_problem
from serving.routes.openai.errors import openai_error
from serving.routes.openai.events import DONE, event
from serving.routes.openai.segments import Segment, segments_of
from serving.routes.openai.transcript_answers import diarized, usage_of
from serving.routes.openai.transcription_run import transcribed
from serving.throughput.work import current_work

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from conversation import Conversation
    from serving.routes.openai.transcription_request import TranscriptionRequest
    from serving.service import Service

logger = logging.getLogger("entendu.openai")

_MAY_CHANGE_S = 2.0
"""What was said this shortly before the speech that is not recognised yet may still be joined
with it."""


_NUMBER_S = 20.0
"""A card number that is dictated in groups may go on for as long; it is known by its whole."""

_DIGIT = re.compile(r"\d")


class Told:
    """Gives each sentence once, when nothing that follows changes it."""

    def __init__(self) -> None:
        self._after_s = 0.0

    def new(self, conversation: Conversation, until_s: float) -> list[Segment]:
        """Return the sentences that were not given yet and end before a second.

        Args:
            conversation: So far, redacted.
            until_s: Up to where it is complete; infinite for the whole.
        """
        found = []
        for segment in segments_of(conversation):
            if segment.start_s < self._after_s:
                continue
            may_go_on = _DIGIT.search(segment.text) and segment.end_s > until_s - _NUMBER_S
            if segment.end_s > until_s or may_go_on:
                break
            found.append(segment)
            self._after_s = max(segment.start_s + 1e-3, self._after_s)
        return found


class HeldStream(StreamingResponse):
    """Server-sent events; what they need is let go of when they end, however they end.

    Args:
        events: What is sent.
        held: What they need.
    """

    def __init__(self, events: AsyncGenerator[bytes], held: AsyncExitStack) -> None:
        super().__init__(events, media_type="text/event-stream")
        self._events = events
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with self._held, aclosing(self._events):
            await super().__call__(scope, receive, send)


async def heard_events(
    service: Service, path: Path, asked: TranscriptionRequest
) -> AsyncGenerator[bytes]:
    """Yield a delta for each sentence as it is recognised, then the whole text.

    Args:
        service: Has the models.
        path: The file.
        asked: How.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Queue[list[Segment] | Conversation | Exception] = asyncio.Queue()
    said, work = Told(), current_work()

    def tell(what: list[Segment] | Conversation | Exception) -> None:
        loop.call_soon_threadsafe(told.put_nowait, what)

    def hear() -> None:
        def so_far(conversation: Conversation, until_s: float) -> None:
            tell(said.new(conversation, until_s - _MAY_CHANGE_S))

        try:
            conversation = transcribed(service, path, asked, heard=so_far).conversation
            tell(said.new(conversation, float("inf")))
            tell(conversation)
        except Exception as error:  # noqa: BLE001 - it is told to who reads the stream
            tell(error)

    hearing = threading.Thread(target=copy_context().run, args=(hear,), daemon=True)
    hearing.start()
    parts: list[str] = []
    try:
        while True:
            what = await told.get()
            if isinstance(what, Exception):
                yield failure(what)
                return
            if isinstance(what, list):
                for segment in what:
                    parts.append(f" {segment.text}" if parts else segment.text)
                    yield event({"type": "transcript.text.delta", "delta": parts[-1]})
                continue
            yield _done("".join(parts), what.duration_s)
            yield DONE
            return
    finally:
        work.go()
        with anyio.CancelScope(shield=True):  # it reads the file until then
            await run_in_threadpool(hearing.join)


async def diarized_events(
    conversation: Conversation, names: Sequence[str]
) -> AsyncGenerator[bytes]:
    """Yield a delta and a segment for each sentence, then the whole text.

    Who speaks is known only when the whole recording was heard.

    Args:
        conversation: What was said.
        names: Of the speakers, in order of their first word; A, B, … when empty.
    """
    parts: list[str] = []
    for segment in diarized(conversation, "transcribe", names).segments:
        parts.append(f" {segment.text}" if parts else segment.text)
        delta = {"type": "transcript.text.delta", "delta": parts[-1]}
        yield event(delta | {"segment_id": segment.id})
        yield event(segment.model_dump())
    yield _done("".join(parts), conversation.duration_s)
    yield DONE


def _done(text: str, duration_s: float | None) -> bytes:
    usage = usage_of(duration_s or 0.0).model_dump()
    return event({"type": "transcript.text.done", "text": text, "usage": usage})


def failure(error: Exception) -> bytes:
    """Return the event that says that a stream broke off."""
    if isinstance(error, EntenduError):
        problem = problem_of(error)
    else:
        logger.error("a transcription broke off", exc_info=error)
        problem = unexpected_problem()
    return event(openai_error(problem.as_json(), problem.status))

"""Transcribing a file for a request that waits for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from serving.hearing import transcribe_options
from serving.redacting import redact_text, redact_transcription
from serving.throughput.work import Priority, current_work
from speech import Transcription, transcribe

if TYPE_CHECKING:
    from collections.abc import Callable

    from conversation import Conversation
    from serving.routes.openai.transcription_request import TranscriptionRequest
    from serving.service import Service
    from speech import TranscribeOptions


def options_for(service: Service, asked: TranscriptionRequest) -> TranscribeOptions:
    """Return how a file is to be transcribed: as the settings say, and as was asked.

    Args:
        service: Has the settings.
        asked: Language, words to expect, silence between segments.
    """
    options = transcribe_options(service.settings)
    given: dict[str, object] = {"hotwords": (*options.hotwords, *asked.hotwords)}
    if asked.language is not None:
        given["language"] = asked.language
    elif asked.languages:
        given |= {"language": "auto", "languages": tuple(map(str.lower, asked.languages))}
    if asked.turn_pause_s is not None:
        given["turn_pause_s"] = asked.turn_pause_s
    return options.model_copy(update=given)


def transcribed(
    service: Service,
    path: Path,
    asked: TranscriptionRequest,
    *,
    heard: Callable[[Conversation, float], None] | None = None,
) -> Transcription:
    """Transcribe a file; its pieces go through the model with those of other requests.

    What ``redact`` in the settings removes, card data at least, is not in the result.

    Args:
        service: Has the models.
        path: The file.
        asked: How.
        heard: Called with the conversation so far, and up to which second it is complete.

    Raises:
        EntenduError: The file cannot be used.
        CallerGone: Nobody waits for it any more.
    """
    options = options_for(service, asked)
    pool = service.pool
    recogniser = pool.recogniser(
        Priority.INTERACTIVE,
        beam_size=options.beam_size,
        hotwords=options.hotwords,
        vocabulary=options.vocabulary,
    )
    policy = service.resources.definitions.policy

    def told(conversation: Conversation, until_s: float) -> None:
        if heard is not None:
            heard(redact_text(conversation, policy).conversation, until_s)

    result = transcribe(
        path,
        pool.transcriber(Priority.INTERACTIVE),
        options=options,
        speaker_encoder=pool.speaker_encoder,
        recogniser=recogniser,
        progress=_while_somebody_waits(),
        heard=None if heard is None else told,
    )
    return redact_transcription(result, policy)[0]


def _while_somebody_waits() -> Callable[[float, float], None]:
    work = current_work()

    def look(_done_s: float, _all_s: float) -> None:
        work.check()

    return look

"""A transcription in each of OpenAI's response formats."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from fastapi.responses import JSONResponse, PlainTextResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.routes.openai.segments import Segment, letters, segments_of, text_of, words_of
from speech.formats.srt import to_srt
from speech.formats.vtt import to_vtt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conversation import Conversation
    from models import Transcriber
    from serving.routes.openai.transcription_request import TranscriptionRequest

Task = Literal["transcribe", "translate"]


class DurationUsage(BaseModel):
    """What was used: the length of the recording."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["duration"] = "duration"
    seconds: int = Field(ge=0, description="Rounded up.")


class TranscriptionAnswer(BaseModel):
    """``json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    usage: DurationUsage


class TimedWord(BaseModel):
    """A word with its times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    word: str
    start: float
    end: float


class VerboseSegment(BaseModel):
    """A sentence with its times."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int
    seek: int = Field(description="Its start in hundredths of a second.")
    start: float
    end: float
    text: str
    tokens: list[int] = Field(description="The text in the recogniser's tokens.")
    temperature: float = Field(description="Always 0: nothing is drawn by chance.")
    avg_logprob: float = Field(description="Mean of the words' log-probabilities.")
    compression_ratio: float
    no_speech_prob: float = Field(
        description="Always 0: what is not speech was left out before, by voice activity."
    )


class VerboseTranscription(BaseModel):
    """``verbose_json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Task
    language: str
    duration: float
    text: str
    segments: list[VerboseSegment] | None = None
    words: list[TimedWord] | None = None
    usage: DurationUsage


class DiarizedSegment(BaseModel):
    """What one speaker said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["transcript.text.segment"] = "transcript.text.segment"
    id: str
    start: float
    end: float
    text: str
    speaker: str = Field(description="A name that was given with its voice, or A, B, …")


class DiarizedTranscription(BaseModel):
    """``diarized_json``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Task
    duration: float
    text: str
    segments: list[DiarizedSegment]
    usage: DurationUsage


def usage_of(duration_s: float) -> DurationUsage:
    """Return the usage of a recording."""
    return DurationUsage(seconds=math.ceil(duration_s))


def transcription_response(
    conversation: Conversation,
    asked: TranscriptionRequest,
    *,
    task: Task,
    transcriber: Transcriber,
    names: Sequence[str] = (),
) -> Response:
    """Write a transcription in the format that was asked for.

    Args:
        conversation: What was said.
        asked: The format, and the kinds of times.
        task: What was done.
        transcriber: Its tokenizer tells the tokens of segments.
        names: Of the speakers, in order of their first word; A, B, … when empty.
    """
    kind = asked.response_format
    if kind == "text":
        return PlainTextResponse(f"{text_of(conversation)}\n")
    if kind == "srt":
        return PlainTextResponse(to_srt(conversation, speakers=False))
    if kind == "vtt":
        return PlainTextResponse(to_vtt(conversation, speakers=False), media_type="text/vtt")
    answer: BaseModel
    if kind == "verbose_json":
        answer = _verbose(conversation, asked, task, transcriber)
    elif kind == "diarized_json":
        answer = diarized(conversation, task, names)
    else:
        answer = TranscriptionAnswer(
            text=text_of(conversation), usage=usage_of(conversation.duration_s or 0.0)
        )
    return JSONResponse(answer.model_dump(mode="json", exclude_none=True))


def diarized(
    conversation: Conversation, task: Task, names: Sequence[str] = ()
) -> DiarizedTranscription:
    """Return a transcription with its speakers.

    Args:
        conversation: What was said.
        task: What was done.
        names: Of the speakers, in order of their first word; A, B, … when empty.
    """
    duration_s = conversation.duration_s or 0.0
    return DiarizedTranscription(
        task=task,
        duration=round(duration_s, 2),
        text=text_of(conversation),
        segments=[
            DiarizedSegment(
                id=f"seg_{number:03d}",
                start=round(segment.start_s, 2),
                end=round(segment.end_s, 2),
                text=segment.text,
                speaker=names[segment.speaker] if names else letters(segment.speaker),
            )
            for number, segment in enumerate(segments_of(conversation), 1)
        ],
        usage=usage_of(duration_s),
    )


def _verbose(
    conversation: Conversation,
    asked: TranscriptionRequest,
    task: Task,
    transcriber: Transcriber,
) -> VerboseTranscription:
    granularities = asked.timestamp_granularities or ("segment",)
    segments = segments_of(conversation)
    duration_s = conversation.duration_s or 0.0
    return VerboseTranscription(
        task=task,
        language="english" if task == "translate" else language_name(conversation.language),
        duration=round(duration_s, 2),
        text=text_of(conversation),
        segments=[_verbose_segment(number, one, transcriber) for number, one in enumerate(segments)]
        if "segment" in granularities
        else None,
        words=[
            TimedWord(word=word.text, start=round(word.start_s, 2), end=round(word.end_s, 2))
            for word in words_of(segments)
        ]
        if "word" in granularities
        else None,
        usage=usage_of(duration_s),
    )


def _verbose_segment(number: int, segment: Segment, transcriber: Transcriber) -> VerboseSegment:
    encoding: Any = transcriber.model.hf_tokenizer.encode(
        f" {segment.text}", add_special_tokens=False
    )
    return VerboseSegment(
        id=number,
        seek=round(segment.start_s * 100),
        start=round(segment.start_s, 2),
        end=round(segment.end_s, 2),
        text=segment.text,
        tokens=list(encoding.ids),
        temperature=0.0,
        avg_logprob=round(segment.log_probability, 4),
        compression_ratio=round(segment.compression_ratio, 4),
        no_speech_prob=0.0,
    )


def language_name(tag: str | None) -> str:
    """Return the English name of a language, as Whisper writes it; the tag where there is none."""
    if tag is None:
        return ""
    return _names().get(tag, tag)


@cache
def _names() -> dict[str, str]:
    from lingua import Language

    return {one.iso_code_639_1.name.lower(): one.name.lower() for one in Language.all()}

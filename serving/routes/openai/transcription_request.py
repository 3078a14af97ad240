"""What is asked of ``/v1/audio/transcriptions`` and ``/v1/audio/translations``."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from serving.routes.uploads import Form, refusal

ResponseFormat = Literal["json", "text", "srt", "vtt", "verbose_json", "diarized_json"]
Granularity = Literal["word", "segment"]

MOST_KNOWN_SPEAKERS = 4
MAX_REFERENCE_BYTES = 2_000_000
REPEATED = frozenset(
    (
        "timestamp_granularities[]",
        "include[]",
        "known_speaker_names[]",
        "known_speaker_references[]",
        "keywords[]",
        "languages[]",
    )
)
MAX_FIELD_BYTES = MAX_REFERENCE_BYTES * 4 // 3 + 1000

_DATA_URL = re.compile(r"data:(?P<type>[\w.+/-]+)(?:;[\w=.+-]+)*;base64,(?P<data>.+)", re.DOTALL)
_CHUNKING = re.compile(r"chunking_strategy\[(\w+)\]")

_Short = Annotated[str, Field(min_length=1, max_length=200)]


class ServerVad(BaseModel):
    """How speech is cut where ``chunking_strategy`` is no ``auto``.

    Attributes:
        type: Always this.
        threshold: Accepted and of no effect: what is speech is found for each recording.
        prefix_padding_ms: Accepted and of no effect: a word is never cut.
        silence_duration_ms: A speaker's own silence that ends a segment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["server_vad"]
    threshold: float | None = Field(default=None, ge=0, le=1)
    prefix_padding_ms: int | None = Field(default=None, ge=0)
    silence_duration_ms: int | None = Field(default=None, gt=0, le=10_000)


class TranscriptionRequest(BaseModel):
    """The fields beside the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(min_length=1, max_length=200)
    language: str | None = Field(default=None, pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    languages: tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}$")], ...] = ()
    prompt: str = Field(default="", max_length=MAX_FIELD_BYTES)
    keywords: tuple[_Short, ...] = Field(default=(), max_length=100)
    response_format: ResponseFormat = "json"
    temperature: float = Field(default=0.0, ge=0, le=1)
    timestamp_granularities: tuple[Granularity, ...] = ()
    include: tuple[str, ...] = ()
    chunking_strategy: Literal["auto"] | ServerVad | None = None
    known_speaker_names: tuple[_Short, ...] = Field(default=(), max_length=MOST_KNOWN_SPEAKERS)
    known_speaker_references: tuple[str, ...] = Field(default=(), max_length=MOST_KNOWN_SPEAKERS)
    stream: bool = False

    @field_validator("chunking_strategy", mode="before")
    @classmethod
    def _strategy_may_be_json(cls, given: object) -> object:
        if isinstance(given, str) and given.startswith("{"):
            return json.loads(given)
        return given

    @property
    def hotwords(self) -> tuple[str, ...]:
        """What the recogniser is told to expect."""
        prompt = " ".join(self.prompt.split())
        return ((prompt,) if prompt else ()) + self.keywords

    @property
    def turn_pause_s(self) -> float | None:
        """The silence that ends a segment, where one was given."""
        given = self.chunking_strategy
        if not isinstance(given, ServerVad) or given.silence_duration_ms is None:
            return None
        return given.silence_duration_ms / 1000


def read_request(form: Form) -> TranscriptionRequest:
    """Read the fields of a form.

    Raises:
        RequestValidationError: One is not as expected; it is named.
    """
    given: dict[str, Any] = {}
    strategy: dict[str, str] = {}
    for name, value in form.fields.items():
        inside = _CHUNKING.fullmatch(name)
        if inside:
            strategy[inside[1]] = value
        elif value != "" or name == "prompt":
            given[name] = value
    for name, values in form.lists.items():
        given[name.removesuffix("[]")] = tuple(values)
    if strategy:
        given["chunking_strategy"] = strategy
    try:
        asked = TranscriptionRequest.model_validate(given)
    except (ValidationError, ValueError) as error:
        raise _named(error) from error
    _check(asked, form)
    return asked


def reference_sounds(asked: TranscriptionRequest) -> tuple[bytes, ...]:
    """Return the files in which known speakers are heard.

    Raises:
        RequestValidationError: One is no data URL, or too large.
    """
    found = []
    for url in asked.known_speaker_references:
        match = _DATA_URL.fullmatch(url.strip())
        try:
            content = base64.b64decode(match["data"], validate=True) if match else b""
        except binascii.Error:
            content = b""
        if not content or len(content) > MAX_REFERENCE_BYTES:
            raise refusal(
                "known_speaker_references",
                "expected data URLs (data:audio/wav;base64,…) of 2 to 10 s of one voice, "
                f"{MAX_REFERENCE_BYTES // 1_000_000} MB at most",
            )
        found.append(content)
    return tuple(found)


def _check(asked: TranscriptionRequest, form: Form) -> None:
    if form.file is None:
        raise refusal("file", "there is no part named file")
    if asked.timestamp_granularities and asked.response_format != "verbose_json":
        raise refusal("timestamp_granularities", "only with response_format verbose_json")
    if asked.include:
        raise refusal("include", "nothing can be included; word times are in verbose_json")
    if len(asked.known_speaker_names) != len(asked.known_speaker_references):
        raise refusal(
            "known_speaker_references",
            f"got {len(asked.known_speaker_references)} references for "
            f"{len(asked.known_speaker_names)} known_speaker_names",
        )
    if len(set(asked.known_speaker_names)) < len(asked.known_speaker_names):
        raise refusal("known_speaker_names", "a name stands twice")
    if asked.known_speaker_names and asked.response_format != "diarized_json":
        raise refusal("known_speaker_names", "only with response_format diarized_json")
    if asked.stream and asked.response_format not in ("json", "text", "diarized_json"):
        raise refusal("stream", "only with response_format json, text or diarized_json")


def _named(error: ValueError) -> Exception:
    if not isinstance(error, ValidationError):
        return refusal("chunking_strategy", "expected auto or a JSON object")
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "body"
    return refusal(name, first["msg"])

"""``POST /v1/chat/completions``: answers of the knowledge base in OpenAI's shape."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.knowledge_bases import write_answer
from serving.library.bases import seen_by_reader
from serving.operation.metrics import ABSTENTIONS, ANSWERS
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.answers import openai_errors
from serving.routes.openai.chat_answer import KnowledgeMessage, knowledge_message
from serving.routes.openai.chat_request import ChatRequest
from serving.routes.openai.events import DONE, event
from serving.routes.openai.model_names import check_model

if TYPE_CHECKING:
    from serving.service import Service

router = APIRouter(prefix="/v1/chat", tags=["OpenAI-compatible"])

_PIECES = re.compile(r"\S+\s*|\s+")


class ChatUsage(BaseModel):
    """Tokens, counted with the tokenizer of the sentence encoder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatChoice(BaseModel):
    """The one answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    index: Literal[0] = 0
    message: KnowledgeMessage
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class ChatCompletion(BaseModel):
    """An answer of the knowledge base."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[ChatChoice, ...]
    usage: ChatUsage


@router.post(
    "/completions",
    summary="Ask the knowledge base (OpenAI)",
    response_model=ChatCompletion,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **openai_errors(400, 401, 403, 404, 413, 429, 500, 503),
    },
)
def create_chat_completion(
    asked: ChatRequest,
    service: ServiceInUse,
    principal: Annotated[Principal, Depends(allowed(Permission.CHAT_USE))],
) -> Response:
    """Answer the user's last message with sentences of the knowledge base and their source.

    Where no document answers surely enough the message says so, and where several may be meant it
    asks back. What messages say is searched for and never obeyed.
    """
    check_model(service.settings, asked.model, "knowledge")
    asked.check()
    message = _message(asked, service, principal)
    usage = _usage(asked, message, service)
    completion = ChatCompletion(
        id=f"chatcmpl-{uuid.uuid4().hex}",
        created=int(time.time()),
        model=asked.model,
        choices=(ChatChoice(message=message),),
        usage=usage,
    )
    if not asked.stream:
        return JSONResponse(completion.model_dump(mode="json"))
    with_usage = asked.stream_options is not None and asked.stream_options.include_usage
    return StreamingResponse(
        _chunks(completion, with_usage=with_usage), media_type="text/event-stream"
    )


def _message(asked: ChatRequest, service: Service, principal: Principal) -> KnowledgeMessage:
    resources = service.resources
    base = resources.bases.of_team(principal.team).base
    answer = base.answer(asked.question, context=asked.context, filters=seen_by_reader(principal))
    if not answer.answered:
        ABSTENTIONS.labels(surface="chat").inc()
        return knowledge_message(answer, None)
    ANSWERS.labels(surface="chat").inc()
    written = write_answer(answer, "chat", service.settings, encoder=resources.encoder)
    return knowledge_message(answer, written)


def _usage(asked: ChatRequest, message: KnowledgeMessage, service: Service) -> ChatUsage:
    texts = [one.text for one in asked.messages if one.text]
    *prompt, completion = map(len, service.pool.encoder.tokenize([*texts, message.content]))
    return ChatUsage(
        prompt_tokens=sum(prompt),
        completion_tokens=completion,
        total_tokens=sum(prompt) + completion,
    )


def _chunks(completion: ChatCompletion, *, with_usage: bool) -> Iterator[bytes]:
    """Yield the events of an answer: role, words, sources, end, and the tokens if asked for."""
    message = completion.choices[0].message
    yield _chunk(completion, {"role": "assistant", "content": ""}, usage=with_usage)
    for piece in _PIECES.findall(message.content):
        yield _chunk(completion, {"content": piece}, usage=with_usage)
    sources = message.model_dump(mode="json", include={"annotations", "entendu"})
    yield _chunk(completion, sources, usage=with_usage)
    yield _chunk(completion, {}, finish_reason="stop", usage=with_usage)
    if with_usage:
        yield event(
            _head(completion) | {"choices": [], "usage": completion.usage.model_dump(mode="json")}
        )
    yield DONE


def _chunk(
    completion: ChatCompletion,
    delta: dict[str, Any],
    *,
    finish_reason: str | None = None,
    usage: bool,
) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
    none = {"usage": None} if usage else {}
    return event(_head(completion) | {"choices": [choice]} | none)


def _head(completion: ChatCompletion) -> dict[str, Any]:
    return {
        "id": completion.id,
        "object": "chat.completion.chunk",
        "created": completion.created,
        "model": completion.model,
    }

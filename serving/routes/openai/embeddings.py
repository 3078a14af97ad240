"""``POST /v1/embeddings``: vectors of texts in OpenAI's shape."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Annotated, Literal, cast

from fastapi import APIRouter, Depends
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)
from pydantic_core import PydanticCustomError

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.operation.tracing import note
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.answers import openai_errors
from serving.routes.openai.model_names import check_model
from serving.routes.uploads import refusal
from serving.throughput.work import current_work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from serving.throughput import ModelPool

router = APIRouter(prefix="/v1/embeddings", tags=["OpenAI-compatible"])

MAX_INPUTS = 2048
_FEW_CHARACTERS = 4000
"""To tokenize texts of so many characters takes less time than to hand them to a thread."""

_Tokens = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=1)]


class EmbeddingRequest(BaseModel):
    """Texts to encode."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(max_length=200, examples=["entendu-encoder-fr-en"])
    input: (
        str
        | _Tokens
        | Annotated[list[str], Field(min_length=1, max_length=MAX_INPUTS)]
        | Annotated[list[_Tokens], Field(min_length=1, max_length=MAX_INPUTS)]
    ) = Field(
        description="A text, a list of texts, or tokens of this model's own tokenizer.",
        examples=[["Ma box est en panne.", "My router is down."]],
    )
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = Field(
        default=None,
        ge=1,
        description="Keep so many of the first numbers of each vector, brought to length 1 again. "
        "The model was not trained for it: half of the numbers lose little, a tenth much.",
    )
    user: str | None = Field(default=None, max_length=512, description="Not read.")
    input_type: Literal["query", "passage"] = Field(
        default="query",
        description="Beyond OpenAI: `query` for what is asked or said, `passage` for what is "
        "searched.",
    )

    @field_validator("input", mode="wrap")
    @classmethod
    def _one_of_the_shapes(cls, value: object, read: ValidatorFunctionWrapHandler) -> object:
        try:
            return read(value)
        except ValidationError as error:
            got = f"a list of {len(value)}" if isinstance(value, list) else type(value).__name__
            raise PydanticCustomError(
                "input",
                "expected a text, 1 to {most} texts, or tokens of this model's tokenizer (0 or "
                "more), all of one kind; got {got}",
                {"most": MAX_INPUTS, "got": got},
            ) from error


class EmbeddingUsage(BaseModel):
    """Tokens that were read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prompt_tokens: int
    total_tokens: int


class Embedding(BaseModel):
    """The vector of one text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str = Field(description="Numbers, or little-endian float32 in base64.")


class EmbeddingAnswer(BaseModel):
    """The vectors, in the order of the texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


@router.post(
    "",
    summary="Embed texts (OpenAI)",
    dependencies=[Depends(allowed(Permission.EMBEDDINGS_USE))],
    response_model=EmbeddingAnswer,
    responses=openai_errors(400, 401, 403, 404, 413, 429, 500, 503),
)
async def create_embeddings(asked: EmbeddingRequest, service: ServiceInUse) -> Response:
    """Encode texts; those of requests that come at the same time are encoded together."""
    check_model(service.settings, asked.model, "embedding")
    note({"gen_ai.operation.name": "embeddings", "gen_ai.request.model": asked.model})
    pool = service.pool
    texts = await _texts(asked, pool)
    if any(not text.strip() for text in texts):
        raise refusal("input", "holds an empty text")
    work = current_work()
    if pool.encoder.is_loaded and sum(map(len, texts)) <= _FEW_CHARACTERS:
        submitted = pool.encoder.submit(texts, kind=asked.input_type, work=work)
    else:
        submitted = await run_in_threadpool(
            pool.encoder.submit, texts, kind=asked.input_type, work=work
        )
    with work.telling(submitted.vectors.cancel):
        try:
            vectors = await asyncio.wrap_future(submitted.vectors)
        finally:
            work.check()
    return _answer(asked, _cut(vectors, asked.dimensions), submitted.tokens)


def _cut(vectors: NDArray[np.float32], dimensions: int | None) -> NDArray[np.float32]:
    """Return vectors of so many numbers, of length 1."""
    import numpy as np

    if dimensions is None or dimensions == vectors.shape[1]:
        return vectors
    if dimensions > vectors.shape[1]:
        detail = f"the vectors of this model have {vectors.shape[1]} numbers, got {dimensions}"
        raise refusal("dimensions", detail)
    cut: NDArray[np.float32] = vectors[:, :dimensions].copy()
    cut /= np.maximum(np.linalg.norm(cut, axis=1, keepdims=True), np.finfo(np.float32).tiny)
    return cut


def _answer(asked: EmbeddingRequest, vectors: NDArray[np.float32], n_tokens: int) -> Response:
    as_base64 = asked.encoding_format == "base64"
    answer = {
        "object": "list",
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": base64.b64encode(vector.astype("<f4").tobytes()).decode()
                if as_base64
                else vector.tolist(),
            }
            for index, vector in enumerate(vectors)
        ],
        "model": asked.model,
        "usage": {"prompt_tokens": n_tokens, "total_tokens": n_tokens},
    }
    return Response(json.dumps(answer), media_type="application/json")


async def _texts(asked: EmbeddingRequest, pool: ModelPool) -> list[str]:
    given = asked.input
    if isinstance(given, str):
        return [given]
    if isinstance(given[0], str):
        return given
    rows = cast("list[list[int]]", [given] if isinstance(given[0], int) else given)
    return await run_in_threadpool(lambda: [pool.encoder.text_of_tokens(row) for row in rows])

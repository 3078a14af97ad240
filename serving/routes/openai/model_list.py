"""``GET /v1/models``: the models in OpenAI's shape."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import NotFound
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.routes.dependencies import ServiceInUse
from serving.routes.openai.answers import openai_errors
from serving.routes.openai.model_names import ServedModel, served_models

router = APIRouter(prefix="/v1/models", tags=["OpenAI-compatible"])


class OpenAIModel(BaseModel):
    """A model, as OpenAI describes one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(examples=["whisper-1"])
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970 when it came to this machine.")
    owned_by: str = "entendu"


class OpenAIModels(BaseModel):
    """All models."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    object: Literal["list"] = "list"
    data: tuple[OpenAIModel, ...]


@router.get(
    "",
    summary="List models (OpenAI)",
    dependencies=[Depends(allowed(Permission.MODELS_READ))],
    responses=openai_errors(401, 403),
)
def list_models(service: ServiceInUse) -> OpenAIModels:
    """Return the models that are served, with their aliases."""
    return OpenAIModels(data=tuple(map(_described, served_models(service.settings))))


@router.get(
    "/{model:path}",
    summary="One model (OpenAI)",
    dependencies=[Depends(allowed(Permission.MODELS_READ))],
    responses=openai_errors(401, 403, 404),
)
def get_model(
    service: ServiceInUse, model: Annotated[str, Path(description="Name of the model.")]
) -> OpenAIModel:
    """Return one model."""
    for one in served_models(service.settings):
        if one.id == model:
            return _described(one)
    raise NotFound(f"the model {model[:100]!r} does not exist", remedy="see GET /v1/models")


def _described(model: ServedModel) -> OpenAIModel:
    return OpenAIModel(id=model.id, created=model.created)

"""``/v1/catalogue``: which models there are, and which of them are loaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from conversation.errors import EntenduError
from models import ModelStore
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.throughput.pool import PoolReport

router = APIRouter(prefix="/v1/catalogue", tags=["models"])

Reader = Annotated[Principal, Depends(allowed(Permission.MODELS_READ))]


class ModelAnswer(BaseModel):
    """A model and its state on this machine."""

    name: str
    task: str
    languages: list[str] = Field(description="Empty where they are not known.")
    licence: str | None = Field(description="SPDX identifier.")
    source: str = Field(description="`package`, `wheel`, `hub` or `folder`.")
    present: bool = Field(description="Whether all its files are there with the right sizes.")
    size_bytes: int
    verified_at: AwareDatetime | None = Field(description="When all hashes were last found right.")
    in_use_for: list[str] = Field(
        description="`embeddings`, `transcription`: what the settings use it for."
    )
    loaded: bool = Field(description="Whether this process has it in memory now.")
    memory_mb: float | None = Field(description="By how much the process grew with it.")


class CatalogueAnswer(BaseModel):
    """All models."""

    data: list[ModelAnswer]
    next_cursor: None = Field(default=None, description="Always null: the list is whole.")
    pool: PoolReport | None = Field(
        description="What the loaded models do; null where the device is not there."
    )


@router.get("", summary="List models", responses=problems(401, 403))
def list_models(service: ServiceInUse, principal: Reader) -> CatalogueAnswer:
    """List the models of the catalogue and those of this machine, with what they are used for."""
    del principal
    settings = service.settings
    pool = _report(service)
    loaded = {} if pool is None else {one.name: one for one in pool.models if one.loaded}
    used = {
        settings.embedding_model: "embeddings",
        settings.transcription_model: "transcription",
    }
    return CatalogueAnswer(
        data=[
            ModelAnswer(
                name=one.name,
                task=one.task,
                languages=list(one.languages),
                licence=one.licence,
                source=one.source,
                present=one.present,
                size_bytes=one.size_bytes,
                verified_at=one.verified_at,
                in_use_for=[used[one.name]] if one.name in used else [],
                loaded=one.name in loaded,
                memory_mb=loaded[one.name].memory_mb if one.name in loaded else None,
            )
            for one in ModelStore(settings.models_dir).list()
        ],
        pool=pool,
    )


def _report(service: ServiceInUse) -> PoolReport | None:
    try:
        return service.pool.report
    except EntenduError:
        return None

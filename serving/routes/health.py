"""``GET /healthz`` and ``GET /readyz``: whether the service lives, and whether it can work."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import EntenduError
from serving.routes.dependencies import ServiceInUse
from serving.version import entendu_version

if TYPE_CHECKING:
    from serving.service import Service

router = APIRouter(tags=["operation"])

_MEGABYTE = 1_000_000


class Health(BaseModel):
    """Whether the service works."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"status": "ok", "version": "0.1.0"}]}
    )

    status: Literal["ok"] = Field(description="`ok`")
    version: str = Field(description="Of Entendu.")


class Check(BaseModel):
    """One thing that the service needs."""

    ok: bool = Field(description="Whether it is there.")
    detail: str = Field(description="What was found.")


class Readiness(BaseModel):
    """Whether the service can take work."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "version": "0.1.0",
                    "checks": {
                        "database": {"ok": True, "detail": "sqlite answers"},
                        "queue": {"ok": True, "detail": "2 jobs are open"},
                        "models": {"ok": True, "detail": "all are on this machine"},
                        "disk": {"ok": True, "detail": "52000 MB are free, 500 are needed"},
                    },
                }
            ]
        }
    )

    status: Literal["ready", "not ready"] = Field(description="`ready` when all checks are.")
    version: str = Field(description="Of Entendu.")
    checks: dict[str, Check] = Field(description="By name: database, queue, models, disk.")


@router.get("/healthz", summary="Whether the service lives")
def health() -> Health:
    """Tell that the process answers; nothing else is looked at."""
    return Health(status="ok", version=entendu_version())


@router.get(
    "/readyz",
    summary="Whether the service can work",
    responses={
        503: {"model": Readiness, "description": "Something is missing; `checks` says what."}
    },
)
def readiness(service: ServiceInUse, response: Response) -> Readiness:
    """Tell whether the database, the queue, the models and the disk are as they should be."""
    checks = {
        "database": _database(service),
        "queue": _queue(service),
        "models": _models(service),
        "disk": _disk(service),
    }
    ready = all(check.ok for check in checks.values())
    if not ready:
        response.status_code = 503
    return Readiness(
        status="ready" if ready else "not ready", version=entendu_version(), checks=checks
    )


def _database(service: Service) -> Check:
    alive = service.store.is_alive()
    kind = service.store.database.kind
    return Check(ok=alive, detail=f"{kind} answers" if alive else f"{kind} does not answer")


def _queue(service: Service) -> Check:
    try:
        count = len(service.jobs.ledger.open_runs(1001))
    except (EntenduError, RuntimeError):
        return Check(ok=False, detail="it does not answer")
    return Check(ok=True, detail=f"{'more than 1000' if count > 1000 else count} jobs are open")


def _models(service: Service) -> Check:
    missing = service.missing_models()
    if missing:
        return Check(
            ok=False, detail=f"missing: {', '.join(missing)}; fetch them with: entendu models fetch"
        )
    return Check(ok=True, detail="all are on this machine")


def _disk(service: Service) -> Check:
    needed = service.settings.min_free_disk_mb
    try:
        free = shutil.disk_usage(service.settings.data_dir).free // _MEGABYTE
    except OSError:
        return Check(ok=False, detail="the data folder cannot be looked at")
    return Check(ok=free >= needed, detail=f"{free} MB are free, {needed} are needed")

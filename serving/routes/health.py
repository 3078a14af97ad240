"""``GET /healthz``: whether the service works."""

from __future__ import annotations

from fastapi import APIRouter

from serving.routes.answers import Health
from serving.routes.dependencies import ServiceInUse
from serving.version import entendu_version

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Health")
def health(service: ServiceInUse) -> Health:
    """Tell that the service and its database answer."""
    service.store.is_alive()
    return Health(status="ok", version=entendu_version())

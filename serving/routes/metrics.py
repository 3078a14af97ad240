"""``GET /metrics``: figures for Prometheus."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.operation import metrics
from serving.operation.queue_depth import note_queue_depth
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={
        200: {
            "description": "In the text format of Prometheus.",
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'entendu_queue_depth{state="queued"} 0.0\n',
                }
            },
        },
        **problems(401, 403),
    },
)
def get_metrics(
    service: ServiceInUse,
    _principal: Annotated[Principal, Depends(allowed(Permission.METRICS_READ))],
) -> Response:
    """Return counts and times of this process, and the backlog of the store; no personal data."""
    note_queue_depth(service.store.database)
    return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

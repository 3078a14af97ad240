"""Who asks, as routes are handed it, and what they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal

if TYPE_CHECKING:
    from serving.service import Service

Reader = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_WRITE))]
Exporter = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_EXPORT))]
Eraser = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_ERASE))]
EvaluationReader = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_READ))]
JobReader = Annotated[Principal, Depends(allowed(Permission.JOBS_READ))]
JobManager = Annotated[Principal, Depends(allowed(Permission.JOBS_MANAGE))]


def audit(
    request: Request,
    service: Service,
    principal: Principal,
    action: str,
    object_id: str,
    *,
    kind: str = "conversation",
    detail: dict[str, object] | None = None,
) -> None:
    """Write down who read or changed what.

    Args:
        request: Its id goes along.
        service: Has the log.
        principal: Who.
        action: What, as ``conversation.read``.
        object_id: Of what.
        kind: Of what kind of thing.
        detail: What else; never what was said.
    """
    service.audit.record(
        principal, action, kind, object_id, request.scope.get("request_id"), detail
    )

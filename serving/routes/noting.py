"""Writing down in the audit log what a route read or changed."""

from __future__ import annotations

from serving.access.principal import Principal
from serving.logs import REQUEST_ID
from serving.service import Service


def note(
    service: Service,
    principal: Principal,
    action: str,
    object_kind: str,
    object_id: str,
    **detail: object,
) -> None:
    """Add a line to the audit log, with the number of the request.

    Args:
        service: In use.
        principal: Who did it.
        action: What was done, as ``thing.verb``.
        object_kind: To what kind of thing.
        object_id: To which.
        detail: More: ids and numbers, never words of people.
    """
    service.audit.record(
        principal, action, object_kind, object_id, request_id=REQUEST_ID.get(),
        detail=detail or None,
    )  # fmt: skip

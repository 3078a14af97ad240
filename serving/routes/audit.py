"""``/v1/audit``: who read and changed what."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from serving.access import Permission, Principal
from serving.access.audit import NO_HASH, AuditEntry, AuditFilter
from serving.access.guard import allowed
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse

router = APIRouter(prefix="/v1", tags=["access"])

_ENTRY: JsonDict = {
    "number": 1,
    "at": "2026-11-03T10:02:00.123456Z",
    "team": "default",
    "principal_id": "key_9f86d081884c7d65",
    "role": "supervisor",
    "action": "transcript.read",
    "object_kind": "conversation",
    "object_id": "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99",
    "request_id": "0d9f1a5e1b6c4b7a8e2f",
    "detail": None,
    "previous_hash": NO_HASH,
    "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}

AuditReader = Annotated[Principal, Depends(allowed(Permission.AUDIT_READ))]
_NAME = Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")


class AuditPage(BaseModel):
    """Some lines of the audit log, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [_ENTRY], "next_cursor": None}]}
    )

    data: list[AuditEntry]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class AuditCheck(BaseModel):
    """Whether the log is as it was written."""

    lines: int = Field(description="That are there.")
    head: str = Field(description="Hash of the last line; kept elsewhere, it proves the rest.")
    broken_at: int | None = Field(description="First line that is missing or changed; null: none.")
    reason: str | None = Field(description="What is wrong with it.")


@router.get("/audit/verification", summary="Verify the audit log", responses=problems(401, 403))
def verify_audit(service: ServiceInUse, _principal: AuditReader) -> AuditCheck:
    """Check every line against the one before it, and the last against what is kept of it."""
    found = service.audit.verify()
    return AuditCheck(
        lines=found.lines, head=found.head, broken_at=found.broken_at, reason=found.reason
    )


@router.get("/audit", summary="Read the audit log", responses=problems(401, 403, 422, 429))
def read_audit(
    service: ServiceInUse,
    principal: AuditReader,
    limit: Annotated[int, Query(ge=1, le=200, description="Most to return.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=40, description="`next_cursor` of the page before.")
    ] = None,
    principal_id: Annotated[str | None, _NAME] = None,
    action: Annotated[
        str | None,
        Query(
            min_length=1,
            max_length=64,
            pattern=r"^[^\x00]+$",
            description="What was done; `key.*`: all that begins so.",
        ),
    ] = None,
    object_kind: Annotated[str | None, _NAME] = None,
    object_id: Annotated[str | None, _NAME] = None,
    since: Annotated[AwareDatetime | None, Query(description="Not before.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
) -> AuditPage:
    """List who read and changed what, newest first. Lines hold ids, never words of people.

    Nobody can change or remove a line; `entendu audit verify` checks that nobody has.
    """
    wanted = AuditFilter(
        team=principal.team,
        principal_id=principal_id,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        since=since,
        until=until,
    )
    entries, next_cursor = service.audit.page(wanted, limit=limit, cursor=cursor)
    return AuditPage(data=list(entries), next_cursor=next_cursor)

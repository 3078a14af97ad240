"""``/v1/privacy``: retention, purges, erasures, and what is stored of a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.privacy.erasure import erase_customer
from serving.privacy.purge import plan_purge, run_purge
from serving.privacy.removal_log import Removal
from serving.privacy.retention import PurposeRule
from serving.privacy.subject_export import export_subject
from serving.routes.answers import problems
from serving.routes.consents import CustomerKey, LedgerCheck
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import whose
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1/privacy", tags=["privacy"])

Manager = Annotated[Principal, Depends(allowed(Permission.PRIVACY_MANAGE))]
Limit = Annotated[int, Query(ge=1, le=200, description="Most to return.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before.")
]
RemovalId = Annotated[str, Path(max_length=64, description="As the list names it.")]
Team = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
_PROOF: JsonDict = {
    "number": 4,
    "id": "0f343b0931126a20f133d67c2b018a3b",
    "kind": "erasure",
    "subject": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "at": "2026-11-03T10:02:00Z",
    "requested_by": "k_1",
    "receipt": {
        "cause": "request",
        "conversations": ["8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"],
        "copies": [
            {"copy": "text and its index", "where": "turns", "removed": 12, "kept": 0,
             "why": None, "items": [], "copy_fr": "texte et son index", "why_fr": None},
        ],
    },
    "previous": "0" * 64,
    "hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "signature": "fd61a03af4f77d870fc21e05e7e80678095c92d808cfb3b5c279ee04c74aca13",
}  # fmt: skip


class RetentionAnswer(BaseModel):
    """How long what is kept."""

    version: str = Field(description="Of the rules; named in every proof.")
    purposes: dict[str, PurposeRule]
    schedule: str = Field(description="When what is past its time is removed, as cron says it.")


class PurgePreview(BaseModel):
    """What a purge would remove now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "at": "2026-11-03T10:02:00Z",
                    "rules": "2026-11",
                    "counts": {"quality.audio": 12, "quality.transcript": 12},
                    "conversations": 12,
                    "unknown_purposes": [],
                }
            ]
        }
    )

    at: datetime
    rules: str
    counts: dict[str, int] = Field(description="By purpose and content.")
    conversations: int
    unknown_purposes: list[str] = Field(
        description="Purposes of stored conversations that no rule names: nothing of theirs goes."
    )


class RemovalAnswer(BaseModel):
    """The proof of a purge or an erasure; it is never changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PROOF]})

    number: int = Field(description="Counts from 1 without a gap.")
    id: str
    kind: Literal["purge", "erasure"]
    subject: str | None = Field(description="Fingerprint of the customer, of an erasure.")
    at: datetime
    requested_by: str = Field(description="Id of the key that asked, or `schedule`.")
    receipt: dict[str, object] = Field(
        description="What was removed, by which rule; every copy with what is kept of it and why. "
        "`copy` and `why` are English, `copy_fr` and `why_fr` French."
    )
    previous: str = Field(description="Hash of the proof before; zeros for the first.")
    hash: str = Field(description="SHA-256 of this proof and of the one before.")
    signature: str = Field(description="HMAC-SHA256 of the hash with the installation's key.")


class RemovalList(BaseModel):
    """Some proofs, newest first."""

    data: list[RemovalAnswer]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class ErasureRequest(BaseModel):
    """Whose data is to be erased."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"customer_key": "c-4f1e88"}]}
    )

    customer_key: CustomerKey
    team: Team | None = Field(
        default=None, description="Whose customer; the key's team, or `default`, if left."
    )


@router.get("/retention", summary="How long what is kept", responses=problems(401, 403))
def get_retention(service: ServiceInUse, _principal: Manager) -> RetentionAnswer:
    """Return the rules of retention."""
    rules = service.privacy.rules
    return RetentionAnswer(
        version=rules.version,
        purposes=dict(rules.purposes),
        schedule=service.settings.purge_schedule,
    )


@router.get("/purges/preview", summary="What a purge would remove", responses=problems(401, 403))
def preview_purge(service: ServiceInUse, principal: Manager) -> PurgePreview:
    """Count what is past its time now, of the key's team or of all; nothing is removed."""
    plan = plan_purge(service, datetime.now(UTC), team=principal.team)
    return PurgePreview(
        at=plan.at,
        rules=plan.rules,
        counts=plan.counts(),
        conversations=len(plan.conversations),
        unknown_purposes=list(plan.unknown_purposes),
    )


@router.post("/purges", status_code=201, summary="Purge now", responses=problems(401, 403))
def purge_now(request: Request, service: ServiceInUse, principal: Manager) -> RemovalAnswer:
    """Remove what is past its time now, instead of at the next scheduled purge.

    With the key of a team's administrator, of that team only.
    """
    proof = run_purge(service, datetime.now(UTC), by=principal.id, team=principal.team)
    _record(service, principal, "purge.run", proof.id, request)
    return _answer(proof)


@router.get("/purges", summary="List the proofs of purges", responses=problems(401, 403, 422))
def list_purges(
    service: ServiceInUse, principal: Manager, limit: Limit = 50, cursor: Cursor = None
) -> RemovalList:
    """List the proofs of purges, newest first."""
    return _list(service, principal, "purge", limit, cursor)


@router.get("/erasures", summary="List the receipts of erasures", responses=problems(401, 403, 422))
def list_erasures(
    service: ServiceInUse, principal: Manager, limit: Limit = 50, cursor: Cursor = None
) -> RemovalList:
    """List the receipts of erasures, newest first."""
    return _list(service, principal, "erasure", limit, cursor)


@router.get("/removals/verification", summary="Check the proofs", responses=problems(401, 403))
def verify_removals(service: ServiceInUse, _principal: Manager) -> LedgerCheck:
    """Check every proof against the one before it, and its signature."""
    check = service.privacy.removals.verify()
    return LedgerCheck(rows=check.rows, head=check.head, broken_at=check.broken_at)


@router.get("/removals/{removal_id}", summary="Get a proof", responses=problems(401, 403, 404))
def get_removal(removal_id: RemovalId, service: ServiceInUse, principal: Manager) -> RemovalAnswer:
    """Return the proof of a purge or an erasure."""
    return _answer(service.privacy.removals.get(removal_id, team=principal.team))


@router.post(
    "/erasures", status_code=201, summary="Erase a customer", responses=problems(401, 403, 422)
)
def erase(
    wanted: ErasureRequest, request: Request, service: ServiceInUse, principal: Manager
) -> RemovalAnswer:
    """Erase all that is stored of a customer, everywhere, and return a receipt.

    The receipt names every copy: what was removed, and what is not and why (backups, by name).
    Asking again is no mistake: what is left is erased, and there is another receipt.
    """
    team = whose(principal, wanted.team) or DEFAULT_TEAM
    receipt = erase_customer(service, wanted.customer_key, team=team, by=principal.id)
    _record(service, principal, "erasure.run", receipt.id, request)
    return _answer(receipt)


@router.get(
    "/subjects/{customer_key:path}",
    summary="Export what is stored of a customer",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "A ZIP: what is stored as JSON, the sound, and the transcripts, with "
            "what the other party said left out.",
            "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
        },
        **problems(401, 403, 404, 422),
    },
)
def get_subject(
    customer_key: Annotated[CustomerKey, Path(description="The customer.")],
    request: Request,
    service: ServiceInUse,
    principal: Manager,
    team: Annotated[Team | None, Query(description="Whose customer.")] = None,
) -> StreamingResponse:
    """Export what is stored of a customer, for them (GDPR art. 15 and 20)."""
    team = whose(principal, team) or DEFAULT_TEAM
    chunks = export_subject(service, customer_key, team=team)
    _record(
        service, principal, "subject.export",
        service.privacy.key.fingerprint(team, customer_key), request,
    )  # fmt: skip
    return StreamingResponse(
        chunks,
        media_type="application/zip",
        headers={"Content-Disposition": 'attachment; filename="personal-data.zip"'},
    )


def _list(
    service: ServiceInUse,
    principal: Principal,
    kind: Literal["purge", "erasure"],
    limit: int,
    cursor: str | None,
) -> RemovalList:
    found, following = service.privacy.removals.page(
        kind, team=principal.team, limit=limit, cursor=cursor
    )
    return RemovalList(data=[_answer(one) for one in found], next_cursor=following)


def _answer(proof: Removal) -> RemovalAnswer:
    return RemovalAnswer(
        number=proof.number,
        id=proof.id,
        kind=proof.kind,
        subject=proof.subject,
        at=proof.at,
        requested_by=proof.requested_by,
        receipt=proof.receipt,
        previous=proof.previous,
        hash=proof.hash,
        signature=proof.signature,
    )


def _record(
    service: ServiceInUse, principal: Principal, action: str, object_id: str, request: Request
) -> None:
    service.audit.record(
        principal, action, "privacy", object_id, request.scope.get("request_id"), None
    )

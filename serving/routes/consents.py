"""``/v1/consents``: what customers were told, and what they said about it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.privacy.consents import ConsentEntry, ConsentKind
from serving.privacy.erasure import erase_conversations, erase_customer
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.principals import whose
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1/consents", tags=["privacy"])

Recorder = Annotated[Principal, Depends(allowed(Permission.CONSENT_RECORD))]
Manager = Annotated[Principal, Depends(allowed(Permission.PRIVACY_MANAGE))]
Limit = Annotated[int, Query(ge=1, le=200, description="Most to return.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before.")
]
CustomerKey = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")
]
ConversationKey = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")
]
# A place where a proof is, no sentence: what is in the ledger stays there.
Reference = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9._:/#-]+$")
]
_ENTRY: JsonDict = {
    "number": 17,
    "kind": "consent",
    "subject": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "conversation_id": None,
    "reference": "consent-2026-000123",
    "at": "2026-11-02T15:10:00Z",
    "recorded_at": "2026-11-03T09:00:00Z",
    "hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    "erasure_id": None,
}


class ConsentRequest(BaseModel):
    """Something that a customer was told, or said, about the use of their data."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "consent",
                    "customer_key": "c-4f1e88",
                    "reference": "consent-2026-000123",
                    "at": "2026-11-02T16:10:00+01:00",
                },
                {"kind": "objection", "conversation_id": "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99"},
            ]
        },
    )

    kind: ConsentKind = Field(
        description="`notice`: they were told; `objection`: they object to being recorded and "
        "analysed (what is stored is erased, what comes later is refused); `objection_lifted`; "
        "`consent` and `withdrawal`: to outbound sales; `contract`: one was signed."
    )
    customer_key: CustomerKey | None = Field(
        default=None, description="Who; only a fingerprint of it is kept."
    )
    conversation_id: ConversationKey | None = Field(
        default=None, description="In which conversation; in general if left."
    )
    reference: Reference | None = Field(
        default=None,
        description="Where the proof is kept; needed for consent, withdrawal and contract.",
    )
    at: AwareDatetime | None = Field(
        default=None, description="When it happened, with its zone; now if left."
    )


class ConsentAnswer(BaseModel):
    """One row of the ledger; it is never changed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ENTRY]})

    number: int = Field(description="Counts from 1 without a gap.")
    kind: ConsentKind
    subject: str | None = Field(description="Fingerprint of the customer.")
    conversation_id: str | None
    reference: str | None
    at: datetime
    recorded_at: datetime
    hash: str = Field(description="SHA-256 of this row and of the one before.")
    erasure_id: str | None = Field(
        default=None, description="Receipt of what an objection made the service erase."
    )


class ConsentList(BaseModel):
    """Some rows, newest first."""

    data: list[ConsentAnswer]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class LedgerCheck(BaseModel):
    """What checking a ledger gave."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": 17, "head": _ENTRY["hash"], "broken_at": None}]}
    )

    rows: int = Field(description="Rows that hang together.")
    head: str = Field(description="Hash of the last of them; zeros when there is none.")
    broken_at: int | None = Field(
        description="Number of the first row that is missing or changed; null when all are right."
    )


@router.post(
    "", status_code=201, summary="Record a notice, objection or consent",
    responses=problems(401, 403, 404, 422),
)  # fmt: skip
def record_consent(
    said: ConsentRequest, request: Request, service: ServiceInUse, principal: Recorder
) -> ConsentAnswer:
    """Add a row to the ledger; an objection also erases what it is about, with a receipt.

    An objection in a conversation erases that conversation; one in general erases all that is
    stored of the customer, and conversations that come later are refused.
    """
    team = principal.team or DEFAULT_TEAM
    if said.conversation_id is not None:
        stored = service.store.get(said.conversation_id, visibility=visible(principal))
        team = stored.team
    entry = service.privacy.consents.record(
        said.kind,
        team=team,
        by=principal.id,
        customer_key=said.customer_key,
        conversation_id=said.conversation_id,
        reference=said.reference,
        at=said.at,
    )
    service.audit.record(
        principal, "consent.record", "consent", str(entry.number),
        request.scope.get("request_id"), {"kind": said.kind},
    )  # fmt: skip
    erasure_id: str | None = None
    if said.kind == "objection":
        if said.conversation_id is not None:
            erased = erase_conversations(
                service, (said.conversation_id,), team=team, by=principal.id, cause="objection"
            )
        else:
            erased = erase_customer(
                service, said.customer_key or "", team=team, by=principal.id, cause="objection"
            )
        erasure_id = erased.id
    return consent_answer(entry, erasure_id)


@router.get("", summary="List the ledger", responses=problems(401, 403, 422))
def list_consents(
    service: ServiceInUse,
    principal: Manager,
    limit: Limit = 50,
    cursor: Cursor = None,
    customer_key: Annotated[
        CustomerKey | None, Query(description="Only those of this customer.")
    ] = None,
    conversation_id: Annotated[
        ConversationKey | None, Query(description="Only those of this conversation.")
    ] = None,
    team: Annotated[
        ConversationKey | None,
        Query(description="Whose; needed by an administrator of all teams to ask for a customer."),
    ] = None,
) -> ConsentList:
    """List rows, newest first."""
    if customer_key is not None and principal.team is None and team is None:
        team = DEFAULT_TEAM
    found, following = service.privacy.consents.page(
        team=whose(principal, team),
        limit=limit,
        cursor=cursor,
        customer_key=customer_key,
        conversation_id=conversation_id,
    )
    return ConsentList(data=[consent_answer(one) for one in found], next_cursor=following)


@router.get("/verification", summary="Check the ledger", responses=problems(401, 403))
def verify_consents(service: ServiceInUse, _principal: Manager) -> LedgerCheck:
    """Check every row of the ledger against the one before it."""
    check = service.privacy.consents.verify()
    return LedgerCheck(rows=check.rows, head=check.head, broken_at=check.broken_at)


def consent_answer(entry: ConsentEntry, erasure_id: str | None = None) -> ConsentAnswer:
    """Return what is shown of a row."""
    return ConsentAnswer(
        number=entry.number,
        kind=entry.kind,
        subject=entry.subject,
        conversation_id=entry.conversation_id,
        reference=entry.reference,
        at=entry.at,
        recorded_at=entry.recorded_at,
        hash=entry.hash,
        erasure_id=erasure_id,
    )

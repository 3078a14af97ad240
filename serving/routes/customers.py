"""``/v1/customers``: what the centre knows of one customer's contacts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal, Role
from serving.customers.handed import HandedOver, handed_over
from serving.customers.present import is_serving
from serving.customers.timeline import Contact, Timelines
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.routes.noting import note
from serving.routes.paging import Cursor, cursor_after
from serving.routes.principals import Reader
from serving.store.cursors import position_of
from serving.store.tables import DEFAULT_TEAM

router = APIRouter(prefix="/v1/customers", tags=["customers"])

CustomerKey = Annotated[
    str,
    Path(
        min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$",
        description="Pseudonymous id of the customer.",
    ),
]  # fmt: skip
Follower = Annotated[Principal, Depends(allowed(Permission.LIVE_USE))]
_MOST = 50


class HandOverAnswer(BaseModel):
    """What the bot handed over of a customer who calls."""

    hand_over: HandedOver | None = Field(
        description="The newest of the last 24 hours; null where there is none, and, for agents, "
        "where the customer is not with them."
    )


class TimelinePage(BaseModel):
    """Contacts of a customer, newest first."""

    data: list[Contact]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")
    whole_team: bool = Field(
        description="Whether contacts with the whole team are listed, and not only those that who "
        "asks may open."
    )


@router.get(
    "/{customer_key:path}/timeline",
    summary="A customer's contacts",
    responses=problems(401, 403, 422),
)
def get_timeline(
    customer_key: CustomerKey,
    service: ServiceInUse,
    principal: Reader,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="Most to return.")] = 10,
    cursor: Cursor = None,
) -> TimelinePage:
    """List a customer's contacts on every channel, without what was said in them.

    Agents see their own; while the customer is with them, on a live call or in a chat that they
    took, also the lines of the rest of the team, which they cannot open.
    """
    serves = principal.role is Role.AGENT and is_serving(service, principal, customer_key)
    found = Timelines(service.store.database).of(
        principal,
        customer_key,
        limit=limit,
        before=None if cursor is None else position_of(cursor),
        serves=serves,
    )
    note(
        service, principal, "customer.timeline", "customer",
        service.privacy.key.fingerprint(principal.team or DEFAULT_TEAM, customer_key),
        contacts=len(found.contacts),
    )  # fmt: skip
    last = found.contacts[-1] if found.more else None
    return TimelinePage(
        data=list(found.contacts),
        next_cursor=None if last is None else cursor_after(last.at, last.id),
        whole_team=serves or principal.role in (Role.SUPERVISOR, Role.ADMIN),
    )


@router.get(
    "/{customer_key:path}/hand-over",
    summary="What the bot handed over of a customer",
    responses=problems(401, 403, 422),
)
def get_hand_over(
    customer_key: CustomerKey, service: ServiceInUse, principal: Follower
) -> HandOverAnswer:
    """Return what the bot would have a person know, when its customer is on the phone instead.

    Agents are told while the customer is with them: on a live call, or in a chat or e-mail that
    they took. Personal data is removed.
    """
    is_told = principal.role is not Role.AGENT or is_serving(service, principal, customer_key)
    found = (
        handed_over(service.store.database, principal, customer_key, now=datetime.now(UTC))
        if is_told
        else None
    )
    if found is not None:
        note(service, principal, "customer.hand_over", "bot_session", found.session)
    return HandOverAnswer(hand_over=found)

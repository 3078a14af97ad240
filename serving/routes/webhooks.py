"""``/v1/webhooks``: addresses that are told of what happens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse
from serving.store.tables import DEFAULT_TEAM
from serving.webhooks.sending import MAX_URL_LENGTH
from serving.webhooks.values import EVENT_KINDS, Delivery, DeliveryState, Webhook

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

Manager = Annotated[Principal, Depends(allowed(Permission.WEBHOOKS_MANAGE))]
WebhookId = Annotated[str, Path(description="As given when it was made.", max_length=64)]
Limit = Annotated[int, Query(ge=1, le=200, description="Most to return.")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="`next_cursor` of the page before.")
]
_Url = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_URL_LENGTH, pattern=r"^[\x21-\x7e]+$")
]
_Kinds = Annotated[tuple[str, ...], Field(max_length=len(EVENT_KINDS))]
_KINDS_TEXT = "Kinds of events; all if empty. " + " ".join(
    f"`{kind}`: {text}" for kind, text in EVENT_KINDS.items()
)
_EXAMPLE: JsonDict = {
    "id": "1f0c6f7a0d7f4c5c8a3d2b1e9f8a7c6d",
    "url": "https://crm.example.com/hooks/entendu",
    "kinds": ["conversation.done"],
    "enabled": True,
    "disabled_reason": None,
    "created_at": "2026-11-03T09:00:00Z",
}


class WebhookRequest(BaseModel):
    """A webhook to be made."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{k: _EXAMPLE[k] for k in ("url", "kinds")}]},
    )

    url: _Url = Field(description="Where to: https, and no private address unless it is allowed.")
    kinds: _Kinds = Field(default=(), description=_KINDS_TEXT)


class WebhookChange(BaseModel):
    """What is to change of a webhook; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"enabled": False}]})

    url: _Url | None = Field(default=None, description="Where to.")
    kinds: _Kinds | None = Field(default=None, description=_KINDS_TEXT)
    enabled: bool | None = Field(default=None, description="Whether it is told.")


class WebhookAnswer(BaseModel):
    """A webhook."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    url: str
    kinds: list[str] = Field(description="Kinds of events; all if empty.")
    enabled: bool
    disabled_reason: str | None = Field(
        description="`gone`: it answered 410; `asked`: somebody switched it off."
    )
    created_at: datetime


class WebhookMade(WebhookAnswer):
    """A new webhook with its secret."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [_EXAMPLE | {"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]
        }
    )

    secret: str = Field(
        description="Signs the messages (Standard Webhooks, `v1`). It is not shown again."
    )


class SecretMade(BaseModel):
    """A new secret of a webhook."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}]}
    )

    secret: str = Field(description="It is not shown again; the old one signs nothing any more.")


class WebhookList(BaseModel):
    """Some webhooks, newest first."""

    data: list[WebhookAnswer]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class DeliveryAnswer(BaseModel):
    """One message and how far it came; the message itself is not shown."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "msg_8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99",
                    "kind": "conversation.done",
                    "conversation_id": "8c6f1f0f2b7e4d0e9a3f5f6d2c1b0a99",
                    "created_at": "2026-11-03T10:02:00Z",
                    "state": "delivered",
                    "attempts": 1,
                    "last_attempt_at": "2026-11-03T10:02:01Z",
                    "last_status": 204,
                    "last_error": None,
                    "next_attempt_at": None,
                }
            ]
        }
    )

    id: str = Field(description="Sent as `webhook-id`, the same at each attempt.")
    kind: str
    conversation_id: str | None
    created_at: datetime
    state: DeliveryState
    attempts: int
    last_attempt_at: datetime | None
    last_status: int | None = Field(description="HTTP status; null when there was no answer.")
    last_error: str | None = Field(
        description="In a word what went wrong: `timeout`, `unreachable`, `tls`, `broken`, "
        "`refused` (an address that is not called), `disabled`."
    )
    next_attempt_at: datetime | None


class DeliveryList(BaseModel):
    """Some deliveries, newest first."""

    data: list[DeliveryAnswer]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


@router.post("", status_code=201, summary="Make a webhook", responses=problems(401, 403, 422))
def create_webhook(
    wanted: WebhookRequest, request: Request, service: ServiceInUse, principal: Manager
) -> WebhookMade:
    """Make a webhook; its secret is in this answer and in no other."""
    made, secret = service.webhooks.create(
        wanted.url, wanted.kinds, team=principal.team or DEFAULT_TEAM, by=principal.id
    )
    _record(service, principal, "webhook.create", made.id, request)
    return WebhookMade(**_answer(made).model_dump(), secret=secret)


@router.get("", summary="List webhooks", responses=problems(401, 403, 422))
def list_webhooks(
    service: ServiceInUse, principal: Manager, limit: Limit = 50, cursor: Cursor = None
) -> WebhookList:
    """List webhooks, newest first, without their secrets."""
    found, following = service.webhooks.page(team=principal.team, limit=limit, cursor=cursor)
    return WebhookList(data=[_answer(one) for one in found], next_cursor=following)


@router.get("/{webhook_id}", summary="Get a webhook", responses=problems(401, 403, 404))
def get_webhook(webhook_id: WebhookId, service: ServiceInUse, principal: Manager) -> WebhookAnswer:
    """Return a webhook, without its secret."""
    return _answer(service.webhooks.get(webhook_id, team=principal.team))


@router.patch("/{webhook_id}", summary="Change a webhook", responses=problems(401, 403, 404, 422))
def change_webhook(
    webhook_id: WebhookId,
    change: WebhookChange,
    request: Request,
    service: ServiceInUse,
    principal: Manager,
) -> WebhookAnswer:
    """Change a webhook; one that answered 410 is told again once it is enabled."""
    changed = service.webhooks.change(
        webhook_id, team=principal.team, url=change.url, kinds=change.kinds, enabled=change.enabled
    )
    _record(service, principal, "webhook.change", webhook_id, request)
    return _answer(changed)


@router.delete(
    "/{webhook_id}", status_code=204, summary="Delete a webhook", responses=problems(401, 403, 404)
)
def delete_webhook(
    webhook_id: WebhookId, request: Request, service: ServiceInUse, principal: Manager
) -> None:
    """Delete a webhook and its log; what was not delivered yet is not delivered any more."""
    service.webhooks.remove(webhook_id, team=principal.team)
    _record(service, principal, "webhook.delete", webhook_id, request)


@router.post("/{webhook_id}/secret", summary="Change the secret", responses=problems(401, 403, 404))
def renew_secret(
    webhook_id: WebhookId, request: Request, service: ServiceInUse, principal: Manager
) -> SecretMade:
    """Give a webhook a new secret; it is in this answer and in no other."""
    secret = service.webhooks.renew_secret(webhook_id, team=principal.team)
    _record(service, principal, "webhook.secret", webhook_id, request)
    return SecretMade(secret=secret)


@router.post("/{webhook_id}/test", summary="Try a webhook", responses=problems(401, 403, 404))
def test_webhook(
    webhook_id: WebhookId, request: Request, service: ServiceInUse, principal: Manager
) -> DeliveryAnswer:
    """Send a message of kind `webhook.test` at once, once, and tell how it went."""
    done = service.webhooks.test(webhook_id, team=principal.team)
    _record(service, principal, "webhook.test", webhook_id, request)
    return _delivery(done)


@router.get(
    "/{webhook_id}/deliveries", summary="List deliveries", responses=problems(401, 403, 404, 422)
)
def list_deliveries(
    webhook_id: WebhookId,
    service: ServiceInUse,
    principal: Manager,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> DeliveryList:
    """List what a webhook was told and how it went, newest first, without the messages."""
    found, following = service.webhooks.deliveries(
        webhook_id, team=principal.team, limit=limit, cursor=cursor
    )
    return DeliveryList(data=[_delivery(one) for one in found], next_cursor=following)


def _answer(webhook: Webhook) -> WebhookAnswer:
    return WebhookAnswer(
        id=webhook.id,
        url=webhook.url,
        kinds=list(webhook.kinds),
        enabled=webhook.enabled,
        disabled_reason=webhook.disabled_reason,
        created_at=webhook.created_at,
    )


def _delivery(delivery: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=delivery.id,
        kind=delivery.kind,
        conversation_id=delivery.conversation_id,
        created_at=delivery.created_at,
        state=delivery.state,
        attempts=delivery.attempts,
        last_attempt_at=delivery.last_attempt_at,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        next_attempt_at=delivery.next_attempt_at,
    )


def _record(
    service: ServiceInUse, principal: Principal, action: str, webhook_id: str, request: Request
) -> None:
    service.audit.record(
        principal, action, "webhook", webhook_id, request.scope.get("request_id"), None
    )

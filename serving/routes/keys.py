"""``/v1/keys``: who may use the service; ``/v1/me``: who one is."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from serving.access import Permission, Principal, Role
from serving.access.guard import SignedIn, allowed
from serving.access.key_values import ID_PATTERN, KeyRequest, StoredKey, check_scopes
from serving.access.sessions import csrf_token_of
from serving.routes.answers import problems
from serving.routes.dependencies import ServiceInUse

router = APIRouter(prefix="/v1", tags=["access"])

_DAY_S = 86_400
_KEY: JsonDict = {
    "id": "key_9f86d081884c7d65",
    "name": "CRM of the Lyon site",
    "hint": "x7Qa",
    "role": "agent",
    "scopes": None,
    "team": "default",
    "agent_key": "a-0421",
    "customer_key": None,
    "per_minute": None,
    "created_at": "2026-11-03T09:00:00Z",
    "created_by": "settings",
    "parent_id": None,
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": "2026-11-03T10:02:00Z",
}

KeysManager = Annotated[Principal, Depends(allowed(Permission.KEYS_MANAGE))]
TokenMinter = Annotated[Principal, Depends(allowed(Permission.CUSTOMER_TOKENS_MINT))]
KeyId = Annotated[str, Path(max_length=40, description="As given when it was made.")]


class Key(StoredKey):
    """A key; its secret was shown once and is stored nowhere."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_KEY]})


class NewKey(Key):
    """A key that was just made."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={"examples": [_KEY | {"key": "ent_" + "…"}]},
    )

    key: str = Field(description="The secret. Keep it: it is not shown again.")


class KeyPage(BaseModel):
    """Some keys, newest first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [_KEY], "next_cursor": None}]}
    )

    data: list[Key]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class Rotation(BaseModel):
    """How a key is changed for a new one."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"grace_s": 3600}]}
    )

    grace_s: float = Field(
        default=0, ge=0, le=30 * _DAY_S, description="Seconds for which the old key goes on."
    )


class TokenRequest(BaseModel):
    """What a customer's token is to be."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"customer_key": "c-77120", "expires_in_s": 900}]},
    )

    customer_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        pattern=ID_PATTERN,
        description="Id of the customer; null: a visitor who is not known.",
    )
    team: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=ID_PATTERN,
        description="Whose bot; null: that of the key that mints.",
    )
    scopes: tuple[Permission, ...] | None = Field(
        default=None,
        max_length=len(Permission),
        description="Permissions to narrow it to; null: what customers may.",
    )
    expires_in_s: float = Field(default=900, ge=60, le=_DAY_S, description="Seconds it lives.")

    @model_validator(mode="after")
    def _of_a_customer(self) -> TokenRequest:
        check_scopes(self.scopes, Role.CUSTOMER)
        return self


class Me(BaseModel):
    """Who one is, and what one may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "key_9f86d081884c7d65",
                    "role": "agent",
                    "team": "default",
                    "agent_key": "a-0421",
                    "customer_key": None,
                    "permissions": ["assist:use", "conversations:read"],
                    "signed_in_until": None,
                    "csrf_token": None,
                }
            ]
        }
    )

    id: str = Field(description="Of the key or the account.")
    role: Role
    team: str | None = Field(description="Whose conversations; null: every team's.")
    agent_key: str | None
    customer_key: str | None
    permissions: list[Permission]
    signed_in_until: datetime | None = Field(
        description="When the session of the browser ends if nothing is done; null: a key."
    )
    csrf_token: str | None = Field(
        description="To be sent as `X-CSRF-Token` with what changes something; null: a key."
    )


@router.get("/me", summary="Who am I?", responses=problems(401, 429))
def who_am_i(request: Request, service: ServiceInUse, principal: SignedIn) -> Me:
    """Return whose key was shown, or who is signed in."""
    token = request.scope.get("session_token")
    session = None if token is None else service.sessions.find(token)
    return Me(
        id=principal.id,
        role=principal.role,
        team=principal.team,
        agent_key=principal.agent_key,
        customer_key=principal.customer_key,
        permissions=sorted(principal.permissions),
        signed_in_until=None if session is None else session.ends_at,
        csrf_token=None if token is None else csrf_token_of(token),
    )


@router.post("/keys", status_code=201, summary="Make a key", responses=problems(401, 403, 422, 429))
def make_key(
    wanted: KeyRequest, request: Request, service: ServiceInUse, principal: KeysManager
) -> NewKey:
    """Make a key; nobody can give more than they have. Its secret is shown here and never again."""
    key, secret = service.keys.create(wanted, by=principal)
    _record(request, service, principal, "key.create", key, {"role": key.role, "team": key.team})
    return NewKey(**key.model_dump(), key=secret)


@router.get("/keys", summary="List keys", responses=problems(401, 403, 422, 429))
def list_keys(
    service: ServiceInUse,
    principal: KeysManager,
    limit: Annotated[int, Query(ge=1, le=200, description="Most to return.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=300, description="`next_cursor` of the page before.")
    ] = None,
    role: Annotated[Role | None, Query(description="Only those of this role.")] = None,
    active: Annotated[
        bool | None, Query(description="Only those that are good now, or that have ended.")
    ] = None,
) -> KeyPage:
    """List keys, newest first, without their secrets."""
    keys, next_cursor = service.keys.page(
        limit=limit, cursor=cursor, role=role, active=active, by=principal
    )
    return KeyPage(data=[Key(**key.model_dump()) for key in keys], next_cursor=next_cursor)


@router.post(
    "/keys/customer-tokens",
    status_code=201,
    summary="Mint a customer's token",
    responses=problems(401, 403, 422, 429),
)
def mint_token(
    wanted: TokenRequest, request: Request, service: ServiceInUse, principal: TokenMinter
) -> NewKey:
    """Mint a short-lived key of the role `customer`, for the page or app of one customer.

    The back office asks for it with its own key, which stays on its server; the token goes to the
    customer's browser. It ends with the key that minted it.
    """
    service.keys.remove_ended_tokens()
    token, secret = service.keys.create(
        KeyRequest(
            name="customer's token",
            role=Role.CUSTOMER,
            scopes=wanted.scopes,
            team=wanted.team,
            customer_key=wanted.customer_key,
            expires_in_s=wanted.expires_in_s,
        ),
        by=principal,
        token=True,
    )
    _record(request, service, principal, "customer_token.create", token, None)
    return NewKey(**token.model_dump(), key=secret)


@router.get("/keys/{key_id}", summary="Get a key", responses=problems(401, 403, 404, 429))
def get_key(key_id: KeyId, service: ServiceInUse, principal: KeysManager) -> Key:
    """Return what is known of a key, whatever has become of it."""
    return Key(**service.keys.get(key_id, by=principal).model_dump())


@router.post(
    "/keys/{key_id}/rotate",
    status_code=201,
    summary="Change a key for a new one",
    responses=problems(401, 403, 404, 409, 422, 429),
)
def rotate_key(
    key_id: KeyId,
    request: Request,
    service: ServiceInUse,
    principal: KeysManager,
    rotation: Rotation | None = None,
) -> NewKey:
    """Make a key that can do the same, and end the old one at once or after a while."""
    grace_s = 0.0 if rotation is None else rotation.grace_s
    key, secret = service.keys.rotate(key_id, grace_s=grace_s, by=principal)
    _record(request, service, principal, "key.rotate", key, {"replaces": key_id[:40]})
    return NewKey(**key.model_dump(), key=secret)


@router.delete("/keys/{key_id}", summary="Revoke a key", responses=problems(401, 403, 404, 429))
def revoke_key(
    key_id: KeyId, request: Request, service: ServiceInUse, principal: KeysManager
) -> Key:
    """End a key, the tokens that it minted and the sessions that it opened."""
    key = service.keys.revoke(key_id, by=principal)
    _record(request, service, principal, "key.revoke", key, None)
    return Key(**key.model_dump())


def _record(
    request: Request,
    service: ServiceInUse,
    principal: Principal,
    action: str,
    key: StoredKey,
    detail: dict[str, object] | None,
) -> None:
    service.audit.record(principal, action, "key", key.id, request.scope.get("request_id"), detail)

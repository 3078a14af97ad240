"""Requests that make something, and may be sent again under one ``Idempotency-Key``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Header
from pydantic import BaseModel

from conversation.errors import BadInput
from serving.access.principal import Principal
from serving.idempotency import read_key
from serving.service import Service

RepeatKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=600,
        description="Of the request: sent again under the same key, it gets the same answer and "
        "makes nothing more.",
    ),
]

_Made = TypeVar("_Made", bound=BaseModel)


def once(
    service: Service,
    principal: Principal,
    route: str,
    header: str | None,
    sent: BaseModel,
    make: Callable[[], _Made],
    kind: type[_Made],
) -> _Made:
    """Make something once for each key.

    Args:
        service: In use.
        principal: Who sends the request.
        route: Method and path.
        header: The ``Idempotency-Key``; None: every request makes something.
        sent: The request.
        make: Makes it, and returns the answer.
        kind: Of the answer.

    Raises:
        BadInput: The header is no key.
        KeyUsedBefore: The key came with something else.
        Conflict: The request with this key is being served now.
    """
    if header is None:
        return make()
    key = read_key(header)
    if key is None:
        raise BadInput(
            "the Idempotency-Key is none", remedy="send up to 255 printable ASCII characters"
        )
    fingerprint = hashlib.sha256(sent.model_dump_json().encode()).hexdigest()
    with service.idempotency.once(
        sender=principal.id, route=route, key=key, fingerprint=fingerprint
    ) as claim:
        if claim.answer is not None:
            return kind.model_validate_json(claim.answer.body)
        made = make()
        claim.finish(201, made.model_dump_json())
        return made

"""Personal data in answers: left out unless somebody asks for it who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Query

from conversation.errors import Forbidden
from serving.access.permissions import Permission
from serving.routes.principals import audit

if TYPE_CHECKING:
    from fastapi import Request

    from serving.access.principal import Principal
    from serving.service import Service

Redacted = Annotated[
    bool,
    Query(
        description="Without personal data: `[NOM_1]` stands where a name was. `false` needs the "
        "permission `conversations:unmask` and is written to the audit log."
    ),
]


def check_unmasked(principal: Principal, *, redacted: bool) -> None:
    """Refuse the original to those who may only have it redacted.

    Raises:
        Forbidden: They may not.
    """
    if not redacted and not principal.may(Permission.CONVERSATIONS_UNMASK):
        raise Forbidden(
            f"this needs the permission {Permission.CONVERSATIONS_UNMASK}, which this "
            f"{principal.role} has not",
            remedy="ask for the redacted copy, or use a key with that permission",
        )


def audit_read(
    request: Request,
    service: Service,
    principal: Principal,
    action: str,
    conversation_id: str,
    *,
    redacted: bool,
) -> None:
    """Write down that somebody read a conversation; what they saw unmasked is an action of its own.

    Args:
        request: Its id goes along.
        service: Has the log.
        principal: Who.
        action: What they read, as ``transcript.read``.
        conversation_id: Of which.
        redacted: Whether personal data was left out.
    """
    if redacted:
        audit(request, service, principal, action, conversation_id)
    else:
        detail: dict[str, object] = {"action": action}
        audit(request, service, principal, "conversation.unmask", conversation_id, detail=detail)

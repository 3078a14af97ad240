"""Who asks, as routes are handed it, and what they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from conversation.errors import BadInput
from serving.access.guard import allowed
from serving.access.permissions import Permission
from serving.access.principal import Principal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from serving.service import Service
    from serving.store import SearchBy

Reader = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_READ))]
Writer = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_WRITE))]
Exporter = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_EXPORT))]
Eraser = Annotated[Principal, Depends(allowed(Permission.CONVERSATIONS_ERASE))]
EvaluationReader = Annotated[Principal, Depends(allowed(Permission.EVALUATIONS_READ))]
JobReader = Annotated[Principal, Depends(allowed(Permission.JOBS_READ))]
JobManager = Annotated[Principal, Depends(allowed(Permission.JOBS_MANAGE))]


def whose(principal: Principal, team: str | None) -> str | None:
    """Return the team that is asked about; None: every one, for who has no team.

    Args:
        principal: Who asks.
        team: That they name; None: their own.

    Raises:
        BadInput: It is not theirs.
    """
    if principal.team is not None and team not in (None, principal.team):
        raise BadInput("the key is another team's", remedy="leave team out")
    return principal.team or team


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


def note_search(
    request: Request,
    service: Service,
    principal: Principal,
    found: Sequence[str],
    *,
    by: SearchBy = "words",
) -> None:
    """Write down which conversations somebody found by what was said in them.

    Args:
        request: Its id goes along.
        service: Has the log.
        principal: Who.
        found: Ids of the conversations.
        by: How they were looked for.
    """
    detail: dict[str, object] = {"by": by, "found": list(found)}
    audit(request, service, principal, "conversation.search", "", kind="search", detail=detail)

"""What routes ask for before they do anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from conversation.errors import Forbidden, Unauthenticated
from serving.access.permissions import Permission
from serving.access.principal import Principal


def principal_of(connection: HTTPConnection) -> Principal:
    """Return who makes a request or opens a WebSocket.

    Args:
        connection: The request or WebSocket; ``Authentication`` has looked at its headers.

    Raises:
        Unauthenticated: No key was shown and nobody is signed in.
    """
    principal = connection.scope.get("principal")
    if not isinstance(principal, Principal):
        raise Unauthenticated(
            "no key was shown",
            remedy="send the header Authorization: Bearer KEY",
        )
    return principal


def allowed(permission: Permission) -> Callable[[HTTPConnection], Awaitable[Principal]]:
    """Make the dependency of a route that asks for a permission.

    Args:
        permission: What is needed; ``dependency.permission`` says it, and the table of roles and
            routes in the tests reads it there.

    Returns:
        A dependency that returns the :class:`Principal`.
    """

    # async, or FastAPI would hand it to a thread, which takes longer than all that is done here
    async def check(connection: HTTPConnection) -> Principal:
        principal = principal_of(connection)
        if not principal.may(permission):
            raise Forbidden(
                f"this needs the permission {permission}, which this {principal.role} has not",
                remedy="use a key with that permission",
            )
        return principal

    check.permission = permission  # type: ignore[attr-defined]
    return check


async def signed_in(connection: HTTPConnection) -> Principal:
    """Return who makes a request; the dependency of a route that anybody with a key may use."""
    return principal_of(connection)


SignedIn = Annotated[Principal, Depends(signed_in)]

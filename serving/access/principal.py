"""The one on whose behalf a request is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from serving.access.permissions import Permission


class Role(StrEnum):
    """What somebody is in the contact centre."""

    CUSTOMER = "customer"
    AGENT = "agent"
    ANALYST = "analyst"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True)
class Principal:
    """Somebody who has shown a key, or has signed in.

    Attributes:
        id: Of the key or the account, never its secret; this is what the audit log names.
        role: What they are.
        team: Whose conversations they work with; None: every team's (administrators).
        permissions: What they may do: those of the role, narrowed by the key's scopes.
        agent_key: Pseudonymous id of the agent, where they are one.
        customer_key: Id of the customer, where they are one.
    """

    id: str
    role: Role
    team: str | None
    permissions: frozenset[Permission]
    agent_key: str | None = None
    customer_key: str | None = None

    def may(self, permission: Permission) -> bool:
        """Tell whether they may do something."""
        return permission in self.permissions

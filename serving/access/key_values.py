"""What is asked of a key, and what is told about one; never its secret."""

from __future__ import annotations

from collections.abc import Collection
from datetime import MAXYEAR, UTC, datetime, timedelta

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from serving.access.permissions import PERMISSIONS_OF, Permission
from serving.access.principal import Principal, Role
from serving.store.tables.base import DEFAULT_TEAM

ID_PATTERN = r"^[^\x00-\x1f\x7f]+$"
MAX_LIFE_S = 10 * 366 * 24 * 3600


def check_scopes(scopes: Collection[Permission] | None, role: Role) -> None:
    """Check that scopes only narrow what a role may do.

    Raises:
        ValueError: One goes beyond it.
    """
    beyond = set(scopes or ()) - PERMISSIONS_OF[role]
    if beyond:
        raise ValueError(f"the scope {min(beyond)} is not among what a {role} may do")


class KeyRequest(BaseModel):
    """What a new key is to be."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"name": "CRM of the Lyon site", "role": "agent", "agent_key": "a-0421"},
                {
                    "name": "nightly export",
                    "role": "supervisor",
                    "scopes": ["conversations:read", "conversations:export"],
                    "expires_in_s": 7776000,
                },
            ]
        },
    )

    name: str = Field(
        min_length=1, max_length=100, pattern=ID_PATTERN, description="What people call it."
    )
    role: Role = Field(description="What its holder is.")
    scopes: tuple[Permission, ...] | None = Field(
        default=None,
        max_length=len(Permission),
        description="Permissions to narrow it to; null: all of its role.",
    )
    team: str | None = Field(
        default=None,
        min_length=1,
        max_length=64,
        pattern=ID_PATTERN,
        description="Whose conversations it works with; null: the maker's team, and for "
        "administrators every team.",
    )
    agent_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        pattern=ID_PATTERN,
        description="Pseudonymous id of the agent whose conversations it sees.",
    )
    customer_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=128,
        pattern=ID_PATTERN,
        description="Id of the customer who holds it.",
    )
    per_minute: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Requests a minute; null: the setting."
    )
    expires_at: AwareDatetime | None = Field(default=None, description="When it ends; null: never.")
    expires_in_s: float | None = Field(
        default=None, gt=0, le=MAX_LIFE_S, description="Seconds until it ends, instead."
    )

    @model_validator(mode="after")
    def _consistent(self) -> KeyRequest:
        if self.expires_at is not None and self.expires_in_s is not None:
            raise ValueError("give expires_at or expires_in_s, not both")
        if self.expires_at is not None and not 1 < self.expires_at.year < MAXYEAR:
            raise ValueError("expires_at is out of range")
        if self.agent_key is not None and self.role is not Role.AGENT:
            raise ValueError(f"agent_key is for agents, not for the role {self.role}")
        if self.customer_key is not None and self.role is not Role.CUSTOMER:
            raise ValueError(f"customer_key is for customers, not for the role {self.role}")
        check_scopes(self.scopes, self.role)
        return self

    def ends_at(self, now: datetime) -> datetime | None:
        """Return when the key ends; None: never.

        Args:
            now: When it is made.
        """
        if self.expires_in_s is not None:
            return now + timedelta(seconds=self.expires_in_s)
        return None if self.expires_at is None else self.expires_at.astimezone(UTC)

    def team_for(self, by: Principal | None) -> str | None:
        """Return whose conversations the key works with; None: every team's.

        Args:
            by: Who makes it; None: the command line.
        """
        if self.team is not None:
            return self.team
        if by is not None and by.team is not None:
            return by.team
        return None if self.role is Role.ADMIN else DEFAULT_TEAM


class StoredKey(BaseModel):
    """A key without its secret.

    The attributes are those of :class:`serving.store.tables.KeyRow`.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    name: str
    hint: str
    role: Role
    scopes: tuple[str, ...] | None
    team: str | None
    agent_key: str | None
    customer_key: str | None
    per_minute: int | None
    created_at: datetime
    created_by: str | None
    parent_id: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def principal(self) -> Principal:
        """Return on whose behalf its holder acts."""
        permissions = PERMISSIONS_OF[self.role]
        if self.scopes is not None:
            # A scope that this version does not know allows nothing.
            permissions = frozenset(each for each in permissions if each.value in self.scopes)
        return Principal(
            id=self.id,
            role=self.role,
            team=self.team,
            permissions=permissions,
            agent_key=self.agent_key,
            customer_key=self.customer_key,
        )

"""Keys for the people of the demonstration, and who visitors may look around as."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from serving.access.key_values import KeyRequest
from serving.access.keys import Keys
from serving.access.principal import Principal, Role
from serving.demo.cast import ADMIN, AGENTS, ANALYSTS, LEA, SIGNED_IN_AGENT, SUPERVISOR

VisitorRole = Literal["agent", "analyst", "supervisor", "admin"]
VISITOR_ROLES = get_args(VisitorRole)


class Person(BaseModel):
    """Somebody of the centre who can sign in.

    Attributes:
        id: Of their key.
        name: As colleagues know them.
        role: What they are.
        secret: Their key.
        agent_key: Where they take contacts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    role: Role
    secret: str
    agent_key: str | None = None


class People(BaseModel):
    """Everybody who works in the centre.

    Attributes:
        agents: By their pseudonymous ids.
        analysts: Who review.
        supervisor: Who draws samples, gives reviews out and settles contests.
        admin: Who sees to the rest.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agents: dict[str, Person]
    analysts: tuple[Person, ...]
    supervisor: Person
    admin: Person

    def visitor(self, role: VisitorRole) -> Person:
        """Return as whom somebody looks around."""
        if role == "agent":
            return self.agents[SIGNED_IN_AGENT]
        return {
            "analyst": self.analysts[0], "supervisor": self.supervisor, "admin": self.admin,
        }[role]  # fmt: skip

    def key(self, role: str) -> str:
        """Return the key of who looks around in a role; none opens with an unknown one."""
        return self.visitor(role).secret if role in VISITOR_ROLES else ""  # type: ignore[arg-type]


def hire(keys: Keys) -> People:
    """Make a key for everybody."""
    return People(
        agents={one.key: _hired(keys, one.name, Role.AGENT, one.key) for one in (*AGENTS, LEA)},
        analysts=tuple(_hired(keys, one.name, one.role) for one in ANALYSTS),
        supervisor=_hired(keys, SUPERVISOR.name, SUPERVISOR.role),
        admin=_hired(keys, ADMIN.name, ADMIN.role),
    )


def principal_of(keys: Keys, person: Person) -> Principal:
    """Return on whose behalf somebody acts."""
    return keys.current(person.id).principal()


def _hired(keys: Keys, name: str, role: Role, agent_key: str | None = None) -> Person:
    made, secret = keys.create(KeyRequest(name=name, role=role, agent_key=agent_key))
    return Person(id=made.id, name=name, role=role, secret=secret, agent_key=agent_key)

"""The people of reviews: under which names screens show their ids, and who may take part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import and_, or_, select

from serving.access.keys import SETTINGS_KEY
from serving.access.principal import Role
from serving.reviewing.desk import MACHINE
from serving.store.database import Database
from serving.store.tables.access import KeyRow, SessionRow

_REVIEWING = (Role.ANALYST, Role.SUPERVISOR, Role.ADMIN)
_MOST = 500


class Person(BaseModel):
    """Somebody who may review.

    Attributes:
        id: Of their key or account.
        name: What people call the key; of an account its id.
        role: What they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    role: Role


class People:
    """Tells who somebody is.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def reviewers(self, team: str | None) -> tuple[Person, ...]:
        """Return those who may take part in reviews, by role and name.

        Args:
            team: Whose; None: every team's.
        """
        now = datetime.now(UTC)
        roles = [role.value for role in _REVIEWING]
        good = and_(
            KeyRow.role.in_(roles),
            KeyRow.revoked_at.is_(None),
            or_(KeyRow.expires_at.is_(None), KeyRow.expires_at > now),
            KeyRow.customer_key.is_(None),
        )
        keys = select(KeyRow).where(good).order_by(KeyRow.created_at.desc()).limit(_MOST)
        accounts = (
            select(SessionRow.principal_id, SessionRow.role)
            .where(SessionRow.key_id.is_(None), SessionRow.role.in_(roles))
            .distinct()
            .limit(_MOST)
        )
        if team is not None:
            keys = keys.where(or_(KeyRow.team == team, KeyRow.team.is_(None)))
            accounts = accounts.where(or_(SessionRow.team == team, SessionRow.team.is_(None)))
        with self._database.reading() as session:
            found = [
                Person(id=row.id, name=row.name, role=Role(row.role))
                for row in session.scalars(keys)
            ]
            found += [
                Person(id=who, name=who, role=Role(role or ""))
                for who, role in session.execute(accounts)
            ]
        order = {role: place for place, role in enumerate(_REVIEWING)}
        return tuple(sorted(found, key=lambda one: (order[one.role], one.name, one.id)))

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what people call those who hold keys; who has no name stays out.

        Args:
            ids: As events hold them: of keys, or pseudonymous ids of agents.
        """
        wanted = sorted(set(ids) - {MACHINE, SETTINGS_KEY})[:_MOST]
        if not wanted:
            return {}
        asked = select(KeyRow.id, KeyRow.agent_key, KeyRow.name).where(
            or_(KeyRow.id.in_(wanted), KeyRow.agent_key.in_(wanted))
        )
        with self._database.reading() as session:
            rows = session.execute(asked.order_by(KeyRow.created_at)).all()
        found = {agent: name for _, agent, name in rows if agent is not None}
        found |= {who: name for who, _, name in rows}
        named = {who: name for who, name in found.items() if who in wanted}
        often = Counter(named.values())
        return {
            who: name if often[name] == 1 else f"{name} (…{who[-4:]})"
            for who, name in named.items()
        }

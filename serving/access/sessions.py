"""Who is signed in to the screens."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from conversation.errors import Forbidden, Unauthenticated
from serving.access.key_text import digest_of
from serving.access.keys import SETTINGS_KEY, Keys
from serving.access.permissions import PERMISSIONS_OF
from serving.access.principal import Principal, Role
from serving.store.database import Database
from serving.store.tables.access import SessionRow

_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Account:
    """Somebody whom an OIDC provider vouches for.

    Attributes:
        id: Stable, and nothing that names a person.
        role: What they are.
        team: Whose conversations; None: every team's.
        agent_key: Pseudonymous id of the agent, where they are one.
    """

    id: str
    role: Role
    team: str | None
    agent_key: str | None


@dataclass(frozen=True)
class SignedIn:
    """Somebody with a session.

    Attributes:
        principal: On whose behalf requests are made.
        per_minute: Limit of the key behind it; None: the setting's.
        ends_at: When the session ends if nothing is done.
        expires_at: When it ends in any case.
    """

    principal: Principal
    per_minute: int | None
    ends_at: datetime
    expires_at: datetime


class Sessions:
    """Opens, finds and ends sessions; a cookie holds 256 bits of chance and nothing else.

    Args:
        database: The store's.
        keys: The keys, whose rights count at each request.
        idle: How long a session lives when nothing is done.
        longest: How long it lives in any case.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        keys: Keys,
        *,
        idle: timedelta,
        longest: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._keys = keys
        self._idle = idle
        self._longest = longest
        self._clock = clock

    def open_with_key(self, key: str) -> tuple[str, Principal]:
        """Open a session for who shows a key.

        Returns:
            What the cookie is to hold, and who it is.

        Raises:
            Unauthenticated: The key is not good.
            Forbidden: It is a customer's; the screens are for those who work here.
        """
        principal = self._keys.find(key).principal()
        if principal.role is Role.CUSTOMER:
            raise Forbidden(
                "the screens are not for customers' keys", remedy="use the key of a colleague"
            )
        row = SessionRow(principal_id=principal.id, key_id=principal.id)
        return self._opened(row), principal

    def open_for(self, account: Account) -> str:
        """Open a session for who comes from an OIDC provider.

        Returns:
            What the cookie is to hold.
        """
        return self._opened(
            SessionRow(
                principal_id=account.id,
                key_id=None,
                role=account.role.value,
                team=account.team,
                agent_key=account.agent_key,
            )
        )

    def find(self, token: str) -> SignedIn:
        """Return who is signed in, and note that they are here.

        Args:
            token: What the cookie holds.

        Raises:
            Unauthenticated: The session has ended, or the key behind it has.
        """
        now = self._clock()
        with self._database.reading() as session:
            row = session.scalar(
                select(SessionRow).where(SessionRow.digest.in_(self._digests(token)))
            )
            if row is None:
                raise _ended()
            session.expunge(row)
        ends_at = min(row.expires_at, row.seen_at + self._idle)
        if ends_at <= now:
            raise _ended()
        if now - row.seen_at >= min(_SEEN_EVERY, self._idle / 10):
            ends_at = min(row.expires_at, now + self._idle)
            with self._database.writing() as session:
                session.execute(
                    update(SessionRow).where(SessionRow.digest == row.digest).values(seen_at=now)
                )
        if row.key_id is not None:
            key = self._keys.current(row.key_id)
            return SignedIn(key.principal(), key.per_minute, ends_at, row.expires_at)
        return SignedIn(_account_of(row), None, ends_at, row.expires_at)

    def close(self, token: str) -> None:
        """End a session; nothing happens when it has ended."""
        with self._database.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.digest.in_(self._digests(token))))

    def close_all(self, principal_id: str) -> int:
        """End all sessions of somebody.

        Returns:
            How many there were.
        """
        with self._database.writing() as session:
            return len(
                session.scalars(
                    delete(SessionRow)
                    .where(SessionRow.principal_id == principal_id)
                    .returning(SessionRow.digest)
                ).all()
            )

    def _opened(self, row: SessionRow) -> str:
        token = secrets.token_urlsafe(32)
        now = self._clock()
        row.digest = self._digests(token)[1 if row.key_id == SETTINGS_KEY else 0]
        row.created_at = row.seen_at = now
        row.expires_at = now + self._longest
        with self._database.writing() as session:
            self._sweep(session, now)
            session.add(row)
        return token

    def _digests(self, token: str) -> tuple[str, ...]:
        """Return under which names a session can be; the settings' key is part of its own.

        So a session that was opened with an admin key of the settings ends when that changes.
        """
        admin = self._keys.admin_fingerprint()
        plain = digest_of(token)
        return (plain,) if admin is None else (plain, digest_of(token + admin))

    def _sweep(self, session: Session, now: datetime) -> None:
        session.execute(
            delete(SessionRow).where(
                (SessionRow.expires_at <= now) | (SessionRow.seen_at <= now - self._idle)
            )
        )


def csrf_token_of(token: str) -> str:
    """Return what a session's forms must hold (the synchroniser token pattern).

    Only who has the cookie can derive it, and a page of another origin cannot read it.

    Args:
        token: What the session's cookie holds.
    """
    return hmac.new(token.encode(), b"entendu csrf", hashlib.sha256).hexdigest()


def _account_of(row: SessionRow) -> Principal:
    role = Role(row.role or Role.CUSTOMER)
    return Principal(
        id=row.principal_id,
        role=role,
        team=row.team,
        permissions=PERMISSIONS_OF[role],
        agent_key=row.agent_key,
    )


def _ended() -> Unauthenticated:
    return Unauthenticated("the session has ended", remedy="sign in again")

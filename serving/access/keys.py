"""The keys of the service: made, shown, changed for new ones, ended."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conversation.errors import BadInput, Conflict, Forbidden, NotFound, Unauthenticated
from serving.access.cursors import cursor_at, position_of
from serving.access.key_text import check_chosen, check_shown, digest_of, new_key
from serving.access.key_values import KeyRequest, StoredKey
from serving.access.permissions import PERMISSIONS_OF, Permission
from serving.access.principal import Principal, Role
from serving.store.database import Database
from serving.store.tables.access import KeyRow, SessionRow
from serving.store.tables.base import UtcDateTime

SETTINGS_KEY = "settings"
"""Id of the admin key that the settings name; it is in no database."""
FIRST_KEY = "key_first"
"""Id of the admin key that a first start makes; one id, so that two first starts make one key."""

TRUSTED_S = 5.0
"""How long an answer about a key is used again: another process's revocation takes that long."""

_SEEN_EVERY = timedelta(minutes=1)
_KEPT_AFTER_END = timedelta(days=1)
_MANY = 10_000


class Keys:
    """Makes keys and tells whose a shown one is.

    Methods can be called from any thread.

    Args:
        database: The store's.
        admin_key: Admin key of the settings; None: none.
        clock: Returns the time now, with its zone.

    Raises:
        DefinitionInvalid: The admin key of the settings is too easy to guess.
    """

    def __init__(
        self,
        database: Database,
        *,
        admin_key: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if admin_key is not None:
            check_chosen(admin_key)
        self._database = database
        self._admin_digest = None if admin_key is None else digest_of(admin_key)
        self._clock = clock
        self._known: dict[str, tuple[float, StoredKey]] = {}
        self._known_lock = threading.Lock()

    # Who is it?

    def find(self, key: str) -> StoredKey:
        """Return the key whose secret is shown; safe to be asked by anybody.

        Raises:
            Unauthenticated: It is not known, has run out or was revoked.
        """
        check_shown(key)
        digest = digest_of(key)
        if self._admin_digest is not None and hmac.compare_digest(digest, self._admin_digest):
            return _settings_key(self._clock())
        found = self.remembered(digest)
        if found is None:
            with self._database.reading() as session:
                # The database compares digests, never secrets: how long it takes tells nothing.
                row = session.scalar(select(KeyRow).where(KeyRow.digest == digest))
                found = None if row is None else StoredKey.model_validate(row)
            if found is None:
                raise Unauthenticated("the key is not known", remedy="use a key of this service")
            self._remember(digest, found)
            self._note_use(found)
        return self._good(found)

    def current(self, key_id: str) -> StoredKey:
        """Return a key by its id, as it is now.

        Raises:
            Unauthenticated: It is gone, has run out or was revoked.
        """
        if key_id == SETTINGS_KEY and self._admin_digest is not None:
            return _settings_key(self._clock())
        with self._database.reading() as session:
            row = session.get(KeyRow, key_id)
            if row is None:
                raise Unauthenticated("the key is gone", remedy="use another key")
            return self._good(StoredKey.model_validate(row))

    def admin_fingerprint(self) -> str | None:
        """Return the digest of the settings' admin key, which changes with it; None: no key."""
        return self._admin_digest

    def remembers(self, key: str) -> bool:
        """Tell whether :meth:`find` needs no database for a key."""
        digest = digest_of(key)
        return digest == self._admin_digest or self.remembered(digest) is not None

    def remembered(self, digest: str) -> StoredKey | None:
        """Return what was found for a digest a moment ago; None: it has to be looked up."""
        with self._known_lock:
            known = self._known.get(digest)
        return None if known is None or known[0] < time.monotonic() else known[1]

    def _remember(self, digest: str, key: StoredKey) -> None:
        with self._known_lock:
            if len(self._known) >= _MANY:
                self._known.clear()
            self._known[digest] = (time.monotonic() + TRUSTED_S, key)

    def _forget(self) -> None:
        with self._known_lock:
            self._known.clear()

    def _good(self, key: StoredKey) -> StoredKey:
        now = self._clock()
        if key.revoked_at is not None and key.revoked_at <= now:
            raise Unauthenticated("the key was revoked", remedy="use another key")
        if key.expires_at is not None and key.expires_at <= now:
            raise Unauthenticated("the key has run out", remedy="ask for a new key")
        return key

    def _note_use(self, key: StoredKey) -> None:
        now = self._clock()
        if key.last_used_at is not None and now - key.last_used_at < _SEEN_EVERY:
            return
        with self._database.writing() as session:
            session.execute(update(KeyRow).where(KeyRow.id == key.id).values(last_used_at=now))

    # Making and ending

    def create(
        self, request: KeyRequest, *, by: Principal | None = None, token: bool = False
    ) -> tuple[StoredKey, str]:
        """Make a key.

        Args:
            request: What it is to be.
            by: Who makes it; nobody can give more than they have. None: the command line,
                which owns the data folder.
            token: It is a customer's: it may do what customers may, whatever its maker may, and
                ends with its maker's key.

        Returns:
            The key, and its secret, which is stored nowhere.

        Raises:
            Forbidden: It would allow more than its maker may.
            BadInput: What is asked for contradicts itself.
        """
        now = self._clock()
        row = KeyRow(id=f"key_{secrets.token_hex(8)}", created_at=now)
        self._fill(row, request, by, now, token=token)
        return self._added(row)

    def create_first(self) -> str | None:
        """Make an admin key when there is none yet and the settings name none.

        Returns:
            Its secret, to be shown once; None when there are keys.
        """
        if self._admin_digest is not None:
            return None
        with self._database.reading() as session:
            if session.scalar(select(KeyRow.id).limit(1)) is not None:
                return None
        row = KeyRow(id=FIRST_KEY, created_at=self._clock())
        self._fill(row, KeyRequest(name="first admin key", role=Role.ADMIN), None, row.created_at)
        try:
            return self._added(row)[1]
        except IntegrityError:  # another process was first
            return None

    def rotate(
        self, key_id: str, *, grace_s: float, by: Principal | None = None
    ) -> tuple[StoredKey, str]:
        """Make a key that can do the same, and end the old one.

        Args:
            key_id: The old one.
            grace_s: Seconds for which the old one goes on, so that programs can change over.
            by: Who asks; None: the command line.

        Returns:
            The new key, and its secret.

        Raises:
            NotFound: There is no such key, or it is not visible to who asks.
            Conflict: It has ended already.
        """
        now = self._clock()
        with self._database.writing() as session:
            old = _existing(session, key_id, by)
            try:
                self._good(StoredKey.model_validate(old))
            except Unauthenticated as error:
                raise Conflict(error.message, remedy="make a new key") from error
            _refuse_more(StoredKey.model_validate(old).principal(), by)
            secret = new_key()
            row = KeyRow(
                id=f"key_{secrets.token_hex(8)}", name=old.name, digest=digest_of(secret),
                hint=secret[-4:], role=old.role, scopes=old.scopes, team=old.team,
                agent_key=old.agent_key, customer_key=old.customer_key, per_minute=old.per_minute,
                created_at=now, created_by=None if by is None else by.id, parent_id=old.parent_id,
                expires_at=old.expires_at,
            )  # fmt: skip
            session.add(row)
            ends = now + timedelta(seconds=grace_s)
            if grace_s <= 0:
                old.revoked_at = now
                _end_dependants(session, old.id, now)
            elif old.expires_at is None or old.expires_at > ends:
                old.expires_at = ends
            session.flush()
            made = StoredKey.model_validate(row)
        self._forget()
        return made, secret

    def revoke(self, key_id: str, *, by: Principal | None = None) -> StoredKey:
        """End a key, the tokens that were made with it, and the sessions it opened.

        Returns:
            The key; one that was revoked before stays as it was.

        Raises:
            NotFound: There is no such key, or it is not visible to who asks.
        """
        now = self._clock()
        with self._database.writing() as session:
            row = _existing(session, key_id, by)
            if row.revoked_at is None:
                row.revoked_at = now
                _end_dependants(session, row.id, now)
                session.flush()
            revoked = StoredKey.model_validate(row)
        self._forget()
        return revoked

    def remove_ended_tokens(self) -> int:
        """Remove customers' tokens that ended more than a day ago.

        Returns:
            How many.
        """
        before = self._clock() - _KEPT_AFTER_END
        with self._database.writing() as session:
            gone = session.scalars(
                delete(KeyRow)
                .where(
                    KeyRow.role == Role.CUSTOMER.value,
                    KeyRow.parent_id.is_not(None),
                    or_(KeyRow.expires_at < before, KeyRow.revoked_at < before),
                )
                .returning(KeyRow.id)
            ).all()
        return len(gone)

    # Lists

    def get(self, key_id: str, *, by: Principal | None = None) -> StoredKey:
        """Return a key, whatever has become of it.

        Raises:
            NotFound: There is no such key, or it is not visible to who asks.
        """
        with self._database.reading() as session:
            return StoredKey.model_validate(_existing(session, key_id, by))

    def page(
        self,
        *,
        limit: int,
        cursor: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        by: Principal | None = None,
    ) -> tuple[tuple[StoredKey, ...], str | None]:
        """List keys, newest first.

        Args:
            limit: Most to return.
            cursor: Where to begin, from the page before; None: with the newest.
            role: Only those of this role.
            active: Only those that are good now, or only those that have ended; None: all.
            by: Who asks; None: the command line.

        Returns:
            The keys, and the cursor of the next page; None on the last.

        Raises:
            BadInput: The cursor is none of ours.
        """
        query = select(KeyRow).order_by(KeyRow.created_at.desc(), KeyRow.id.desc())
        if by is not None and by.team is not None:
            query = query.where(KeyRow.team == by.team)
        if role is not None:
            query = query.where(KeyRow.role == role.value)
        if active is not None:
            now = self._clock()
            ended = or_(
                func.coalesce(KeyRow.revoked_at <= now, False),
                func.coalesce(KeyRow.expires_at <= now, False),
            )
            query = query.where(~ended if active else ended)
        if cursor is not None:
            created_at, last_id = position_of(cursor)
            query = query.where(
                tuple_(KeyRow.created_at, KeyRow.id)
                < tuple_(literal(created_at, UtcDateTime), literal(last_id))
            )
        with self._database.reading() as session:
            rows = session.scalars(query.limit(limit + 1)).all()
            found = tuple(StoredKey.model_validate(row) for row in rows[:limit])
        more = len(rows) > limit
        return found, cursor_at(found[-1].created_at, found[-1].id) if more else None

    def _fill(
        self,
        row: KeyRow,
        request: KeyRequest,
        by: Principal | None,
        now: datetime,
        *,
        token: bool = False,
    ) -> None:
        expires_at = request.ends_at(now)
        if expires_at is not None and expires_at <= now:
            raise BadInput("the key would have run out already", remedy="correct expires_at")
        row.name = request.name
        row.role = request.role.value
        row.scopes = None if request.scopes is None else sorted(request.scopes)
        row.team = request.team_for(by)
        row.agent_key = request.agent_key
        row.customer_key = request.customer_key
        row.per_minute = request.per_minute
        row.created_by = None if by is None else by.id
        row.expires_at = expires_at
        row.parent_id = by.id if token and by is not None else None
        permissions = PERMISSIONS_OF[request.role]
        if request.scopes is not None:
            permissions &= frozenset(request.scopes)
        _refuse_more(
            Principal(id=row.id, role=request.role, team=row.team, permissions=permissions),
            by,
            token=token,
        )

    def _added(self, row: KeyRow) -> tuple[StoredKey, str]:
        secret = new_key()
        row.digest, row.hint = digest_of(secret), secret[-4:]
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            return StoredKey.model_validate(row), secret


def _settings_key(now: datetime) -> StoredKey:
    return StoredKey(
        id=SETTINGS_KEY, name="admin key of the settings", hint="", role=Role.ADMIN, scopes=None,
        team=None, agent_key=None, customer_key=None, per_minute=None, created_at=now,
        created_by=None, parent_id=None, expires_at=None, revoked_at=None, last_used_at=None,
    )  # fmt: skip


def _existing(session: Session, key_id: str, by: Principal | None) -> KeyRow:
    row = None if "\x00" in key_id else session.get(KeyRow, key_id)
    if row is None or (by is not None and by.team is not None and row.team != by.team):
        raise NotFound(f"no key {key_id[:40]!r}", remedy="GET /v1/keys lists those there are")
    return row


def _end_dependants(session: Session, key_id: str, now: datetime) -> None:
    session.execute(
        update(KeyRow)
        .where(KeyRow.parent_id == key_id, KeyRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    session.execute(delete(SessionRow).where(SessionRow.key_id == key_id))


def _refuse_more(wanted: Principal, by: Principal | None, *, token: bool = False) -> None:
    """Refuse to give what one has not."""
    if by is None:
        return
    if by.team is not None and wanted.team != by.team:
        raise Forbidden(
            "this key works for one team only, and can make keys for that team only",
            remedy="leave team out, or use a key of all teams",
        )
    # Minting customers' tokens is a permission of its own: it gives what customers may.
    more = frozenset[Permission]() if token else wanted.permissions - by.permissions
    if more:
        raise Forbidden(
            f"the key would have the permission {min(more)}, which its maker has not",
            remedy="ask for less, with role and scopes",
        )

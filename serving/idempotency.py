"""Requests that may be sent again: the same key gives the same answer, and one thing is made.

The header is the one of draft-ietf-httpapi-idempotency-key-header-07: a quoted string, taken bare
as well, as most clients send it. A key is claimed in the database before anything is done, with
the id of what is going to be made. Whoever finds a claim that a killed process left takes it over
with that id, so what was made already is found, and what was not is made once.

The table ``idempotency_keys`` holds ids of conversations (``object_id``): erasing one takes its key
along, see :mod:`serving.privacy.copies`.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from conversation.errors import Conflict, KeyUsedBefore
from serving.store.tables import IdempotencyRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from serving.store.database import Database

LEASE = timedelta(seconds=60)
"""How long another machine's claim counts before it is taken for one of a killed process."""
_MAX_KEY_LENGTH = 255
_QUOTED = re.compile(r'"((?:[^"\\]|\\["\\])+)"')
_BARE = re.compile(r"[!#-~]+")


@dataclass(frozen=True)
class StoredAnswer:
    """What was answered the first time.

    Attributes:
        status: HTTP status.
        body: As JSON.
    """

    status: int
    body: str


class Claim:
    """The right to do a request once.

    Attributes:
        object_id: Id for what the request makes.
        answer: What was answered before; None: it is to be done now.
    """

    def __init__(self, object_id: str, answer: StoredAnswer | None) -> None:
        self.object_id = object_id
        self.answer = answer
        self.given: StoredAnswer | None = None

    def finish(self, status: int, body: str) -> None:
        """Say what is answered, so that it can be said again."""
        self.given = StoredAnswer(status, body)


def read_key(header: str) -> str | None:
    """Return the key in an ``Idempotency-Key`` header; None where it is none."""
    value = header.strip()
    quoted = _QUOTED.fullmatch(value)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else value
    if not quoted and not _BARE.fullmatch(value):
        return None
    return key if key.isascii() and key.isprintable() and len(key) <= _MAX_KEY_LENGTH else None


class Idempotency:
    """The keys that came, and what was answered.

    Args:
        database: Where they are kept.
        keep: How long a key is remembered.
        is_alone: Whether no other process works on this database, so that a claim of another one
            is a dead one's.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        *,
        keep: timedelta,
        is_alone: bool,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._keep = keep
        self._is_alone = is_alone
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._served: set[str] = set()  # by this process, now

    @contextmanager
    def once(self, *, sender: str, route: str, key: str, fingerprint: str) -> Iterator[Claim]:
        """Claim a key for as long as its request is served.

        A request that ends in an error gives the key back: it made nothing, and may be corrected.

        Args:
            sender: Id of who sends it; two senders may use the same key.
            route: Method and path template.
            key: As :func:`read_key` gave it.
            fingerprint: SHA-256 of what was sent.

        Raises:
            KeyUsedBefore: The key came with something else.
            Conflict: The request with this key is being served now.
        """
        key_hash = hashlib.sha256(f"{sender}\n{route}\n{key}".encode()).hexdigest()
        claim = self._claimed(key_hash, fingerprint)
        if claim.answer is not None:
            yield claim
            return
        try:
            yield claim
        finally:
            self._served.discard(key_hash)
            self._close(key_hash, claim.given)

    def _claimed(self, key_hash: str, fingerprint: str) -> Claim:
        try:
            with self._database.writing() as session:
                return self._claim(session, key_hash, fingerprint)
        except IntegrityError as error:  # somebody else claimed it in the same moment
            raise _still_running() from error

    def _claim(self, session: Session, key_hash: str, fingerprint: str) -> Claim:
        now = self._clock()
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.expires_at <= now))
        row = session.get(IdempotencyRow, key_hash, with_for_update=True)
        if row is None:
            row = IdempotencyRow(
                key_hash=key_hash,
                fingerprint=fingerprint,
                object_id=uuid.uuid4().hex,
                state="running",
                owner=self._owner,
                claimed_at=now,
                expires_at=now + self._keep,
            )
            session.add(row)
            session.flush()
            self._served.add(key_hash)
            return Claim(row.object_id, None)
        if row.fingerprint != fingerprint:
            raise KeyUsedBefore(
                "this Idempotency-Key came before with another request",
                remedy="send a new key with a new request, the same key only with the same one",
            )
        if row.state == "done" and row.status is not None and row.answer is not None:
            return Claim(row.object_id, StoredAnswer(row.status, row.answer))
        if self._is_served(key_hash, row, now):
            raise _still_running()
        row.owner = self._owner
        row.claimed_at = now
        self._served.add(key_hash)
        return Claim(row.object_id, None)

    def _is_served(self, key_hash: str, row: IdempotencyRow, now: datetime) -> bool:
        if row.owner == self._owner:
            return key_hash in self._served
        return not self._is_alone and row.claimed_at + LEASE >= now

    def _close(self, key_hash: str, given: StoredAnswer | None) -> None:
        with self._database.writing() as session:
            row = session.get(IdempotencyRow, key_hash, with_for_update=True)
            if row is None or row.owner != self._owner:
                return
            if given is None:
                session.delete(row)
                return
            row.state, row.status, row.answer = "done", given.status, given.body


def _still_running() -> Conflict:
    return Conflict(
        "the request with this Idempotency-Key is still being served",
        remedy="wait a moment, then send it again with the same key",
    )

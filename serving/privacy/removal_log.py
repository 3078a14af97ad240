"""The proofs of what was removed: hash-chained, signed, added to and never changed."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from conversation.errors import NotFound
from serving.privacy.chain import FIRST, hash_of, lock_ledgers
from serving.privacy.consents import ChainCheck, number_of
from serving.privacy.installation_key import InstallationKey
from serving.store.database import Database
from serving.store.tables import RemovalRow

RemovalKind = Literal["purge", "erasure"]


@dataclass(frozen=True)
class Removal:
    """A proof; see :class:`serving.store.tables.privacy.RemovalRow`."""

    number: int
    id: str
    team: str | None
    kind: RemovalKind
    subject: str | None
    at: datetime
    requested_by: str
    receipt: dict[str, object]
    previous: str
    hash: str
    signature: str


class RemovalLog:
    """Adds proofs and checks them.

    Args:
        database: The store's.
        key: Signs them.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self,
        database: Database,
        key: InstallationKey,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._key = key
        self._clock = clock

    def add(
        self,
        kind: RemovalKind,
        receipt: dict[str, object],
        *,
        team: str | None,
        by: str,
        subject: str | None = None,
    ) -> Removal:
        """Add a proof; it is on the disk when this returns.

        Args:
            kind: What was done.
            receipt: What was removed and what was not, as JSON values; ids, numbers and names of
                copies only.
            team: Whose; None: every team's.
            by: Id of the key that asked, or ``schedule``.
            subject: Fingerprint of the customer, of an erasure.
        """
        with self._database.writing() as session:
            lock_ledgers(session)
            last = session.scalars(
                select(RemovalRow).order_by(RemovalRow.number.desc()).limit(1)
            ).first()
            row = RemovalRow(
                number=1 if last is None else last.number + 1,
                id=uuid.uuid4().hex,
                team=team,
                kind=kind,
                subject=subject,
                at=self._clock(),
                requested_by=by,
                receipt=receipt,
                previous=FIRST if last is None else last.hash,
            )
            row.hash = hash_of(row.previous, _facts(row))
            row.signature = self._key.sign(row.hash)
            session.add(row)
            session.flush()
            return _removal(row)

    def get(self, removal_id: str, *, team: str | None) -> Removal:
        """Return a proof.

        Raises:
            NotFound: There is none with this id.
        """
        with self._database.reading() as session:
            row = session.scalars(select(RemovalRow).where(RemovalRow.id == removal_id)).first()
            if row is None or (team is not None and row.team not in (None, team)):
                raise NotFound(
                    f"no proof of removal {removal_id[:64]!r}",
                    remedy="GET /v1/privacy/purges and /v1/privacy/erasures list them",
                )
            return _removal(row)

    def page(
        self, kind: RemovalKind, *, team: str | None, limit: int, cursor: str | None = None
    ) -> tuple[tuple[Removal, ...], str | None]:
        """List proofs, newest first.

        Args:
            kind: Of purges or of erasures.
            team: Whose, and those of all teams; None: every team's.
            limit: Most to return.
            cursor: Where to begin; None: with the newest.

        Returns:
            The proofs, and the cursor of the next page or None.

        Raises:
            BadInput: The cursor is none of ours.
        """
        asked = select(RemovalRow).where(RemovalRow.kind == kind).order_by(RemovalRow.number.desc())
        if team is not None:
            asked = asked.where((RemovalRow.team == team) | RemovalRow.team.is_(None))
        if cursor is not None:
            asked = asked.where(RemovalRow.number < number_of(cursor))
        with self._database.reading() as session:
            rows = session.scalars(asked.limit(limit + 1)).all()
            found = tuple(_removal(row) for row in rows[:limit])
        return found, str(found[-1].number) if len(rows) > limit else None

    def verify(self) -> ChainCheck:
        """Check every proof against the one before it, and its signature."""
        previous, rows = FIRST, 0
        with self._database.reading() as session:
            asked = select(RemovalRow).order_by(RemovalRow.number)
            for row in session.scalars(asked).yield_per(100):
                if (
                    row.number != rows + 1
                    or row.previous != previous
                    or row.hash != hash_of(previous, _facts(row))
                    or not hmac.compare_digest(row.signature, self._key.sign(row.hash))
                ):
                    return ChainCheck(rows, previous, rows + 1)
                rows, previous = row.number, row.hash
        return ChainCheck(rows, previous, None)


def _facts(row: RemovalRow) -> dict[str, object]:
    return {
        "number": row.number,
        "id": row.id,
        "team": row.team,
        "kind": row.kind,
        "subject": row.subject,
        "at": row.at,
        "requested_by": row.requested_by,
        "receipt": row.receipt,
    }


def _removal(row: RemovalRow) -> Removal:
    return Removal(
        number=row.number,
        id=row.id,
        team=row.team,
        kind=row.kind,  # type: ignore[arg-type]
        subject=row.subject,
        at=row.at,
        requested_by=row.requested_by,
        receipt=row.receipt,
        previous=row.previous,
        hash=row.hash,
        signature=row.signature,
    )

"""The append-only log of who read and changed what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ScalarResult, select
from sqlalchemy.orm import Session

from conversation.errors import BadInput
from serving.access.principal import Principal
from serving.store.database import Database
from serving.store.tables.access import AuditHeadRow, AuditRow

NO_HASH = "0" * 64
"""What the first line of the log follows."""

_BATCH = 1000


class AuditEntry(BaseModel):
    """One line of the log; the attributes are those of :class:`serving.store.tables.AuditRow`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    at: datetime
    team: str | None
    principal_id: str | None
    role: str | None
    action: str
    object_kind: str
    object_id: str
    request_id: str | None
    detail: dict[str, object] | None
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class AuditFilter:
    """Which lines to list; None: any.

    Attributes:
        team: Of who did it.
        principal_id: Who did it.
        action: What was done; ``conversation.*`` for all that begin so.
        object_kind: To what kind of thing.
        object_id: To which.
        since: Not before.
        until: Before.
    """

    team: str | None = None
    principal_id: str | None = None
    action: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Verification:
    """What checking the chain gave.

    Attributes:
        lines: How many lines are there.
        head: Hash of the last line; zeros when there is none. Kept elsewhere, it later proves
            that the log up to there is still the same.
        broken_at: Number of the first line that is missing or changed; None: all are right.
        reason: What is wrong with it.
    """

    lines: int
    head: str
    broken_at: int | None = None
    reason: str | None = None


class AuditLog:
    """Adds lines to the log and checks it.

    Each line holds the hash of the line before; the number and the hash of the last are kept
    beside the log, so that a line that was removed, from the middle or the end, is noticed.
    Lines hold ids and numbers, never words of people.

    Args:
        database: The store's.
        clock: Returns the time now, with its zone.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._clock = clock

    def record(
        self,
        principal: Principal | None,
        action: str,
        object_kind: str,
        object_id: str,
        request_id: str | None = None,
        detail: dict[str, object] | None = None,
    ) -> None:
        """Add a line; it is on the disk when this returns.

        Args:
            principal: Who did it; None: nobody who was known, or the command line.
            action: What was done, as ``thing.verb``: ``transcript.read``, ``key.revoke``.
            object_kind: To what kind of thing: ``conversation``, ``key``.
            object_id: To which.
            request_id: In which request.
            detail: More: ids and numbers, never words of people.
        """
        text = None if detail is None else json.dumps(detail, sort_keys=True, default=str)
        with self._database.writing() as session:
            head = _locked_head(session)
            row = AuditRow(
                number=head.number + 1,
                at=self._clock().astimezone(UTC),
                team=None if principal is None else principal.team,
                principal_id=None if principal is None else principal.id,
                role=None if principal is None else str(principal.role),
                action=action[:64],
                object_kind=object_kind[:32],
                object_id=object_id.replace("\x00", "")[:200],  # PostgreSQL takes no NUL
                request_id=None if request_id is None else request_id[:128],
                detail=text,
                previous_hash=head.hash,
            )
            row.hash = _hash_of(row)
            head.number, head.hash = row.number, row.hash
            session.add(row)

    def page(
        self, wanted: AuditFilter, *, limit: int, cursor: str | None = None
    ) -> tuple[tuple[AuditEntry, ...], str | None]:
        """List lines, newest first.

        Args:
            wanted: Which.
            limit: Most to return.
            cursor: Where to begin, from the page before; None: with the newest.

        Returns:
            The lines, and the cursor of the next page; None on the last.

        Raises:
            BadInput: The cursor is none of ours.
        """
        query = select(AuditRow).order_by(AuditRow.number.desc())
        if cursor is not None:
            if not cursor.isdecimal() or not cursor.isascii() or len(cursor) > 18:
                raise BadInput(
                    f"the cursor {cursor[:40]!r} is not one that a list gave",
                    remedy="use next_cursor of the page before as it is, or none",
                )
            query = query.where(AuditRow.number < int(cursor))
        for name in ("team", "principal_id", "object_kind", "object_id"):
            value = getattr(wanted, name)
            if value is not None:
                query = query.where(getattr(AuditRow, name) == value)
        if wanted.action is not None and wanted.action.endswith(".*"):
            query = query.where(AuditRow.action.startswith(wanted.action[:-1], autoescape=True))
        elif wanted.action is not None:
            query = query.where(AuditRow.action == wanted.action)
        if wanted.since is not None:
            query = query.where(AuditRow.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(AuditRow.at < wanted.until)
        with self._database.reading() as session:
            rows = session.scalars(query.limit(limit + 1)).all()
            found = tuple(_entry(row) for row in rows[:limit])
        return found, str(found[-1].number) if len(rows) > limit else None

    def verify(self, *, known_head: str | None = None) -> Verification:
        """Check every line against the one before, and the last against what is kept of it.

        Args:
            known_head: A head that an earlier check gave; it must still be in the chain. None:
                the log is checked against itself only.
        """
        with self._database.reading() as session:
            head = session.get_one(AuditHeadRow, 1)
            previous, number, met = NO_HASH, 0, known_head in (None, NO_HASH)
            with _in_order(session) as rows:
                for row in rows:
                    number += 1
                    wrong = _fault(row, number, previous)
                    if wrong is not None:
                        return Verification(number - 1, previous, number, wrong)
                    previous = row.hash
                    met = met or row.hash == known_head
        if (number, previous) != (head.number, head.hash):
            return Verification(
                number, previous, number + 1, f"expected {head.number} lines, found {number}"
            )
        if not met:
            return Verification(
                number, previous, number + 1, "the head that was given is not in the log"
            )
        return Verification(number, previous)


def _locked_head(session: Session) -> AuditHeadRow:
    # In SQLite the transaction has the write lock already; there FOR UPDATE says nothing.
    return session.get_one(AuditHeadRow, 1, with_for_update=True)


def _in_order(session: Session) -> closing[ScalarResult[AuditRow]]:
    rows = select(AuditRow).order_by(AuditRow.number).execution_options(yield_per=_BATCH)
    return closing(session.scalars(rows))


def _fault(row: AuditRow, number: int, previous: str) -> str | None:
    if row.number != number:
        return f"line {number} is missing"
    if row.previous_hash != previous:
        return f"line {number} does not follow line {number - 1}"
    if row.hash != _hash_of(row):
        return f"line {number} was changed"
    return None


def _hash_of(row: AuditRow) -> str:
    members = [
        row.number, row.at.astimezone(UTC).isoformat(timespec="microseconds"), row.team,
        row.principal_id, row.role, row.action, row.object_kind, row.object_id, row.request_id,
        row.detail, row.previous_hash,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(members, ensure_ascii=False).encode()).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(
        number=row.number,
        at=row.at,
        team=row.team,
        principal_id=row.principal_id,
        role=row.role,
        action=row.action,
        object_kind=row.object_kind,
        object_id=row.object_id,
        request_id=row.request_id,
        detail=None if row.detail is None else json.loads(row.detail),
        previous_hash=row.previous_hash,
        hash=row.hash,
    )

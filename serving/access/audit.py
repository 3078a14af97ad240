"""The append-only log of who read and changed what."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ScalarResult, delete, func, select
from sqlalchemy.orm import Session

from conversation.errors import BadInput
from serving.access.principal import Principal
from serving.store.database import Database
from serving.store.tables.access import AuditHeadRow, AuditRow

NO_HASH = "0" * 64
"""What the first line of the log follows."""

PURGED = "audit.purge"
"""What the line does that says that lines before it were removed."""

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
        broken_at: Number of the first line that is missing or changed; None: all follow each
            other.
        reason: What is wrong with it, or with the log as a whole; None: nothing.
        removed: How many lines retention removed from its beginning.
    """

    lines: int
    head: str
    broken_at: int | None = None
    reason: str | None = None
    removed: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return self.reason is None


class AuditLog:
    """Adds lines to the log and checks it.

    Each line holds the hash of the line before; the number and the hash of the last are kept
    beside the log, so that a line that was removed, from the middle or the end, is noticed.
    Retention removes lines from the beginning: what the first line left follows is kept, and a
    line of its own says so. Lines hold ids and numbers, never words of people.

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
        with self._database.writing() as session:
            head = _locked_head(session)
            self._append(
                session, head, principal, action, object_kind, object_id, request_id, detail
            )

    def _append(
        self,
        session: Session,
        head: AuditHeadRow,
        principal: Principal | None,
        action: str,
        object_kind: str,
        object_id: str,
        request_id: str | None,
        detail: dict[str, object] | None,
    ) -> None:
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
            detail=None if detail is None else json.dumps(detail, sort_keys=True, default=str),
            previous_hash=head.hash,
        )
        row.hash = _hash_of(row)
        head.number, head.hash = row.number, row.hash
        session.add(row)

    def purge(self, before: datetime) -> int:
        """Remove the lines that are older than a moment, from the beginning of the log.

        Args:
            before: The moment.

        Returns:
            How many lines went.
        """
        with self._database.writing() as session:
            head = _locked_head(session)
            first_kept = session.scalar(
                select(func.min(AuditRow.number)).where(AuditRow.at >= before)
            )
            last = head.number if first_kept is None else first_kept - 1
            count = last - head.removed_number
            if count <= 0:
                return 0
            head.removed_hash = session.get_one(AuditRow, last).hash
            head.removed_number = last
            session.flush()  # the database lets go of nothing before it is written down
            session.execute(
                delete(AuditRow)
                .where(AuditRow.number <= last)
                .execution_options(synchronize_session=False)
            )
            facts: dict[str, object] = {"hash": head.removed_hash, "lines": count}
            self._append(session, head, None, PURGED, "audit", str(last), None, facts)
            return count

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
            removed, previous = head.removed_number, head.removed_hash
            number, met = removed, known_head in (None, NO_HASH, previous)
            is_told = removed == 0
            with _in_order(session) as rows:
                for row in rows:
                    number += 1
                    wrong = _fault(row, number, previous)
                    if wrong is not None:
                        return Verification(number - 1 - removed, previous, number, wrong, removed)
                    is_told = is_told or _tells_of(row, removed, head.removed_hash)
                    previous = row.hash
                    met = met or row.hash == known_head
        fault = None
        if (number, previous) != (head.number, head.hash):
            fault = f"expected {head.number} lines, found {number}"
        elif not is_told:
            fault = f"the lines up to {removed} are gone, and no line says that retention took them"
        if fault is None and not met:
            fault = "the head that was given is not in the log"
            return Verification(number - removed, previous, None, fault, removed)
        broken_at = None if fault is None else number + 1
        return Verification(number - removed, previous, broken_at, fault, removed)


def _tells_of(row: AuditRow, removed: int, removed_hash: str) -> bool:
    return (
        row.action == PURGED
        and row.object_id == str(removed)
        and row.detail is not None
        and json.loads(row.detail).get("hash") == removed_hash
    )


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

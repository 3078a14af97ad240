"""The ledger of notices, objections and consents: added to, never changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from conversation.errors import BadInput
from serving.privacy.chain import FIRST, hash_of, lock_ledgers
from serving.privacy.installation_key import InstallationKey
from serving.store.database import Database
from serving.store.tables import ConsentRow

ConsentKind = Literal[
    "notice", "objection", "objection_lifted", "consent", "withdrawal", "contract"
]


@dataclass(frozen=True)
class ConsentEntry:
    """One row of the ledger; see :class:`serving.store.tables.privacy.ConsentRow`."""

    number: int
    team: str
    kind: ConsentKind
    subject: str | None
    conversation_id: str | None
    reference: str | None
    at: datetime
    recorded_at: datetime
    recorded_by: str
    hash: str


@dataclass(frozen=True)
class ChainCheck:
    """What checking a ledger gave.

    Attributes:
        rows: How many rows hang together.
        head: Hash of the last of them; kept elsewhere, it later proves that they are the same.
        broken_at: Number of the first row that is missing or changed; None: all are right.
    """

    rows: int
    head: str
    broken_at: int | None


class ConsentLedger:
    """What customers were told, and what they said about it.

    Customers are named by a fingerprint of their key: the ledger outlives an erasure, since an
    objection holds for the future, and a consent has to be proven after the data is gone.

    Args:
        database: The store's.
        key: Makes the fingerprints.
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

    def record(
        self,
        kind: ConsentKind,
        *,
        team: str,
        by: str,
        customer_key: str | None = None,
        conversation_id: str | None = None,
        reference: str | None = None,
        at: datetime | None = None,
    ) -> ConsentEntry:
        """Add a row; it is on the disk when this returns.

        Args:
            kind: What happened.
            team: Whose customer.
            by: Id of the key that writes it down.
            customer_key: Who; only its fingerprint is kept.
            conversation_id: In which conversation; None: in general.
            reference: Where the proof is; a consent, a withdrawal and a contract need one.
            at: When it happened; None: now.

        Raises:
            BadInput: Neither customer nor conversation is named, the reference is missing, or it
                happens in the future.
        """
        now = self._clock()
        at = at or now
        if customer_key is None and conversation_id is None:
            raise BadInput(
                "neither customer_key nor conversation_id is given", remedy="name one of them"
            )
        if kind in ("consent", "withdrawal", "contract") and not reference:
            raise BadInput(
                f"a {kind} without reference", remedy="name where the proof of it is kept"
            )
        if at > now.replace(microsecond=999_999):
            raise BadInput("at lies in the future", remedy="say when it happened")
        subject = None if customer_key is None else self._key.fingerprint(team, customer_key)
        with self._database.writing() as session:
            lock_ledgers(session)
            last = session.scalars(
                select(ConsentRow).order_by(ConsentRow.number.desc()).limit(1)
            ).first()
            row = ConsentRow(
                number=1 if last is None else last.number + 1,
                team=team,
                kind=kind,
                subject=subject,
                conversation_id=conversation_id,
                reference=reference,
                at=at,
                recorded_at=now,
                recorded_by=by,
                previous=FIRST if last is None else last.hash,
            )
            row.hash = hash_of(row.previous, _facts(row))
            session.add(row)
            session.flush()
            return _entry(row)

    def objects(self, team: str, customer_key: str) -> bool:
        """Tell whether a customer objects to being recorded and analysed."""
        subject = self._key.fingerprint(team, customer_key)
        with self._database.reading() as session:
            said = session.scalars(
                select(ConsentRow.kind)
                .where(
                    ConsentRow.team == team,
                    ConsentRow.subject == subject,
                    ConsentRow.conversation_id.is_(None),
                    ConsentRow.kind.in_(("objection", "objection_lifted")),
                )
                .order_by(ConsentRow.number.desc())
                .limit(1)
            ).first()
        return said == "objection"

    def objected_conversations(self, conversation_ids: tuple[str, ...]) -> frozenset[str]:
        """Return those of the conversations in which an objection was made."""
        with self._database.reading() as session:
            return frozenset(
                one
                for one in session.scalars(
                    select(ConsentRow.conversation_id).where(
                        ConsentRow.conversation_id.in_(conversation_ids),
                        ConsentRow.kind == "objection",
                    )
                )
                if one is not None
            )

    def consents(self, team: str, reference: str, customer_key: str | None = None) -> bool:
        """Tell whether there is a consent under a reference that was not withdrawn since.

        Args:
            team: Whose customer.
            reference: Of the consent.
            customer_key: Who must have given it; None: whoever did.
        """
        asked = (
            select(ConsentRow)
            .where(
                ConsentRow.team == team,
                ConsentRow.kind.in_(("consent", "withdrawal")),
                ConsentRow.reference == reference,
            )
            .order_by(ConsentRow.number.desc())
        )
        subject = None if customer_key is None else self._key.fingerprint(team, customer_key)
        if subject is not None:
            asked = asked.where(ConsentRow.subject == subject)
        with self._database.reading() as session:
            last = session.scalars(asked.limit(1)).first()
        return last is not None and last.kind == "consent"

    def contracts(self, conversation_ids: tuple[str, ...]) -> dict[str, datetime]:
        """Return when contracts were signed, of the conversations of which the ledger knows one."""
        with self._database.reading() as session:
            rows = session.execute(
                select(ConsentRow.conversation_id, ConsentRow.at)
                .where(
                    ConsentRow.conversation_id.in_(conversation_ids), ConsentRow.kind == "contract"
                )
                .order_by(ConsentRow.number)
            ).all()
        return {conversation_id: at for conversation_id, at in rows if conversation_id is not None}

    def page(
        self,
        *,
        team: str | None,
        limit: int,
        cursor: str | None = None,
        customer_key: str | None = None,
        conversation_id: str | None = None,
    ) -> tuple[tuple[ConsentEntry, ...], str | None]:
        """List rows, newest first.

        Args:
            team: Whose; None: every team's (then no customer can be asked for).
            limit: Most to return.
            cursor: Where to begin; None: with the newest.
            customer_key: Only those of a customer.
            conversation_id: Only those of a conversation.

        Returns:
            The rows, and the cursor of the next page or None.

        Raises:
            BadInput: The cursor is none of ours.
        """
        asked = select(ConsentRow).order_by(ConsentRow.number.desc())
        if team is not None:
            asked = asked.where(ConsentRow.team == team)
        if customer_key is not None and team is not None:
            asked = asked.where(ConsentRow.subject == self._key.fingerprint(team, customer_key))
        if conversation_id is not None:
            asked = asked.where(ConsentRow.conversation_id == conversation_id)
        if cursor is not None:
            asked = asked.where(ConsentRow.number < number_of(cursor))
        with self._database.reading() as session:
            rows = session.scalars(asked.limit(limit + 1)).all()
            found = tuple(_entry(row) for row in rows[:limit])
        return found, str(found[-1].number) if len(rows) > limit else None

    def verify(self) -> ChainCheck:
        """Check every row against the one before it."""
        with self._database.reading() as session:
            return _checked(session)


def number_of(cursor: str) -> int:
    """Read a cursor that is the number of a row.

    Raises:
        BadInput: It is none.
    """
    if not (cursor.isascii() and cursor.isdecimal()) or len(cursor) > 18:
        raise BadInput(
            f"the cursor {cursor[:40]!r} is not one that a list gave",
            remedy="use next_cursor of the page before as it is, or none",
        )
    return int(cursor)


def _checked(session: Session) -> ChainCheck:
    previous, rows = FIRST, 0
    for row in session.scalars(select(ConsentRow).order_by(ConsentRow.number)).yield_per(1000):
        if (
            row.number != rows + 1
            or row.previous != previous
            or row.hash != hash_of(previous, _facts(row))
        ):
            return ChainCheck(rows, previous, rows + 1)
        rows, previous = row.number, row.hash
    return ChainCheck(rows, previous, None)


def _facts(row: ConsentRow) -> dict[str, object]:
    return {
        "number": row.number,
        "team": row.team,
        "kind": row.kind,
        "subject": row.subject,
        "conversation_id": row.conversation_id,
        "reference": row.reference,
        "at": row.at,
        "recorded_at": row.recorded_at,
        "recorded_by": row.recorded_by,
    }


def _entry(row: ConsentRow) -> ConsentEntry:
    return ConsentEntry(
        number=row.number,
        team=row.team,
        kind=row.kind,  # type: ignore[arg-type]
        subject=row.subject,
        conversation_id=row.conversation_id,
        reference=row.reference,
        at=row.at,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        hash=row.hash,
    )

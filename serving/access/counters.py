"""Counters of requests in the database, where several processes count together."""

from __future__ import annotations

import time
from typing import ClassVar

from limits.storage import Storage
from sqlalchemy import ColumnElement, case, delete, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite

from serving.store.database import Database
from serving.store.tables.access import CounterRow

_SWEPT_EVERY_S = 60.0


class DatabaseCounters(Storage):
    """A storage of ``limits`` for fixed windows.

    Args:
        database: The store's.
    """

    STORAGE_SCHEME: ClassVar[list[str] | None] = ["entendu"]  # type: ignore[misc]

    def __init__(self, database: Database) -> None:
        super().__init__()
        self._database = database
        self._swept_at = time.monotonic()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Errors that limits may wrap; ours leave as they are."""
        return ConnectionError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and return how many there are in the window, which the first one opens."""
        return self.count(key, expiry, amount)[0]

    def count(self, key: str, expiry: float, amount: int = 1) -> tuple[int, float]:
        """Count.

        Args:
            key: Of the counter.
            expiry: Seconds of the window.
            amount: How many more.

        Returns:
            How many there are in the window, and when it ends, in seconds since 1970.
        """
        now = time.time()
        insert = (postgresql if self._database.kind == "postgresql" else sqlite).insert(CounterRow)
        is_over = CounterRow.expires_at <= now
        one: ColumnElement[int] = literal_column("excluded.hits")
        statement = (
            insert.values(name=key[:200], hits=amount, expires_at=now + expiry)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={
                    "hits": case((is_over, one), else_=CounterRow.hits + one),
                    "expires_at": case(
                        (is_over, literal_column("excluded.expires_at")),
                        else_=CounterRow.expires_at,
                    ),
                },
            )
            .returning(CounterRow.hits, CounterRow.expires_at)
        )
        with self._database.writing() as session:
            if self._database.kind == "postgresql":
                # A power cut may forget a count; waiting for the disk at each request may not be.
                session.execute(text("SET LOCAL synchronous_commit = off"))
            hits, expires_at = session.execute(statement).one()
            if time.monotonic() - self._swept_at > _SWEPT_EVERY_S:
                self._swept_at = time.monotonic()
                session.execute(delete(CounterRow).where(CounterRow.expires_at < now))
        return hits, expires_at

    def get(self, key: str) -> int:
        """Return how many there are in the window."""
        with self._database.reading() as session:
            hits = session.scalar(
                select(CounterRow.hits).where(
                    CounterRow.name == key[:200], CounterRow.expires_at > time.time()
                )
            )
        return hits or 0

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970."""
        with self._database.reading() as session:
            ends = session.scalar(select(CounterRow.expires_at).where(CounterRow.name == key[:200]))
        return ends or time.time()

    def check(self) -> bool:
        """Tell whether the database answers."""
        return self._database.is_alive()

    def reset(self) -> int:
        """Forget all counts, and return how many there were."""
        with self._database.writing() as session:
            return len(session.scalars(delete(CounterRow).returning(CounterRow.name)).all())

    def clear(self, key: str) -> None:
        """Forget a count."""
        with self._database.writing() as session:
            session.execute(delete(CounterRow).where(CounterRow.name == key[:200]))

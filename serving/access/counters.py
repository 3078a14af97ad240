"""Counters of requests in the database, where several processes count together."""

from __future__ import annotations

import time

from sqlalchemy import ColumnElement, case, delete, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite

from serving.store.database import Database
from serving.store.tables.access import CounterRow

_SWEPT_EVERY_S = 60.0


class DatabaseCounters:
    """Counts in fixed windows, as :class:`serving.access.windows.MemoryCounters` does.

    Args:
        database: The store's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._swept_at = time.monotonic()

    def count(self, name: str, window_s: float) -> tuple[int, float]:
        """Count.

        Args:
            name: Of the counter.
            window_s: Seconds of the window that the first one opens.

        Returns:
            How many there are in the window, and when it ends, in seconds since 1970.
        """
        now = time.time()
        insert = (postgresql if self._database.kind == "postgresql" else sqlite).insert(CounterRow)
        is_over = CounterRow.expires_at <= now
        one: ColumnElement[int] = literal_column("excluded.hits")
        statement = (
            insert.values(name=name[:200], hits=1, expires_at=now + window_s)
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

    def look(self, name: str) -> tuple[int, float]:
        """Return how many there are in the window, and when it ends, without counting."""
        now = time.time()
        asked = select(CounterRow.hits, CounterRow.expires_at).where(
            CounterRow.name == name[:200], CounterRow.expires_at > now
        )
        with self._database.reading() as session:
            found = session.execute(asked).one_or_none()
        return (0, now) if found is None else (found.hits, found.expires_at)

"""The store's database: how it is opened, and brought to the newest schema."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, create_engine, event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from conversation.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_S = 30.0
_WRITE = "entendu_write"

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged outlives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # erased text is overwritten, not only unlinked
    f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
)


class Database:
    """A SQLite file with its engine.

    Args:
        path: The file, made if it is not there.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self.path = path
        self.engine = create_engine(
            URL.create("sqlite", database=str(path)),
            hide_parameters=True,  # an error message must not quote what somebody said
        )
        event.listen(self.engine, "connect", _prepare)
        event.listen(self.engine, "begin", _begin)

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema to a revision; everything is in one transaction.

        Args:
            revision: ``head`` for the newest, ``base`` for none.

        Raises:
            Conflict: The file is no database of Entendu, or was written by a newer one.
        """
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        config = Config()
        config.set_main_option(
            "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
        )
        run = command.downgrade if revision == "base" else command.upgrade
        try:
            with (
                self.engine.connect().execution_options(**{_WRITE: True}) as connection,
                connection.begin(),
            ):
                config.attributes["connection"] = connection
                run(config, revision)
        except (CommandError, DatabaseError) as error:
            raise Conflict(
                f"{self.path}: not a store that this version of Entendu can open ({error})",
                remedy="use the version that wrote it or a newer one, or another data folder",
            ) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees one state of the database."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session in one transaction that waits for its turn to write.

        The write lock is taken at the start: a transaction that reads first and writes later
        would fail at once in SQLite when somebody wrote in between.
        """
        with (
            self.engine.connect().execution_options(**{_WRITE: True}) as connection,
            Session(connection) as session,
            session.begin(),
        ):
            yield session

    def forget_erased(self) -> None:
        """Empty the write-ahead log, where erased rows would go on to be found."""
        with self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if raw is not None:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def is_alive(self) -> bool:
        """Tell whether the database answers."""
        with self.reading() as session:
            return bool(session.execute(text("SELECT 1")).scalar_one())

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"expected a SQLite connection, got {type(connection)}")
    connection.isolation_level = None  # transactions begin in _begin, not by the driver's rules
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

"""The store's database: SQLite below the data folder, or PostgreSQL for several processes."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InterfaceError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from conversation.errors import Conflict, Unavailable
from serving.store.engines import (
    BUSY_TIMEOUT_S,
    WRITE,
    postgresql_engine,
    postgresql_url,
    sqlite_engine,
)
from serving.store.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

Kind = Literal["sqlite", "postgresql"]

_DISK_FULL = "53100"  # PostgreSQL's code
_SQLITE_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_WORDS_OF_PEOPLE = "conversations, analyses, turns, turn_vectors"
_MIGRATING = 0x656E74656E6475  # "entendu": the advisory lock of those who change the schema


class Database:
    """A database with its engine.

    Args:
        where: A SQLite file, made if it is not there, or the address of a PostgreSQL database
            (``postgresql://user:password@host/name``).

    Raises:
        DefinitionInvalid: The address is none.
        DependencyMissing: PostgreSQL was asked for without its driver.
    """

    def __init__(self, where: Path | str) -> None:
        self.path = where if isinstance(where, Path) else None
        self.kind: Kind = "postgresql" if self.path is None else "sqlite"
        # SQLite has one writer at a time, and lets the others look again and again; here they
        # stand in a row.
        self._writer = threading.Lock()
        if isinstance(where, Path):
            where.touch(mode=0o600)
            self.engine = sqlite_engine(where)
        else:
            self.engine = postgresql_engine(postgresql_url(where))

    @property
    def shown(self) -> str:
        """Where it is, without the password."""
        return str(self.path) if self.path else self.engine.url.render_as_string(hide_password=True)

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema to a revision; everything is in one transaction.

        Processes that start together do it one after the other.

        Args:
            revision: ``head`` for the newest, ``base`` for none.

        Raises:
            Conflict: It is no database of Entendu, or was written by a newer one.
            Unavailable: The database does not answer, or does not let us in; the message says
                where it was looked for and what it said.
        """
        try:
            self._migrate(revision)
        except Unavailable as error:
            raise Unavailable(
                f"the database {self.shown} does not answer{_reason(error)}",
                remedy="start it, or correct its address and password (database_url, PGPASSWORD)",
            ) from error

    def _migrate(self, revision: str) -> None:
        if revision == "head" and self._revision() == HEAD:
            return
        from alembic.util import CommandError

        config = _alembic_config()
        with self._talking():
            try:
                with self._schema_changes() as connection:
                    config.attributes["connection"] = connection
                    _run_migrations(config, revision)
            except (CommandError, DatabaseError) as error:
                if isinstance(error, DBAPIError) and _is_away(error):
                    raise
                raise Conflict(
                    f"{self.shown}: not a store that this version of Entendu can open ({error})",
                    remedy="use the version that wrote it or a newer one, or another data folder",
                ) from error

    def _revision(self) -> str | None:
        """Return the revision of the schema; None: there is none, or no telling."""
        try:
            with self.reading() as session:
                found = session.scalar(text("SELECT version_num FROM alembic_version"))
                return None if found is None else str(found)
        except DatabaseError:
            return None

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that sees one state of the database.

        Raises:
            Unavailable: The database does not answer.
        """
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with (
            self._talking(),
            self.engine.connect().execution_options(
                **options if self.kind == "postgresql" else {}
            ) as connection,
            Session(connection) as session,
        ):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session in one transaction, committed at its end.

        In SQLite it waits for its turn to write first: a transaction that reads first and writes
        later would fail at once when somebody wrote in between. In PostgreSQL rows that are read
        to be changed are locked where they are read (``with_for_update``).

        Raises:
            Unavailable: The database does not answer.
        """
        with (
            self._talking(),
            self._turn_to_write(),
            self.engine.connect().execution_options(**{WRITE: True}) as connection,
            Session(connection) as session,
            session.begin(),
        ):
            yield session

    def lock(self, session: Session, key: int, *, shared: bool = False) -> None:
        """Wait for a lock that ends with the transaction.

        Args:
            session: From :meth:`writing`. In SQLite it is alone already.
            key: Number of the lock.
            shared: Whether others with a shared one may go on beside it.
        """
        if self.kind == "postgresql":
            wait = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
            session.execute(select(wait(key)))

    def forget_erased(self) -> None:
        """Overwrite what erased rows left behind, as far as the database lets us.

        SQLite: its index of words is merged and its write-ahead log emptied; the file itself was
        overwritten (``secure_delete``).
        PostgreSQL: the dead rows are vacuumed; its own log keeps them until it is recycled.
        """
        with self._talking():
            if self.kind == "postgresql":
                options = {"isolation_level": "AUTOCOMMIT"}
                with self.engine.connect().execution_options(**options) as connection:
                    connection.execute(text(f"VACUUM (SKIP_LOCKED) {_WORDS_OF_PEOPLE}"))
                return
            with self.writing() as session:
                # The index of words marks what is gone, and drops it when its parts are merged.
                session.execute(text("INSERT INTO turns_words (turns_words) VALUES ('optimize')"))
            with self.engine.connect() as connection:
                raw = connection.connection.dbapi_connection
                if raw is not None:
                    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def is_alive(self) -> bool:
        """Tell whether the database answers."""
        try:
            with self.reading() as session:
                return bool(session.execute(text("SELECT 1")).scalar_one())
        except Unavailable:
            return False

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeout as error:
            raise _away() from error
        except DBAPIError as error:
            if _sqlstate(error) == _DISK_FULL:
                raise OSError(errno.ENOSPC, "the disk of the database is full") from error
            if not _is_away(error):
                raise
            raise _away() from error

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        if self.kind == "postgresql":
            yield
            return
        if not self._writer.acquire(timeout=BUSY_TIMEOUT_S):
            raise _away()
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _schema_changes(self) -> Iterator[Connection]:
        """Open a transaction in which nobody else changes the schema."""
        with self.engine.connect().execution_options(**{WRITE: True}) as connection:
            if self.kind == "sqlite":
                # Tables are rebuilt to be changed, and dropping the old one must not cascade. This
                # has to be said outside of a transaction, or it is ignored.
                connection.connection.execute("PRAGMA foreign_keys=OFF")
            try:
                with connection.begin():
                    if self.kind == "postgresql":
                        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
                    yield connection
                    if self.kind == "sqlite":
                        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                        if broken is not None:
                            raise RuntimeError(f"the migration left a broken reference: {broken}")
            finally:
                if self.kind == "sqlite":
                    connection.connection.execute("PRAGMA foreign_keys=ON")


def _away() -> Unavailable:
    return Unavailable("the database does not answer", remedy="try again in a moment")


def _reason(error: Unavailable) -> str:
    """Return what the driver said when it did not get through; empty: it said nothing."""
    cause = error.__cause__
    said = str(cause.orig) if isinstance(cause, DBAPIError) else ""
    return f": {' '.join(said.split())}" if said else ""


def _is_away(error: DBAPIError) -> bool:
    """Tell whether there was no talking to the database, as against an answer it gave."""
    if error.connection_invalidated:
        return True
    if not isinstance(error, (OperationalError, InterfaceError)) or error.orig is None:
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY
    # No code: no server was reached. The classes 08, 57P and 53300: the connection broke, the
    # server is going down or coming up, or has no room for one more.
    code = _sqlstate(error)
    return code is None or code.startswith(("08", "57P", "53300"))


def _sqlstate(error: DBAPIError) -> str | None:
    code = getattr(error.orig, "sqlstate", None)
    return code if isinstance(code, str) else None


def _alembic_config() -> Config:
    from alembic.config import Config

    config = Config()
    folder = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", folder.replace("%", "%%"))
    return config


def _run_migrations(config: Config, revision: str) -> None:
    from alembic import command

    connection: Connection = config.attributes["connection"]
    at = ""
    if connection.dialect.has_table(connection, "alembic_version"):
        at = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
    down = revision == "base" or (revision != "head" and revision < at)  # they are numbered
    (command.downgrade if down else command.upgrade)(config, revision)

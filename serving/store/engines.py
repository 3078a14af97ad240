"""How connections to the two kinds of database are made and behave."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from conversation.errors import DefinitionInvalid, DependencyMissing

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_S = 30.0
POOL_SIZE = 10
POOL_OVERFLOW = 20
POOL_TIMEOUT_S = 30.0
CONNECT_TIMEOUT_S = 10
WRITE = "entendu_write"
"""Execution option of connections that begin a transaction to write."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",  # what was acknowledged outlives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # erased text is overwritten, not only unlinked
    f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
)


def postgresql_url(address: str) -> URL:
    """Read the address of a PostgreSQL database.

    Args:
        address: ``postgresql://…`` (or ``postgres://``), as most tools write it.

    Raises:
        DefinitionInvalid: It is no such address; the message does not quote it, for it may hold a
            password.
        DependencyMissing: The driver is not installed.
    """
    try:
        url = make_url(address)
    except ArgumentError as error:
        raise _bad_address() from error
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg") or not url.database:
        raise _bad_address()
    if "@" in url.database:  # what follows an @ in a password was read as the host
        raise DefinitionInvalid(
            "database_url has an @ too many: it can stand in a password as %40 only",
            remedy="write @ as %40 and % as %25, or leave the password out of the address and "
            "put it into PGPASSWORD",
        )
    try:
        import psycopg  # noqa: F401 - only to see whether it is there
    except ImportError as error:
        raise DependencyMissing(
            "PostgreSQL needs the package psycopg", remedy="pip install 'entendu[postgres]'"
        ) from error
    return url.set(drivername="postgresql+psycopg")


def _bad_address() -> DefinitionInvalid:
    return DefinitionInvalid(
        "database_url is not the address of a PostgreSQL database",
        remedy="expected postgresql://user:password@host:5432/name",
    )


def sqlite_engine(path: Path) -> Engine:
    """Return the engine of a SQLite file.

    Args:
        path: The file, which is there.
    """
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        hide_parameters=True,  # an error message must not quote what somebody said
    )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def postgresql_engine(url: URL) -> Engine:
    """Return the engine of a PostgreSQL database.

    Args:
        url: From :func:`postgresql_url`.
    """
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_TIMEOUT_S,
        pool_pre_ping=True,  # a database that was away is met again without a failed request
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "entendu"},
    )
    event.listen(engine, "handle_error", _quote_nobody)
    return engine


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError(f"expected a SQLite connection, got {type(connection)}")
    connection.isolation_level = None  # transactions begin in _begin, not by the driver's rules
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()


def _quote_nobody(context: ExceptionContext) -> None:
    """Take out of an error what PostgreSQL adds to it: it quotes the whole row."""
    raised = context.original_exception
    said = getattr(getattr(raised, "diag", None), "message_primary", None)
    if said is not None:
        raised.args = (said,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (f"({type(raised).__name__}) {said}",)


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

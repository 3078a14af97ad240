"""Tables of a knowledge store, and how its database is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Date,
    Engine,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    NullPool,
    StaticPool,
    String,
    Table,
    Text,
    UniqueConstraint,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DatabaseError

from kb_search.store.report import StoreUnusable

FORMAT = 1
"""Raised whenever the tables or what stands in them change."""

_BUSY_TIMEOUT_S = 60
_WRITES = "entendu_writes"
_PRAGMAS = (
    "page_size=16384",  # of a new file: ten vectors a page
    "journal_mode=WAL",  # searches read on while documents come in
    "synchronous=FULL",  # what was acknowledged outlives a power cut
    "foreign_keys=ON",
    "secure_delete=ON",  # removed text is overwritten, not only unlinked
    f"busy_timeout={_BUSY_TIMEOUT_S * 1000}",
)

_schema = MetaData()

facts = Table("facts", _schema, Column("name", String, primary_key=True), Column("value", Integer))
"""``format`` of the tables, and ``revision``: how often the base was changed."""

documents = Table(
    "documents",
    _schema,
    Column("id", Integer, primary_key=True),
    Column("path", String, nullable=False, unique=True),
    Column("source", String, nullable=False, index=True),
    Column("sha256", String, nullable=False),
    Column("read_with", String, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("body", Text, nullable=False),
)
"""``body`` is the document as JSON, without its passages; ``metadata`` and ``problems`` stand
beside it as well, to be read without the text. ``source`` is the folder that was given, empty
for a document that was given by itself; ``read_with`` are the settings it was read with."""

passages = Table(
    "passages",
    _schema,
    Column("id", Integer, primary_key=True),
    Column("document", ForeignKey("documents.id"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("text_key", LargeBinary(32), nullable=False, index=True),
    Column("label_key", LargeBinary(32), index=True),
    Column("body", Text, nullable=False),
    sqlite_autoincrement=True,  # indexes know a passage by its number: none is given out twice
)

vectors = Table(
    "vectors",
    _schema,
    Column("id", Integer, primary_key=True),  # in order, so that pages are filled
    Column("encoder", String, nullable=False),
    Column("key", LargeBinary(32), nullable=False),
    Column("vector", LargeBinary, nullable=False),
    UniqueConstraint("key", "encoder"),
)

staged = Table(
    "staged",
    _schema,
    Column("path", String, primary_key=True),
    Column("source", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("read_with", String, nullable=False),
    Column("body", Text, nullable=False),
)
"""Documents that were read and whose vectors are being made; no search sees them. What is found
here after the process was killed need not be parsed again."""

Index("live", passages.c.state, passages.c.valid_from, passages.c.valid_to)


class Database:
    """A SQLite file with its engine.

    Args:
        path: The file, made if it is not there; None keeps everything in memory.

    Raises:
        StoreUnusable: It is no knowledge store, is damaged, or was written by a newer version.
        OSError: It cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        if path is None:
            self._engine = create_engine(
                "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
            )
        else:
            path.touch(mode=0o600)
            self._engine = create_engine(
                URL.create("sqlite", database=str(path)), poolclass=NullPool, hide_parameters=True
            )
        event.listen(self._engine, "connect", _prepare)
        event.listen(self._engine, "begin", _begin)
        try:
            self._make_tables()
        except DatabaseError as error:
            self.close()
            raise StoreUnusable(
                f"{path} is no knowledge store, or is damaged ({error.orig})",
                remedy="take another folder, or delete this one and add its documents again",
            ) from error

    def _make_tables(self) -> None:
        with self.writing() as connection:
            _schema.create_all(connection)
            found = connection.scalar(select(facts.c.value).where(facts.c.name == "format"))
            if found is None:
                connection.execute(insert(facts).values(name="format", value=FORMAT))
                connection.execute(insert(facts).values(name="revision", value=0))
        if found is not None and found != FORMAT:
            self.close()
            raise StoreUnusable(
                f"the knowledge store has format {found}, expected {FORMAT}",
                remedy="take another folder, or delete this one and add its documents again",
            )

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a transaction that writes: all of it, or nothing."""
        with (
            self._engine.connect().execution_options(**{_WRITES: True}) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a transaction that sees one state, whatever is written meanwhile."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self._engine

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin does
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    # a transaction that will write takes its lock at once: upgrading later can fail
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

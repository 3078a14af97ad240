from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from conversation.errors import Conflict, DefinitionInvalid, Unavailable
from serving.store.database import Database
from serving.store.migrations import HEAD
from serving.store.tables import Base


def shape(database: Database) -> dict[str, object]:
    """Everything the database says of its tables, whatever the order it was made in."""
    looked = inspect(database.engine)

    def named(things):
        return {str(thing.get("name")): thing for thing in things}

    shapes = {
        table: {
            "columns": named(
                column | {"type": str(column["type"])} for column in looked.get_columns(table)
            ),
            "keys": looked.get_pk_constraint(table),
            "references": named(looked.get_foreign_keys(table)),
            "uniques": named(looked.get_unique_constraints(table)),
            "checks": named(
                check | {"sqltext": plain(check["sqltext"])}
                for check in looked.get_check_constraints(table)
            ),
            "indexes": named(looked.get_indexes(table)),
        }
        for table in looked.get_table_names()
        if table != "alembic_version"
    }
    if database.kind == "sqlite":
        with database.reading() as session:
            rest = session.execute(
                text(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%fts%'"
                )
            )
            shapes["triggers"] = dict(rest.all())
    return shapes


def plain(sql: str) -> str:
    return " ".join(sql.replace('"', "").split())


@pytest.fixture
def another(database_url, tmp_path, request):
    """A second, empty database of the same kind."""
    if database_url is not None:
        server = request.getfixturevalue("postgres_server")
        server.psql("DROP DATABASE IF EXISTS another WITH (FORCE);")
        server.psql("CREATE DATABASE another;")
    opened = Database(
        tmp_path / "another.sqlite" if database_url is None else server.get_uri("another")
    )
    yield opened
    opened.close()


def test_migrations_make_the_tables_that_the_models_describe(database, another):
    Base.metadata.create_all(another.engine)
    migrated, described = shape(database), shape(another)
    assert migrated.keys() == described.keys()
    if "triggers" in described:  # migrations may make some that no model knows
        assert migrated.pop("triggers").items() >= described.pop("triggers").items()
    for table in described:
        assert migrated[table] == described[table], table


def test_migrations_go_down_and_up_again(another):
    another.migrate("0001")
    first = shape(another)
    for revision in ("head", "0001", "base", "head", "head", "base", "0001"):
        another.migrate(revision)
    assert shape(another) == first


def test_a_step_up_and_down_keeps_the_rows_it_can(another):
    another.migrate("0001")
    with another.writing() as session:
        session.execute(
            text(
                "INSERT INTO conversations (id, team, status, name, created_at, attempts, "
                "progress, source) VALUES ('c', 'default', 'done', 'n', '2026-11-22', 1, 1, '{}')"
            )
        )
        session.execute(
            text(
                "INSERT INTO analyses (conversation_id, schema_version, created_at, document) "
                "VALUES ('c', '2.0', '2026-11-22', '{}')"
            )
        )
    for revision in ("head", "0001"):
        another.migrate(revision)
        with another.reading() as session:
            for table in ("conversations", "analyses"):
                assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table
        if revision == "head":
            with another.reading() as session:
                assert session.scalar(text("SELECT purpose FROM conversations")) == "quality"


def test_the_newest_revision_is_the_one_that_is_opened_without_looking_further(another):
    another.migrate()
    with another.reading() as session:
        assert session.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


def test_processes_that_start_together_migrate_once(postgres_url):
    databases = [Database(postgres_url) for _ in range(4)]
    errors = []

    def start(database):
        try:
            database.migrate()
        except Conflict as error:
            errors.append(error)

    threads = [threading.Thread(target=start, args=(database,)) for database in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        database.close()
    assert errors == []


def test_a_newer_schema_is_a_clear_conflict(database):
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Conflict, match="not a store that this version"):
        database.migrate()


def test_a_transaction_that_fails_leaves_nothing(database):
    insert = text(
        "INSERT INTO recordings (sha256, size_bytes, created_at) VALUES ('a', 1, '2026-11-22')"
    )
    with (
        contextlib.suppress(ZeroDivisionError),
        database.writing() as session,
    ):
        session.execute(insert)
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM recordings")) == 0


def test_a_reader_sees_one_state(database):
    insert = text(
        "INSERT INTO recordings (sha256, size_bytes, created_at) VALUES ('a', 1, '2026-11-22')"
    )
    count = text("SELECT count(*) FROM recordings")
    with database.reading() as session:
        assert session.scalar(count) == 0
        with database.writing() as writer:
            writer.execute(insert)
        assert session.scalar(count) == 0
    with database.reading() as session:
        assert session.scalar(count) == 1


def test_a_database_that_is_away_is_said_in_one_line(postgres_url, postgres_server):
    gone = Database(postgres_url.replace("test_", "nowhere_"))
    assert not gone.is_alive()
    elsewhere = Database("postgresql://me:secret@127.0.0.1:1/none")
    with pytest.raises(Unavailable, match=r"does not answer.*127\.0\.0\.1.*refused") as caught:
        elsewhere.migrate()
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "secret" not in elsewhere.shown
    for database in (gone, elsewhere):
        database.close()


def read_from_a_connection_that_is_cut(database, server) -> None:
    with database.reading() as session:
        server.psql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'entendu';"
        )
        session.scalar(text("SELECT 1"))


def test_connections_that_the_server_cut_are_replaced(postgres_url, postgres_server):
    database = Database(postgres_url)
    with database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    postgres_server.psql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'entendu';"
    )
    with database.reading() as session:
        assert session.scalar(text("SELECT 1")) == 1
    with pytest.raises(Unavailable):
        read_from_a_connection_that_is_cut(database, postgres_server)
    assert database.is_alive()
    database.close()


def test_an_at_sign_in_a_password_is_named_as_what_is_wrong():
    with pytest.raises(DefinitionInvalid, match="%40") as caught:
        Database("postgresql://entendu:se@cret/word@database/entendu")
    assert "PGPASSWORD" in caught.value.remedy
    assert "cret" not in f"{caught.value} {caught.value.remedy}"
    reached = Database("postgresql://entendu:se%40cret@database/entendu")
    assert reached.engine.url.password == "se@cret"
    reached.close()


def test_a_password_can_be_given_beside_the_address(postgres_server, monkeypatch):
    postgres_server.psql("CREATE DATABASE guarded;")
    postgres_server.psql("CREATE ROLE warden LOGIN PASSWORD 'p@ss/w:rd%1';")
    postgres_server.psql("ALTER DATABASE guarded OWNER TO warden;")
    rules = Path(postgres_server.pgdata) / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local guarded warden scram-sha-256\n{before}")
    postgres_server.psql("SELECT pg_reload_conf();")
    database = Database(f"postgresql://warden@/guarded?host={postgres_server.pgdata}")
    try:
        monkeypatch.setenv("PGPASSWORD", "wrong")
        with pytest.raises(Unavailable, match="password authentication failed") as caught:
            database.migrate()
        assert "PGPASSWORD" in caught.value.remedy
        monkeypatch.setenv("PGPASSWORD", "p@ss/w:rd%1")
        database.migrate()
        assert database.is_alive()
    finally:
        database.close()
        rules.write_text(before)
        postgres_server.psql("SELECT pg_reload_conf();")
        postgres_server.psql("DROP DATABASE guarded WITH (FORCE);")
        postgres_server.psql("DROP ROLE warden;")


@pytest.mark.parametrize(
    "address", ["", "nothing", "mysql://a/b", "postgresql://host", "sqlite://"]
)
def test_an_address_that_is_none_is_refused_without_quoting_it(address):
    with pytest.raises(DefinitionInvalid, match="postgresql://user") as caught:
        Database(address)
    assert "mysql" not in str(caught.value)

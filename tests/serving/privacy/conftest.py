"""A service on each database, its tables and its folder to be searched for words."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import inspect, text

from serving.privacy.consents import ConsentLedger
from serving.privacy.installation_key import InstallationKey
from serving.settings import Settings


@dataclass
class Searched:
    """Where words may be left: a folder, and the tables of a PostgreSQL database."""

    folder: Path
    service: object

    def find(self, *words: str | bytes) -> list[str]:
        """Return where any of the words is found, as UTF-8 or as JSON writes it."""
        wanted = []
        for word in words:
            if isinstance(word, bytes):
                wanted.append(word)
                continue
            wanted += [word.encode(), word.encode("unicode_escape"), word.lower().encode()]
        return [*self._in_files(wanted), *self._in_tables(wanted)]

    def _in_files(self, wanted):
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                if any(word in content or word in os.fsencode(path.name) for word in wanted):
                    yield str(path.relative_to(self.folder))

    def _in_tables(self, wanted):
        database = self.service.store.database
        if database.kind != "postgresql":
            return
        with database.engine.connect() as connection:
            look = inspect(connection)
            for schema in look.get_schema_names():
                if schema in ("information_schema", "pg_catalog"):
                    continue
                for table in look.get_table_names(schema=schema):
                    rows = connection.execute(text(f'SELECT t::text FROM "{schema}"."{table}" t'))
                    for (row,) in rows:
                        if any(word in row.encode() for word in wanted):
                            yield f"{schema}.{table}"


@pytest.fixture
def now():
    return datetime(2026, 11, 3, 10, 0, tzinfo=UTC)


@pytest.fixture
def clock(now):
    class Clock:
        at = now

        def __call__(self):
            return self.at

        def forward(self, **more):
            self.at += timedelta(**more)

    return Clock()


@pytest.fixture
def key():
    return InstallationKey(b"k" * 32)


@pytest.fixture
def ledger(database, key, clock):
    return ConsentLedger(database, key, clock=clock)


@pytest.fixture
def settings(tmp_path, database_url):
    return Settings(
        data_dir=tmp_path / "data",
        database_url=None if database_url is None else SecretStr(database_url),
        webhook_networks=("127.0.0.0/8",),
    )


@pytest.fixture
def running(settings, fake_pipeline_class, running_service_class):
    """A server with the stand-in, on SQLite and then on PostgreSQL."""
    served = running_service_class(settings, fake_pipeline_class())
    yield served
    served.stop()


@pytest.fixture
def searched(running):
    return Searched(running.settings.data_dir, running.app.state.service)

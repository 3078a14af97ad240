"""A service on each database with a small centre whose figures are counted by hand."""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from pydantic import SecretStr

ROWS = Path(__file__).parents[1] / "board_rows.py"


@pytest.fixture(scope="session")
def rows() -> SimpleNamespace:
    """Rows to be stored: see ``tests/serving/board_rows.py``."""
    return SimpleNamespace(**runpy.run_path(str(ROWS)))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def small_centre(request, tmp_path_factory, running_service_class, fake_pipeline_class, rows):
    """A running service with the small set, on SQLite and then on PostgreSQL."""
    from serving.settings import Settings

    url = None
    if request.param == "postgres":
        url = SecretStr(request.getfixturevalue("module_postgres_url"))
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("board") / "data", database_url=url,
        rate_per_address=100_000,
    )  # fmt: skip
    running = running_service_class(settings, fake_pipeline_class())
    service = running.app.state.service
    rows.store_rows(service.store.database, rows.SMALL_CENTRE)
    service.board.catch_up()  # a page waits a moment only
    yield running
    running.stop()

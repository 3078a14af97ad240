from __future__ import annotations

import errno
import logging
import threading

import pytest
from sqlalchemy.exc import OperationalError

from conversation.errors import (
    AudioUnreadable,
    BadInput,
    DefinitionInvalid,
    ModelMissing,
    Overloaded,
    Unavailable,
)
from serving.commands.serve import serve
from serving.commands.worker import worker
from serving.jobs.quiet_logs import Seldom
from serving.jobs.retrying import (
    LONGEST_DELAY_S,
    MAX_ATTEMPTS,
    Interrupted,
    delay_before,
    may_pass,
    patiently,
)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "disk full"), OSError(errno.ENOMEM, "memory"), MemoryError(),
        ConnectionResetError(), TimeoutError(), Unavailable("no database"), Overloaded("busy"),
        OperationalError("SELECT", {}, Exception("database is locked")),
        RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"),
    ],
)  # fmt: skip
def test_disk_database_memory_and_a_busy_model_may_pass(error):
    assert may_pass(error)


@pytest.mark.parametrize(
    "error",
    [
        BadInput("no"), AudioUnreadable("no"), ModelMissing("no"), RuntimeError("a bug"),
        ValueError("a bug"), FileNotFoundError(errno.ENOENT, "gone"), KeyError("a bug"),
    ],
)  # fmt: skip
def test_bad_input_a_missing_model_and_a_bug_do_not_pass(error):
    assert not may_pass(error)


def test_the_waits_double_up_to_ten_minutes():
    delays = [delay_before(attempt) for attempt in range(1, MAX_ATTEMPTS + 1)]
    assert delays[:4] == [5, 10, 20, 40]
    assert delays == sorted(delays)
    assert max(delays) == LONGEST_DELAY_S


def test_a_write_waits_for_the_disk_and_for_nothing_else():
    left = [OSError(errno.ENOSPC, "full"), Unavailable("away")]

    def write():
        if left:
            raise left.pop()
        return "written"

    assert patiently(write, stopping=threading.Event()) == "written"
    with pytest.raises(ZeroDivisionError):
        patiently(lambda: 1 / 0, stopping=threading.Event())


def test_a_write_that_waits_ends_when_the_service_stops_or_patience_does():
    def away():
        raise Unavailable("away")

    stopping = threading.Event()
    with pytest.raises(Unavailable):
        patiently(away, stopping=stopping, patience_s=0)
    stopping.set()
    with pytest.raises(Interrupted):
        patiently(away, stopping=stopping)


def test_what_is_said_again_and_again_is_written_once_in_a_while():
    now_s = [0.0]
    seldom = Seldom(10.0, monotonic_s=lambda: now_s[0])

    def is_written(message):
        record = logging.LogRecord("dbos", logging.WARNING, "", 0, message, (), None)
        return seldom.filter(record)

    assert is_written("the database is away")
    assert is_written("something else")
    assert not is_written("the database is away")
    now_s[0] = 10.0
    assert is_written("the database is away")


def test_workers_need_a_database_that_they_can_share(tmp_path):
    with pytest.raises(DefinitionInvalid, match="could share"):
        worker(data=tmp_path)
    with pytest.raises(DefinitionInvalid, match="could share"):
        serve(data=tmp_path, work=False)


@pytest.mark.parametrize("command", [worker, lambda **more: serve(**more, work=False)])
def test_nobody_works_apart_where_originals_are_in_one_machines_memory(
    tmp_path, monkeypatch, command
):
    monkeypatch.setenv("ENTENDU_DATABASE_URL", "postgresql://somewhere/entendu")
    monkeypatch.setenv("ENTENDU_REDACTED_ONLY", "true")
    with pytest.raises(DefinitionInvalid, match="in the memory of the machine") as refused:
        command(data=tmp_path)
    assert "without --no-work" in refused.value.remedy

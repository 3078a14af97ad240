"""Keys that are not good leave a trace, without what was typed."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from serving.access.audit import AuditFilter, AuditLog
from serving.access.rates import MOST_LINES, Rates
from serving.access.refused_keys import note_refused_key
from serving.settings import Settings


def lines(audit: AuditLog):
    entries, _ = audit.page(AuditFilter(object_kind="address"), limit=100)
    return [(one.action, one.object_id, one.detail["in_this_minute"]) for one in entries][::-1]


@pytest.fixture
def rates(database, tmp_path):
    return Rates(Settings(data_dir=tmp_path, wrong_keys=4), database)


def test_of_an_address_the_first_wrong_key_and_the_last_that_is_looked_at_are_written_down(
    rates, database
):
    audit = AuditLog(database)
    for _ in range(9):
        note_refused_key(rates, audit, "192.0.2.1", "key", "r-1")
    note_refused_key(rates, audit, "192.0.2.2", "sign_in", "r-2")
    assert lines(audit) == [
        ("key.refused", "192.0.2.1", 1), ("key.refused", "192.0.2.1", 4),
        ("sign_in.refused", "192.0.2.2", 1),
    ]  # fmt: skip
    assert audit.verify().broken_at is None


def test_somebody_with_many_addresses_cannot_fill_the_log(rates, database):
    audit = AuditLog(database)
    for number in range(MOST_LINES + 20):
        note_refused_key(rates, audit, f"192.0.2.{number}", "key", None)
    assert len(lines(audit)) == MOST_LINES


def test_a_wrong_key_is_counted_and_stored_nowhere(start_service):
    running = start_service(wrong_keys=3)
    typed = "zorglubinette-0123456789"
    for _ in range(2):
        bearer = {"Authorization": f"Bearer {typed}"}
        assert httpx.get(f"{running.url}/v1/conversations", headers=bearer).status_code == 401
    form = {"key": typed, "next": "/"}
    origin = {"Origin": running.url}
    assert httpx.post(f"{running.url}/sign-in", data=form, headers=origin).status_code == 401
    audit = running.app.state.service.audit
    assert lines(audit) == [("key.refused", "127.0.0.1", 1), ("sign_in.refused", "127.0.0.1", 3)]
    shown = running.client.get("/metrics").text
    counted = dict(re.findall(r'entendu_refused_keys_total\{door="(\w+)"\} (\S+)', shown))
    assert float(counted["key"]) >= 2
    assert float(counted["sign_in"]) >= 1
    everything = json.dumps(
        [one.model_dump(mode="json") for one in audit.page(AuditFilter(), limit=100)[0]]
    )
    assert typed not in everything
    for file in running.settings.data_dir.rglob("*"):
        assert not file.is_file() or typed.encode() not in file.read_bytes()

"""Keys over time and over processes that are killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from conversation.errors import Conflict
from serving.idempotency import LEASE, Idempotency
from serving.store.database import Database

CHAT = {"messages": [{"speaker": "customer", "text": "Où est ma facture ?"}]}
ASKED = {"sender": "s", "route": "POST /x", "key": "k", "fingerprint": "f" * 64}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def keys(database, *, is_alone=True, clock=None) -> Idempotency:
    return Idempotency(
        database, keep=timedelta(hours=24), is_alone=is_alone, clock=clock or Clock()
    )


def killed(idempotency: Idempotency) -> str:
    """Claim the key and never come back, as a killed process does."""
    idempotency._close = lambda *_: None
    with idempotency.once(**ASKED) as claim:
        return claim.object_id


def test_an_answer_is_given_again_until_its_time_is_over(database):
    clock = Clock()
    idempotency = keys(database, clock=clock)
    with idempotency.once(**ASKED) as claim:
        claim.finish(202, '{"id": "a"}')
    clock.now += timedelta(hours=23)
    with idempotency.once(**ASKED) as again:
        assert (again.answer.status, again.answer.body) == (202, '{"id": "a"}')
        assert again.object_id == claim.object_id
    clock.now += timedelta(hours=2)
    with idempotency.once(**ASKED) as later:
        assert later.answer is None
        assert later.object_id != claim.object_id


def test_what_a_killed_process_left_is_taken_up_with_the_same_id(database):
    object_id = killed(keys(database))
    with keys(database).once(**ASKED) as claim:
        assert claim.answer is None
        assert claim.object_id == object_id
        claim.finish(202, "{}")
    with keys(database).once(**ASKED) as again:
        assert again.answer is not None


def test_another_living_process_is_waited_for_as_long_as_it_may_take(database):
    clock = Clock()
    object_id = killed(keys(database, is_alone=False, clock=clock))
    second = keys(database, is_alone=False, clock=clock)
    with pytest.raises(Conflict), second.once(**ASKED):
        pass
    clock.now += LEASE + timedelta(seconds=1)
    with second.once(**ASKED) as claim:
        assert claim.object_id == object_id


def test_a_process_that_lost_its_claim_changes_nothing(database):
    clock = Clock()
    first = keys(database, is_alone=False, clock=clock)
    second = keys(database, is_alone=False, clock=clock)
    with first.once(**ASKED) as slow:
        clock.now += LEASE + timedelta(seconds=1)
        with second.once(**ASKED) as claim:
            claim.finish(202, "second")
        slow.finish(202, "first")
    with second.once(**ASKED) as again:
        assert again.answer.body == "second"


def test_an_error_gives_the_key_back(database):
    idempotency = keys(database)
    with pytest.raises(ValueError, match="refused"), idempotency.once(**ASKED):
        raise ValueError("refused")
    with idempotency.once(**ASKED | {"fingerprint": "e" * 64}) as claim:
        assert claim.answer is None


def test_the_key_of_an_erased_conversation_is_forgotten(start_service, database_url):
    client = start_service(database_url=database_url).client

    def send():
        headers = {"Idempotency-Key": "key-1"}
        return client.post("/v1/conversations", json=CHAT, headers=headers).json()["id"]

    first = send()
    assert send() == first
    assert client.delete(f"/v1/conversations/{first}").status_code == 204
    second = send()
    assert second != first
    assert client.get(f"/v1/conversations/{second}").status_code == 200


def test_an_upload_repeated_after_a_kill_is_the_same_conversation(
    tmp_path, fake_server_script, admin_key
):
    data_dir, journal = tmp_path / "data", []
    key = str(uuid.uuid4())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for _ in range(2):
        process = subprocess.Popen(
            [sys.executable, str(fake_server_script), str(data_dir), str(port), "0"],
            env=os.environ | {"ENTENDU_ADMIN_KEY": admin_key},
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}",
                headers={"Authorization": f"Bearer {admin_key}"},
            ) as client:
                _wait_for(client)
                answer = client.post(
                    "/v1/conversations", json=CHAT, headers={"Idempotency-Key": key}
                )
                assert answer.status_code == 202, answer.text
                journal.append(answer.content)
                process.send_signal(signal.SIGKILL)
        finally:
            process.kill()
            process.wait()
    assert journal[0] == journal[1]
    database = Database(data_dir / "entendu.sqlite")
    with database.reading() as session:
        count = session.connection().exec_driver_sql("SELECT count(*) FROM conversations").scalar()
    database.close()
    assert count == 1


def _wait_for(client: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            client.get("/healthz")
        except httpx.TransportError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return

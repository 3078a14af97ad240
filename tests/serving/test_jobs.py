from __future__ import annotations

import contextlib
import logging
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter

import httpx
import pytest

from conversation import Conversation, Turn
from conversation.errors import Conflict
from serving.jobs import MAX_ATTEMPTS, Jobs
from serving.store import Store


def chat(text: str = "Bonjour") -> Conversation:
    return Conversation(
        id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text=text),)
    )


@pytest.fixture
def store(tmp_path):
    opened = Store(tmp_path / "data")
    yield opened
    opened.close()


@contextlib.contextmanager
def working(store, pipeline):
    jobs = Jobs(store, pipeline)
    jobs.start()
    try:
        yield jobs
    finally:
        jobs.stop()


def wait_for(store, conversation_id, *statuses, seconds=20):
    deadline = time.monotonic() + seconds
    while (stored := store.get(conversation_id)).status not in statuses:
        assert time.monotonic() < deadline, stored
        time.sleep(0.02)
    return stored


# In one process


def test_what_was_stored_before_a_start_is_analysed(store, fake_pipeline_class):
    one = store.add_conversation(chat(), name="chat").id
    with working(store, fake_pipeline_class()):
        assert wait_for(store, one, "done").attempts == 1


def test_what_is_submitted_twice_is_analysed_once(store, fake_pipeline_class, tmp_path):
    pipeline = fake_pipeline_class(journal=tmp_path / "journal")
    with working(store, pipeline) as jobs:
        one = store.add_conversation(chat(), name="chat").id
        for _ in range(5):
            jobs.submit(one)
        wait_for(store, one, "done")
        other = store.add_conversation(chat(), name="chat").id
        jobs.submit(other)
        wait_for(store, other, "done")
    assert (tmp_path / "journal").read_text().count("begin") == 2


def test_a_crash_before_the_end_of_an_analysis_counts_and_the_last_one_gives_up(
    store, fake_pipeline_class
):
    one = store.add_conversation(chat(), name="chat").id
    for _ in range(MAX_ATTEMPTS):
        store.begin(one)  # and the process is gone
    with working(store, fake_pipeline_class()):
        stored = wait_for(store, one, "failed")
    assert stored.problem.status == 500
    assert f"{MAX_ATTEMPTS} times" in stored.problem.detail


def test_a_kept_result_is_not_made_again_after_a_crash(store, fake_pipeline_class, tmp_path):
    from serving.store import Result

    one = store.add_conversation(chat(), name="chat").id
    store.begin(one)
    store.keep_result(
        one,
        Result(
            document='{"made": "before the crash"}', schema_version="0", channel="chat",
            spoken_language="fr", started_at=None, duration_s=None, reason=None, score_100=None,
        ),
    )  # fmt: skip
    pipeline = fake_pipeline_class(journal=tmp_path / "journal")
    with working(store, pipeline):
        wait_for(store, one, "done")
    assert store.analysis(one) == '{"made": "before the crash"}'
    assert not (tmp_path / "journal").exists()


def test_stopping_interrupts_an_analysis_and_the_next_start_finishes_it(
    store, fake_pipeline_class, wav_bytes
):
    with store.files.receiving() as folder:
        upload = folder / "a.wav"
        upload.write_bytes(wav_bytes())
        one = store.add_recording(upload, sha256="0" * 64).id
    jobs = Jobs(store, fake_pipeline_class(seconds=30))
    jobs.start()
    wait_for(store, one, "running")
    assert jobs.stop(grace_s=10)
    stored = store.get(one)
    assert (stored.status, stored.attempts) == ("queued", 0)
    assert not any(store.files.work.iterdir())
    with working(store, fake_pipeline_class()):
        assert wait_for(store, one, "done").attempts == 1


def test_progress_is_seen_while_it_runs(store, fake_pipeline_class, wav_bytes, monkeypatch):
    monkeypatch.setattr("serving.jobs.PROGRESS_INTERVAL_S", 0.0)
    with store.files.receiving() as folder:
        upload = folder / "a.wav"
        upload.write_bytes(wav_bytes())
        one = store.add_recording(upload, sha256="0" * 64).id
    seen = set()
    with working(store, fake_pipeline_class(seconds=1.0)):
        while store.get(one).status != "done":
            seen.add(store.get(one).progress)
    assert len(seen) > 2
    assert all(0 <= share <= 1 for share in seen)
    assert store.get(one).progress == 1


def test_an_erased_conversation_stops_its_analysis(store, fake_pipeline_class, wav_bytes):
    with store.files.receiving() as folder:
        upload = folder / "a.wav"
        upload.write_bytes(wav_bytes())
        one = store.add_recording(upload, sha256="0" * 64).id
    with working(store, fake_pipeline_class(seconds=30)):
        wait_for(store, one, "running")
        store.erase(one)
        deadline = time.monotonic() + 10
        while any(store.files.work.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_work_that_the_queue_called_over_is_done_when_the_store_says_otherwise(
    store, fake_pipeline_class
):
    one = store.add_conversation(chat(), name="chat").id
    with working(store, fake_pipeline_class()):
        wait_for(store, one, "done")
    with sqlite3.connect(store.data_dir / "entendu.sqlite") as raw:
        raw.execute("DELETE FROM analyses")
        raw.execute("UPDATE conversations SET status = 'running'")
    raw.close()
    with working(store, fake_pipeline_class()):
        wait_for(store, one, "done")
    assert store.analysis(one)


def test_the_queue_holds_nothing_but_ids(store, fake_pipeline_class):
    with working(store, fake_pipeline_class()) as jobs:
        for text in ("mon code est aubergine", "BUG aubergine", "BROKEN aubergine"):
            one = store.add_conversation(chat(text), name="chat").id
            jobs.submit(one)
            wait_for(store, one, "done", "failed")
    for file in store.data_dir.glob("jobs.sqlite*"):
        assert b"aubergine" not in file.read_bytes()


def test_what_is_erased_leaves_the_queue_at_the_latest_at_the_next_start(
    store, fake_pipeline_class
):
    one = store.add_conversation(chat(), name="chat").id
    with working(store, fake_pipeline_class()):
        wait_for(store, one, "done")
    store.erase(one)
    with working(store, fake_pipeline_class()):
        pass
    with contextlib.closing(sqlite3.connect(store.data_dir / "jobs.sqlite")) as raw:
        count = raw.execute("SELECT count(*) FROM workflow_status").fetchone()[0]
    assert count == 0


def test_a_queue_that_cannot_be_read_is_a_clear_conflict_and_can_be_thrown_away(
    store, fake_pipeline_class
):
    one = store.add_conversation(chat(), name="chat").id
    damaged = store.data_dir / "jobs.sqlite"
    damaged.write_bytes(b"no database" * 100)
    with pytest.raises(Conflict, match="move it away"):
        Jobs(store, fake_pipeline_class()).start()
    damaged.unlink()
    with working(store, fake_pipeline_class()):
        wait_for(store, one, "done")


def test_only_one_queue_runs_in_a_process(store, fake_pipeline_class):
    with (
        working(store, fake_pipeline_class()),
        pytest.raises(Conflict, match="already runs"),
    ):
        Jobs(store, fake_pipeline_class()).start()


def test_the_queue_connects_to_nothing_outside_and_keeps_quiet(
    store, fake_pipeline_class, monkeypatch, caplog, capfd
):
    def refuse(self, address):
        raise AssertionError(f"connected to {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    caplog.set_level(logging.WARNING)
    with working(store, fake_pipeline_class()) as jobs:
        one = store.add_conversation(chat(), name="chat").id
        jobs.submit(one)
        wait_for(store, one, "done")
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


# In a process of its own, killed


class Server:
    """A server with the stand-in for the pipeline, in a process of its own."""

    def __init__(self, script, folder, *, seconds: float) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.log = (folder / "log").open("a")
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder / "data"), str(port), str(seconds)],
            stdout=self.log,
            stderr=self.log,
            env=os.environ | {"PYTHONWARNINGS": "error"},
        )
        deadline = time.monotonic() + 60
        while True:
            assert self.process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    break
            time.sleep(0.05)
        self.client = httpx.Client(base_url=self.url)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(20)
        self.close()

    def close(self) -> None:
        self.client.close()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def send(server, text: str) -> str:
    answer = server.client.post(
        "/v1/conversations", json={"id": text, "messages": [{"speaker": "client", "text": text}]}
    )
    assert answer.status_code == 202
    return answer.json()["id"]


def test_a_killed_server_finishes_what_was_accepted_once(
    tmp_path, fake_server_script, wait_until_finished, wav_bytes
):
    with Server(fake_server_script, tmp_path, seconds=1.0) as server:
        ids = [send(server, f"chat-{number}") for number in range(3)]
        sound = server.client.post(
            "/v1/conversations", files={"file": ("appel.wav", wav_bytes())}
        ).json()["id"]
        first = wait_until_finished(server.client, ids[0])
        wait_until_finished(server.client, ids[1], "running")
        server.kill()
    with Server(fake_server_script, tmp_path, seconds=0.2) as server:
        finished = [wait_until_finished(server.client, one) for one in [*ids, sound]]
        assert [one["status"] for one in finished] == ["done"] * 4
        assert finished[0] == first
        ends = Counter(
            line for line in (tmp_path / "journal").read_text().splitlines() if "end" in line
        )
        assert set(ends.values()) == {1}
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        server.close()
    log = (tmp_path / "log").read_text()
    assert "Documentation: http://127.0.0.1:" in log
    assert "Stopped" in log
    assert "Traceback" not in log
    assert '"exception"' not in log
    assert "DBOS" not in log
    assert "chat-" not in log  # no names, no text


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_that_was_acknowledged(
    tmp_path, fake_server_script, wait_until_finished
):
    chance = random.Random(20261121)
    acknowledged: list[str] = []
    for _ in range(4):
        with Server(fake_server_script, tmp_path, seconds=0.1) as server:
            killed_at = time.monotonic() + chance.uniform(0.0, 1.5)
            while time.monotonic() < killed_at:
                acknowledged.append(send(server, f"chat-{len(acknowledged)}"))
            server.kill()
    with Server(fake_server_script, tmp_path, seconds=0.0) as server:
        for one in acknowledged:
            assert wait_until_finished(server.client, one, seconds=120)["status"] == "done"
        with contextlib.closing(sqlite3.connect(tmp_path / "data" / "entendu.sqlite")) as raw:
            conversations, analyses = (
                raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("conversations", "analyses")
            )
        assert conversations >= len(acknowledged)  # one may have been stored but not answered
    assert analyses <= conversations

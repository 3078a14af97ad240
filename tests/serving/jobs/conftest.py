"""Fixtures of the jobs: a store on either database, and a queue that works on it."""

from __future__ import annotations

import contextlib
import time

import pytest

from conversation import Conversation, Turn
from serving.jobs import Jobs
from serving.store import Store


class JobBench:
    """A store and the queue on it; ``working(pipeline)`` starts a queue."""

    def __init__(self, data_dir, database_url) -> None:
        self.data_dir = data_dir
        self.database_url = database_url
        self.store = Store(data_dir, database_url=database_url)

    @contextlib.contextmanager
    def working(self, pipeline, *, register=(), **more):
        jobs = Jobs(self.store, pipeline, database_url=self.database_url, **more)
        for kind in register:
            jobs.register(kind)
        jobs.start()
        try:
            yield jobs
        finally:
            jobs.stop()

    def add_chat(self, text: str = "Bonjour") -> str:
        turns = (Turn(index=0, speaker="customer", text=text),)
        conversation = Conversation(id="chat", channel="chat", turns=turns)
        return self.store.add_conversation(conversation, name="chat").id

    def add_sound(self, wav_bytes: bytes) -> str:
        with self.store.files.receiving() as folder:
            upload = folder / "a.wav"
            upload.write_bytes(wav_bytes)
            return self.store.add_recording(upload, sha256="0" * 64).id

    def wait_for(self, conversation_id, *statuses, seconds=20):
        deadline = time.monotonic() + seconds
        while (stored := self.store.get(conversation_id)).status not in statuses:
            assert time.monotonic() < deadline, stored
            time.sleep(0.02)
        return stored


@pytest.fixture
def bench(tmp_path, database_url):
    """A store on SQLite, then on PostgreSQL."""
    made = JobBench(tmp_path / "data", database_url)
    yield made
    made.store.close()


@pytest.fixture
def sqlite_bench(tmp_path):
    """A store on SQLite, where the database does not matter."""
    made = JobBench(tmp_path / "data", None)
    yield made
    made.store.close()


@pytest.fixture
def wait_for_job():
    """A function that waits until a job has a state."""

    def wait(jobs, job_id, *states, seconds=20):
        deadline = time.monotonic() + seconds
        while (job := jobs.ledger.get(job_id)).state not in states:
            assert time.monotonic() < deadline, job
            time.sleep(0.02)
        return job

    return wait

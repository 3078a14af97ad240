"""A service whose pipeline gives whole analyses without a model, and small ways to use it."""

from __future__ import annotations

import contextlib
import json
import runpy
import shutil
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from quality.sampling import example_rule
from serving.settings import Settings
from serving.store.tables import AnalysisRow

HERE = Path(__file__).parent
analyses = runpy.run_path(str(HERE.parent / "analyses.py"))


@pytest.fixture(scope="session")
def whole_pipeline_class(fake_pipeline_class):
    """A stand-in that gives the same whole analysis of every conversation."""

    class WholePipeline(fake_pipeline_class):
        def score(self, transcribed, understood):
            analysis = analyses["sample_analysis"]()
            given = transcribed.conversation
            update = {"started_at": given.started_at, "metadata": given.metadata}
            conversation = analysis.conversation.model_copy(update=update)
            return analysis.model_copy(update={"conversation": conversation})

    return WholePipeline


class Desk:
    """A running service with clients by role."""

    def __init__(self, running) -> None:
        self.running = running
        self.service = running.app.state.service
        self.admin = running.client
        self._clients = contextlib.ExitStack()

    def client(self, role: str, **more):
        return self._clients.enter_context(self.running.client_of(role, **more))

    def conversation(self, *, agent_key="a-1", **metadata) -> str:
        """Send a conversation of an agent and wait until it is analysed."""
        body = {
            "conversation": {
                "messages": [
                    {"speaker": "agent", "text": "Bonjour.", "at": "2026-11-03T10:02:00+01:00"},
                    {"speaker": "customer", "text": "Ma box est en panne."},
                ]
            },
            "metadata": {"agent_key": agent_key, **metadata},
        }
        answer = self.admin.post("/v1/conversations", json=body)
        assert answer.status_code == 202, answer.text
        conversation_id = answer.json()["id"]
        assert self.running.wait_for(conversation_id)["status"] == "done"
        return conversation_id

    def give_alert(self, conversation_id: str) -> None:
        """Let a stored conversation have an alert."""
        store = self.service.store
        values = json.loads(store.analysis(conversation_id))
        turn = values["conversation"]["turns"][1]
        values["categories"] = {
            "conversation_id": values["conversation"]["id"],
            "matches": [
                {
                    "category": "menace", "label_fr": "Menace", "label_en": "Threat",
                    "alert": True, "evidence": [{"turn_index": 1, "quote": turn["text"]}],
                }
            ],
            "provenance": {"component": "quality.categories", "version": "1"},
        }  # fmt: skip
        with store.database.writing() as session:
            row = session.get(AnalysisRow, conversation_id)
            row.document = json.dumps(values)

    def id_of(self, client) -> str:
        """Return the id under which a client is known."""
        return client.get("/v1/me").json()["id"]

    def wait_for_job(self, job_id: str, seconds: float = 20.0) -> dict:
        """Ask until a job is over, and expect it to be done."""
        deadline = time.monotonic() + seconds
        while (job := self.admin.get(f"/v1/jobs/{job_id}").json())["state"] not in (
            "done", "failed", "dead", "cancelled",
        ):  # fmt: skip
            assert time.monotonic() < deadline, job
            time.sleep(0.02)
        assert job["state"] == "done", job
        return job

    def close(self) -> None:
        self._clients.close()


@pytest.fixture(scope="session")
def start_desk(running_service_class, whole_pipeline_class):
    """A function that starts a service with a light encoder."""

    def start(data_dir: Path, *, database_url=None, **settings) -> Desk:
        given = Settings(
            data_dir=data_dir,
            max_upload_mb=2,
            device="cpu",
            threads=1,
            database_url=None if database_url is None else SecretStr(database_url),
            **settings,
        )
        running = running_service_class(given, whole_pipeline_class())
        return Desk(running)

    return start


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk):
    """One service for all the tests of a file."""
    desk = start_desk(tmp_path_factory.mktemp("desk") / "data")
    yield desk
    desk.close()
    desk.running.stop()


@pytest.fixture(scope="session")
def small_kb(tmp_path_factory, examples_dir):
    """The Markdown articles of the sample base: enough to be sure, quick to read."""
    folder = tmp_path_factory.mktemp("kb")
    for article in (examples_dir / "kb" / "telecom-plus").glob("*.md"):
        shutil.copy(article, folder)
    return folder


@pytest.fixture(scope="session")
def sampling_rule():
    """The text of a rule that draws some of the contacts."""
    return example_rule()

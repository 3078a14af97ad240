"""Fixtures of the service: a stand-in for the pipeline, and a real server on a free port."""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
import wave
from pathlib import Path

import httpx
import pytest
import uvicorn

from serving.app import create_app
from serving.commands.serve import listen
from serving.settings import Settings

FAKE_SERVER = Path(__file__).with_name("fake_server.py")


def _load_fake_server():
    spec = importlib.util.spec_from_file_location("fake_server", FAKE_SERVER)
    module = importlib.util.module_from_spec(spec)
    sys.modules["fake_server"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session", autouse=True)
def _the_queue_is_looked_at_often():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("serving.jobs.POLL_INTERVAL_S", 0.05)
        patch.setattr("serving.jobs.LISTEN_INTERVAL_S", 0.05)
        yield


@pytest.fixture(scope="session")
def fake_pipeline_class():
    """The class of the stand-in for the pipeline."""
    return _load_fake_server().FakePipeline


@pytest.fixture(scope="session")
def fake_server_script() -> Path:
    """A script that serves with the stand-in, to be killed."""
    return FAKE_SERVER


class RunningService:
    """A server in a thread, and a client to it."""

    def __init__(self, settings: Settings, pipeline) -> None:
        self.settings = settings
        self.pipeline = pipeline
        self.app = create_app(settings, pipeline=pipeline)
        listening = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.server = uvicorn.Server(uvicorn.Config(self.app, log_config=None, access_log=False))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        self.thread.start()
        self.client = httpx.Client(base_url=self.url, timeout=20)
        assert self.client.get("/healthz").status_code == 200

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()

    def send_chat(self, text: str = "Ma box est en panne.", **more) -> str:
        messages = [
            {"speaker": "agent", "text": "Bonjour."},
            {"speaker": "customer", "text": text},
        ]
        answer = self.client.post("/v1/conversations", json={"messages": messages} | more)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]

    def wait_for(self, conversation_id: str, *statuses: str, seconds: float = 20) -> dict:
        """Ask until the conversation has one of the statuses (done or failed if left)."""
        return wait_for(self.client, conversation_id, *statuses, seconds=seconds)


def wait_for(client, conversation_id, *statuses, seconds=20.0):
    deadline = time.monotonic() + seconds
    while True:
        answer = client.get(f"/v1/conversations/{conversation_id}").json()
        if answer["status"] in (statuses or ("done", "failed")):
            return answer
        assert time.monotonic() < deadline, f"still {answer['status']}"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def wait_until_finished():
    """A function that asks until a conversation has a status."""
    return wait_for


@pytest.fixture(scope="module")
def service(tmp_path_factory, fake_pipeline_class):
    """One service for all the tests of a file, with the stand-in and small limits."""
    data_dir = tmp_path_factory.mktemp("served") / "data"
    running = RunningService(
        Settings(data_dir=data_dir, max_upload_mb=1, max_duration_s=60), fake_pipeline_class()
    )
    yield running
    running.stop()


@pytest.fixture
def wav_bytes(tmp_path):
    """Make a recording: ``wav_bytes(seconds=1.0, channels=1, tone=0)``."""

    def make(*, seconds: float = 0.5, channels: int = 1, tone: int = 0) -> bytes:
        path = tmp_path / "made.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(channels)
            file.setsampwidth(2)
            file.setframerate(8000)
            frame = (tone % 100).to_bytes(2, "little") * channels
            file.writeframes(frame * int(8000 * seconds))
        return path.read_bytes()

    return make


@pytest.fixture(autouse=True)
def _no_name_models(monkeypatch):
    """What is installed on the machine changes no test, and spaCy takes seconds to load."""
    monkeypatch.setattr("nlu.personal_data.named_entities._pipeline", lambda language: None)

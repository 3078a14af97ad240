"""Live sessions with a stand-in for the recogniser."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
import uvicorn
from pydantic import SecretStr
from websockets.asyncio.client import connect

from serving.access.keys import KeyRequest
from serving.app import create_app
from serving.commands.serve import listen, server_config
from serving.live.hub import LiveHub
from serving.settings import Settings
from speech.live.encoding import SampleReader

STAND_IN = Path(__file__).with_name("stand_in.py")


def _load_stand_in():
    spec = importlib.util.spec_from_file_location("live_stand_in", STAND_IN)
    module = importlib.util.module_from_spec(spec)
    sys.modules["live_stand_in"] = module
    spec.loader.exec_module(module)
    return module


stand_in = _load_stand_in()
ADMIN_KEY = stand_in.ADMIN_KEY


class DrainingServer(uvicorn.Server):
    """Drains before it closes connections, as ``entendu serve`` does."""

    async def shutdown(self, sockets=None):
        await self.config.app.state.live.drain()
        await super().shutdown(sockets)


class LiveServer:
    """A service with live sessions, in a thread."""

    def __init__(self, settings: Settings, pipeline, hub=None) -> None:
        settings = settings.model_copy(update={"admin_key": SecretStr(ADMIN_KEY)})
        self.listener = stand_in.BurstListener()
        self.app = create_app(settings, pipeline=pipeline, live=hub or self._hub)
        self.listening = listen("127.0.0.1", 0)
        self.port = self.listening.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.ws = f"ws://127.0.0.1:{self.port}"
        self.server = DrainingServer(server_config(self.app, drain_s=5))
        self.thread = threading.Thread(
            target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True
        )
        self.thread.start()
        self.headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        self.client = httpx.Client(base_url=self.url, timeout=20, headers=self.headers)
        assert self.client.get("/healthz").status_code == 200

    def _hub(self, service):
        return LiveHub(service, listener=lambda: self.listener, mind=stand_in.EchoMind())

    @property
    def hub(self) -> LiveHub:
        return self.app.state.live

    def key(self, role: str, **more) -> dict[str, str]:
        _, key = self.app.state.service.keys.create(KeyRequest(name=role, role=role, **more))
        return {"Authorization": f"Bearer {key}"}

    def wait_for(self, conversation_id: str, *, seconds: float = 20) -> dict:
        """Ask until the conversation is there and done or failed."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.client.get(f"/v1/conversations/{conversation_id}")
            if answer.status_code == 200 and answer.json()["status"] in ("done", "failed"):
                return answer.json()
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)

    def connect(self, path: str = "/v1/live", **options):
        options.setdefault("additional_headers", self.headers)
        return connect(self.ws + path, max_size=None, **options)

    def stop(self) -> None:
        self.client.close()
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()


def bursts(levels, *, rate_hz=8000, long_s=0.25, gap_s=0.05, after_s=0.5, channel=0, channels=1):
    """Words, each a stretch of a tone of one level (hundredths), as 16-bit samples."""
    t = np.arange(round(long_s * rate_hz)) * 2 * np.pi * 200 / rate_hz
    # a square wave: its level is its median
    wave = np.where(np.sin(t) >= 0, 1.0, -1.0)
    gap = np.zeros(round(gap_s * rate_hz))
    parts = [part for level in levels for part in (wave * level / 100, gap)]
    sound = np.concatenate([*parts, np.zeros(round(after_s * rate_hz))])
    mixed = np.zeros((len(sound), channels))
    mixed[:, channel] = sound
    return (mixed.reshape(-1) * 32767).astype("<i2").tobytes()


async def receive(socket, *kinds, until=None, seconds=10):
    """Read events until one of a kind (or of which ``until`` is true); return all, by the way."""
    events = []
    async with asyncio.timeout(seconds):
        while True:
            event = json.loads(await socket.recv())
            events.append(event)
            if event["type"] in kinds or (until is not None and until(event)):
                return events


@pytest.fixture(scope="session")
def live_tools():
    return SimpleNamespace(
        bursts=bursts, receive=receive, server=LiveServer, script=STAND_IN, admin_key=ADMIN_KEY
    )


@pytest.fixture(scope="session")
def mulaw():
    """Encode 16-bit samples (ITU-T G.711), by the nearest of the 256 values."""
    table = SampleReader("mulaw").read(bytes(range(256)))

    def encode(pcm: bytes) -> bytes:
        samples = np.frombuffer(pcm, "<i2")
        codes = {
            int(one): int(np.argmin(np.abs(table - one / 32768))) for one in np.unique(samples)
        }
        return bytes(codes[int(one)] for one in samples)

    return encode


@pytest.fixture
def heard_as(monkeypatch):
    """Name the words of levels: ``heard_as({20: "4970"})``."""

    def name(words):
        monkeypatch.setattr(stand_in.BurstRecogniser, "words", words)

    return name


@pytest.fixture
def make_server(tmp_path, fake_pipeline_class):
    """Start a service: ``make_server(live_idle_s=1)``; the same data folder each time."""
    running = []

    def make(**settings) -> LiveServer:
        server = LiveServer(Settings(data_dir=tmp_path / "data", **settings), fake_pipeline_class())
        running.append(server)
        return server

    yield make
    for server in running:
        if server.thread.is_alive():
            server.stop()


@pytest.fixture(scope="module")
def server(tmp_path_factory, fake_pipeline_class):
    running = LiveServer(
        Settings(data_dir=tmp_path_factory.mktemp("live") / "data", live_idle_s=30),
        fake_pipeline_class(),
    )
    yield running
    running.stop()

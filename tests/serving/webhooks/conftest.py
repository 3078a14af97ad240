"""A receiver of webhooks on 127.0.0.1 that answers what it is told to."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from serving.privacy.installation_key import InstallationKey
from serving.webhooks.addresses import AddressGuard, parse_networks
from serving.webhooks.webhooks import Webhooks


@dataclass
class Receiver:
    """What came, and what is answered next (204 when nothing is said)."""

    port: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@pytest.fixture
def receiver():
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            told.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            status, headers = told.answers.pop(0) if told.answers else (204, {})
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()
            told.came.set()

        do_GET = do_POST  # noqa: N815 - the base class says so

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield told
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def key():
    return InstallationKey(b"k" * 32)


@pytest.fixture
def inside():
    """A guard that lets this machine pass."""
    return AddressGuard(parse_networks(["127.0.0.0/8", "::1"]))


@pytest.fixture
def webhooks(database, key, inside, clock):
    return Webhooks(database, key, guard=inside, timeout_s=5, clock=clock)


@pytest.fixture
def clock():
    """A clock that stands still until ``clock.forward(seconds)``."""
    from datetime import UTC, datetime, timedelta

    class Clock:
        now = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)

        def __call__(self):
            return self.now

        def forward(self, seconds):
            self.now += timedelta(seconds=seconds)

    return Clock()

"""What stands before every route when the settings say nothing."""

from __future__ import annotations

import asyncio
import socket

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving.access.credentials import is_https
from serving.access.headers import SecurityHeaders
from serving.access.hosts import HostAllowList
from serving.access.origins import own_origin
from serving.access.windows import MemoryCounters
from serving.settings import Settings

TIMEOUT_S = 30


def scope_of(host: str, scheme: str = "http") -> dict[str, object]:
    return {"type": "http", "scheme": scheme, "headers": [(b"host", host.encode())]}


def test_a_websocket_to_an_unknown_name_is_refused(service):
    port = int(service.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as sock, pytest.raises(InvalidStatus) as no:
        connect(f"ws://rebound.example:{port}/v1/live", sock=sock)
    assert no.value.response.status_code == 421


def test_a_request_to_an_unknown_name_is_refused(service):
    answer = service.client.get("/v1/me", headers={"Host": "rebound.example"})
    assert answer.status_code == 421
    assert "allowed_hosts" in answer.json()["remedy"]


def test_any_name_is_taken_when_the_settings_say_so(tmp_path):
    door = HostAllowList(None, Settings(data_dir=tmp_path, allowed_hosts="*"))
    assert door._is_good("any.example:8000")


def test_pages_of_other_origins_get_nothing(service):
    asks = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = httpx.options(service.url + "/v1/me", headers=asks, timeout=TIMEOUT_S)
    assert "access-control-allow-origin" not in answer.headers
    answer = service.client.get("/v1/me", headers={"Origin": "https://shop.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_nobodys_forwarded_headers_are_believed(service):
    rates = service.app.state.service.rates
    rates._settings = rates._settings.model_copy(update={"rate_per_address": 2})
    rates._counters = MemoryCounters()
    statuses = [
        httpx.get(
            service.url + "/v1/me",
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
            timeout=TIMEOUT_S,
        ).status_code
        for number in range(4)
    ]
    assert statuses == [401, 401, 429, 429]
    forwarded = service.client.get("/v1/me", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in forwarded.headers


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/v1/nowhere", "/sign-in"])
def test_every_answer_carries_the_headers_that_protect_browsers(service, path):
    headers = service.client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] in ("no-referrer", "same-origin")
    assert "strict-transport-security" not in headers
    assert "server" not in headers


async def _answer(policy: str) -> dict[str, str]:
    sent: list[dict[str, object]] = []

    async def page(_scope, _receive, send) -> None:
        headers = [(b"content-security-policy", policy.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def send(message) -> None:
        sent.append(message)

    await SecurityHeaders(page)(scope_of("x"), None, send)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize(
    ("policy", "framed"),
    [
        ("default-src 'self'; frame-ancestors https://shop.example", True),
        ("default-src 'self'; frame-ancestors 'none'", False),
        ("default-src 'self'", False),
    ],
)
def test_a_page_may_name_the_sites_that_frame_it(policy, framed):
    headers = asyncio.run(_answer(policy))
    assert ("x-frame-options" not in headers) == framed
    assert headers["content-security-policy"] == policy


@pytest.mark.parametrize(
    ("host", "scheme", "public_url", "origin"),
    [
        ("entendu.example", "https", None, "https://entendu.example"),
        ("Entendu.Example:443", "https", None, "https://entendu.example"),
        ("127.0.0.1:8000", "http", None, "http://127.0.0.1:8000"),
        ("[::1]:8000", "http", None, "http://[::1]:8000"),
        ("10.0.0.1:8000", "http", "https://entendu.example", "https://entendu.example"),
        ("a:b:c", "http", None, ""),
    ],
)
def test_our_own_origin_is_written_as_browsers_write_it(host, scheme, public_url, origin):
    scope = scope_of(host, scheme)
    assert own_origin(scope, public_url) == origin
    assert is_https(scope, public_url) == origin.startswith("https")

"""Who is let in, over real HTTP and real WebSockets."""

from __future__ import annotations

import threading
from typing import Annotated

import httpx
import pytest
from fastapi import Depends
from starlette.websockets import WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from serving.access import Permission, Principal, watch
from serving.access.guard import allowed

TIMEOUT_S = 30


async def echo(
    websocket: WebSocket,
    principal: Annotated[Principal, Depends(allowed(Permission.LIVE_USE))],
) -> None:
    offered = websocket.scope["subprotocols"]
    await websocket.accept(subprotocol=offered[0] if offered else None)
    await websocket.send_text(f"{principal.role} {principal.id}")
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@pytest.fixture(scope="module")
def doors(service):
    """The service with a WebSocket that says who came and repeats what is sent."""
    service.app.add_api_websocket_route("/v1/test-echo", echo)
    return service


def ws_url(service) -> str:
    return service.url.replace("http://", "ws://") + "/v1/test-echo"


def key_of(service, role: str, **more) -> str:
    with service.client_of(role, **more) as client:
        return client.headers["authorization"].removeprefix("Bearer ")


@pytest.mark.parametrize("path", ["/v1/conversations", "/v1/nowhere", "/nowhere", "/v1/me/"])
def test_nobody_gets_past_the_public_paths(service, path):
    answer = httpx.get(service.url + path, timeout=TIMEOUT_S)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["type"] == "urn:entendu:problem:unauthenticated"


@pytest.mark.parametrize("path", ["/healthz", "/docs", "/openapi.json"])
def test_public_paths_ask_for_nothing_and_forgive_a_wrong_key(service, path):
    assert httpx.get(service.url + path, timeout=TIMEOUT_S).status_code == 200
    wrong = {"Authorization": "Bearer ent_wrong"}
    assert httpx.get(service.url + path, headers=wrong, timeout=TIMEOUT_S).status_code == 200


@pytest.mark.parametrize(
    "shown",
    [
        "Bearer",
        "Bearer nobody-knows-this-key-at-all",
        "Basic dXNlcjpwYXNz",
        "Bearer " + "x" * 5000,
        "Bearer ent_" + "0" * 42,
    ],
)
def test_a_wrong_key_is_refused(service, shown):
    answer = httpx.get(
        service.url + "/v1/conversations", headers={"Authorization": shown}, timeout=TIMEOUT_S
    )
    assert answer.status_code == 401
    assert "xxxx" not in answer.text


def test_a_mistyped_key_is_told_from_an_unknown_one(service):
    key = key_of(service, "supervisor")
    mistyped = key[:-8] + ("A" if key[-8] != "A" else "B") + key[-7:]
    answer = httpx.get(
        service.url + "/v1/conversations",
        headers={"Authorization": f"Bearer {mistyped}"},
        timeout=TIMEOUT_S,
    )
    assert "checksum" in answer.json()["detail"]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Token", "BEARER"])
def test_a_key_opens(service, scheme):
    key = key_of(service, "supervisor")
    answer = httpx.get(
        service.url + "/v1/conversations",
        headers={"Authorization": f"{scheme} {key}"},
        timeout=TIMEOUT_S,
    )
    assert answer.status_code == 200


def test_a_body_of_somebody_unknown_is_refused_before_it_is_sent(service):
    sent = 0

    def pieces():
        nonlocal sent
        for _ in range(10_000):
            sent += 1
            yield bytes(10_000)

    try:
        status = httpx.post(
            service.url + "/v1/conversations", content=pieces(), timeout=TIMEOUT_S
        ).status_code
    except httpx.TransportError:  # the connection is closed while it still sends
        status = 401
    assert status == 401
    assert sent < 10_000


def test_a_websocket_without_a_key_is_refused_in_its_handshake(doors):
    with pytest.raises(InvalidStatus) as refused:
        connect(ws_url(doors))
    assert refused.value.response.status_code == 401
    assert b"urn:entendu:problem:unauthenticated" in refused.value.response.body


def test_a_websocket_is_refused_to_a_role_without_the_permission(doors):
    key = key_of(doors, "customer")
    with pytest.raises(InvalidStatus) as refused:
        connect(ws_url(doors), additional_headers={"Authorization": f"Bearer {key}"})
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    ("headers", "subprotocols"),
    [
        ({"Authorization": "Bearer {key}"}, None),
        ({"Authorization": "Token {key}"}, None),
        ({}, ["token", "{key}"]),
        ({}, ["realtime", "openai-insecure-api-key.{key}"]),
    ],
)
def test_a_websocket_takes_the_key_as_its_clients_send_it(doors, headers, subprotocols):
    key = key_of(doors, "agent", agent_key="a-1")
    headers = {name: value.format(key=key) for name, value in headers.items()}
    offered = [each.format(key=key) for each in subprotocols] if subprotocols else None
    with connect(ws_url(doors), additional_headers=headers, subprotocols=offered) as socket:
        assert socket.recv(timeout=10).startswith("agent key_")
        assert socket.subprotocol in (None, "token", "realtime")
        socket.send("hello")
        assert socket.recv(timeout=10) == "hello"


def test_a_websocket_ends_with_its_key(doors, monkeypatch):
    monkeypatch.setattr(watch, "CHECKED_EVERY_S", 0.05)
    keys = doors.app.state.service.keys
    key = key_of(doors, "agent", agent_key="a-1")
    with connect(ws_url(doors), additional_headers={"Authorization": f"Bearer {key}"}) as socket:
        key_id = socket.recv(timeout=10).split()[1]
        socket.send("before")
        assert socket.recv(timeout=10) == "before"
        keys.revoke(key_id)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=10)
    assert closed.value.rcvd.code == 1008
    assert "revoked" in closed.value.rcvd.reason


def test_a_websocket_that_runs_through_is_left_alone(doors, monkeypatch):
    monkeypatch.setattr(watch, "CHECKED_EVERY_S", 0.01)
    key = key_of(doors, "agent", agent_key="a-1")
    with connect(ws_url(doors), additional_headers={"Authorization": f"Bearer {key}"}) as socket:
        socket.recv(timeout=10)
        for number in range(20):
            socket.send(str(number))
            assert socket.recv(timeout=10) == str(number)
            threading.Event().wait(0.005)


def test_no_log_line_holds_a_key(doors, caplog):
    caplog.set_level("DEBUG")
    good = key_of(doors, "agent", agent_key="a-1")
    wrong = "a-wrong-key-that-somebody-typed"
    with connect(ws_url(doors), subprotocols=["token", good]) as socket:
        socket.recv(timeout=10)
    for key in (good, wrong):
        headers = {"Authorization": f"Bearer {key}"}
        httpx.get(doors.url + "/v1/conversations", headers=headers, timeout=TIMEOUT_S)
        httpx.post(doors.url + "/sign-in", data={"key": key}, timeout=TIMEOUT_S)
    lines = "\n".join(
        f"{record.getMessage()} {record.__dict__.get('facts')}"
        for record in caplog.records
        if record.name.startswith("entendu")
    )
    assert "request" in lines
    assert good not in lines
    assert wrong not in lines

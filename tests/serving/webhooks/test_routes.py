"""``/v1/webhooks`` over HTTP, and what a conversation makes it tell."""

from __future__ import annotations

import json
import time

import pytest
from standardwebhooks import Webhook as Library

from serving.settings import Settings


@pytest.fixture(scope="module")
def running(tmp_path_factory, fake_pipeline_class, running_service_class):
    data_dir = tmp_path_factory.mktemp("hooks") / "data"
    served = running_service_class(
        Settings(data_dir=data_dir, webhook_networks=("127.0.0.0/8",)), fake_pipeline_class()
    )
    yield served
    served.stop()


@pytest.fixture
def made(running, receiver):
    kinds = ["conversation.done", "conversation.failed", "conversation.erased"]
    answer = running.client.post("/v1/webhooks", json={"url": receiver.url, "kinds": kinds})
    assert answer.status_code == 201, answer.text
    yield answer.json()
    running.client.delete(f"/v1/webhooks/{answer.json()['id']}")


def came(receiver, count=1, seconds=15):
    deadline = time.monotonic() + seconds
    while len(receiver.got) < count:
        assert time.monotonic() < deadline, f"{len(receiver.got)} came"
        time.sleep(0.02)
    return receiver.got


def test_the_secret_is_shown_once(running, made):
    assert made["secret"].startswith("whsec_")
    shown = running.client.get(f"/v1/webhooks/{made['id']}").json()
    listed = running.client.get("/v1/webhooks").json()["data"]
    assert "secret" not in shown
    assert made["secret"] not in json.dumps([shown, listed])


def test_a_conversation_that_is_done_is_told_signed_with_ids_only(running, made, receiver):
    one = running.send_chat("Je m'appelle Zorglub.")
    running.wait_for(one)
    [(headers, body)] = came(receiver)
    told = Library(made["secret"]).verify(body, headers)
    assert told["type"] == "conversation.done"
    assert told["data"]["conversation_id"] == one
    assert b"Zorglub" not in body


def test_one_that_failed_and_one_that_was_erased_are_told(running, made, receiver):
    broken = running.send_chat("BROKEN")
    running.wait_for(broken)
    came(receiver)
    running.client.post("/v1/consents", json={"kind": "objection", "conversation_id": broken})
    kinds = [json.loads(body)["type"] for _, body in came(receiver, 2)]
    assert kinds == ["conversation.failed", "conversation.erased"]


def test_the_log_shows_how_it_went_and_no_message(running, made, receiver):
    one = running.send_chat()
    running.wait_for(one)
    came(receiver)
    deadline = time.monotonic() + 10
    while True:
        log = running.client.get(f"/v1/webhooks/{made['id']}/deliveries").json()["data"]
        if log[0]["state"] == "delivered":
            break
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert log[0]["conversation_id"] == one
    assert "body" not in log[0]


def test_a_try_is_answered_at_once(running, made, receiver):
    tried = running.client.post(f"/v1/webhooks/{made['id']}/test").json()
    assert (tried["kind"], tried["state"], tried["attempts"]) == ("webhook.test", "delivered", 1)
    assert len(receiver.got) == 1


def test_a_webhook_is_changed_and_its_secret_too(running, made, receiver):
    path = f"/v1/webhooks/{made['id']}"
    off = running.client.patch(path, json={"enabled": False}).json()
    assert (off["enabled"], off["disabled_reason"]) == (False, "asked")
    changed = running.client.patch(path, json={"enabled": True, "kinds": ["alert.raised"]}).json()
    assert (changed["enabled"], changed["kinds"]) == (True, ["alert.raised"])
    secret = running.client.post(f"{path}/secret").json()["secret"]
    running.client.post(f"{path}/test")
    headers, body = receiver.got[-1]
    assert Library(secret).verify(body, headers)


@pytest.mark.parametrize(
    "asked",
    [
        {"url": "https://169.254.169.254/latest"}, {"url": "http://93.184.215.14/"},
        {"url": "file:///etc/passwd"}, {"url": ""}, {"url": "https://x", "kinds": ["nothing"]},
        {"url": "https://8.8.8.8/", "more": 1}, {},
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_a_problem(running, asked):
    answer = running.client.post("/v1/webhooks", json=asked)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_only_who_manages_webhooks_may(running, made):
    with running.client_of("supervisor") as supervisor:
        assert supervisor.get("/v1/webhooks").status_code == 403
        assert supervisor.post(f"/v1/webhooks/{made['id']}/test").status_code == 403
    with running.client_of("admin", team="north") as north:
        assert north.get("/v1/webhooks").json()["data"] == []
        assert north.get(f"/v1/webhooks/{made['id']}").status_code == 404
        assert north.delete(f"/v1/webhooks/{made['id']}").status_code == 404


def test_what_is_not_there_is_not_found(running):
    for method, path in (
        ("get", ""), ("delete", ""), ("post", "/test"), ("post", "/secret"), ("get", "/deliveries"),
    ):  # fmt: skip
        answer = getattr(running.client, method)(f"/v1/webhooks/nothing{path}")
        assert answer.status_code == 404

"""What comes along with a conversation, and requests that are sent twice."""

from __future__ import annotations

import json
import threading
import uuid

import pytest

from serving.idempotency import read_key

CHAT = {
    "messages": [
        {"speaker": "agent", "text": "Bonjour."},
        {"speaker": "customer", "text": "Où est ma facture ?"},
    ]
}
FACTS = {
    "direction": "inbound",
    "queue": "support-fixe",
    "agent_key": "agent-17",
    "customer_key": "c-4f1e88",
    "purpose": "training",
    "priority": "batch",
    "started_at": "2026-11-03T10:02:00+01:00",
    "consent_ref": "consent-1",
}


def shown(service, conversation_id: str) -> dict:
    body = service.client.get(f"/v1/conversations/{conversation_id}").json()
    return {name: body[name] for name in FACTS}


EXPECTED = FACTS | {"started_at": "2026-11-03T09:02:00Z"}


# Metadata


def test_parts_of_a_form_say_what_is_known(service, upload, wav_bytes):
    answer = upload(service, "a.wav", wav_bytes(), **FACTS)
    assert answer.status_code == 202, answer.text
    assert shown(service, answer.json()["id"]) == EXPECTED


def test_one_part_may_say_it_as_json(service, upload, wav_bytes):
    answer = upload(service, "a.wav", wav_bytes(), metadata=json.dumps(FACTS))
    assert answer.status_code == 202, answer.text
    assert shown(service, answer.json()["id"]) == EXPECTED


def test_json_may_be_wrapped_with_what_is_known(service):
    answer = service.client.post(
        "/v1/conversations", json={"conversation": CHAT, "metadata": FACTS}
    )
    assert answer.status_code == 202, answer.text
    assert shown(service, answer.json()["id"]) == EXPECTED


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("direction", "sideways"),
        ("priority", "urgent"),
        ("started_at", "yesterday"),
        ("started_at", "2026-11-03T10:02:00"),
        ("agent_key", "a\tb"),
        ("queue", "q" * 65),
        ("purpose", "No Purpose"),
        ("colour", "red"),
    ],
)
def test_a_bad_fact_is_named(service, upload, wav_bytes, problem, name, value):
    before = count(service)
    by_part = problem(upload(service, "a.wav", wav_bytes(), **{name: value}), 422)
    assert by_part["errors"][0]["pointer"] == f"#/{name}"
    wrapped = {"conversation": CHAT, "metadata": {name: value}}
    by_json = problem(service.client.post("/v1/conversations", json=wrapped), 422)
    assert by_json["errors"][0]["pointer"] == f"#/metadata/{name}"
    assert count(service) == before


def test_a_purpose_without_a_rule_is_refused(service, upload, wav_bytes, problem):
    body = problem(upload(service, "a.wav", wav_bytes(), purpose="curiosity"), 422)
    assert "curiosity" in body["detail"]


@pytest.mark.parametrize("metadata", ["{", "[]", '"text"', json.dumps({"queue": "x" * 9000})])
def test_metadata_that_is_no_object_is_refused(service, upload, wav_bytes, problem, metadata):
    problem(upload(service, "a.wav", wav_bytes(), metadata=metadata), 422)


def test_a_fact_said_twice_is_refused(service, upload, wav_bytes, problem):
    body = problem(upload(service, "a.wav", wav_bytes(), queue="a", metadata='{"queue": "b"}'), 422)
    assert "twice" in body["detail"]


def test_what_an_agent_sends_is_the_agents_own(service, problem):
    with service.client_of("agent", agent_key="agent-17") as agent:
        sent = agent.post("/v1/conversations", json=CHAT)
        assert sent.status_code == 202
        assert shown(service, sent.json()["id"])["agent_key"] == "agent-17"
        assert agent.get(sent.json()["links"]["self"]).status_code == 200
        other = {"conversation": CHAT, "metadata": {"agent_key": "agent-18"}}
        problem(agent.post("/v1/conversations", json=other), 403)


def test_lists_are_filtered_by_what_is_known(service):
    facts = {"queue": "q-filter", "agent_key": "a-filter", "customer_key": "c-filter"}
    ids = {
        service.client.post(
            "/v1/conversations", json={"conversation": CHAT, "metadata": {name: value}}
        ).json()["id"]: name
        for name, value in facts.items()
    }
    for one, name in ids.items():
        page = service.client.get("/v1/conversations", params={name: facts[name]}).json()
        assert [found["id"] for found in page["data"]] == [one]
    none = service.client.get("/v1/conversations", params={"queue": "nobody-waits-here"}).json()
    assert none == {"data": [], "next_cursor": None}


# The same request twice


def send(service, key: str | None, body: object = None):
    headers = {} if key is None else {"Idempotency-Key": key}
    return service.client.post("/v1/conversations", json=body or CHAT, headers=headers)


def count(service) -> int:
    return len(service.client.get("/v1/conversations", params={"limit": 200}).json()["data"])


def test_the_same_request_with_the_same_key_is_done_once(service):
    key = str(uuid.uuid4())
    before = count(service)
    first = send(service, key)
    second = send(service, f'"{key}"')
    assert first.status_code == second.status_code == 202
    assert first.content == second.content
    assert first.headers["location"] == second.headers["location"]
    assert count(service) == before + 1


def test_files_are_known_again_as_well(service, upload, wav_bytes):
    content, headers = wav_bytes(tone=3), {"Idempotency-Key": str(uuid.uuid4())}
    first = upload(service, "a.wav", content, headers=headers, queue="q")
    assert upload(service, "a.wav", content, headers=headers, queue="q").json() == first.json()
    for other in (
        upload(service, "a.wav", content, headers=headers),
        upload(service, "b.wav", content, headers=headers, queue="q"),
        upload(service, "a.wav", wav_bytes(tone=4), headers=headers, queue="q"),
    ):
        assert other.status_code == 422


def test_without_a_key_the_same_request_is_another_conversation(service):
    assert send(service, None).json()["id"] != send(service, None).json()["id"]


def test_a_key_with_another_request_is_refused(service, problem):
    key = str(uuid.uuid4())
    send(service, key)
    body = problem(send(service, key, CHAT | {"id": "another"}), 422)
    assert body["type"] == "urn:entendu:problem:key-used-before"


def test_a_refused_request_gives_its_key_back(service, problem):
    key = str(uuid.uuid4())
    problem(send(service, key, {"messages": []}), 422)
    assert send(service, key).status_code == 202


def test_two_senders_may_use_the_same_key(service):
    key = str(uuid.uuid4())
    first = send(service, key).json()["id"]
    with service.client_of("supervisor") as other:
        answer = other.post("/v1/conversations", json=CHAT, headers={"Idempotency-Key": key})
    assert answer.json()["id"] != first


def test_a_request_that_is_being_served_is_not_served_again(service, problem, monkeypatch):
    key = str(uuid.uuid4())
    inside, go_on = threading.Event(), threading.Event()
    running = service.app.state.service
    accept = running.accept

    def slow(*given, **more):
        inside.set()
        assert go_on.wait(20)
        return accept(*given, **more)

    monkeypatch.setattr(running, "accept", slow)
    answers: list = []
    first = threading.Thread(target=lambda: answers.append(send(service, key)))
    first.start()
    assert inside.wait(20)
    problem(send(service, key), 409)
    go_on.set()
    first.join()
    assert answers[0].status_code == 202
    assert send(service, key).json() == answers[0].json()


def test_many_at_once_with_one_key_make_one(service):
    key, before, answers = str(uuid.uuid4()), count(service), []
    threads = [
        threading.Thread(target=lambda: answers.append(send(service, key))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 202}) == 1
    assert count(service) == before + 1


@pytest.mark.parametrize("key", ["x" * 256, '"x', "a b", '"a"b"', '""'])
def test_a_key_that_is_no_string_is_refused(service, problem, key):
    problem(send(service, key), 400)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("abc", "abc"),
        ('"abc"', "abc"),
        (' "a b" ', "a b"),
        ('"a\\"b\\\\"', 'a"b\\'),
        ("", None),
        ('"', None),
        ("é", None),
    ],
)
def test_keys_are_read_quoted_or_bare(header, key):
    assert read_key(header) == key

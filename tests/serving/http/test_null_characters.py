"""NUL characters, which PostgreSQL keeps in no text: refused wherever they come."""

from __future__ import annotations

import json
import re

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from serving.http.null_characters import holds_null

AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture
def running(start_service, database_url):
    return start_service(database_url=database_url)


def described(client):
    """Yield method, path, operation and the names of the parameters of its query."""
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            given = operation.get("parameters", [])
            asked = [one["name"] for one in given if one["in"] == "query"]
            yield method.upper(), path, operation, asked


def test_no_route_takes_one_in_its_path_or_query(running):
    for method, path, _, asked in described(running.client):
        if "{" in path:
            odd = re.sub(r"\{[^}]*\}", "a%00", path)
            answer = running.client.request(method, odd)
            assert answer.status_code == 404, (method, odd)
        for name in asked:
            whole = re.sub(r"\{[^}]*\}", "a", path)
            answer = running.client.request(method, whole, params={name: "a\0"})
            assert answer.status_code in (400, 422), (method, whole, name)
            assert f"{name}: holds a NUL" in answer.text


def test_the_answer_names_where_it_is(running):
    answer = running.client.get("/v1/conversations?limit=5&queue=a%00&purpose=%00")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["parameter"] for one in answer.json()["errors"]] == ["queue", "purpose"]
    body = b'{"messages": [{"text": "a"}, {"text": "a\\u0000b"}]}'
    answer = running.client.post("/v1/conversations", content=body, headers=AS_JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {
            "detail": "messages.1.text: holds a NUL character, which no text has",
            "pointer": "#/messages/1/text",
        }
    ]


def test_bodies_with_one_are_refused_on_every_route(running):
    for method, path, operation, _ in described(running.client):
        if "application/json" in operation.get("requestBody", {}).get("content", {}):
            whole = re.sub(r"\{[^}]*\}", "a", path)
            content = json.dumps({"text": "a\0b", "version": 0})
            answer = running.client.request(method, whole, content=content, headers=AS_JSON)
            assert answer.status_code in (400, 422), (method, whole, answer.text)
            assert "NUL" in answer.text


def test_fields_of_forms_hold_none(running):
    chat = ("chat.txt", b"Client: Bonjour.")
    answer = running.client.post("/v1/conversations", files={"file": chat}, data={"queue": "a\0"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "#/queue"
    document = ("a.md", b"# Box\n\nElle clignote.")
    answer = running.client.post(
        "/v1/knowledge/documents", files={"files": document}, data={"owner": "a\0"}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["detail"].endswith("holds a NUL character, which no text has")


def test_a_websocket_with_one_is_refused_in_its_handshake(running):
    url = f"{running.url.replace('http', 'ws')}/v1/listen?model=a%00"
    bearer = {"Authorization": running.client.headers["Authorization"]}
    with pytest.raises(InvalidStatus) as refused, connect(url, additional_headers=bearer):
        pass
    assert refused.value.response.status_code == 422


@pytest.mark.parametrize(
    ("body", "held"),
    [
        (r'"a\u0000"', True),
        (r'"a\\u0000"', False),
        (r'"a\\\u0000"', True),
        ('"a\0"', True),
        (r'"\u00000"', True),
        (r'"\u0001 \\ 0000"', False),
    ],
)
def test_an_escaped_backslash_before_u0000_is_no_nul(body, held):
    assert holds_null(body.encode()) is held


def test_json_is_utf_8(running):
    content = json.dumps({"text": "a"}).encode("utf-16")  # which holds a NUL beside each letter
    answer = running.client.post("/v1/redact", content=content, headers=AS_JSON)
    assert answer.status_code == 422

"""What every request and answer goes through: ids, tags, gzip, HEAD, limits, logs, readiness."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import json
import logging
import time
import uuid

import pytest

from serving.http.body_limits import MAX_DEPTH, BodyLimits, is_too_deep
from serving.http.conditional import etag_of, matches
from serving.logs import JsonFormatter

PROBLEM = "application/problem+json"


def problem(answer, status: int) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json()["status"] == status
    return answer.json()


@pytest.fixture(scope="module")
def done(service) -> str:
    """A conversation that is done."""
    one = service.send_chat("Ma facture est trop élevée. " * 60)
    assert service.wait_for(one)["status"] == "done"
    return one


# Request ids


def test_a_request_keeps_the_id_that_the_client_gave_it(service):
    given = str(uuid.uuid4())
    answer = service.client.get("/v1/conversations", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "short", "with space and more", "x" * 200, 'a"b\\cdefgh'])
def test_an_id_that_could_forge_a_log_line_is_replaced(service, given):
    answer = service.client.get("/v1/conversations", headers={"X-Request-ID": given})
    assert answer.headers["x-request-id"] != given
    assert len(answer.headers["x-request-id"]) == 32


@pytest.mark.parametrize("path", ["/nowhere", "/v1/conversations/none", "/healthz"])
def test_every_answer_has_an_id(service, path):
    assert service.client.get(path).headers["x-request-id"]


def test_log_lines_of_a_request_carry_its_id(service):
    lines: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Kept()
    handler.setFormatter(JsonFormatter())
    logger = logging.getLogger("entendu")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        given = str(uuid.uuid4())
        service.client.get("/v1/conversations", headers={"X-Request-ID": given})
        service.client.get("/healthz")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    requests = [line for line in map(json.loads, lines) if line["message"] == "request"]
    assert [line["request_id"] for line in requests] == [given]
    assert requests[0]["route"] == "/v1/conversations"


# ETags


def test_what_did_not_change_is_not_sent_again(service, done):
    path = f"/v1/conversations/{done}"
    first = service.client.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"')
    again = service.client.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert "content-type" not in again.headers
    assert service.client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert service.client.get(path, headers={"If-None-Match": f'"x", W/{tag}'}).status_code == 304


def test_a_compressed_answer_has_a_tag_of_its_own(service, done):
    path = f"/v1/conversations/{done}"
    plain = service.client.get(path, headers={"Accept-Encoding": "identity"})
    packed = service.client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    for tag in (packed.headers["etag"], plain.headers["etag"]):
        assert service.client.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_a_change_to_what_is_no_longer_so_is_refused(service):
    one = service.send_chat("à effacer")
    service.wait_for(one)
    path = f"/v1/conversations/{one}"
    tag = service.client.get(path).headers["etag"]
    problem(service.client.delete(path, headers={"If-Match": '"before"'}), 412)
    assert service.client.get(path).status_code == 200
    assert service.client.delete(path, headers={"If-Match": tag}).status_code == 204
    problem(service.client.get(path), 404)


def test_tags_are_compared_without_their_form():
    tag = etag_of(b"content")
    assert matches(tag, tag)
    assert matches("*", tag)
    assert matches(f"W/{tag}", tag)
    assert matches(f'{tag[:-1]}-gzip"', tag)
    assert not matches(etag_of(b"other"), tag)


def test_a_weak_tag_lets_nothing_be_changed():
    tag = etag_of(b"content")
    assert not matches(f"W/{tag}", tag, strongly=True)
    assert matches(f"W/{tag}, {tag}", tag, strongly=True)
    assert matches(f'{tag[:-1]}-gzip"', tag, strongly=True)


# gzip


def test_small_answers_are_not_compressed(service):
    answer = service.client.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers


def test_what_is_compressed_is_the_same(service):
    with service.client.stream(
        "GET", "/openapi.json", headers={"Accept-Encoding": "gzip"}
    ) as answer:
        raw = b"".join(answer.iter_raw())
    assert json.loads(gzip.decompress(raw))["openapi"].startswith("3.1")


# HEAD and methods


def test_head_says_what_get_would_without_a_body(service, done):
    path = f"/v1/conversations/{done}"
    headers = {"Accept-Encoding": "identity"}
    get = service.client.get(path, headers=headers)
    head = service.client.head(path, headers=headers)
    assert head.status_code == 200
    assert head.content == b""
    for name in ("etag", "content-length", "content-type"):
        assert head.headers[name] == get.headers[name]
    assert service.client.head("/v1/conversations/none").status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/v1/conversations", {"GET", "HEAD", "POST"}),
        ("PUT", "/v1/conversations/some-id", {"GET", "HEAD", "DELETE"}),
        ("POST", "/healthz", {"GET", "HEAD"}),
        ("GET", "/v1/jobs/some-id/cancel", {"POST"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(service, method, path, allowed):
    answer = service.client.request(method, path)
    problem(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == allowed


# Limits


def test_json_that_is_too_deep_is_refused_before_any_route_reads_it(service):
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    body = problem(
        service.client.post(
            "/v1/conversations", content=deep, headers={"Content-Type": "application/json"}
        ),
        422,
    )
    assert "64 levels" in body["detail"]


@pytest.mark.parametrize(
    ("body", "too_deep"),
    [
        (b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, False),
        (b"[" * (MAX_DEPTH + 1), True),
        (b'{"a":' * (MAX_DEPTH + 1), True),
        (b'{"text": "' + b"[" * 500 + b'"}', False),
        (b'{"text": "\\"' + b"[" * 500 + b'"}', False),
        (b"[" + b"[]," * 500 + b"[]]", False),
        (b'"' + b"[" * 500, True),
    ],
)
def test_only_brackets_outside_of_texts_count(body, too_deep):
    assert is_too_deep(body) is too_deep


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/conversations", 422), ("/v1/keys", 422), ("/v1/embeddings", 400)]
)
def test_half_a_character_is_refused_and_a_whole_one_is_not(service, path, status):
    headers = {"Content-Type": "application/json"}
    half = service.client.post(path, content=b'{"name": "a \\ud83d b"}', headers=headers)
    assert half.status_code == status
    assert "half of a character" in half.text
    whole = service.client.post(path, content=b'{"name": "\\ud83d\\ude00"}', headers=headers)
    assert "half of a character" not in whole.text


def refused_by_limits(*pieces: bytes) -> int:
    """Return the status of what is refused, and expect that nothing more is waited for."""
    coming = [{"type": "http.request", "body": one, "more_body": True} for one in pieces]
    coming[-1]["more_body"] = False
    kind = (b"content-type", b"application/json")
    scope = {"type": "http", "method": "POST", "path": "/v1/redact", "headers": [kind]}
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        assert coming, "it waits for more of a body that is there"
        return coming.pop(0)

    asyncio.run(BodyLimits(None, max_upload_mb=1)(scope, receive, send))
    return sent[0]["status"]


@pytest.mark.parametrize("body", [b'{"text": "\\udc00"}', b"[" * (MAX_DEPTH + 1), b'"a\\u0000"'])
def test_json_that_was_read_whole_is_refused_at_once(body):
    assert refused_by_limits(body[:3], body[3:]) == 422


def test_what_gets_too_large_with_its_last_piece_is_refused_at_once(monkeypatch):
    monkeypatch.setattr("serving.http.body_limits.MAX_TEXT_BYTES", 4)
    assert refused_by_limits(b'"te', b'xt"') == 413


def test_json_that_is_too_large_is_refused(service):
    text = "a" * (21 * 1024 * 1024)
    body = problem(service.client.post("/v1/conversations", json={"messages": [text]}), 413)
    assert "21 MB" in body["detail"]


@pytest.mark.parametrize("path", ["/v1/webhooks", "/v1/redact", "/v1/keys"])
def test_other_routes_have_the_same_limits(service, path):
    deep = b'{"a":' * 100 + b"1" + b"}" * 100
    headers = {"Content-Type": "application/json"}
    assert service.client.post(path, content=deep, headers=headers).status_code in (404, 422)


# Health


def test_ready_names_what_was_looked_at(service):
    answer = service.client.get("/readyz")
    body = answer.json()
    assert set(body["checks"]) == {"database", "queue", "models", "disk"}
    assert answer.status_code == (200 if body["status"] == "ready" else 503)
    assert body["checks"]["database"] == {"ok": True, "detail": "sqlite answers"}


def test_a_full_disk_is_not_ready(service, monkeypatch):
    settings = service.settings.model_copy(update={"min_free_disk_mb": 10**9})
    monkeypatch.setattr(service.app.state.service, "settings", settings)
    answer = service.client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"]["ok"] is False
    assert answer.json()["status"] == "not ready"


def test_a_connection_that_rests_is_kept_longer_than_clients_keep_it(service):
    """Else a request meets a connection that is just being closed; httpx keeps one for 5 s."""
    address = service.url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(address[0], int(address[1]), timeout=10)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read()
    resting = connection.sock
    time.sleep(6)
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    assert connection.sock is resting
    connection.close()


def test_health_and_readiness_need_no_key(service):
    with service.client_of("nobody") as nobody:
        assert nobody.get("/healthz").status_code == 200
        assert nobody.get("/readyz").status_code in (200, 503)


# Errors that nobody foresaw


def test_an_unforeseen_error_is_a_problem_with_an_id_and_no_word_from_inside(service, monkeypatch):
    def broken(**_):
        raise RuntimeError("a message that quotes somebody")

    monkeypatch.setattr(service.app.state.service.store, "page", broken)
    answer = service.client.get("/v1/conversations")
    body = problem(answer, 500)
    assert answer.headers["x-request-id"]
    assert answer.headers["cache-control"] == "no-store"
    assert "quotes" not in json.dumps(body)

from __future__ import annotations

import json
import re
import socket
import threading
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

PROBLEM = "application/problem+json"
# The queue's own threads draw random numbers while a strategy is at work.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")


def problem(answer, status: int) -> dict:
    """Check that an answer is a problem, and return it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["type"]
    assert "Traceback" not in answer.text
    return body


def upload(service, name: str, content: bytes, **fields):
    return service.client.post("/v1/conversations", files={"file": (name, content)}, data=fields)


# The main path


def test_a_chat_goes_in_and_its_analysis_comes_out(service):
    answer = service.client.post(
        "/v1/conversations",
        json={
            "id": "chat-042",
            "messages": [
                {"speaker": "agent", "text": "Bonjour."},
                {"speaker": "customer", "text": "Où est ma facture ?"},
            ],
        },
    )
    accepted = answer.json()
    assert answer.status_code == 202
    assert accepted["status"] == "queued"
    assert answer.headers["location"] == accepted["links"]["self"]
    done = service.wait_for(accepted["id"])
    assert done["status"] == "done"
    assert done["error"] is None
    assert done["progress"] == 1
    assert done["name"] == "chat-042"
    assert (done["channel"], done["language"], done["reason"]) == ("chat", "fr", "panne")
    assert done["score_100"] == 75
    assert done["finished_at"] >= done["created_at"]
    turns = done["analysis"]["conversation"]["turns"]
    assert turns[1]["text"] == "Où est ma facture ?"


def test_a_recording_is_analysed_under_its_own_name_with_its_options(service, wav_bytes):
    answer = upload(
        service,
        "Appel du 3 novembre.wav",
        wav_bytes(channels=2),
        language="en",
        channels="0=customer,1=agent",
    )
    assert answer.status_code == 202, answer.text
    done = service.wait_for(answer.json()["id"])
    assert done["name"] == "Appel du 3 novembre.wav"
    assert done["language"] == "en"
    assert done["analysis"]["facts"]["name"] == "Appel du 3 novembre.wav"
    assert done["analysis"]["facts"]["channels"] == [[0, "customer"], [1, "agent"]]


def test_what_the_sender_says_of_a_contact_is_what_is_analysed(service, wav_bytes):
    about = {"direction": "outbound", "started_at": "2026-11-03T10:02:00+01:00"}
    said = [{"speaker": "agent", "text": "Bonjour.", "at": "2026-11-04T09:00:00+01:00"}]
    chat = {"direction": "inbound", "messages": said}
    sent = (
        service.client.post("/v1/conversations", json={"conversation": chat, "metadata": about}),
        upload(service, "call.wav", wav_bytes(), **about),
        upload(service, "chat.json", json.dumps(chat).encode(), **about),
    )
    for answer in sent:
        found = service.wait_for(answer.json()["id"])
        analysed = found["analysis"]["conversation"]
        assert (found["direction"], analysed["direction"]) == ("outbound", "outbound")
        for told in (found["started_at"], analysed["started_at"]):
            assert datetime.fromisoformat(told) == datetime.fromisoformat(about["started_at"])


def test_a_chat_as_text_file_is_read_at_once(service):
    answer = upload(service, "échange.txt", b"Agent : Bonjour\nClient : Ma box clignote")
    assert answer.status_code == 202, answer.text
    done = service.wait_for(answer.json()["id"])
    assert done["name"] == "échange.txt"
    assert done["analysis"]["conversation"]["turns"][1]["speaker"] == "customer"


def test_an_unfinished_conversation_shows_no_analysis_and_has_no_report(service):
    service.pipeline.begun.clear()
    service.pipeline.go_on.clear()
    one = service.send_chat("WAIT")
    assert service.pipeline.begun.wait(20)
    running = service.client.get(f"/v1/conversations/{one}").json()
    assert running["status"] == "running"
    assert running["analysis"] is None
    assert running["finished_at"] is None
    report = problem(service.client.get(f"/v1/conversations/{one}/report"), 409)
    assert report["type"] == "urn:entendu:problem:conflict"
    service.pipeline.go_on.set()
    assert service.wait_for(one)["status"] == "done"


# Failures


def test_a_conversation_that_cannot_be_analysed_fails_with_its_problem(service):
    failed = service.wait_for(service.send_chat("BROKEN"))
    assert failed["status"] == "failed"
    assert failed["analysis"] is None
    error = failed["error"]
    assert error["type"] == "urn:entendu:problem:conversation-unreadable"
    assert error["detail"] == "the fake cannot read this"
    assert error["instance"] == failed["links"]["self"]
    problem(service.client.get(failed["links"]["report"]), 409)


def test_an_unforeseen_error_fails_without_anything_from_inside(service, caplog):
    failed = service.wait_for(service.send_chat("BUG numéro 4970 1012 3456"))
    assert failed["status"] == "failed"
    assert failed["error"]["status"] == 500
    assert not re.search(r"\b4970\b", json.dumps(failed["error"]))
    assert "RuntimeError" not in json.dumps(failed["error"])


def test_the_worker_goes_on_after_a_failure(service):
    service.send_chat("BUG")
    assert service.wait_for(service.send_chat("Bonjour"))["status"] == "done"


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("vide.wav", b"", 422, "vide.wav is empty"),
        ("vide.json", b"", 422, "vide.json is empty"),
        ("bruit.wav", bytes(range(256)) * 40, 415, "bruit.wav"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(4000), 415, "photo.jpg"),
        ("chat.json", b'{"messages": [', 422, "chat.json"),
        ("chat.json", b'{"colour": "red"}', 422, "chat.json"),
        ("notes.txt", b"42", 422, "notes.txt"),
    ],
)
def test_a_bad_file_is_refused_at_once_by_its_name(service, name, content, status, said):
    before = service.client.get("/v1/conversations").json()["data"]
    body = problem(upload(service, name, content), status)
    assert said in body["detail"]
    assert service.client.get("/v1/conversations").json()["data"] == before
    assert not any(service.app.state.service.store.files.incoming.iterdir())


def test_a_recording_longer_than_the_limit_is_refused(service, wav_bytes):
    body = problem(upload(service, "long.wav", wav_bytes(seconds=61)), 413)
    assert "61 s, expected at most 60 s" in body["detail"]


def test_channels_that_cannot_be_read_are_refused_at_once(service, wav_bytes):
    six = problem(upload(service, "six.wav", wav_bytes(channels=6)), 415)
    assert "6 channels" in six["detail"]
    absent = problem(upload(service, "a.wav", wav_bytes(), channels="0=agent,3=customer"), 415)
    assert "channel 3" in absent["detail"]
    picked = upload(service, "six.wav", wav_bytes(channels=6), channels="0=agent,3=customer")
    assert picked.status_code == 202


def test_a_file_larger_than_the_limit_is_refused_and_leaves_nothing(service):
    body = problem(upload(service, "big.wav", bytes(1_200_000)), 413)
    assert "1 MB" in body["detail"]
    assert not any(service.app.state.service.store.files.incoming.iterdir())


def test_a_body_that_hides_its_size_is_stopped_at_the_limit(service):
    def pieces():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(30):
            yield bytes(100_000)

    answer = service.client.post(
        "/v1/conversations",
        content=pieces(),
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    problem(answer, 413)


def test_a_request_without_a_file_names_the_part(service):
    answer = service.client.post("/v1/conversations", files={"language": (None, "fr")})
    body = problem(answer, 422)
    assert body["errors"][0]["pointer"] == "#/file"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "klingonais"),
        ("colour", "red"),
        ("channels", "agent,pilot"),
        ("channels", "x" * 70),
    ],
)
def test_a_bad_field_is_named(service, wav_bytes, field, value):
    body = problem(upload(service, "a.wav", wav_bytes(), **{field: value}), 422)
    assert field in body["errors"][0]["pointer"]
    assert field in body["detail"]


def test_channels_of_a_chat_are_refused(service):
    answer = upload(service, "a.txt", b"Agent : Bonjour\nClient : Oui", channels="0=agent")
    assert "no recording" in problem(answer, 422)["detail"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/csv", 415),
        (b"{", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"turns": [{"index": 0}]}', "application/json", 422),
        (b'{"messages": []}', "application/json", 422),
        (b'{"messages": [{"speaker": "customer", "text": " "}]}', "application/json", 422),
        (b"NaN", "application/json", 422),
        (b"\xff\xfe", "application/json", 422),
        (b"--x\r\n", "multipart/form-data; boundary=x", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"hello", "multipart/form-data", 400),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
        (b"", "", 415),
    ],
)
def test_a_body_that_is_not_what_it_says_is_refused(service, content, kind, status):
    problem(
        service.client.post("/v1/conversations", content=content, headers={"Content-Type": kind}),
        status,
    )


def test_an_upload_that_breaks_off_leaves_nothing(service):
    files = service.app.state.service.store.files
    host, port = service.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            b"POST /v1/conversations HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
        )
    for _ in range(200):
        if not any(files.incoming.iterdir()):
            break
        threading.Event().wait(0.01)
    assert not any(files.incoming.iterdir())
    assert service.client.get("/healthz").status_code == 200


def test_a_name_cannot_lead_out_of_the_folder(service, wav_bytes):
    for name in ("../../etc/passwd.wav", "..\\..\\a.wav", "/etc/x.wav", "a" * 300 + ".wav", "."):
        answer = upload(service, name, wav_bytes())
        assert answer.status_code == 202, answer.text
        stored = service.wait_for(answer.json()["id"])
        assert "/" not in stored["name"]
        assert len(stored["name"]) <= 170


@hypothesis_settings(max_examples=30, deadline=None)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "messages",
                        "turns",
                        "speaker",
                        "text",
                        "id",
                        "channel",
                        "at",
                        "body",
                        "metadata",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_no_json_body_breaks_the_service(service, body):
    content = json.dumps(body).encode()
    answer = service.client.post(
        "/v1/conversations", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in (202, 422), (body, answer.text)
    if answer.status_code == 422:
        problem(answer, 422)


@hypothesis_settings(max_examples=30, deadline=None)
@given(body=st.binary(max_size=300), cut=st.integers(0, 200))
def test_no_form_body_breaks_the_service(service, body, cut):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="f.wav"\r\n\r\n'
    for content in (body, (head + body + b"\r\n--x--\r\n")[cut:]):
        answer = service.client.post(
            "/v1/conversations",
            content=content,
            headers={"Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status_code in (202, 400, 413, 415, 422), answer.text


# Lists


def test_a_list_is_newest_first_and_its_cursor_reaches_all(service):
    sent = [service.send_chat(f"message {number}") for number in range(5)]
    for one in sent:
        service.wait_for(one)
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = service.client.get("/v1/conversations", params=query).json()
        assert len(page["data"]) <= 2
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    ids = [one["id"] for one in found]
    assert ids[:5] == sent[::-1]
    assert len(ids) == len(set(ids))
    moments = [one["created_at"] for one in found]
    assert moments == sorted(moments, reverse=True)
    assert "analysis" not in found[0]


def test_a_list_can_be_filtered_by_status(service):
    failed = service.send_chat("BROKEN")
    service.wait_for(failed)
    page = service.client.get("/v1/conversations", params={"status": "failed"}).json()
    assert failed in [one["id"] for one in page["data"]]
    assert {one["status"] for one in page["data"]} == {"failed"}


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": "many"}, {"limit": 1000}, {"status": "lost"}]
)
def test_a_bad_query_is_a_problem_that_names_the_parameter(service, query):
    body = problem(service.client.get("/v1/conversations", params=query), 422)
    assert body["errors"][0]["parameter"] == next(iter(query))


@given(cursor=st.text(st.characters(codec="utf-8"), min_size=1, max_size=40))
@hypothesis_settings(max_examples=30, deadline=None)
def test_no_cursor_breaks_the_service(service, cursor):
    answer = service.client.get("/v1/conversations", params={"cursor": cursor})
    assert answer.status_code == 422, cursor


# Erasure


def test_erasing_removes_every_copy_of_what_was_said(service):
    secret = "le code du portail est aubergine"
    one = service.send_chat(secret)
    service.wait_for(one)
    assert service.client.delete(f"/v1/conversations/{one}").status_code == 204
    problem(service.client.get(f"/v1/conversations/{one}"), 404)
    problem(service.client.delete(f"/v1/conversations/{one}"), 404)
    for file in service.settings.data_dir.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert b"aubergine" not in content, file


def test_a_recording_sent_twice_is_kept_once_until_the_last_is_erased(service, wav_bytes):
    content = wav_bytes(tone=7)
    first, second = (upload(service, "a.wav", content).json()["id"] for _ in range(2))
    assert first != second
    for one in (first, second):
        service.wait_for(one)
    store = service.app.state.service.store
    path = store.files.path(store.get(first).recording_sha256)
    assert path.read_bytes() == content
    service.client.delete(f"/v1/conversations/{first}")
    assert path.exists()
    service.client.delete(f"/v1/conversations/{second}")
    assert not path.exists()


def test_a_conversation_can_be_erased_while_it_is_analysed(service):
    service.pipeline.begun.clear()
    service.pipeline.go_on.clear()
    one = service.send_chat("WAIT")
    waiting = service.send_chat("never analysed")
    assert service.pipeline.begun.wait(20)
    for erased in (one, waiting):
        assert service.client.delete(f"/v1/conversations/{erased}").status_code == 204
    service.pipeline.go_on.set()
    assert service.wait_for(service.send_chat("Bonjour"))["status"] == "done"
    assert service.client.get(f"/v1/conversations/{one}").status_code == 404


# The rest of the surface


def test_health_says_ok_and_the_version(service):
    body = service.client.get("/healthz").json()
    assert body["status"] == "ok"
    assert body["version"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/v1/conversations/unknown", 404),
        ("GET", "/v1/conversations/unknown/report", 404),
        ("DELETE", "/v1/conversations/%00%0a", 404),
        ("PATCH", "/v1/conversations", 405),
        ("POST", "/healthz", 405),
    ],
)
def test_what_is_not_there_is_a_problem(service, method, path, status):
    body = problem(service.client.request(method, path), status)
    assert body["instance"].startswith("/")
    assert status != 404 or (body["detail"] and body["remedy"])


def test_a_filter_with_a_misspelt_name_is_refused_with_the_name_that_was_meant(service):
    body = problem(service.client.get("/v1/conversations?chanel=phone&limit=5"), 422)
    assert body["errors"] == [
        {
            "detail": "chanel: there is no such parameter; did you mean channel?",
            "parameter": "chanel",
        }
    ]
    assert (
        "there are agent_key, by,"
        in problem(service.client.get("/v1/conversations/search?q=box&zzz=1"), 422)["detail"]
    )


def test_what_is_wrong_is_said_without_words_of_python(service):
    number = b'{"messages": [{"speaker": "customer", "text": "a", "at": ' + b"9" * 5000 + b"}]}"
    headers = {"Content-Type": "application/json"}
    body = problem(service.client.post("/v1/conversations", content=number, headers=headers), 422)
    assert body["detail"] == "the body holds a number with thousands of digits"
    answer = service.client.post("/v1/knowledge/documents", files={"files": (None, "text")})
    assert problem(answer, 422)["errors"][0]["detail"] == "files.0: expected a file, with its name"


def test_a_parameter_that_counts_once_is_refused_when_it_comes_twice(service):
    body = problem(service.client.get("/v1/conversations?status=done&status=failed"), 422)
    assert body["errors"] == [
        {"detail": "status: given 2 times, expected once", "parameter": "status"}
    ]
    for by in ("by=channel", "by=channel&by=queue"):  # which may be repeated
        assert "times" not in service.client.get(f"/v1/kpi?{by}").text


def test_the_documentation_asks_no_other_host(service):
    page = service.client.get("/docs")
    assert page.status_code == 200
    assert "http://" not in page.text
    assert "https://" not in page.text
    for path in ("/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css"):
        assert path in page.text
        assert len(service.client.get(path).content) > 10_000


def test_answers_stay_out_of_caches(service):
    answer = service.client.get("/v1/conversations")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_many_uploads_at_once_are_all_accepted(service, wav_bytes):
    contents = [wav_bytes(tone=tone, seconds=0.1) for tone in range(4)]
    ids: list[str] = []

    def send(number: int) -> None:
        ids.append(upload(service, "a.wav", contents[number % 4]).json()["id"])

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 8
    for one in ids:
        assert service.wait_for(one, seconds=60)["status"] == "done"

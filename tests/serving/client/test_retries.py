"""A request is sent again when that may help, and never when it may be done twice."""

from __future__ import annotations

import time

import pytest

from conversation.errors import TooManyRequests, Unavailable
from serving.client import EntenduClient

JOB = b'{"id": "j", "kind": "process", "state": "done", "progress": 1, "attempts": 1}'
ACCEPTED = b'{"id": "c", "status": "queued"}'
BUSY = (503, {}, b"")


def test_a_busy_service_is_asked_again(scripted, hurried):
    scripted.answers += [BUSY, (429, {}, b""), (200, {}, JOB)]
    with EntenduClient(scripted.url, retries=hurried) as client:
        assert client.job("j").state == "done"
    assert len(scripted.got) == 3


def test_retry_after_is_waited_for(scripted, hurried):
    scripted.answers += [(429, {"retry-after": "1"}, b""), (200, {}, JOB)]
    began = time.monotonic()
    with EntenduClient(scripted.url, retries=hurried) as client:
        client.job("j")
    assert time.monotonic() - began >= 1.0


def test_a_wait_that_is_too_long_is_the_callers_to_decide(scripted, hurried):
    scripted.answers += [(429, {"retry-after": "3600"}, b"")]
    with EntenduClient(scripted.url, retries=hurried) as client, pytest.raises(TooManyRequests):
        client.job("j")
    assert len(scripted.got) == 1


def test_after_the_last_try_the_error_is_raised(scripted, hurried):
    scripted.answers += [BUSY] * 10
    with EntenduClient(scripted.url, retries=hurried) as client, pytest.raises(Unavailable):
        client.job("j")
    assert len(scripted.got) == hurried.attempts


def test_a_change_without_a_key_is_not_sent_again_when_it_may_have_been_done(scripted, hurried):
    scripted.answers += [(502, {}, b""), (200, {}, JOB)]
    with EntenduClient(scripted.url, retries=hurried) as client, pytest.raises(Unavailable):
        client.cancel("j")
    assert len(scripted.got) == 1


def test_an_upload_is_sent_again_whole_under_the_same_key(scripted, hurried, tmp_path):
    path = tmp_path / "call.wav"
    path.write_bytes(b"RIFF" + bytes(200_000))
    scripted.answers += [(502, {}, b""), BUSY, (202, {}, ACCEPTED)]
    with EntenduClient(scripted.url, retries=hurried) as client:
        assert client.send(path, queue="é").id == "c"
    keys = {headers["idempotency-key"] for _, _, headers, _ in scripted.got}
    assert len(keys) == 1
    assert keys.pop().startswith('"')
    assert all(path.read_bytes() in body for *_, body in scripted.got)
    assert all(len(body) == int(headers["content-length"]) for _, _, headers, body in scripted.got)


def test_a_connection_that_breaks_is_no_reason_to_give_up_reading(scripted, hurried):
    import socket
    import threading

    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"

    def break_then_answer():
        first, _ = listening.accept()
        first.recv(65536)
        first.close()
        second, _ = listening.accept()
        second.recv(65536)
        second.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(JOB) + JOB)
        second.close()

    thread = threading.Thread(target=break_then_answer, daemon=True)
    thread.start()
    with EntenduClient(url, retries=hurried) as client:
        assert client.job("j").state == "done"
    thread.join(5)
    listening.close()

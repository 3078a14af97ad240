"""Jobs over HTTP: lists, stages, cancelling, another try, and events while they go on."""

from __future__ import annotations

import json
import threading
import time

import pytest

from serving.access.key_values import KeyRequest


def job_of(service, conversation_id: str) -> dict:
    query = {"conversation_id": conversation_id}
    (job,) = service.client.get("/v1/jobs", params=query).json()["data"]
    return job


def wait_for_job(service, job_id: str, *states: str) -> dict:
    for _ in range(1000):
        job = service.client.get(f"/v1/jobs/{job_id}").json()
        if job["state"] in states:
            return job
        threading.Event().wait(0.02)
    raise AssertionError(job)


@pytest.fixture
def waiting(service):
    """A conversation whose analysis waits to be let go on."""
    service.pipeline.begun.clear()
    service.pipeline.go_on.clear()
    one = service.send_chat("WAIT")
    assert service.pipeline.begun.wait(20)
    yield one
    service.pipeline.go_on.set()


def test_an_upload_says_where_its_job_is(service):
    answer = service.client.post(
        "/v1/conversations", json={"messages": [{"speaker": "customer", "text": "Bonjour"}]}
    )
    (job,) = service.client.get(answer.json()["links"]["jobs"]).json()["data"]
    assert job["conversation_id"] == answer.json()["id"]
    done = wait_for_job(service, job["id"], "done")
    assert done["progress"] == 1
    assert done["stage"] == "index"
    assert done["finished_at"] >= done["created_at"]
    assert done["links"]["conversation"] == answer.json()["links"]["self"]


def test_a_running_job_names_its_stage(service, waiting):
    job = job_of(service, waiting)
    assert job["state"] == "running"
    deadline = time.monotonic() + 10
    while job["stage"] != "understand":  # the stages before took no time and are kept in a moment
        assert time.monotonic() < deadline, job
        time.sleep(0.02)
        job = job_of(service, waiting)
    assert 0 < job["progress"] < 1


def test_a_cancelled_job_can_be_tried_again(service, waiting, problem):
    job = job_of(service, waiting)
    cancelled = service.client.post(f"/v1/jobs/{job['id']}/cancel").json()
    assert cancelled["state"] == "cancelled"
    problem(service.client.post(f"/v1/jobs/{job['id']}/cancel"), 409)
    service.pipeline.go_on.set()
    assert service.client.post(f"/v1/jobs/{job['id']}/retry").json()["state"] == "queued"
    assert wait_for_job(service, job["id"], "done")
    problem(service.client.post(f"/v1/jobs/{job['id']}/retry"), 409)


def test_a_job_that_changed_is_not_cancelled_by_somebody_who_did_not_see_it(
    service, waiting, problem
):
    path = f"/v1/jobs/{job_of(service, waiting)['id']}"
    problem(service.client.post(f"{path}/cancel", headers={"If-Match": '"before"'}), 412)
    tag = service.client.get(path).headers["etag"]
    assert service.client.post(f"{path}/cancel", headers={"If-Match": tag}).status_code == 200


def test_a_job_that_failed_says_why(service):
    one = service.send_chat("BROKEN")
    job = wait_for_job(service, job_of(service, one)["id"], "failed", "dead")
    assert job["error"]["detail"] == "the fake cannot read this"


def test_events_follow_a_job_to_its_end(service, waiting):
    path = job_of(service, waiting)["links"]["events"]
    events: list[tuple[str, dict]] = []
    with service.client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        kind = ""
        for line in answer.iter_lines():
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: "):
                events.append((kind, json.loads(line.removeprefix("data: "))))
                service.pipeline.go_on.set()
    assert events[0][0] == "progress"
    assert events[0][1]["state"] == "running"
    assert events[-1][0] == "end"
    assert events[-1][1]["state"] == "done"
    shares = [job["progress"] for _, job in events]
    assert shares == sorted(shares)


def test_events_end_soon_after_the_key_that_asked_for_them(service, waiting, monkeypatch):
    monkeypatch.setattr("serving.access.watch.CHECKED_EVERY_S", 0.05)
    path = job_of(service, waiting)["links"]["events"]
    keys = service.app.state.service.keys
    stored, secret = keys.create(KeyRequest(name="leaves", role="supervisor"))
    bearer = {"Authorization": f"Bearer {secret}"}
    lines = []
    with service.client.stream("GET", path, headers=bearer) as answer:
        for line in answer.iter_lines():
            if not lines:
                keys.revoke(stored.id)
            lines.append(line)
    assert lines[0] == "event: progress"
    assert lines[-3:-1] == ["event: error", lines[-2]]
    assert json.loads(lines[-2].removeprefix("data: "))["status"] == 401
    assert service.client.get(path.removesuffix("/events")).json()["state"] == "running"


def test_events_of_a_job_that_is_over_say_so_and_end(service):
    one = service.send_chat()
    service.wait_for(one)
    job = job_of(service, one)
    wait_for_job(service, job["id"], "done")
    text = service.client.get(job["links"]["events"]).text
    assert text.startswith("event: end\n")


def test_jobs_are_seen_by_those_who_see_the_conversation(service, problem):
    one = service.send_chat()
    job = job_of(service, one)
    with service.client_of("agent", agent_key="agent-18") as other:
        for part in ("", "/events"):
            problem(other.get(f"/v1/jobs/{job['id']}{part}"), 404)
        assert other.get("/v1/jobs").json()["data"] == []
        problem(other.post(f"/v1/jobs/{job['id']}/cancel"), 403)


def test_lists_of_jobs_are_walked_by_cursor_and_filtered(service):
    for number in range(4):
        service.send_chat(f"message {number}")
    found, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = service.client.get("/v1/jobs", params=query).json()
        found += [job["id"] for job in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) >= 4
    failed = service.client.get("/v1/jobs", params={"state": "failed"}).json()["data"]
    assert {job["state"] for job in failed} <= {"failed"}


@pytest.mark.parametrize("path", ["/v1/jobs/none", "/v1/jobs/none/events", "/v1/jobs/%00"])
def test_a_job_that_is_not_there_is_a_problem(service, problem, path):
    problem(service.client.get(path), 404)

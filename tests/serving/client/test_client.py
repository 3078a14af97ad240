"""The client against a running service."""

from __future__ import annotations

import csv
import json
import zipfile

import anyio
import pytest

from conversation.errors import (
    BadInput,
    Conflict,
    ConversationUnreadable,
    EntenduError,
    Forbidden,
    NotFound,
    ObjectionRecorded,
    Unauthenticated,
    Unavailable,
)
from serving.client import AsyncEntenduClient, EntenduClient, RetryPolicy

CHAT = {
    "messages": [
        {"speaker": "agent", "text": "Bonjour."},
        {"speaker": "customer", "text": "Ma box clignote en orange."},
    ]
}


@pytest.fixture
def client(service, admin_key):
    with EntenduClient(service.url, admin_key) as made:
        yield made


def test_what_is_sent_is_analysed_and_comes_back(client):
    accepted = client.send(CHAT, customer_key="c-1", queue="support")
    done = client.wait_for(accepted)
    assert (done.status, done.reason, done.score_100) == ("done", "panne", 75.0)
    assert done.analysis["conversation"]["turns"][1]["text"] == "Ma box clignote en orange."
    assert done.queue == "support"  # what the class does not name is there all the same
    client.erase(accepted.id)
    with pytest.raises(NotFound):
        client.conversation(accepted.id)


def test_a_file_is_sent_in_pieces_and_the_progress_told(client, wav_bytes, tmp_path):
    path = tmp_path / "appel du matin.wav"
    path.write_bytes(wav_bytes(seconds=20))
    seen = []
    accepted = client.send(path, progress=lambda sent, size: seen.append((sent, size)))
    size = path.stat().st_size
    assert seen[-1] == (size, size)
    assert len(seen) > 3
    assert [sent for sent, _ in seen] == sorted(sent for sent, _ in seen)
    assert client.wait_for(accepted).name == "appel du matin.wav"


def test_the_same_request_sent_again_is_stored_once(client):
    first = client.send(CHAT, idempotency_key="again-1")
    second = client.send(CHAT, idempotency_key="again-1")
    assert first.id == second.id


def test_lists_are_gone_through_page_by_page(client):
    made = {client.send(CHAT, queue="pages").id for _ in range(5)}
    for one in made:
        client.wait_for(one)
    found = [one.id for one in client.conversations(queue="pages", limit=2)]
    assert set(found) == made
    assert len(found) == 5


def test_what_was_said_is_found(client):
    made = client.wait_for(client.send({"messages": [
        {"speaker": "customer", "text": "Le technicien rocambolesque n'est pas venu."}
    ]}))  # fmt: skip
    found = list(client.search("rocambolesque", by="words"))
    assert made.id in json.dumps([one.model_dump(mode="json") for one in found])


def test_exports_and_reports_come_as_they_are(client, tmp_path):
    made = client.wait_for(client.send(CHAT, queue="exports"))
    assert b"clignote" in client.export(made.id, format="txt")
    size = client.export_table(tmp_path / "out.csv", queue="exports")
    assert size == (tmp_path / "out.csv").stat().st_size
    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert made.id in rows[0].values()
    assert list(tmp_path.iterdir()) == [tmp_path / "out.csv"]


def test_a_table_that_is_refused_leaves_no_file(client, tmp_path):
    with pytest.raises(BadInput):
        client.export_table(tmp_path / "out.csv", status="nonsense")
    with pytest.raises(BadInput):
        client.export_table(tmp_path / "out.xls", format="xls")
    assert list(tmp_path.iterdir()) == []


def test_jobs_are_listed_and_waited_for(client):
    accepted = client.send(CHAT)
    [job] = client.jobs(conversation_id=accepted.id)
    assert client.wait_for(job).state == "done"
    with pytest.raises(Conflict):
        client.retry(job.id)


def test_a_failure_is_raised_as_the_error_that_it_was(client):
    with pytest.raises(ConversationUnreadable, match="the fake cannot read this") as caught:
        client.wait_for(client.send({"messages": [{"speaker": "customer", "text": "BROKEN"}]}))
    assert caught.value.remedy == "send another"


def test_waiting_ends_when_the_time_is_over(client, service):
    service.pipeline.go_on.clear()
    accepted = client.send({"messages": [{"speaker": "customer", "text": "WAIT"}]})
    with pytest.raises(Conflict, match="not done"):
        client.wait_for(accepted, timeout_s=0.3)
    service.pipeline.go_on.set()
    client.wait_for(accepted)


def test_a_key_is_asked_for_and_a_role_may_not_do_everything(service):
    with EntenduClient(service.url) as nobody, pytest.raises(Unauthenticated):
        nobody.job("x")
    with service.client_of("agent", agent_key="a-1") as agent:
        key = agent.headers["authorization"].removeprefix("Bearer ")
    with EntenduClient(service.url, key) as agent, pytest.raises(Forbidden):
        agent.purge()


def test_an_objection_is_recorded_and_raised(client):
    entry = client.record_consent("objection", customer_key="c-objects")
    assert entry.erasure_id is not None
    with pytest.raises(ObjectionRecorded):
        client.send(CHAT, customer_key="c-objects")


def test_a_customer_is_exported_and_erased(client, tmp_path):
    client.wait_for(client.send(CHAT, customer_key="c-leaves"))
    client.export_subject("c-leaves", tmp_path / "data.zip")
    with zipfile.ZipFile(tmp_path / "data.zip") as archive:
        assert "subject.json" in archive.namelist()
    receipt = client.erase_customer("c-leaves")
    assert len(receipt.receipt["conversations"]) == 1


def test_any_other_route_can_be_called(client):
    assert client.call("get", "/v1/privacy/retention")["version"]
    with pytest.raises(NotFound):
        client.call("get", "/v1/nothing")


def test_a_service_that_is_not_there_is_said_to_be_away(hurried):
    with (
        EntenduClient("http://127.0.0.1:9", retries=hurried) as client,
        pytest.raises(Unavailable, match="does not answer"),
    ):
        client.job("x")


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(BadInput):
        EntenduClient(url)


@pytest.mark.parametrize("key", ["a b", "é", "a\n"])
def test_a_key_that_no_key_looks_like_is_refused(key):
    with pytest.raises(BadInput):
        EntenduClient(key=key)


def test_ids_that_would_change_the_path_are_refused_or_written_so_that_they_do_not(client):
    for one in ("", ".", ".."):
        with pytest.raises(BadInput):
            client.job(one)
    with pytest.raises(NotFound):
        client.job("../keys")


def test_the_asynchronous_client_does_the_same(service, admin_key, wav_bytes, tmp_path):
    path = tmp_path / "call.wav"
    path.write_bytes(wav_bytes(seconds=2))

    async def main():
        async with AsyncEntenduClient(service.url, admin_key) as client:
            seen = []
            accepted = [
                await client.send(CHAT, queue="async"),
                await client.send(path, progress=lambda *at: seen.append(at), queue="async"),
            ]
            for one in accepted:
                assert (await client.wait_for(one)).status == "done"
            assert seen[-1][0] == seen[-1][1]
            listed = [one.id async for one in client.conversations(queue="async", limit=1)]
            assert set(listed) == {one.id for one in accepted}
            assert await client.export_table(tmp_path / "a.csv", queue="async") > 0
            with pytest.raises(NotFound):
                await client.conversation("nothing")
            await client.erase(accepted[0].id)

    anyio.run(main)


def test_both_clients_have_the_same_methods():
    def methods(kind):
        return {name for name in vars(kind) if not name.startswith("_")}

    assert methods(EntenduClient) == methods(AsyncEntenduClient)


def test_every_error_of_the_tree_survives_the_way_over_http():
    from conversation import errors
    from serving.client.failures import error_of
    from serving.problems import problem_of

    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, EntenduError)
    ]
    assert len(kinds) > 20
    for kind in kinds:
        problem = problem_of(kind("what was got", remedy="what to do"))
        back = error_of(problem.status, json.dumps(problem.as_json()).encode())
        assert (type(back), back.message, back.remedy) == (kind, "what was got", "what to do")


def test_what_a_proxy_answers_is_an_error_of_the_tree_too(scripted):
    scripted.answers += [(502, {}, b"<html>Bad Gateway</html>"), (413, {}, b"")]
    with EntenduClient(scripted.url, retries=RetryPolicy(attempts=1)) as client:
        with pytest.raises(Unavailable):
            client.job("x")
        with pytest.raises(BadInput):
            client.job("x")


def test_an_answer_of_something_else_is_no_traceback(scripted):
    scripted.answers += [(200, {}, b"<html>hello</html>")]
    with (
        EntenduClient(scripted.url) as client,
        pytest.raises(EntenduError, match="not as expected"),
    ):
        client.job("x")

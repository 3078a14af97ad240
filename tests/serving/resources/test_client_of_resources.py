"""The typed client on the routes of knowledge, bot and reviews, over real HTTP."""

from __future__ import annotations

import anyio
import pytest

from conversation.errors import ChangedMeanwhile, Conflict, EntenduError, Forbidden, NotFound
from serving.client import AsyncEntenduClient, EntenduClient

QUESTION = "Comment rendre ma box ?"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk, small_kb):
    desk = start_desk(tmp_path_factory.mktemp("client") / "data", kb=small_kb)
    yield desk
    desk.close()
    desk.running.stop()


def key_of(desk, role, **more):
    return desk.client(role, **more).headers["authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def client(desk):
    with EntenduClient(desk.running.url, key_of(desk, "supervisor")) as made:
        yield made


@pytest.fixture(scope="module")
def customer(desk):
    with EntenduClient(desk.running.url, key_of(desk, "customer", customer_key="c-1")) as made:
        yield made


def test_a_question_is_answered_with_its_source(client):
    found = client.ask(QUESTION)
    assert found.decline is None
    assert found.answer["outcome"] == "answered"
    assert "box" in found.answer["citation"]["quote"].casefold()


def test_a_question_that_nothing_answers_is_declined(client):
    found = client.ask("Quelle est la capitale de la Mongolie ?")
    assert found.decline


def test_passages_are_found_and_no_more_than_asked_for(client):
    found = client.search_knowledge(QUESTION, limit=2)
    assert 1 <= len(found) <= 2


def test_the_bot_is_talked_to_and_hears_a_repeated_message_once(customer):
    session = customer.open_bot(language="fr")
    assert session.actions[0]["text"]
    reply = customer.say(session.id, QUESTION, event_id="m-1")
    assert reply.session_id == session.id
    assert "box" in reply.text.casefold()
    assert customer.say(session.id, QUESTION, event_id="m-1") == reply
    with pytest.raises(Conflict):
        customer.say(session.id, "Autre chose", event_id="m-1")
    assert customer.close_bot(session.id).id == session.id
    with pytest.raises(EntenduError):
        customer.say(session.id, "Encore une question")
    with pytest.raises(NotFound):
        customer.close_bot("none")


def test_the_queue_of_reviews_is_gone_through_page_by_page(client, desk):
    given = {desk.conversation() for _ in range(3)}
    body = {"conversation_ids": sorted(given), "analysts": [{"key": desk.id_of(desk.admin)}]}
    assert desk.admin.post("/v1/assignments", json=body).status_code == 201
    found = list(client.reviews(whose="all", state="open", limit=1))
    assert given <= {one.conversation_id for one in found}
    assert {one.state for one in found} == {"to_do"}


def test_a_draft_is_read_confirmed_and_only_by_who_saw_the_last_of_it(client, customer, desk):
    conversation = desk.conversation()
    before = client.evaluations(conversation)
    assert before.conversation_id == conversation
    assert before.data[0]["review"] is None
    item = next(
        one["id"] for one in before.data[0]["automatic"]["items"]
        if one["status"] == "scored" and one["points"]
    )  # fmt: skip
    confirmed = {"kind": "confirmed", "item": item}
    assert client.review(conversation, confirmed, id="e-1", expected_events=0).is_new
    assert not client.review(conversation, confirmed, id="e-1").is_new  # sent again
    after = client.evaluations(conversation)
    assert after.data[0]["review"]["events"] >= 1
    with pytest.raises(ChangedMeanwhile):
        client.review(conversation, confirmed, id="e-2", expected_events=99)
    with pytest.raises(Forbidden):
        customer.evaluations(conversation)


def test_the_asynchronous_client_does_the_same(desk):
    conversation = desk.conversation()
    supervisor = key_of(desk, "supervisor")
    visitor = key_of(desk, "customer", customer_key="c-2")

    async def everything():
        async with AsyncEntenduClient(desk.running.url, supervisor) as client:
            answer = await client.ask(QUESTION)
            passages = await client.search_knowledge(QUESTION, limit=1)
            evaluations = await client.evaluations(conversation)
            item = next(
                one["id"] for one in evaluations.data[0]["automatic"]["items"]
                if one["status"] == "scored" and one["points"]
            )  # fmt: skip
            await client.review(conversation, {"kind": "confirmed", "item": item})
            reviewed = await client.evaluations(conversation)
        async with AsyncEntenduClient(desk.running.url, visitor) as client:
            session = await client.open_bot(language="fr")
            reply = await client.say(session.id, QUESTION)
            closed = await client.close_bot(session.id)
        return answer, passages, reviewed, reply, closed

    answer, passages, reviewed, reply, closed = anyio.run(everything)
    assert answer.answer["outcome"] == "answered"
    assert len(passages) == 1
    assert reviewed.data[0]["review"]["events"] >= 1
    assert "box" in reply.text.casefold()
    assert closed.id == reply.session_id

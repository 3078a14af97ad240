"""The bot over HTTP: it says what it is, answers with sources, hands over, and forgets nothing."""

from __future__ import annotations

import json
import re
import threading

import pytest

SESSIONS = "/v1/bot/sessions"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk, small_kb):
    desk = start_desk(tmp_path_factory.mktemp("bot") / "data", kb=small_kb)
    yield desk
    desk.close()
    desk.running.stop()


@pytest.fixture(scope="module")
def customer(desk):
    return desk.client("customer", customer_key="c-1")


def opened(client, **more):
    answer = client.post(SESSIONS, json=more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def said(client, session, text, **more):
    answer = client.post(f"{SESSIONS}/{session}/messages", json={"text": text} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def words(reply):
    return " ".join(one["text"] for one in reply["actions"] if one["kind"] == "say")


def test_the_first_sentence_says_that_it_is_an_assistant(customer):
    for language, word in (("fr", "assistant"), ("en", "assistant")):
        session = opened(customer, language=language)
        first = session["actions"][0]["text"].partition(".")[0].casefold()
        assert word in first
        assert session["turns"][0]["speaker"] == "bot"


def test_an_answer_cites_its_article(customer):
    session = opened(customer)["id"]
    reply = said(customer, session, "Comment rendre ma box ?")
    answers = [one for one in reply["actions"] if one["kind"] == "say" and one["citations"]]
    assert answers, reply
    assert "box" in answers[0]["citations"][0]["quote"]
    assert reply["state"] == "answering"
    assert not reply["muted"]


def test_a_message_that_is_sent_again_gets_the_same_reply_and_counts_once(customer):
    session = opened(customer)["id"]
    first = said(customer, session, "Comment rendre ma box ?", id="m-1")
    assert said(customer, session, "Comment rendre ma box ?", id="m-1") == first
    turns = customer.get(f"{SESSIONS}/{session}").json()["turns"]
    assert sum(turn["speaker"] == "customer" for turn in turns) == 1
    other = customer.post(f"{SESSIONS}/{session}/messages", json={"id": "m-1", "text": "Autre"})
    assert other.status_code == 409


def test_the_same_message_sent_at_once_is_answered_once(customer, desk):
    session = opened(customer)["id"]
    replies = []

    def send():
        replies.append(said(customer, session, "Comment rendre ma box ?", id="m-1"))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len(replies) == 4
    assert all(reply == replies[0] for reply in replies)
    assert replies[0]["version"] == 2


def test_a_person_who_is_asked_for_gets_a_packet_and_the_bot_goes_silent(customer, desk):
    session = opened(customer)["id"]
    reply = said(customer, session, "Je veux parler à un conseiller s'il vous plaît")
    assert [one["kind"] for one in reply["actions"]][-1] == "hand_over"
    assert reply["state"] == "handing_over"

    assert customer.get(f"{SESSIONS}/{session}/hand-over").status_code == 404
    agent = desk.client("agent", agent_key="a-1")
    packet = agent.get(f"{SESSIONS}/{session}/hand-over").json()
    assert packet["trigger"] == "asked"
    assert packet["transcript"] == f"{SESSIONS}/{session}"
    waiting = agent.get(SESSIONS, params={"state": "handing_over"}).json()["data"]
    assert session in [one["id"] for one in waiting]

    events = f"{SESSIONS}/{session}/events"
    assert customer.post(events, json={"kind": "human_joined"}).status_code == 403
    assert agent.post(events, json={"kind": "human_joined"}).json()["muted"]
    silent = said(customer, session, "Comment rendre ma box ?")
    assert silent["actions"] == []
    assert silent["state"] == "with_human"
    back = agent.post(events, json={"kind": "given_back"}).json()
    assert back["actions"]
    assert not back["muted"]


def test_the_answer_is_streamed_as_server_sent_events(customer):
    session = opened(customer)["id"]
    with customer.stream(
        "POST",
        f"{SESSIONS}/{session}/messages",
        json={"text": "Comment rendre ma box ?"},
        headers={"Accept": "text/event-stream"},
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        blocks = [block for block in "".join(answer.iter_text()).split("\n\n") if block]
    events = [
        (block.split("\n")[0].removeprefix("event: "), json.loads(block.split("data: ", 1)[1]))
        for block in blocks
    ]
    done = events[-1][1]
    assert events[-1][0] == "done"
    for number, action in enumerate(done["actions"]):
        deltas = [data["text"] for kind, data in events if kind == "delta"
                  and data["action"] == number]  # fmt: skip
        if action["kind"] == "say":
            assert "".join("".join(deltas).split()) == "".join(action["text"].split())


def test_card_numbers_never_reach_the_database(customer, desk):
    session = opened(customer)["id"]
    said(customer, session, "Ma carte est la 4970 1012 3456 7893, pouvez-vous m'aider ?")
    turns = customer.get(f"{SESSIONS}/{session}").json()["turns"]
    assert not re.search(r"\b4970\b", str(turns))
    files = [file for file in desk.running.settings.data_dir.rglob("*") if file.is_file()]
    assert not [file for file in files if b"4970 1012" in file.read_bytes()]


def test_agents_see_the_conversations_in_which_a_person_was_asked_for(customer, desk):
    session = opened(customer)["id"]
    agent, supervisor = desk.client("agent", agent_key="a-1"), desk.client("supervisor")
    assert agent.get(f"{SESSIONS}/{session}").status_code == 404
    assert supervisor.get(f"{SESSIONS}/{session}").status_code == 200
    said(customer, session, "Je veux parler à un conseiller")
    assert agent.get(f"{SESSIONS}/{session}").status_code == 200
    mine = opened(agent)["id"]
    assert agent.get(f"{SESSIONS}/{mine}").status_code == 200


def test_nobody_sees_the_conversations_of_others(customer, desk):
    session = opened(customer)["id"]
    stranger = desk.client("customer", customer_key="c-2")
    for answer in (
        stranger.get(f"{SESSIONS}/{session}"),
        stranger.post(f"{SESSIONS}/{session}/messages", json={"text": "Bonjour"}),
        stranger.post(f"{SESSIONS}/{session}/close"),
        stranger.put(f"{SESSIONS}/{session}/satisfaction", json={"score": 1}),
    ):
        assert answer.status_code == 404
    other_team = desk.client("supervisor", team="lyon")
    assert other_team.get(f"{SESSIONS}/{session}").status_code == 404
    assert [one["id"] for one in stranger.get(SESSIONS).json()["data"]] == []


def test_a_customer_cannot_say_who_they_are(customer):
    given = {"key": "somebody-else", "authentication": "authenticated", "facts": ["VIP"]}
    session = opened(customer, customer=given)["id"]
    packet = said(customer, session, "Je veux parler à un conseiller")["actions"][-1]["packet"]
    assert packet["customer"]["key"] == "c-1"
    assert packet["customer"]["authentication"] == "none"
    assert packet["customer"]["facts"] == []


def test_a_closed_conversation_is_over_and_can_be_rated(customer):
    session = opened(customer)["id"]
    assert customer.post(f"{SESSIONS}/{session}/close").json()["state"] == "closed"
    assert customer.post(f"{SESSIONS}/{session}/close").status_code == 200
    late = customer.post(f"{SESSIONS}/{session}/messages", json={"text": "Encore ?"})
    assert late.status_code == 409
    rated = customer.put(
        f"{SESSIONS}/{session}/satisfaction",
        json={"score": 4, "remark": "Carte 4970 1012 3456 7893, merci"},
    )
    assert rated.json()["satisfaction"] == 4
    assert "4970" not in customer.get(f"{SESSIONS}/{session}").json()["remark"]
    wrong = customer.put(f"{SESSIONS}/{session}/satisfaction", json={"score": 6})
    assert wrong.status_code == 422


def test_lists_go_page_by_page(customer):
    for _ in range(3):
        opened(customer)
    seen, cursor = [], None
    while True:
        page = customer.get(SESSIONS, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [one["id"] for one in page.json()["data"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) >= 3
    assert customer.get(SESSIONS, params={"cursor": "nonsense"}).status_code == 422

"""The assistant beside an agent, over HTTP."""

from __future__ import annotations

import re

import pytest

ASSIST = "/v1/assist"
ASKED = {"speaker": "customer", "text": "Quelle remise après une coupure de 48 heures ?"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, start_desk, small_kb):
    desk = start_desk(tmp_path_factory.mktemp("assist") / "data", kb=small_kb)
    yield desk
    desk.close()
    desk.running.stop()


@pytest.fixture(scope="module")
def agent(desk):
    return desk.client("agent", agent_key="a-1")


def hear(client, session, *turns, **more):
    answer = client.post(f"{ASSIST}/sessions/{session}/turns", json={"turns": list(turns)} | more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def passage(answer):
    return None if answer["card"] is None else answer["card"]["citation"]["passage_id"]


def followed(client):
    return client.post(f"{ASSIST}/sessions", json={}).json()["id"]


def test_a_question_gets_one_card_with_its_source(agent):
    turns = [{"speaker": "agent", "text": "Bonjour, je vous écoute."}, ASKED]
    answer = agent.post(ASSIST, json={"turns": turns, "language": "fr"}).json()
    assert answer["reason"] == "shown"
    assert "15 euros" in answer["card"]["text"]
    assert answer["card"]["citation"]["document"].endswith("remise-coupure-internet.md")
    assert answer["needs"] == [ASKED["text"]]


@pytest.mark.parametrize(
    ("turn", "reason"),
    [
        ({"speaker": "customer", "text": "D'accord, merci."}, "no_need"),
        ({"speaker": "agent", "text": "Comment rendre ma box ?"}, "no_need"),
        ({"speaker": "customer", "text": "Qui a gagné le match hier soir ?"}, "not_sure"),
    ],
)
def test_most_moments_get_no_card_and_a_reason(agent, turn, reason):
    answer = agent.post(ASSIST, json={"turns": [turn]}).json()
    assert answer["card"] is None
    assert answer["reason"] in (reason, "no_need")


def test_a_card_that_says_what_the_agent_has_just_said_is_held_back(agent):
    card = agent.post(ASSIST, json={"turns": [ASKED]}).json()["card"]
    turns = [{"speaker": "agent", "text": card["text"]}, ASKED]
    answer = agent.post(ASSIST, json={"turns": turns}).json()
    assert answer["card"] is None
    assert [one["reason"] for one in answer["held_back"]] == ["already_said"]


def test_no_card_comes_twice_in_a_session(agent):
    session = followed(agent)
    first = passage(hear(agent, session, ASKED, at_s=10))
    assert first is not None
    assert passage(hear(agent, session, ASKED, at_s=60)) != first
    assert agent.get(f"{ASSIST}/sessions/{session}").json()["heard"] == 2


def test_a_dismissed_card_does_not_come_back_and_the_thumb_is_kept(agent):
    session = followed(agent)
    shown = hear(agent, session, ASKED, at_s=10)
    card = shown["card"]
    path = f"{ASSIST}/sessions/{session}/cards/{card['id']}/feedback"
    kept = agent.post(path, json={"judgement": "dismissed"}).json()
    assert [one["kind"] for one in kept["events"]] == ["shown", "dismissed"]
    assert passage(hear(agent, session, ASKED, at_s=5000)) != passage(shown)
    unknown = agent.post(
        f"{ASSIST}/sessions/{session}/cards/nothing/feedback", json={"judgement": "up"}
    )
    assert unknown.status_code == 404


def test_a_muted_session_shows_nothing(agent):
    session = followed(agent)
    path = f"{ASSIST}/sessions/{session}/mute"
    assert agent.put(path, json={"muted": True}).json()["muted"]
    held = hear(agent, session, ASKED, at_s=10)
    assert held["card"] is None
    assert [one["reason"] for one in held["held_back"]] == ["muted"]
    assert not agent.put(path, json={"muted": False}).json()["muted"]
    assert hear(agent, session, ASKED, at_s=20)["card"] is not None


def test_only_a_conversation_that_may_be_seen_is_followed(agent, desk):
    own, other = desk.conversation(), desk.conversation(agent_key="a-2")
    for conversation_id, status in ((own, 201), (other, 404), ("nowhere", 404)):
        asked = {"conversation_id": conversation_id}
        assert agent.post(f"{ASSIST}/sessions", json=asked).status_code == status


def test_a_session_is_its_agents_own_and_can_be_forgotten(agent, desk):
    session = followed(agent)
    other = desk.client("agent", agent_key="a-2")
    assert other.get(f"{ASSIST}/sessions/{session}").status_code == 404
    assert other.delete(f"{ASSIST}/sessions/{session}").status_code == 404
    assert agent.delete(f"{ASSIST}/sessions/{session}").status_code == 204
    assert agent.get(f"{ASSIST}/sessions/{session}").status_code == 404


def test_card_numbers_are_not_kept(agent, desk):
    session = followed(agent)
    turn = {"speaker": "customer", "text": f"{ASKED['text']} Ma carte : 4970 1012 3456 7893."}
    hear(agent, session, turn, at_s=10)
    assert not re.search(r"\b4970\b", agent.get(f"{ASSIST}/sessions/{session}").text)


def test_customers_have_no_assistant_and_empty_requests_are_refused(desk, agent):
    with desk.running.client_of("customer") as customer:
        assert customer.post(ASSIST, json={"turns": [ASKED]}).status_code == 403
    assert agent.post(ASSIST, json={"turns": []}).status_code == 422
    assert agent.post(ASSIST, json={"turns": [ASKED] * 17}).status_code == 422

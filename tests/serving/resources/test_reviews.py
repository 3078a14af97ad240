"""Samples, assignments and blind sessions over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def analysts(desk):
    return [desk.client("analyst") for _ in range(2)]


@pytest.fixture(scope="module")
def keys(desk, analysts):
    return [desk.id_of(one) for one in analysts]


def test_an_analyst_sees_what_was_assigned_and_it_is_shared_out_evenly(desk, analysts, keys):
    conversations = [desk.conversation(agent_key=f"a-{n}") for n in range(4)]
    assert analysts[0].get(f"/v1/conversations/{conversations[0]}").status_code == 404
    body = {
        "conversation_ids": conversations,
        "analysts": [{"key": key} for key in keys],
        "seed": 7,
    }
    made = desk.admin.post("/v1/assignments", json=body)
    assert made.status_code == 201, made.text
    given = [one["assignee"] for one in made.json()["data"]]
    assert sorted(given) == sorted(keys * 2)
    mine = analysts[0].get("/v1/assignments").json()["data"]
    assert {one["assignee"] for one in mine} == {keys[0]}
    assert analysts[0].get(f"/v1/evaluations/{mine[0]['conversation_id']}").status_code == 200


def test_nobody_reviews_their_own_contacts(desk, keys):
    conversation = desk.conversation(agent_key="a-9")
    body = {"conversation_ids": [conversation], "analysts": [{"key": "a-9"}]}
    assert desk.admin.post("/v1/assignments", json=body).status_code == 422
    body["analysts"] = [{"key": keys[0], "not_agents": ["a-9"]}]
    assert desk.admin.post("/v1/assignments", json=body).status_code == 422
    body["analysts"] = [{"key": keys[0]}, {"key": keys[0]}]
    assert desk.admin.post("/v1/assignments", json=body).status_code == 422


def test_a_sample_is_drawn_by_the_rule_and_marks_what_it_drew(desk, analysts, sampling_rule):
    for n in range(3):
        desk.conversation(agent_key=f"b-{n}")
    drawn = desk.admin.post("/v1/samples", json={"rule": sampling_rule})
    assert drawn.status_code == 201, drawn.text
    sample = drawn.json()["sample"]
    assert sample["contacts"]
    for one in sample["contacts"]:
        assert 0 < one["probability"] <= 1
        assert desk.admin.get(f"/v1/conversations/{one['id']}").status_code == 200
        assert analysts[0].get(f"/v1/conversations/{one['id']}").status_code == 200
    again = desk.admin.post("/v1/samples", json={"rule": sampling_rule}).json()["sample"]
    assert [one["id"] for one in again["contacts"]] == [one["id"] for one in sample["contacts"]]
    listed = desk.admin.get("/v1/samples", params={"limit": 1}).json()
    assert listed["data"][0]["sample"] == again
    rest = desk.admin.get("/v1/samples", params={"cursor": listed["next_cursor"]}).json()
    assert drawn.json()["id"] in [one["id"] for one in rest["data"]]
    assert analysts[0].get(f"/v1/samples/{drawn.json()['id']}").json() == drawn.json()


def test_without_a_rule_nobody_is_drawn(desk, analysts, sampling_rule):
    assert desk.admin.post("/v1/samples", json={}).status_code == 422
    assert desk.admin.post("/v1/samples", json={"rule": "seed: ["}).status_code == 422
    assert desk.admin.post("/v1/samples", json={"rule": "name: x"}).status_code == 422
    asked = {"rule": sampling_rule, "until": "2001-01-01T00:00:00Z"}
    assert desk.admin.post("/v1/samples", json=asked).status_code == 422
    assert analysts[0].post("/v1/samples", json={"rule": sampling_rule}).status_code == 403


def test_a_blind_session_hides_every_answer_until_all_have_scored(desk, analysts, keys):
    conversation = desk.conversation()
    body = {"scorecard": "inbound", "conversation_ids": [conversation], "raters": keys}
    opened = desk.admin.post("/v1/calibrations", json=body)
    assert opened.status_code == 201, opened.text
    session = opened.json()
    path = f"/v1/calibrations/{session['id']}"
    assert session["answers"] == {}
    assert session["comparison"] is None

    desk.admin.post(
        "/v1/assignments",
        json={"conversation_ids": [conversation], "analysts": [{"key": keys[0]}]},
    )
    blind = analysts[0].get(f"/v1/evaluations/{conversation}")
    assert blind.status_code == 409  # no machine's answer before one's own
    draft = f"/v1/conversations/{conversation}/evaluation"
    assert analysts[0].get(draft).status_code == 409

    answers = dict.fromkeys(session["items"], 1)
    scored = {"kind": "session_scored", "conversation_id": conversation, "answers": answers}
    first = analysts[0].post(f"{path}/events", json=scored)
    assert first.status_code == 201, first.text
    assert list(first.json()["answers"]) == [keys[0]]
    assert analysts[1].get(path).json()["answers"] == {}
    assert desk.admin.get(path).json()["answers"] == {}
    assert analysts[0].post(f"{path}/events", json=scored).status_code == 409

    analysts[1].post(f"{path}/events", json=scored | {"answers": answers | {
        session["items"][0]: 0.5}})  # fmt: skip
    shown = desk.admin.get(path).json()
    assert shown["revealed"]
    assert len(shown["comparison"]) == len(session["items"])
    assert shown["comparison"][0]["raters"] == {keys[0]: 1, keys[1]: 0.5}
    assert analysts[0].get(f"/v1/evaluations/{conversation}").status_code == 200
    assert analysts[0].get(draft).status_code == 200

    agreed = {
        "kind": "session_reconciled", "conversation_id": conversation,
        "item": session["items"][0], "answer": 1, "reason": "Le nom suffit.",
    }  # fmt: skip
    reconciled = analysts[0].post(f"{path}/events", json=agreed).json()
    assert reconciled["comparison"][0]["reconciled"] == 1
    report = desk.admin.get("/v1/evaluations/agreement").json()
    assert report["questions"][0]["doubly_scored"] == 1


def test_a_rater_who_cannot_go_on_is_excused_by_a_reviewer(desk, analysts, keys):
    conversation = desk.conversation()
    body = {"scorecard": "inbound", "conversation_ids": [conversation], "raters": keys}
    path = f"/v1/calibrations/{desk.admin.post('/v1/calibrations', json=body).json()['id']}"
    excuse = {"kind": "session_excused", "rater": keys[1], "reason": "Absent."}
    assert analysts[0].post(f"{path}/events", json=excuse).status_code == 409
    assert desk.admin.post(f"{path}/events", json=excuse).json()["excused"] == [keys[1]]
    assert path.rpartition("/")[2] in [
        one["id"] for one in desk.admin.get("/v1/calibrations").json()["data"]
    ]
    assert desk.admin.get("/v1/calibrations/nothing").status_code == 404


def test_erasing_a_conversation_takes_its_name_out_of_blind_sessions(desk, analysts, keys):
    conversation = desk.conversation()
    body = {"scorecard": "inbound", "conversation_ids": [conversation], "raters": keys}
    session = desk.admin.post("/v1/calibrations", json=body).json()["id"]
    assert desk.admin.delete(f"/v1/conversations/{conversation}").status_code in (200, 204)
    left = desk.admin.get(f"/v1/calibrations/{session}").json()
    assert left["conversation_ids"] != [conversation]
    assert left["conversation_ids"][0].startswith("erased-")

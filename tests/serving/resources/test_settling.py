"""Contests, what is shared and what stands behind agreement, over HTTP."""

from __future__ import annotations

import json

import pytest

from serving.webhooks import EVENT_KINDS

EVALUATIONS = "/v1/evaluations"


@pytest.fixture(scope="module")
def people(desk):
    """Clients by role."""
    return {
        "analyst": desk.client("analyst"),
        "second": desk.client("analyst"),
        "supervisor": desk.client("supervisor"),
        "agent": desk.client("agent", agent_key="a-1"),
        "other": desk.client("agent", agent_key="a-2"),
    }


@pytest.fixture
def shared(desk, people):
    """A conversation with one corrected answer that its agent may see, and the question."""
    conversation = desk.conversation()
    analyst = desk.id_of(people["analyst"])
    body = {"conversation_ids": [conversation], "analysts": [{"key": analyst}]}
    assert desk.admin.post("/v1/assignments", json=body).status_code == 201
    draft = desk.admin.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]["automatic"]
    item = next(one["id"] for one in draft["items"] if one["value"] == 1)
    record(people["analyst"], conversation, "corrected", item=item, answer=0, reason="Non.")
    record(people["analyst"], conversation, "root_cause", item=item, cause="procedure")
    record(people["analyst"], conversation, "shared")
    return conversation, item


def record(client, conversation, kind, **event):
    body = {"event": {"kind": kind} | event}
    answer = client.post(f"{EVALUATIONS}/{conversation}/events", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["event_id"]


def test_sharing_contesting_and_settling_are_told_in_ids_alone(desk, people, shared, monkeypatch):
    told = []
    monkeypatch.setattr(
        desk.service.webhooks, "publish",
        lambda kind, data, *, team, key: told.append((kind, data, key)),
    )  # fmt: skip
    conversation, item = shared
    contested = record(people["agent"], conversation, "contested", item=item, reason="Secret !")
    record(
        people["supervisor"], conversation, "settled", contest=contested, outcome="changed",
        answer=1, reason="Secret aussi.",
    )  # fmt: skip
    again = record(people["analyst"], conversation, "shared")
    assert [kind for kind, _, _ in told] == [
        "evaluation.contested", "evaluation.settled", "evaluation.shared",
    ]  # fmt: skip
    assert told[0][1]["contest_id"] == told[1][1]["contest_id"] == contested
    assert told[1][1]["outcome"] == "changed"
    assert (told[2][1]["agent_key"], told[2][2]) == ("a-1", again)
    assert {data["conversation_id"] for _, data, _ in told} == {conversation}
    assert "Secret" not in str(told)
    assert {kind for kind, _, _ in told} <= set(EVENT_KINDS)


def test_contests_are_listed_open_ones_first_with_who_may_settle(desk, people, shared):
    conversation, item = shared
    contested = record(people["agent"], conversation, "contested", item=item, reason="Si.")
    listed = people["supervisor"].get("/v1/contests", params={"open": True}).json()
    found = next(one for one in listed["data"] if one["id"] == contested)
    assert (found["item"], found["answer"], found["barred"]) == (item, 0, None)
    assert listed["people"]["a-1"] == "agent"
    seen = people["analyst"].get(f"/v1/contests/{contested}").json()
    assert seen["contest"]["barred"] == "reviewer_only"
    assert [one["kind"] for one in seen["review"]["history"]][-1] == "contested"
    record(
        people["supervisor"], conversation, "settled", contest=contested, outcome="changed",
        answer=1, reason="Oui.",
    )  # fmt: skip
    listed = people["supervisor"].get("/v1/contests").json()["data"]
    assert next(one for one in listed if one["id"] == contested)["outcome"] == "changed"
    waiting = [one["outcome"] is None for one in listed]
    assert waiting == sorted(waiting, reverse=True)
    assert people["supervisor"].get("/v1/contests/nothing").status_code == 404
    assert people["agent"].get("/v1/contests").status_code == 403


def test_an_evaluation_is_shown_redacted_and_unmasked_to_who_may(desk, people, shared):
    conversation, _ = shared
    name = "Marc Dubois"
    record(people["analyst"], conversation, "commented", text=f"{name} attendait un rappel.")
    path = f"{EVALUATIONS}/{conversation}/review"
    agent = people["agent"].get(path)
    assert agent.status_code == 200, agent.text
    assert name not in agent.text
    assert "attendait un rappel" in agent.text
    assert people["analyst"].get(path, params={"redacted": False}).status_code == 403
    whole = people["supervisor"].get(path, params={"redacted": False})
    assert name in whole.text
    assert people["other"].get(path).status_code == 404
    assert people["agent"].get(path, params={"scorecard": "none"}).status_code == 404


def test_an_agent_lists_what_was_shared_with_them_and_nobody_else(desk, people, shared):
    conversation, _ = shared
    mine = people["agent"].get("/v1/shared-evaluations").json()
    assert mine["data"][0]["contact"]["id"] == conversation
    assert mine["data"][0]["unread"]
    unread = mine["unread"]
    record(people["agent"], conversation, "acknowledged")
    mine = people["agent"].get("/v1/shared-evaluations").json()
    assert mine["unread"] == unread - 1
    assert [one["unread"] for one in mine["data"]] == sorted(
        (one["unread"] for one in mine["data"]), reverse=True
    )
    assert people["other"].get("/v1/shared-evaluations").json()["data"] == []
    assert people["supervisor"].get("/v1/shared-evaluations").json()["data"] == []
    assert people["analyst"].get("/v1/shared-evaluations").status_code == 403


def test_root_causes_are_counted_with_the_contacts_behind(desk, people, shared):
    conversation, item = shared
    found = people["analyst"].get(f"{EVALUATIONS}/root-causes").json()["data"]
    mine = next(one for one in found if one["item"] == item)
    assert mine["cause"] == "procedure"
    assert conversation in mine["conversation_ids"]
    later = {"since": "2200-01-01T00:00:00Z"}
    assert people["analyst"].get(f"{EVALUATIONS}/root-causes", params=later).json()["data"] == []


def test_a_closed_session_takes_nothing_more_and_its_agreement_is_measured(desk, people):
    conversations = [desk.conversation() for _ in range(2)]
    raters = [desk.id_of(people[who]) for who in ("analyst", "second")]
    body = {"scorecard": "inbound", "conversation_ids": conversations, "raters": raters}
    session = desk.admin.post("/v1/calibrations", json=body).json()
    path = f"/v1/calibrations/{session['id']}"
    assert people["analyst"].get(f"{path}/agreement").status_code == 409
    first = session["items"][0]
    for who, answer in (("analyst", 1), ("second", 0)):
        # raters see what they score, though it was neither drawn nor assigned
        assert people[who].get(f"/v1/conversations/{conversations[0]}").status_code == 200
        for conversation in conversations:
            answers = dict.fromkeys(session["items"], 1) | {first: answer}
            scored = {"kind": "session_scored", "conversation_id": conversation}
            sent = people[who].post(f"{path}/events", json=scored | {"answers": answers})
            assert sent.status_code == 201, sent.text
    agreement = people["analyst"].get(f"{path}/agreement").json()["questions"]
    assert agreement[0]["item"] == first
    assert agreement[0]["human_raw"]["value"] == 0
    assert agreement[1]["human_raw"]["value"] == 1
    close = {"kind": "session_closed", "note": "Le prénom suffit."}
    assert people["analyst"].post(f"{path}/events", json=close).status_code == 409
    closed = people["supervisor"].post(f"{path}/events", json=close).json()
    assert closed["closed"]["note"] == "Le prénom suffit."
    assert people["supervisor"].post(f"{path}/events", json=close).status_code == 409
    behind = people["analyst"].get(f"{EVALUATIONS}/agreement/contacts", params={"item": first})
    found = {one["conversation_id"] for one in behind.json()["data"]}
    assert set(conversations) <= found
    announced = people["analyst"].get(f"{EVALUATIONS}/agreement/announced")
    assert announced.json() == {"data": []}


def test_those_who_review_are_named_for_who_gives_reviews_out(desk, people):
    found = people["supervisor"].get("/v1/reviewers").json()["data"]
    assert {"analyst", "supervisor"} <= {one["role"] for one in found}
    assert "agent" not in json.dumps([one["role"] for one in found])
    assert people["analyst"].get("/v1/reviewers").status_code == 403

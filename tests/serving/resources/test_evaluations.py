"""Reviews over HTTP: people above machines, events that stay, automatic and human apart."""

from __future__ import annotations

import threading

import pytest

EVALUATIONS = "/v1/evaluations"


@pytest.fixture(scope="module")
def analyst(desk):
    return desk.client("analyst")


@pytest.fixture(scope="module")
def supervisor(desk):
    return desk.client("supervisor")


@pytest.fixture(scope="module")
def agent(desk):
    return desk.client("agent", agent_key="a-1")


@pytest.fixture
def conversation(desk, analyst):
    """A conversation of agent a-1 that an analyst is to review."""
    conversation = desk.conversation()
    me = desk.id_of(analyst)
    body = {"conversation_ids": [conversation], "analysts": [{"key": me}]}
    assert desk.admin.post("/v1/assignments", json=body).status_code == 201
    return conversation


def record(client, conversation, kind, *, status=201, **more):
    top = {name: more.pop(name) for name in ("id", "expected_events") if name in more}
    body = {"event": {"kind": kind} | more} | top
    answer = client.post(f"{EVALUATIONS}/{conversation}/events", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def answered(client, conversation, *, but=()):
    """Confirm or give every answer."""
    draft = client.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]["automatic"]
    for item in draft["items"]:
        if item["id"] in but or not item["points"]:
            continue
        if item["status"] in ("scored", "not_applicable"):
            record(client, conversation, "confirmed", item=item["id"])
        else:
            record(client, conversation, "corrected", item=item["id"], answer=1, reason="Entendu.")


def item_with(client, conversation, status):
    draft = client.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]["automatic"]
    return next(one for one in draft["items"] if one["status"] == status and one["points"])


def test_an_evaluation_is_a_draft_until_people_answered_everything(desk, analyst, conversation):
    before = analyst.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]
    assert before["automatic"]["status"] == "draft"
    assert before["review"]["displayed"]["draft"]
    automatic = before["automatic"]["score_100"]
    answered(analyst, conversation)
    after = analyst.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]
    assert after["review"]["is_complete"]
    assert after["review"]["displayed"]["source"] == "human"
    assert after["automatic"]["score_100"] == automatic
    assert after["review"]["state"]["automatic_score_100"] == automatic
    listed = analyst.get("/v1/assignments", params={"open": False}).json()["data"]
    assert conversation in [one["conversation_id"] for one in listed]


def test_a_correction_quotes_the_conversation_word_for_word(analyst, conversation):
    item = item_with(analyst, conversation, "scored")["id"]
    quote = {"turn_index": 1, "quote": "ma box ne marche plus"}
    given = {"item": item, "answer": 0.5, "reason": "À moitié.", "evidence": [quote]}
    state = record(analyst, conversation, "corrected", **given)["review"]["state"]
    decision = next(one for one in state["items"] if one["opened"]["id"] == item)["decisions"][0]
    assert decision["evidence"][0]["quote"] == quote["quote"]
    assert decision["evidence"][0]["start_s"] is not None
    wrong = {"turn_index": 1, "quote": "ce qui n'a pas été dit"}
    record(analyst, conversation, "commented", text="?", evidence=[wrong], status=422)
    record(analyst, conversation, "commented", text="Bien dit.", evidence=[quote])
    record(analyst, conversation, "root_cause", item=item, cause="procedure")


def test_an_event_that_is_sent_again_counts_once(analyst, conversation):
    item = item_with(analyst, conversation, "scored")["id"]
    first = record(analyst, conversation, "confirmed", item=item, id="e-1")
    again = record(analyst, conversation, "confirmed", item=item, id="e-1", status=200)
    assert not again["is_new"]
    assert again["review"] == first["review"]
    record(analyst, conversation, "commented", text="Autre", id="e-1", status=409)


def test_who_has_not_seen_the_last_event_is_refused(analyst, conversation):
    record(analyst, conversation, "commented", text="Un", expected_events=2)
    record(analyst, conversation, "commented", text="Deux", expected_events=2, status=412)
    record(analyst, conversation, "commented", text="Deux", expected_events=3)


def test_writers_at_the_same_time_are_all_kept_in_one_order(desk, analyst, supervisor):
    conversation = desk.conversation()
    me = {"conversation_ids": [conversation], "analysts": [{"key": desk.id_of(analyst)}]}
    desk.admin.post("/v1/assignments", json=me)

    def write(client):
        for number in range(5):
            record(client, conversation, "commented", text=f"Remarque {number}")

    writers = [threading.Thread(target=write, args=(one,)) for one in (analyst, supervisor)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    state = analyst.get(f"{EVALUATIONS}/{conversation}").json()["data"][0]["review"]["state"]
    assert len(state["comments"]) == 10
    assert len(state["events"]) == len(set(state["events"])) == 12


def test_the_agent_sees_what_was_shared_and_may_contest_it(
    analyst, agent, supervisor, conversation
):
    item = item_with(analyst, conversation, "scored")["id"]
    hidden = agent.get(f"{EVALUATIONS}/{conversation}")
    assert hidden.json()["data"] == []
    record(agent, conversation, "acknowledged", status=404)
    record(analyst, conversation, "shared", status=409)  # nobody has answered anything
    record(analyst, conversation, "corrected", item=item, answer=0, reason="Non.")
    record(analyst, conversation, "shared")
    seen = agent.get(f"{EVALUATIONS}/{conversation}").json()["data"]
    assert len(seen) == 1
    record(agent, conversation, "acknowledged", text="Lu.")
    record(agent, conversation, "confirmed", item=item, status=409)
    contested = record(agent, conversation, "contested", item=item, reason="Je l'ai dit.")
    record(analyst, conversation, "corrected", item=item, answer=1, reason="…", status=409)
    settled = {"contest": contested["event_id"], "outcome": "changed", "answer": 1, "reason": "Oui"}
    record(analyst, conversation, "settled", **settled, status=409)
    state = record(supervisor, conversation, "settled", **settled)["review"]["state"]
    found = next(one for one in state["items"] if one["opened"]["id"] == item)
    assert [one["answer"] for one in found["decisions"]] == [0, 1]


def test_nobody_else_sees_the_evaluation(desk, conversation):
    others = (
        desk.client("agent", agent_key="a-2"),
        desk.client("analyst"),
        desk.client("supervisor", team="lyon"),
    )
    unsampled = desk.conversation()
    for client in (others[0], others[2]):
        assert client.get(f"{EVALUATIONS}/{conversation}").status_code == 404
    assert others[1].get(f"{EVALUATIONS}/{unsampled}").status_code == 404
    with desk.running.client_of("customer") as customer:
        assert customer.get(f"{EVALUATIONS}/{conversation}").status_code == 403


def test_who_may_only_read_cannot_record(desk, conversation):
    reader = desk.client("supervisor", scopes=("evaluations:read",))
    assert reader.get(f"{EVALUATIONS}/{conversation}").status_code == 200
    record(reader, conversation, "commented", text="Non", status=403)


def test_reads_and_changes_are_written_down(desk, analyst, conversation):
    analyst.get(f"{EVALUATIONS}/{conversation}")
    record(analyst, conversation, "commented", text="Un mot secret")
    lines = desk.admin.get("/v1/audit", params={"object_id": conversation}).json()["data"]
    actions = {line["action"] for line in lines}
    assert {"evaluation.read", "evaluation.commented", "evaluation.assign"} <= actions
    assert "secret" not in str(lines)


@pytest.mark.parametrize(
    "event",
    [
        {"kind": "nothing"},
        {"kind": "confirmed"},
        {"kind": "confirmed", "item": "?"},
        {"kind": "corrected", "item": "x", "answer": 0.3, "reason": "?"},
        {"kind": "commented", "text": " "},
    ],
)
def test_what_is_no_event_is_refused(analyst, conversation, event):
    answer = analyst.post(f"{EVALUATIONS}/{conversation}/events", json={"event": event})
    assert answer.status_code == 422


def test_agreement_is_measured_question_by_question_and_gates_need_enough(desk, analyst):
    report = analyst.get(f"{EVALUATIONS}/agreement", params={"scorecard": "inbound"}).json()
    assert report["scorecard"] == "inbound"
    assert {one["gate"] for one in report["decisions"]} == {None}
    assert all("50" in one["reason_fr"] for one in report["decisions"])
    assert analyst.post(f"{EVALUATIONS}/agreement").status_code == 403
    announced = desk.admin.post(f"{EVALUATIONS}/agreement").json()
    assert announced["changes"] == []

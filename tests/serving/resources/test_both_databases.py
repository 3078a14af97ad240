"""Reviews, scoring, samples and figures on SQLite and on PostgreSQL, over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

CARD = """name: accueil
version: "1.0"
label: {fr: Accueil, en: Welcome}
sections:
  - id: accueil
    label: {fr: Accueil, en: Welcome}
    items:
      - id: salutation
        label: {fr: L'agent salue le client., en: The agent greets the customer.}
        points: 100
        detector: {kind: greeting}
"""


def test_a_review_goes_all_its_way(tmp_path, start_desk, database_url, sampling_rule):
    desk = start_desk(tmp_path / "data", database_url=database_url)
    analyst, agent = desk.client("analyst"), desk.client("agent", agent_key="a-1")
    conversations = [desk.conversation() for _ in range(3)]
    drawn = desk.admin.post("/v1/samples", json={"rule": sampling_rule}).json()
    assert desk.admin.get("/v1/samples").json()["data"] == [drawn]

    given = {"conversation_ids": conversations, "analysts": [{"key": desk.id_of(analyst)}]}
    same = {"Idempotency-Key": "give-1"}
    first = desk.admin.post("/v1/assignments", json=given, headers=same)
    assert desk.admin.post("/v1/assignments", json=given, headers=same).json() == first.json()
    assert len(desk.admin.get("/v1/assignments").json()["data"]) == 3
    other = given | {"seed": 2}
    assert desk.admin.post("/v1/assignments", json=other, headers=same).status_code == 422

    desk.admin.post("/v1/scorecards", json={"scorecard": CARD})
    asked = {"scorecard": "accueil", "conversation_ids": conversations}
    job = desk.admin.post("/v1/evaluations/scoring", json=asked).json()["job_id"]
    desk.wait_for_job(job)

    path = f"/v1/evaluations/{conversations[0]}"
    drafts = analyst.get(path).json()["data"]
    assert [one["automatic"]["scorecard"] for one in drafts] == ["inbound", "accueil"]
    wrong = 1 - drafts[1]["automatic"]["items"][0]["value"]
    correction = {"kind": "corrected", "item": "salutation", "answer": wrong, "reason": "Non."}
    for event in (correction, {"kind": "shared"}):
        answer = analyst.post(f"{path}/events", json={"event": event, "scorecard": "accueil"})
        assert answer.status_code == 201, answer.text
    assert answer.json()["review"]["displayed"]["source"] == "human"
    assert [one["automatic"]["scorecard"] for one in agent.get(path).json()["data"]] == ["accueil"]

    def comment(number):
        event = {"kind": "commented", "text": f"Remarque {number}"}
        return analyst.post(f"{path}/events", json={"event": event, "id": f"e-{number % 4}"})

    with ThreadPoolExecutor(4) as pool:
        statuses = [one.status_code for one in pool.map(comment, range(4))]
    assert statuses == [201] * 4
    state = analyst.get(path).json()["data"][0]["review"]["state"]
    assert sorted(one["text"] for one in state["comments"]) == [f"Remarque {n}" for n in range(4)]

    kpi = desk.admin.get("/v1/kpi", params={"by": "agent"}).json()
    assert len(kpi["behind"][0]["figures"]["contacts"]["computed_from"]) == 3
    assert desk.admin.delete(f"/v1/conversations/{conversations[0]}").status_code in (200, 204)
    assert analyst.get(path).status_code == 404
    left = [one["conversation_id"] for one in desk.admin.get("/v1/assignments").json()["data"]]
    assert conversations[0] not in left
    desk.close()
    desk.running.stop()

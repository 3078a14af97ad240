"""Contests and what is shared, on SQLite and on PostgreSQL."""

from __future__ import annotations


def test_a_contest_is_listed_counted_and_settled(tmp_path, start_desk, database_url):
    desk = start_desk(tmp_path / "data", database_url=database_url)
    supervisor, agent = desk.client("supervisor"), desk.client("agent", agent_key="a-1")
    second = desk.client("supervisor")
    conversation = desk.conversation()
    path = f"/v1/evaluations/{conversation}"
    items = desk.admin.get(path).json()["data"][0]["automatic"]["items"]
    item = next(one["id"] for one in items if one["value"] == 1)

    def record(client, kind, **event):
        answer = client.post(f"{path}/events", json={"event": {"kind": kind} | event})
        assert answer.status_code == 201, answer.text
        return answer.json()["event_id"]

    record(supervisor, "corrected", item=item, answer=0, reason="Non.")
    record(supervisor, "root_cause", item=item, cause="tool")
    record(supervisor, "shared")
    assert agent.get("/v1/shared-evaluations").json()["unread"] == 1
    assert '<span class="count">1' in agent.get("/review/mine").text
    contested = record(agent, "contested", item=item, reason="Si.")
    assert '<span class="count">1' in second.get("/review/contests").text
    assert supervisor.get(f"/v1/contests/{contested}").json()["contest"]["barred"] == "own_answer"
    settled = {"contest": contested, "outcome": "changed", "answer": 1, "reason": "Oui."}
    record(second, "settled", **settled)
    record(second, "reopened", contest=contested, reason="À revoir.")
    assert second.get("/v1/contests", params={"open": True}).json()["open"] == 1
    record(desk.admin, "settled", **(settled | {"answer": 0.5}))
    assert '<span class="count">' not in second.get("/review/contests").text
    listed = second.get("/v1/contests").json()["data"][0]
    assert (listed["outcome"], listed["answer"]) == ("changed", 0.5)
    causes = second.get("/v1/evaluations/root-causes").json()["data"]
    assert [(one["cause"], one["n"]) for one in causes] == [("tool", 1)]
    behind = second.get("/v1/evaluations/agreement/contacts", params={"item": item}).json()["data"]
    assert [one["conversation_id"] for one in behind] == [conversation]
    first = desk.admin.get("/v1/evaluations/agreement").json()
    assert desk.admin.get("/v1/evaluations/agreement").json() == first  # measured once
    for odd in ("/v1/contests/%00", "/v1/calibrations/%00", "/review/calibrations/%00"):
        assert desk.admin.get(odd).status_code in (404, 422), odd
    desk.admin.delete(f"/v1/conversations/{conversation}")
    assert second.get("/v1/contests").json()["data"] == []
    assert agent.get("/v1/shared-evaluations").json()["data"] == []
    desk.close()
    desk.running.stop()

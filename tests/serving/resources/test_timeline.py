"""A customer's contacts in one list: who sees which, in order, without what was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kb_search.bot import Session
from serving.store.tables import BotSessionRow

CUSTOMER = "c-<script>alert(1)</script>"
PATH = "/v1/customers/c-%3Cscript%3Ealert(1)%3C%2Fscript%3E/timeline"


@pytest.fixture(scope="module")
def centre(tmp_path_factory, start_desk):
    """Calls of two agents and a chat with the bot of one customer, and a call of another."""
    desk = start_desk(tmp_path_factory.mktemp("timeline") / "data")
    desk.ids = {
        name: desk.conversation(agent_key=agent, customer_key=customer)
        for name, agent, customer in (
            ("first", "a-1", CUSTOMER), ("second", "a-2", CUSTOMER), ("strange", "a-1", "c-2"),
        )
    }  # fmt: skip
    now = datetime.now(UTC)
    with desk.service.store.database.writing() as session:
        session.add(
            BotSessionRow(
                id="chat-1", team="default", owner="key_x", customer_key=CUSTOMER, version=1,
                state="closed", created_at=now - timedelta(days=30), updated_at=now,
                document=Session(id="chat-1", state="closed", trigger="asked").model_dump_json(),
                satisfaction=4,
            )
        )  # fmt: skip
    yield desk
    desk.close()
    desk.running.stop()


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["data"]]


def test_a_supervisor_sees_every_contact_of_the_customer_newest_first(centre):
    page = centre.client("supervisor").get(PATH)
    assert set(ids(page)) == {centre.ids["first"], centre.ids["second"], "chat-1"}
    moments = [one["at"] for one in page.json()["data"]]
    assert moments == sorted(moments, reverse=True)
    call = next(one for one in page.json()["data"] if one["kind"] == "conversation")
    assert call["reason_label"] == {"fr": "Panne internet", "en": "Fixed fault"}
    assert call["mood"] == {"score": -0.3, "trend": "better"}
    assert call["outcome"] == "unresolved"
    assert call["readable"]
    chat = next(one for one in page.json()["data"] if one["kind"] == "bot")
    assert (chat["satisfaction"], chat["handed_over"]) == (4, True)
    assert "inadmissible" not in page.text


def test_pages_follow_each_other_without_holes(centre):
    admin, seen, cursor = centre.admin, [], None
    while True:
        page = admin.get(PATH, params={"limit": 1} | ({"cursor": cursor} if cursor else {}))
        seen += ids(page)
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 3
    assert admin.get(PATH, params={"cursor": "nonsense"}).status_code == 422


def test_an_agent_sees_their_own_and_the_teams_while_the_customer_is_with_them(centre):
    agent = centre.client("agent", agent_key="a-1")
    alone = agent.get(PATH)
    assert ids(alone) == [centre.ids["first"], "chat-1"] or ids(alone) == [centre.ids["first"]]
    assert not alone.json()["whole_team"]
    now = datetime.now(UTC)
    with centre.service.store.database.writing() as session:
        session.add(
            BotSessionRow(
                id="chat-2", team="default", owner="key_y", customer_key=CUSTOMER, version=1,
                state="with_human", created_at=now, updated_at=now, agent_id=centre.id_of(agent),
                document=Session(id="chat-2", state="with_human").model_dump_json(),
            )
        )  # fmt: skip
    serving = agent.get(PATH)
    assert {centre.ids["first"], centre.ids["second"]} < set(ids(serving))
    assert serving.json()["whole_team"]
    other = next(one for one in serving.json()["data"] if one["id"] == centre.ids["second"])
    assert not other["readable"]
    assert agent.get(f"/v1/conversations/{other['id']}").status_code == 404
    with centre.service.store.database.writing() as session:
        session.delete(session.get(BotSessionRow, "chat-2"))
    assert centre.ids["second"] not in ids(agent.get(PATH))


def test_other_teams_and_customers_see_nothing(centre):
    assert ids(centre.client("supervisor", team="lyon").get(PATH)) == []
    assert centre.client("customer", customer_key=CUSTOMER).get(PATH).status_code == 403


def test_a_look_is_in_the_audit_log_without_the_customers_key(centre):
    supervisor = centre.client("supervisor")
    supervisor.get(PATH)
    lines = centre.admin.get("/v1/audit", params={"limit": 50}).json()["data"]
    line = next(one for one in lines if one["action"] == "customer.timeline")
    assert CUSTOMER not in str(lines)
    assert len(line["object_id"]) == 64

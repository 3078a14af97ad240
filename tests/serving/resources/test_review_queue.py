"""The queue of those who review: whose it is, what is due first, why it was chosen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from conversation.errors import BadInput
from serving.access.principal import Principal, Role
from serving.reviewing.queue import ReviewQueue
from serving.store.tables import AssignmentRow, ConversationRow


@pytest.fixture(scope="module")
def analyst(desk):
    return desk.client("analyst")


def give(desk, analyst, conversation, **more):
    body = {"conversation_ids": [conversation], "analysts": [{"key": desk.id_of(analyst)}], **more}
    answer = desk.admin.post("/v1/assignments", json=body)
    assert answer.status_code == 201, answer.text


def listed(client, **asked):
    answer = client.get("/v1/reviews", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


def test_what_is_due_first_comes_first_and_says_why(desk, analyst, sampling_rule):
    later, sooner, whenever = (desk.conversation() for _ in range(3))
    give(desk, analyst, whenever)
    give(desk, analyst, later, due_at="2026-12-02T12:00:00Z")
    give(desk, analyst, sooner, due_at="2026-12-01T12:00:00Z")
    assert desk.admin.post("/v1/samples", json={"rule": sampling_rule}).status_code == 201
    found = listed(analyst)
    assert [one["conversation_id"] for one in found] == [sooner, later, whenever]
    assert found[0]["due_at"].startswith("2026-12-01")
    assert {one["state"] for one in found} == {"to_do"}
    drawn = [one["drawn"] for one in found if one["drawn"]]
    assert all(one["why"]["fr"] and 0 < one["probability"] <= 1 for one in drawn)


def test_a_review_says_how_far_it_is_and_leaves_the_queue_when_it_is_done(desk, analyst):
    conversation = desk.conversation()
    give(desk, analyst, conversation)
    path = f"/v1/evaluations/{conversation}"
    items = analyst.get(path).json()["data"][0]["automatic"]["items"]

    def tell(event):
        assert analyst.post(f"{path}/events", json={"event": event}).status_code == 201

    def mine(state):
        return [
            one for one in listed(analyst, state=state) if one["conversation_id"] == conversation
        ]

    asked = [one for one in items if one["points"]]
    for place, item in enumerate(asked):
        if item["status"] in ("scored", "not_applicable"):
            tell({"kind": "confirmed", "item": item["id"]})
        else:
            tell({"kind": "corrected", "item": item["id"], "answer": 1, "reason": "Entendu."})
        if place == 0:
            (begun,) = mine("open")
            assert (begun["state"], begun["answered"]) == ("begun", 1)
            assert begun["questions"] == len(asked)
    assert mine("open") == []
    assert mine("done")[0]["state"] == "complete"
    tell({"kind": "shared"})
    assert mine("done")[0]["state"] == "shared"


def test_drawn_and_given_to_nobody_is_free_for_everybody_who_reviews(desk, analyst, sampling_rule):
    conversation = desk.conversation(agent_key="a-77")
    desk.admin.post("/v1/samples", json={"rule": sampling_rule})
    free = [one["conversation_id"] for one in listed(analyst, whose="free")]
    drawn = desk.admin.get("/v1/conversations", params={"sampled": True}).json()["data"]
    assert (conversation in free) == (conversation in {one["id"] for one in drawn})
    assert all(one["assignee"] is None for one in listed(analyst, whose="free"))


def test_the_outline_of_a_recording_that_there_is_not_is_not_found(desk):
    conversation = desk.conversation()
    answer = desk.admin.get(f"/v1/conversations/{conversation}/waveform")
    assert answer.status_code == 404


@pytest.mark.parametrize("whose", ["mine", "free", "all"])
def test_both_databases_take_the_question(database, whose):
    queue = ReviewQueue(database, desk=None)
    somebody = Principal(id="key_1", role=Role.ANALYST, team="default", permissions=frozenset())
    for standing in ("open", "done", "any"):
        found = queue.find(somebody, whose=whose, standing=standing, channel="phone")
        assert (found.data, found.next_cursor) == ([], None)


class NoReviews:
    """Stands for the desk where nobody has begun a review."""

    def log(self, _team):
        return self

    def streams(self, _names):
        return {}


def test_pages_hold_every_review_once_in_the_order_of_one_list_on_both_databases(database):
    """Due ones, ones without a date, one that two people have, and ones that nobody has."""
    now = datetime(2026, 11, 3, 9, tzinfo=UTC)
    dues = [now, now, None, now + timedelta(days=1), None, "free", "free"]
    with database.writing() as session:
        for place, due_at in enumerate(dues):
            session.add(
                ConversationRow(
                    id=f"c{place}", name=f"appel {place}", status="done", channel="phone",
                    sampled=True, source="{}", created_at=now + timedelta(minutes=place % 2),
                )
            )  # fmt: skip
            for who in () if due_at == "free" else ("key_1", "key_2")[: 1 + (place == 1)]:
                session.add(
                    AssignmentRow(
                        id=f"a{place}{who}", conversation_id=f"c{place}", scorecard="inbound",
                        version="1", assignee=who, assigned_by="key_0", created_at=now,
                        due_at=due_at,
                    )
                )  # fmt: skip
    queue = ReviewQueue(database, desk=NoReviews())
    boss = Principal(id="key_0", role=Role.ADMIN, team=None, permissions=frozenset())
    whole = queue.find(boss, whose="all").data
    assert len(whole) == 8
    assert [one.conversation_id for one in whole[:4]] == ["c0", "c1", "c1", "c3"]
    assert [one.assignee for one in whole[-2:]] == [None, None]
    paged, cursor = [], None
    while True:
        page = queue.find(boss, whose="all", limit=3, cursor=cursor)
        assert len(page.data) <= 3
        paged += page.data
        cursor = page.next_cursor
        if cursor is None:
            break
    assert paged == whole
    for foreign in ("x", "WzFd", "WyIyMDI2LTExLTAzVDA5OjAwOjAwWiIsICJcdTAwMDAiXQ", "é"):
        with pytest.raises(BadInput):
            queue.find(boss, whose="all", cursor=foreign)


def test_the_list_goes_on_where_its_cursor_says_and_refuses_another_ones(desk, analyst):
    first = analyst.get("/v1/reviews", params={"state": "any", "limit": 1}).json()
    rest = analyst.get(
        "/v1/reviews", params={"state": "any", "cursor": first["next_cursor"]}
    ).json()
    whole = analyst.get("/v1/reviews", params={"state": "any"}).json()
    assert first["data"] + rest["data"] == whole["data"]
    assert (rest["next_cursor"], whole["next_cursor"]) == (None, None)
    other = desk.admin.get("/v1/conversations", params={"limit": 1}).json()["next_cursor"]
    for foreign in (other, "nothing"):
        assert analyst.get("/v1/reviews", params={"cursor": foreign}).status_code == 422

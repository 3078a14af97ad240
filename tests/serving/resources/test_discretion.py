"""Drafts are kept from the agent until they are shared, and from who scores blind."""

from __future__ import annotations

import csv
import io

import pyarrow.parquet as pq
import pytest


@pytest.fixture(scope="module")
def agent(desk):
    return desk.client("agent", agent_key="a-1")


@pytest.fixture(scope="module")
def analyst(desk):
    return desk.client("analyst")


def draft_of(client, conversation):
    found = client.get(f"/v1/conversations/{conversation}").json()
    return found["analysis"].get("evaluation"), found["score_100"]


def given_to(desk, analyst, conversation):
    body = {"conversation_ids": [conversation], "analysts": [{"key": desk.id_of(analyst)}]}
    assert desk.admin.post("/v1/assignments", json=body).status_code == 201


def test_the_agent_sees_the_draft_once_it_is_shared_and_not_before(desk, agent, analyst):
    conversation = desk.conversation()
    given_to(desk, analyst, conversation)
    assert draft_of(agent, conversation) == (None, None)
    assert agent.get(f"/v1/conversations/{conversation}/evaluation").status_code == 404
    report = agent.get(f"/v1/conversations/{conversation}/report")
    assert report.status_code == 200
    assert "une fois partagée" in report.text
    assert "h-scorecard" not in report.text
    draft, score = draft_of(desk.admin, conversation)
    assert draft is not None
    assert score is not None
    assert "h-scorecard" in desk.admin.get(f"/v1/conversations/{conversation}/report").text
    item = next(one for one in draft["items"] if one["status"] == "scored" and one["points"])
    for event in ({"kind": "confirmed", "item": item["id"]}, {"kind": "shared"}):
        sent = analyst.post(f"/v1/evaluations/{conversation}/events", json={"event": event})
        assert sent.status_code == 201, sent.text
    assert draft_of(agent, conversation)[0] is not None
    assert agent.get(f"/v1/conversations/{conversation}/evaluation").status_code == 200
    assert "h-scorecard" in agent.get(f"/v1/conversations/{conversation}/report").text


def test_the_report_of_a_french_contact_can_be_read_in_english(desk):
    path = f"/v1/conversations/{desk.conversation()}/report"
    assert '<html lang="fr"' in desk.admin.get(path).text
    assert '<html lang="en"' in desk.admin.get(f"{path}?lang=en").text
    refused = desk.admin.get(f"{path}?lang=de")
    assert refused.status_code == 422
    assert "de" in refused.text


def test_who_scores_blind_sees_no_draft_until_everybody_has_scored(desk, analyst):
    conversation = desk.conversation()
    other = desk.client("analyst")
    raters = [desk.id_of(analyst), desk.id_of(other)]
    body = {"scorecard": "inbound", "conversation_ids": [conversation], "raters": raters}
    session = desk.admin.post("/v1/calibrations", json=body).json()
    assert draft_of(analyst, conversation) == (None, None)
    assert "h-scorecard" not in analyst.get(f"/v1/conversations/{conversation}/report").text
    listed = analyst.get("/v1/conversations").json()["data"]
    assert [one["score_100"] for one in listed if one["id"] == conversation] == [None]
    scored = {"kind": "session_scored", "conversation_id": conversation,
              "answers": dict.fromkeys(session["items"], 1)}  # fmt: skip
    for client in (analyst, other):
        path = f"/v1/calibrations/{session['id']}/events"
        assert client.post(path, json=scored).status_code == 201
    assert draft_of(analyst, conversation)[0] is not None


def test_lists_show_an_agent_no_draft_score(desk, agent):
    conversation = desk.conversation()
    listed = agent.get("/v1/conversations").json()["data"]
    assert [one["score_100"] for one in listed if one["id"] == conversation] == [None]
    assert agent.get("/v1/conversations", params={"min_score": 1}).status_code == 403


def test_who_scores_blind_gets_no_draft_by_an_export_either(desk, analyst):
    conversation, other = desk.conversation(queue="blind"), desk.conversation(queue="blind")
    supervisor = desk.client("supervisor")
    body = {"scorecard": "inbound", "conversation_ids": [conversation],
            "raters": [desk.id_of(supervisor), desk.id_of(analyst)]}  # fmt: skip
    assert desk.admin.post("/v1/calibrations", json=body).status_code == 201

    def drafts_of(client, one):
        vcon = client.get(f"/v1/conversations/{one}/export").json()
        table = client.get("/v1/exports/conversations.csv", params={"queue": "blind"}).text
        row = next(
            row for row in csv.DictReader(io.StringIO(table.removeprefix("\ufeff")))
            if row["conversation_id"] == one
        )  # fmt: skip
        parquet = client.get("/v1/exports/conversations.parquet", params={"queue": "blind"})
        [score] = [
            line["draft_score_100"]
            for line in pq.read_table(io.BytesIO(parquet.content)).to_pylist()
            if line["conversation_id"] == one
        ]
        return (
            [part for part in vcon["analysis"] if part.get("schema") == "entendu.evaluation/1"],
            row["draft_score_100"], row["scorecard"], row["eliminatory_proposed"], score,
        )  # fmt: skip

    evaluation, *figures, score = drafts_of(supervisor, conversation)
    assert (evaluation, score) == ([], None)
    assert not any(figures), figures
    for client, one in ((supervisor, other), (desk.admin, conversation)):
        evaluation, *figures, score = drafts_of(client, one)
        assert evaluation
        assert score is not None
        assert all(figures)

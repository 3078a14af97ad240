"""Scorecards over HTTP: versions that were used are never rewritten."""

from __future__ import annotations

import json

import pytest

CARDS = "/v1/scorecards"
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


def test_shipped_cards_are_listed_and_come_as_json_and_yaml(desk):
    listed = {one["name"]: one for one in desk.admin.get(CARDS).json()["data"]}
    assert {"inbound", "written", "sales", "support_en"} <= listed.keys()
    assert listed["inbound"]["in_use"]
    assert listed["inbound"]["origin"] == "shipped"
    one = desk.admin.get(f"{CARDS}/inbound").json()
    assert one["scorecard"]["name"] == "inbound"
    assert one["description"]["sha256"] == listed["inbound"]["sha256"]
    text = desk.admin.get(f"{CARDS}/inbound", params={"format": "yaml"})
    assert text.headers["content-type"].startswith("application/yaml")
    checked = desk.admin.post(f"{CARDS}/validate", json={"scorecard": text.text}).json()
    assert (checked["valid"], checked["problems"], checked["conflict"]) == (True, [], None)
    assert (checked["places"], checked["content"]["name"]) == ([], "inbound")


@pytest.mark.parametrize("path", ["nothing", "inbound?version=9", "inbound?version=../../x"])
def test_a_card_that_there_is_not_is_not_found(desk, path):
    assert desk.admin.get(f"{CARDS}/{path}").status_code == 404


def test_a_version_is_published_once_and_never_rewritten(desk):
    first = desk.admin.post(CARDS, json={"scorecard": CARD})
    assert first.status_code == 201
    assert first.json()["is_new"]
    again = desk.admin.post(CARDS, json={"scorecard": CARD})
    assert again.status_code == 200
    assert again.json()["published_at"] == first.json()["published_at"]
    changed = CARD.replace("salue le client.", "dit bonjour.")
    assert desk.admin.post(CARDS, json={"scorecard": changed}).status_code == 409
    check = desk.admin.post(f"{CARDS}/validate", json={"scorecard": changed}).json()
    assert not check["valid"]
    assert check["conflict"]
    newer = desk.admin.post(CARDS, json={"scorecard": changed.replace('"1.0"', '"1.1"')})
    assert newer.status_code == 201
    assert desk.admin.get(f"{CARDS}/accueil").json()["description"]["version"] == "1.1"
    old = desk.admin.get(f"{CARDS}/accueil", params={"version": "1.0"}).json()
    assert old["description"]["sha256"] == first.json()["sha256"]


def test_a_shipped_version_cannot_be_taken_over(desk):
    text = desk.admin.get(f"{CARDS}/written", params={"format": "yaml"}).text
    same = "# another layout\n" + text
    assert desk.admin.post(CARDS, json={"scorecard": same}).status_code == 201
    values = desk.admin.get(f"{CARDS}/sales").json()["scorecard"]
    values["label"]["fr"] = "Autre"
    taken = desk.admin.post(CARDS, json={"scorecard": json.dumps(values)})
    assert taken.status_code == 409


def test_what_is_wrong_with_a_card_is_named_with_its_place(desk):
    broken = CARD.replace("points: 100", "points: 90")
    check = desk.admin.post(f"{CARDS}/validate", json={"scorecard": broken}).json()
    assert not check["valid"]
    assert "90" in check["problems"][0]
    assert desk.admin.post(CARDS, json={"scorecard": broken}).status_code == 422
    assert desk.admin.post(CARDS, json={"scorecard": "["}).status_code == 422


def test_a_card_is_tried_on_past_conversations_without_a_trace(desk):
    conversation = desk.conversation()
    tried = CARD.replace("name: accueil", "name: essai")
    answer = desk.admin.post(
        f"{CARDS}/preview", json={"scorecard": tried, "conversation_ids": [conversation]}
    )
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["data"]
    assert one["evaluation"]["scorecard"] == "essai"
    assert one["evaluation"]["items"][0]["status"] == "scored"
    assert one["previous_score_100"] is not None
    assert desk.admin.get(f"{CARDS}/essai").status_code == 404
    drafts = desk.admin.get(f"/v1/evaluations/{conversation}").json()["data"]
    assert [draft["automatic"]["scorecard"] for draft in drafts] == ["inbound"]
    neither = desk.admin.post(f"{CARDS}/preview", json={"conversation_ids": [conversation]})
    assert neither.status_code == 422


def test_conversations_are_scored_again_as_a_job(desk):
    conversations = [desk.conversation(), desk.conversation()]
    desk.admin.post(CARDS, json={"scorecard": CARD.replace("accueil", "encore")})
    asked = {"scorecard": "encore", "conversation_ids": conversations}
    accepted = desk.admin.post("/v1/evaluations/scoring", json=asked)
    assert accepted.status_code == 202, accepted.text
    desk.wait_for_job(accepted.json()["job_id"])
    for conversation in conversations:
        drafts = desk.admin.get(f"/v1/evaluations/{conversation}").json()["data"]
        assert [one["automatic"]["scorecard"] for one in drafts] == ["inbound", "encore"]
    unknown = desk.admin.post("/v1/evaluations/scoring", json={"scorecard": "nothing"})
    assert unknown.status_code == 404


def test_agents_may_read_cards_and_not_publish_them(desk):
    agent = desk.client("agent", agent_key="a-1")
    assert agent.get(CARDS).status_code == 200
    assert agent.post(CARDS, json={"scorecard": CARD}).status_code == 403

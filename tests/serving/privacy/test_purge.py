"""What is past its time goes, by the rule of its purpose, and the proof says so."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kb_search.answers import Citation
from kb_search.assistant import Card, CardEvent
from serving.dialogues.card_log import append, events_of
from serving.privacy.purge import plan_purge, run_purge
from serving.privacy.scrubbing import without_words
from serving.store.tables import (
    AssistSessionRow,
    ConversationRow,
    EvaluationRow,
    KeptScorecardRow,
    ReviewEventRow,
    WebhookDeliveryRow,
    WebhookRow,
)

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

MARKS = ("zorglubinette", "Zorglubinette")
TEXT = "Je m'appelle Zorglubinette."


@pytest.fixture
def running(running):
    """A server whose first purge, which is due as soon as it starts, is over."""
    deadline = time.monotonic() + 30
    while not running.client.get("/v1/privacy/purges").json()["data"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return running


@pytest.fixture
def later():
    today = datetime.now(UTC)
    return lambda days: today + timedelta(days=days, minutes=5)


def send(running, **metadata):
    answer = running.client.post(
        "/v1/conversations",
        json={
            "conversation": {"messages": [{"speaker": "customer", "text": TEXT}]},
            "metadata": metadata,
        },
    )
    assert answer.status_code == 202, answer.text
    running.wait_for(answer.json()["id"])
    return answer.json()["id"]


@sqlite_only
def test_nothing_goes_before_its_time(running, later):
    send(running)
    service = running.app.state.service
    plan = plan_purge(service, later(179))
    assert plan.conversations == ()
    proof = run_purge(service, later(179), by="test")
    assert proof.receipt["conversations"] == []


def test_words_go_first_scores_last_and_each_time_there_is_a_proof(running, searched, later):
    one = send(running, agent_key="agent-1")
    service = running.app.state.service
    assert running.client.get(f"/v1/conversations/{one}/kept-scorecard").status_code == 404
    proof = run_purge(service, later(181), by="test")
    assert proof.receipt["counts"]["quality.transcript"] == 1
    [line] = proof.receipt["conversations"]
    assert (line["id"], line["rule"], line["age_days"]) == (one, "quality", 181)
    assert searched.find(*MARKS) == []
    left = running.client.get(f"/v1/conversations/{one}")
    assert left.status_code == 200
    assert (left.json()["status"], left.json()["score_100"]) == ("done", 75.0)
    assert left.json()["analysis"] is None
    kept = running.client.get(f"/v1/conversations/{one}/kept-scorecard").json()
    assert (kept["conversation_id"], kept["evaluation"]["score_100"]) == (one, 75.0)
    with running.client_of("agent", agent_key="agent-1") as agent:
        path = f"/v1/conversations/{one}/kept-scorecard"
        assert agent.get(path).status_code == 403
    with service.store.database.reading() as session:
        assert session.get(ConversationRow, one).content_erased_at is not None
    assert run_purge(service, later(182), by="test").receipt["conversations"] == []
    last = run_purge(service, later(366), by="test")
    assert last.receipt["counts"]["quality.scorecard"] == 1
    assert running.client.get(f"/v1/conversations/{one}").status_code == 404
    with service.store.database.reading() as session:
        assert session.get(KeptScorecardRow, one) is None


@sqlite_only
def test_sound_goes_from_the_disk(running, wav_bytes, later):
    answer = running.client.post(
        "/v1/conversations", files={"file": ("call.wav", wav_bytes(), "audio/wav")}
    )
    running.wait_for(answer.json()["id"])
    files = running.app.state.service.store.files
    assert len(list(files.stored())) == 1
    run_purge(running.app.state.service, later(181), by="test")
    assert list(files.stored()) == []


def test_each_purpose_has_its_own_time(running, later):
    service = running.app.state.service
    kept = send(running, purpose="mifid")
    unsigned = send(running, purpose="assurance_vente")
    signed = send(running, purpose="assurance_vente")
    service.privacy.consents.record(
        "contract", team="default", by="k", conversation_id=signed, reference="contrat-7"
    )
    run_purge(service, later(31), by="test")
    assert running.client.get(f"/v1/conversations/{unsigned}").status_code == 404
    run_purge(service, later(700), by="test")
    for one in (kept, signed):
        assert running.client.get(f"/v1/conversations/{one}").json()["analysis"] is not None
    run_purge(service, later(731), by="test")
    assert running.client.get(f"/v1/conversations/{signed}").status_code == 404
    run_purge(service, later(1827), by="test")
    assert running.client.get(f"/v1/conversations/{kept}").status_code == 404


@sqlite_only
def test_days_count_from_the_contact_not_from_the_upload(running, later):
    old = (datetime.now(UTC) - timedelta(days=200)).isoformat()
    one = send(running, started_at=old)
    fresh = send(running)
    plan = plan_purge(running.app.state.service, later(0))
    assert [overdue.conversation_id for overdue in plan.conversations] == [one]
    assert fresh not in {overdue.conversation_id for overdue in plan.conversations}


@sqlite_only
def test_a_contact_that_claims_to_be_in_the_future_is_not_kept_for_longer(running, later):
    send(running, started_at="2099-01-01T00:00:00Z")
    assert len(plan_purge(running.app.state.service, later(181)).conversations) == 1


@sqlite_only
def test_a_purpose_without_a_rule_is_reported_and_kept(running, later):
    one = send(running)
    service = running.app.state.service
    with service.store.database.writing() as session:
        session.get(ConversationRow, one).purpose = "abandoned"
    proof = run_purge(service, later(4000), by="test")
    assert proof.receipt["unknown_purposes"] == ["abandoned"]
    assert running.client.get(f"/v1/conversations/{one}").status_code == 200


@sqlite_only
def test_quotes_in_scores_and_reviews_go_with_the_words(running, searched, later):
    one = send(running)
    document = json.dumps(
        {"items": [{"id": "q1", "value": 1, "reason_fr": TEXT, "evidence": [{"quote": TEXT}]}]}
    )
    with running.app.state.service.store.database.writing() as session:
        session.add(
            EvaluationRow(
                conversation_id=one, scorecard="inbound", version="1", team="default",
                scorecard_sha256="0" * 64, created_at=datetime.now(UTC), document=document,
            )
        )  # fmt: skip
        session.add(
            ReviewEventRow(
                team="default", id="e1", stream="s", position=0, kind="commented",
                conversation_id=one, at=datetime.now(UTC),
                document=json.dumps({"text": TEXT, "item": "q1"}),
            )
        )  # fmt: skip
    run_purge(running.app.state.service, later(181), by="test")
    assert searched.find(*MARKS) == []
    with running.app.state.service.store.database.reading() as session:
        left = json.loads(session.scalars(select(EvaluationRow.document)).one())
    assert left == {"items": [{"id": "q1", "value": 1, "reason_fr": "[…]", "evidence": []}]}


@sqlite_only
def test_what_was_asked_goes_from_the_cards_and_how_they_were_judged_stays(
    running, searched, later
):
    one = send(running)
    citation = Citation(document="box.md", title="Box", passage_id="p1", quote="Redémarrez la box.")
    card = Card(
        id="c1", citation=citation, text="Redémarrez la box.", question=TEXT, confidence=0.9,
        asked_turn=0, shown_at_s=2.0, delay_s=1.0,
    )  # fmt: skip
    cards = [
        CardEvent(kind="shown", at_s=2.0, conversation=one, card_id="c1", card=card),
        CardEvent(kind="down", at_s=3.0, conversation=one, card_id="c1"),
    ]
    database = running.app.state.service.store.database
    with database.writing() as session:  # opened later than the contact: its own time is not over
        session.add(
            AssistSessionRow(id="s1", owner="k1", conversation_id=one, created_at=later(9), heard=1)
        )
        session.flush()
        append(session, "s1", cards, before=(), at=datetime.now(UTC))
    assert searched.find(*MARKS) != []
    run_purge(running.app.state.service, later(181), by="test")
    assert searched.find(*MARKS) == []
    blanked = card.model_copy(update={"question": "[…]"})
    with database.reading() as session:
        left = events_of(session, "s1")
    assert left == [cards[0].model_copy(update={"card": blanked}), cards[1]]


def test_the_proof_cannot_be_changed(running, later):
    service = running.app.state.service
    run_purge(service, later(0), by="test")
    with pytest.raises(DBAPIError), service.store.database.writing() as session:
        session.execute(text("UPDATE removals SET kind = 'erasure'"))
    assert service.privacy.removals.verify().broken_at is None


@sqlite_only
def test_a_proof_signed_with_another_key_is_found(running, key, later):
    from serving.privacy.removal_log import RemovalLog

    service = running.app.state.service
    run_purge(service, later(0), by="test")
    assert RemovalLog(service.store.database, key).verify().broken_at == 1


@sqlite_only
def test_the_purge_is_a_scheduled_job_that_can_be_asked_for(running):
    job = running.app.state.service.jobs.submit("purge")
    deadline = time.monotonic() + 20
    while running.app.state.service.jobs.ledger.get(job.id).state != "done":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    listed = running.client.get("/v1/privacy/purges").json()["data"]
    assert {one["requested_by"] for one in listed} == {"schedule"}


@sqlite_only
def test_the_preview_counts_and_removes_nothing(running):
    one = send(running, started_at=(datetime.now(UTC) - timedelta(days=200)).isoformat())
    seen = running.client.get("/v1/privacy/purges/preview").json()
    assert (seen["counts"]["quality.transcript"], seen["conversations"]) == (1, 1)
    assert running.client.get(f"/v1/conversations/{one}").json()["analysis"] is not None
    done = running.client.post("/v1/privacy/purges")
    assert done.status_code == 201
    assert done.json()["receipt"]["counts"]["quality.transcript"] == 1


@sqlite_only
def test_a_teams_administrator_purges_only_the_own_team(running):
    old = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    send(running, started_at=old)
    service = running.app.state.service
    with running.client_of("admin", team="north") as north:
        for made_by in (north, running.client):
            made_by.post("/v1/bot/sessions", json={})
        theirs = north.post(
            "/v1/conversations",
            json={
                "conversation": {"messages": [{"speaker": "customer", "text": TEXT}]},
                "metadata": {"started_at": old},
            },
        ).json()["id"]
        running.wait_for(theirs)
        later = datetime.now(UTC) + timedelta(days=400)
        assert len(plan_purge(service, later, team="north").bot_sessions) == 1
        assert len(plan_purge(service, later).bot_sessions) == 2
        assert north.get("/v1/privacy/purges/preview").json()["conversations"] == 1
        proof = north.post("/v1/privacy/purges").json()
        assert [one["id"] for one in proof["receipt"]["conversations"]] == [theirs]
    assert running.client.get("/v1/privacy/purges/preview").json()["conversations"] == 1


@sqlite_only
def test_a_teams_purge_leaves_the_log_of_other_teams_webhooks(running):
    service = running.app.state.service
    moment = datetime.now(UTC)
    with service.store.database.writing() as session:
        for team in ("default", "north"):
            session.add(
                WebhookRow(
                    id=team, team=team, url="https://a.example", kinds=[], secret="s",
                    enabled=True, created_at=moment, created_by="k",
                )
            )  # fmt: skip
            session.flush()
            session.add(
                WebhookDeliveryRow(
                    id=team, webhook_id=team, kind="purge.finished", body="{}",
                    state="delivered", attempts=1, created_at=moment,
                )
            )  # fmt: skip
    later = moment + timedelta(days=91)
    assert service.webhooks.forget_old(later, team="north") == 1
    assert service.webhooks.forget_old(later) == 1


def test_of_a_document_the_shape_stays_and_the_words_go():
    assert without_words('{"quote": "", "a": [{"text": "x", "n": 1}], "b": null}') == (
        '{"quote":"","a":[{"text":"[…]","n":1}],"b":null}'
    )

"""What is erased is nowhere any more, and the receipt says where it was."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from serving.privacy.copies import BY_THE_STORE, NOT_OF_PEOPLE, OF_PEOPLE
from serving.privacy.receipt_words import FRENCH
from serving.store.tables import BackupRow, Base, BoardReportRow

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

# Words that occur nowhere else; the last is how the index of words writes one.
MARKS = ("zorglubinette", "Zorglubinette", "kryptonique", "kryptoniqu")
CUSTOMER = "client-4f1e88-marqueur"
TEXT = "Je m'appelle Zorglubinette et ma box kryptonique est en panne."


def send(client, text=TEXT, **metadata):
    metadata.setdefault("customer_key", CUSTOMER)
    answer = client.post(
        "/v1/conversations",
        json={
            "conversation": {
                "messages": [
                    {"speaker": "agent", "text": "Bonjour."},
                    {"speaker": "customer", "text": text},
                ]
            },
            "metadata": metadata,
        },
    )
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def erase(client, customer=CUSTOMER):
    answer = client.post("/v1/privacy/erasures", json={"customer_key": customer})
    assert answer.status_code == 201, answer.text
    return answer.json()


def marked_wav(wav_bytes):
    """A recording whose samples spell a word."""
    sound = wav_bytes(seconds=0.5)
    return sound[:-400] + b"zorglubinette" * 20 + sound[-140:]


def everything_in(running, wav_bytes):
    """Put the words through every way in; return the ids of the conversations."""
    client = running.client
    chat = send(client)
    running.wait_for(chat)
    broken = send(client, f"BROKEN {TEXT}")
    running.wait_for(broken)
    bug = send(client, f"BUG {TEXT}")
    running.wait_for(bug)
    file = client.post(
        "/v1/conversations",
        files={"file": ("zorglubinette.wav", marked_wav(wav_bytes), "audio/wav")},
        data={"customer_key": CUSTOMER},
        headers={"Idempotency-Key": '"zorg-1"'},
    )
    assert file.status_code == 202, file.text
    running.wait_for(file.json()["id"])
    vcon = {
        "vcon": "0.0.1", "uuid": "018f3b1c-0000-8000-8000-000000000001",
        "created_at": "2026-11-03T10:00:00Z", "subject": "Zorglubinette kryptonique",
        "parties": [{"name": "Agent"}, {"name": "Zorglubinette", "role": "customer"}],
        "dialog": [
            {"type": "text", "start": "2026-11-03T10:00:00Z", "parties": [1], "body": TEXT,
             "encoding": "none", "mediatype": "text/plain"},
        ],
        "x_unknown": "kryptonique",
    }  # fmt: skip
    imported = client.post(
        "/v1/conversations",
        files={"file": ("zorglubinette.vcon.json", json.dumps(vcon).encode(), "application/json")},
        data={"customer_key": CUSTOMER},
    )
    assert imported.status_code == 202, imported.text
    running.wait_for(imported.json()["id"])
    return [chat, broken, bug, file.json()["id"], imported.json()["id"]]


def everything_made_of_it(running, one):
    """Put the words where other parts of the service put them: rows and folders of each."""
    from datetime import UTC, datetime

    from quality.review.session_events import (
        MachineAnswers,
        SessionClosed,
        SessionOpened,
        SessionReconciled,
        SessionScored,
    )
    from serving.live.facts import SessionFacts
    from serving.live.spool import Spool
    from serving.store.tables import (
        AssignmentRow,
        AssistSessionRow,
        BotReplyRow,
        BotSessionRow,
        CardEventRow,
        EvaluationRow,
        ReviewEventRow,
        TurnVectorsRow,
        WebhookDeliveryRow,
        WebhookRow,
    )

    at, team, document = datetime.now(UTC), "default", json.dumps({"text": TEXT})
    service = running.app.state.service
    with service.store.database.writing() as session:
        session.add_all((
            BotSessionRow(id="b", team=team, owner="k", customer_key=CUSTOMER, version=1,
                          state="answering", created_at=at, updated_at=at, document=document,
                          packet=document, remark=TEXT),
            AssistSessionRow(id="a", team=team, owner="k", conversation_id=one, created_at=at),
            EvaluationRow(conversation_id=one, scorecard="s", version="1", team=team,
                          scorecard_sha256="0" * 64, created_at=at, document=document),
            ReviewEventRow(team=team, id="e", stream="s", position=0, kind="commented",
                           conversation_id=one, at=at, document=document),
            AssignmentRow(id="x", team=team, conversation_id=one, scorecard="s", version="1",
                          assignee="p", assigned_by="q", created_at=at),
            TurnVectorsRow(conversation_id=one, encoder_sha="0" * 64, turn_count=1, dim=1,
                           turn_indexes=b"0000", vectors=b"zorglubinette"),
            WebhookRow(id="w", team=team, url="https://x", kinds=[], secret="s", enabled=False,
                       created_at=at, created_by="k"),
        ))  # fmt: skip
        session.flush()
        session.add_all((
            BotReplyRow(session_id="b", event_id="1", request_sha256="0" * 64, document=document),
            CardEventRow(session_id="a", position=0, kind="shown", at=at, document=document),
            WebhookDeliveryRow(id="d", webhook_id="w", kind="alert.raised", conversation_id=one,
                               body=document, created_at=at, state="failed", attempts=10),
        ))  # fmt: skip
    note = running.client.put(f"/v1/conversations/{one}/note", json={"text": TEXT, "version": 0})
    assert note.status_code == 200, note.text
    who = {"at": at, "author": "k", "role": "reviewer", "session": "blind-1"}
    scored = [MachineAnswers(conversation_id=each, answers={"Q1": 1}) for each in (one, "other")]
    service.resources.desk.log(team).append_all((
        SessionOpened(**who, scorecard="s", version="1", raters=("r1", "r2"), contacts=scored),
        *(
            SessionScored(**who | {"author": rater, "role": "analyst"},
                          conversation_id=each, answers={"Q1": answer})
            for rater, answer in (("r1", 1), ("r2", 0))
            for each in (one, "other")
        ),
        SessionReconciled(**who, conversation_id=one, item="Q1", answer=1, reason=TEXT),
        SessionClosed(**who, note=TEXT),
    ))  # fmt: skip
    facts = SessionFacts(
        id="live-1", protocol="live", team=team, owner="k", sound=None, channel="chat",
        started_at=at, customer_key=CUSTOMER,
    )  # fmt: skip
    spool = Spool.create(service.spool_dir, facts, "0" * 64)
    spool.note([{"kind": "final", "text": TEXT}])
    spool.close()


def test_after_an_erasure_the_words_are_nowhere(running, searched, wav_bytes):
    other = send(running.client, "Bonjour, ma facture est fausse.", customer_key="client-2")
    running.wait_for(other)
    ids = everything_in(running, wav_bytes)
    everything_made_of_it(running, ids[0])
    assert searched.find(*MARKS), "the test has to put something somewhere"
    receipt = erase(running.client)
    removed = {line["where"]: line["removed"] for line in receipt["receipt"]["copies"]}
    for where in ("bot_replies", "bot_sessions", "card_events", "assist_sessions", "evaluations",
                  "review_events", "assignments", "turn_vectors", "webhook_deliveries",
                  "imported_vcons", "live", "notes"):  # fmt: skip
        assert removed[where] >= 1, where
    assert sorted(receipt["receipt"]["conversations"]) == sorted(ids)
    assert searched.find(*MARKS, CUSTOMER) == []
    for one in ids:
        assert running.client.get(f"/v1/conversations/{one}").status_code == 404
    assert running.wait_for(other)["status"] == "done"


def test_an_erasure_while_it_is_analysed_leaves_nothing(running, searched):
    one = send(running.client, f"WAIT {TEXT}")
    assert running.pipeline.begun.wait(20)
    erase(running.client)
    running.pipeline.go_on.set()
    assert running.client.get(f"/v1/conversations/{one}").status_code == 404
    after = send(running.client, "Une autre demande.", customer_key="client-2")
    running.wait_for(after)  # the worker has left the erased one behind
    deadline = time.monotonic() + 10
    while searched.find(*MARKS, CUSTOMER) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert searched.find(*MARKS, CUSTOMER) == []


@sqlite_only
def test_the_receipt_names_every_copy_and_is_signed(running, wav_bytes):
    everything_in(running, wav_bytes)
    service = running.app.state.service
    receipt = erase(running.client)
    lines = {line["where"]: line for line in receipt["receipt"]["copies"]}
    assert lines["analyses"]["removed"] >= 2
    assert lines["turns"]["removed"] >= 2
    assert lines["jobs"]["removed"] == 5
    assert set(lines) >= set(OF_PEOPLE)
    assert CUSTOMER not in json.dumps(receipt)
    for line in lines.values():
        assert FRENCH[line["copy"]] == line["copy_fr"]
        assert line["why"] is None or FRENCH[line["why"]] == line["why_fr"]
    check = running.client.get("/v1/privacy/removals/verification").json()
    assert check["rows"] >= 1
    assert check["broken_at"] is None
    assert receipt["signature"] == service.privacy.key.sign(receipt["hash"])
    read = running.client.get(f"/v1/privacy/removals/{receipt['id']}").json()
    assert read == receipt


@sqlite_only
def test_backups_are_named_with_their_date(running, now):
    send(running.client)
    with running.app.state.service.store.database.writing() as session:
        session.add(BackupRow(id="b1", path="/backups/one", began_at=now, finished_at=now))
        session.add(
            BackupRow(id="b2", path="/backups/two", began_at=now, finished_at=now, deleted_at=now)
        )
    receipt = erase(running.client)
    [line] = [one for one in receipt["receipt"]["copies"] if one["copy"] == "backups"]
    assert line["items"] == ["/backups/one (2026-11-03)"]
    assert (line["kept"], line["removed"]) == (1, 0)
    assert line["why"]


@sqlite_only
def test_erasing_again_is_no_mistake(running):
    send(running.client)
    first, second = erase(running.client), erase(running.client)
    assert len(first["receipt"]["conversations"]) == 1
    assert second["receipt"]["conversations"] == []
    assert second["subject"] == first["subject"]
    listed = running.client.get("/v1/privacy/erasures").json()["data"]
    assert [one["id"] for one in listed] == [second["id"], first["id"]]


@sqlite_only
def test_erasing_one_conversation_reaches_what_an_erasure_of_its_customer_does(running):
    one = send(running.client)
    running.wait_for(one)
    service = running.app.state.service
    with service.store.database.writing() as session:
        session.add(
            BoardReportRow(
                id="r", kind="topics", made_at=datetime.now(UTC), seconds=0.1,
                document=json.dumps({"contacts": [one]}),
            )
        )  # fmt: skip
    running.client.delete(f"/v1/conversations/{one}")
    with service.store.database.reading() as session:
        assert session.scalars(select(BoardReportRow)).all() == []


@sqlite_only
def test_another_teams_customer_with_the_same_key_stays(running):
    mine = send(running.client)
    with running.client_of("admin", team="north") as north:
        theirs = send(north)
        running.wait_for(mine)
        erase(north)
        assert north.get(f"/v1/conversations/{theirs}").status_code == 404
    assert running.client.get(f"/v1/conversations/{mine}").status_code == 200


@sqlite_only
def test_a_team_that_is_not_ones_own_is_refused_and_not_taken_for_the_own(running):
    mine = send(running.client)
    asked = {"customer_key": CUSTOMER, "team": "default"}
    with running.client_of("admin", team="north") as north:
        for answer in (
            north.post("/v1/privacy/erasures", json=asked),
            north.get(f"/v1/privacy/subjects/{CUSTOMER}", params={"team": "default"}),
        ):
            assert answer.status_code == 422
            assert answer.json()["detail"] == "the key is another team's"
        assert north.get("/v1/privacy/erasures").json()["data"] == []
        own = asked | {"team": "north"}
        assert north.post("/v1/privacy/erasures", json=own).status_code == 201
    assert running.client.get(f"/v1/conversations/{mine}").status_code == 200


def test_an_objection_erases_and_what_comes_later_is_refused(running, searched):
    one = send(running.client)
    running.wait_for(one)
    said = running.client.post(
        "/v1/consents", json={"kind": "objection", "customer_key": CUSTOMER}
    ).json()
    assert said["erasure_id"]
    proof = running.client.get(f"/v1/privacy/removals/{said['erasure_id']}").json()
    assert proof["receipt"]["cause"] == "objection"
    assert searched.find(*MARKS, CUSTOMER) == []
    refused = running.client.post(
        "/v1/conversations",
        json={
            "conversation": {"messages": [{"speaker": "customer", "text": TEXT}]},
            "metadata": {"customer_key": CUSTOMER},
        },
    )
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("objection-recorded")
    assert searched.find(*MARKS, CUSTOMER) == []
    running.client.post("/v1/consents", json={"kind": "objection_lifted", "customer_key": CUSTOMER})
    send(running.client)


@sqlite_only
def test_an_objection_in_a_conversation_erases_that_one(running):
    one, other = send(running.client), send(running.client)
    said = running.client.post("/v1/consents", json={"kind": "objection", "conversation_id": one})
    assert said.status_code == 201, said.text
    assert running.client.get(f"/v1/conversations/{one}").status_code == 404
    assert running.client.get(f"/v1/conversations/{other}").status_code == 200


@sqlite_only
def test_an_agent_records_an_objection_only_in_own_conversations(running):
    mine = send(running.client, agent_key="agent-1")
    theirs = send(running.client, agent_key="agent-2")
    with running.client_of("agent", agent_key="agent-1") as agent:
        ask = {"kind": "objection", "conversation_id": theirs}
        assert agent.post("/v1/consents", json=ask).status_code == 404
        ask["conversation_id"] = mine
        assert agent.post("/v1/consents", json=ask).status_code == 201
    assert running.client.get(f"/v1/conversations/{theirs}").status_code == 200


@pytest.mark.parametrize("reference", [None, "consent-1", "withdrawn-1"])
@sqlite_only
def test_an_outbound_sale_needs_a_consent_on_record(running, reference):
    for kind in ("consent", "withdrawal"):
        running.client.post(
            "/v1/consents",
            json={"kind": kind, "reference": "withdrawn-1", "customer_key": CUSTOMER},
        )
    metadata = {"customer_key": CUSTOMER, "direction": "outbound", "purpose": "vente"}
    if reference is not None:
        metadata["consent_ref"] = reference
    sale = {
        "conversation": {"messages": [{"speaker": "customer", "text": TEXT}]}, "metadata": metadata,
    }  # fmt: skip
    refused = running.client.post("/v1/conversations", json=sale)
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("consent-missing")
    if reference == "consent-1":
        running.client.post(
            "/v1/consents",
            json={"kind": "consent", "reference": reference, "customer_key": CUSTOMER},
        )
        assert running.client.post("/v1/conversations", json=sale).status_code == 202


def test_every_table_says_what_an_erasure_does_with_it():
    named = set(OF_PEOPLE) | BY_THE_STORE | set(NOT_OF_PEOPLE)
    assert set(Base.metadata.tables) - named == set(), "name it in serving/privacy/copies.py"
    for name, rows in OF_PEOPLE.items():
        columns = set(Base.metadata.tables[name].c.keys())
        of_rows = {rows.by_conversation, rows.by_customer, (rows.through or (None,))[0]} - {None}
        assert of_rows <= columns, name


def test_columns_that_name_a_customer_are_reached_or_are_fingerprints():
    for name, table in Base.metadata.tables.items():
        if "customer_key" in table.c and name not in BY_THE_STORE:
            known = OF_PEOPLE.get(name)
            assert known is not None or name in NOT_OF_PEOPLE, name
            assert known is None or known.by_customer == "customer_key", name


@sqlite_only
def test_the_audit_log_names_the_receipt_and_not_the_customer(running):
    from serving.store.tables import AuditRow

    send(running.client)
    receipt = erase(running.client)
    with running.app.state.service.store.database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "erasure.run")).all()
    assert [row.object_id for row in rows] == [receipt["id"]]


@sqlite_only
def test_a_contact_that_comes_with_an_objection_is_not_taken_in(running, searched, wav_bytes):
    refused = running.client.post(
        "/v1/conversations",
        files={"file": ("zorglubinette.wav", marked_wav(wav_bytes), "audio/wav")},
        data={"customer_key": CUSTOMER, "objection": "true"},
    )
    assert refused.status_code == 403, refused.text
    assert refused.json()["type"].endswith("objection-recorded")
    assert searched.find(*MARKS, CUSTOMER) == []
    [noted] = running.client.get("/v1/consents", params={"customer_key": CUSTOMER}).json()["data"]
    assert (noted["kind"], noted["conversation_id"][:9]) == ("objection", "declined-")
    send(running.client)  # it was about that contact, not in general

"""Wrap-up notes: drafted, sent, never written over unseen, gone with the words."""

from __future__ import annotations

import datetime
import json

import pytest

from conversation.errors import ChangedMeanwhile, NotFound
from serving.access.visibility import EVERYTHING, Visibility
from serving.notes import Notes, text_of_note
from serving.store.tables import AnalysisRow, ConversationRow

NOW = datetime.datetime(2026, 11, 2, 10, tzinfo=datetime.UTC)


@pytest.fixture
def notes(database):
    with database.writing() as session:
        for number in range(3):
            session.add(
                ConversationRow(
                    id=f"c{number}",
                    status="done",
                    name=f"c{number}",
                    created_at=NOW,
                    source="{}",
                    agent_key=f"a{number}",
                )
            )
    clock = iter(NOW + datetime.timedelta(minutes=at) for at in range(100))
    return Notes(database, clock=lambda: next(clock))


def test_a_draft_stays_beside_what_the_agent_makes_of_it(notes):
    notes.draft("c0", "Motif : panne.")
    notes.draft("c0", "Une autre.")
    assert notes.get("c0").draft == "Motif : panne."
    first = notes.send("c0", "Motif : box.", seen=0, author="key-1")
    second = notes.send("c0", "Motif : box rendue.", seen=1, author="key-2")
    assert (first.version, second.version) == (1, 2)
    kept = notes.get("c0")
    assert (kept.draft, kept.text, kept.author) == (
        "Motif : panne.", "Motif : box rendue.", "key-2",
    )  # fmt: skip


def test_what_is_sent_is_answered_with_the_draft_of_the_analysis(notes, database):
    note = {"sentences": [{"text": "Motif : panne."}]}
    with database.writing() as session:
        session.add(
            AnalysisRow(
                conversation_id="c0", schema_version="1", created_at=NOW,
                document=json.dumps({"understanding": {"note": note}}),
            )
        )  # fmt: skip
    assert notes.get("c0").draft == "Motif : panne."
    for seen in (0, 1):
        assert notes.send("c0", "Motif : box.", seen=seen, author="key-1").draft == "Motif : panne."


def test_what_was_sent_meanwhile_is_not_written_over(notes):
    notes.send("c0", "La leur.", seen=0, author="key-1")
    with pytest.raises(ChangedMeanwhile):
        notes.send("c0", "La mienne.", seen=0, author="key-2")
    with pytest.raises(ChangedMeanwhile):
        notes.send("c1", "La mienne.", seen=4, author="key-2")
    assert notes.get("c0").text == "La leur."


def test_what_may_not_be_seen_is_not_there(notes):
    notes.draft("c0", None)
    notes.draft("c1", "Motif : panne.")
    theirs = Visibility(team=None, agent_key="a1")
    assert [one.note.conversation_id for one in notes.recent(theirs, limit=5)] == ["c1"]
    assert [one.agent_key for one in notes.recent(EVERYTHING, limit=1)] == ["a1"]
    with pytest.raises(NotFound):
        notes.get("c0", visibility=theirs)
    with pytest.raises(NotFound):
        notes.send("c0", "x", seen=0, author="key-1", visibility=theirs)
    with pytest.raises(NotFound):
        notes.send("none", "x", seen=0, author="key-1")


def test_a_note_that_is_none_has_no_text():
    assert text_of_note({"reason": "too_short", "message": "…"}) is None
    assert text_of_note({"sentences": [{"text": "Un."}, {"text": "Deux."}]}) == "Un.\nDeux."


def test_a_note_goes_with_the_words_and_is_not_kept_with_a_card_number(service):
    conversation = service.send_chat()
    service.wait_for(conversation)
    path = f"/v1/conversations/{conversation}/note"
    assert service.client.get(path).json()["version"] == 0
    sent = service.client.put(
        path, json={"text": "Carte 4970 1012 3456 7893 à rappeler.", "version": 0}
    )
    assert sent.status_code == 200
    assert "4970" not in sent.json()["text"]
    assert service.client.put(path, json={"text": "x", "version": 0}).status_code == 412
    assert service.client.put(path, json={"text": " ", "version": 1}).status_code == 422
    with service.client_of("agent", agent_key="another") as other:
        assert other.get(path).status_code == 404
        assert other.put(path, json={"text": "x", "version": 1}).status_code == 404
    with service.client_of("customer") as customer:
        assert customer.get(path).status_code == 403
    service.app.state.service.store.erase_content(conversation, document=None)
    assert service.client.get(path).json()["text"] is None
    service.client.put(path, json={"text": "Encore.", "version": 0})
    assert service.client.delete(f"/v1/conversations/{conversation}").status_code == 204
    assert service.client.get(path).status_code == 404
    actions = [
        one["action"]
        for one in service.client.get("/v1/audit", params={"object_id": conversation}).json()[
            "data"
        ]
    ]
    assert {"note.read", "note.send"} <= set(actions)

"""People get what is stored of them, and not what others said."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from conversation import Conversation, Participant, Turn
from serving.privacy.subject_export import _masked_quotes
from serving.store.tables import ReviewEventRow

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

CUSTOMER = "client-9/é"


def send(running, said="Ma box est en panne."):
    answer = running.client.post(
        "/v1/conversations",
        json={
            "conversation": {
                "messages": [
                    {"speaker": "agent", "text": "Bonjour, Sophie Martin à votre écoute."},
                    {"speaker": "customer", "text": said},
                ]
            },
            "metadata": {"customer_key": CUSTOMER},
        },
    )
    assert answer.status_code == 202, answer.text
    running.wait_for(answer.json()["id"])
    return answer.json()["id"]


def export(running, customer=CUSTOMER):
    from urllib.parse import quote

    answer = running.client.get(f"/v1/privacy/subjects/{quote(customer, safe='')}")
    if answer.status_code != 200:
        return answer
    assert answer.headers["content-type"] == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.content))


@pytest.fixture
def archive(running):
    send(running)
    running.client.post("/v1/consents", json={"kind": "notice", "customer_key": CUSTOMER})
    return export(running)


def test_the_customer_finds_own_words_and_facts(archive):
    facts = json.loads(archive.read("subject.json"))
    [one] = facts["conversations"]
    assert one["purpose"] == "quality"
    assert [entry["kind"] for entry in facts["ledger"]] == ["notice"]
    [name] = [name for name in archive.namelist() if name.startswith("transcripts/")]
    assert "Ma box est en panne." in archive.read(name).decode()
    assert "Vos données personnelles" in archive.read("LISEZMOI-README.txt").decode()


@sqlite_only
def test_what_others_said_is_nowhere_in_it(archive):
    content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"Sophie" not in content
    assert b"Martin" not in content
    assert "[…]".encode() in content


@sqlite_only
def test_the_note_and_the_remarks_about_the_customer_are_in_it(running):
    one = send(running, "Je m'appelle Marc Dubois, ma box est en panne.")
    text = "Motif : panne. M. Dubois attend un rappel."
    note = running.client.put(f"/v1/conversations/{one}/note", json={"text": text, "version": 0})
    assert note.status_code == 200, note.text
    service, at = running.app.state.service, datetime.now(UTC)
    remarks = (
        {"text": "Le client, Marc Dubois, est en colère ; Sophie Martin le calme."},
        {"text": "Reformulation absente.",
         "evidence": [{"turn_index": 1, "quote": "ma box est en panne"}]},
        {"text": "Voix trop rapide."},
    )  # fmt: skip
    with service.store.database.writing() as session:
        session.add_all(
            ReviewEventRow(
                team="default", id=f"e{number}", stream="s", position=number, kind="commented",
                conversation_id=one, at=at,
                document=json.dumps({"kind": "commented", "role": "analyst", "author": "k-1",
                                     **remark}),
            )
            for number, remark in enumerate(remarks)
        )  # fmt: skip
    facts = json.loads(export(running).read("subject.json"))["conversations"][0]
    assert facts["note"]["text"] == text
    named, quoted = facts["remarks"]
    assert named["by"] == "analyst"
    [said] = named["texts"]
    assert "Marc Dubois" in said
    assert "Martin" not in said
    assert quoted["quotes"] == ["ma box est en panne"]
    assert "Voix trop rapide" not in json.dumps(facts, ensure_ascii=False)
    assert "k-1" not in json.dumps(facts)


@sqlite_only
def test_nothing_is_left_in_the_folder_of_uploads(running, archive):
    incoming = running.settings.data_dir / "incoming"
    assert [path for path in incoming.rglob("*") if path.is_file() and path.suffix == ".zip"] == []


@sqlite_only
def test_a_customer_of_whom_nothing_is_stored_is_not_found(running):
    answer = export(running, "nobody")
    assert answer.status_code == 404


def test_quotes_of_others_in_conclusions_are_masked():
    conversation = Conversation(
        id="c",
        channel="chat",
        participants=(Participant(role="agent"), Participant(role="customer")),
        turns=(
            Turn(index=0, speaker="agent", text="secret"),
            Turn(index=1, speaker="customer", text="own"),
        ),
    )
    found = {
        "evidence": [
            {"turn_index": 0, "quote": "secret"},
            {"turn_index": 1, "quote": "own"},
            {"turn_index": 9, "quote": "lost"},
        ]
    }
    masked = _masked_quotes(found, conversation)
    assert [one["quote"] for one in masked["evidence"]] == ["[…]", "own", "[…]"]


@sqlite_only
def test_the_sound_holds_only_the_customers_stretches(running, wav_bytes, tmp_path):
    """A call whose transcript is known: what the agent says is silent in the copy."""
    import wave

    from sqlalchemy import update

    from serving.store.tables import AnalysisRow

    answer = running.client.post(
        "/v1/conversations",
        files={"file": ("call.wav", wav_bytes(seconds=2, tone=50), "audio/wav")},
        data={"customer_key": CUSTOMER},
    )
    one = answer.json()["id"]
    running.wait_for(one)
    spoken = Conversation(
        id="call",
        channel="phone",
        duration_s=2.0,
        turns=(
            Turn(index=0, speaker="agent", text="secret", start_s=0.0, end_s=1.0),
            Turn(index=1, speaker="customer", text="own", start_s=1.2, end_s=2.0),
        ),
    )
    with running.app.state.service.store.database.writing() as session:
        session.execute(
            update(AnalysisRow).values(
                document=json.dumps({"conversation": spoken.model_dump(mode="json")})
            )
        )
    archive = export(running)
    [name] = [name for name in archive.namelist() if name.startswith("audio/")]
    path = tmp_path / "out.wav"
    path.write_bytes(archive.read(name))
    with wave.open(str(path)) as sound:
        frames = sound.readframes(sound.getnframes())
    half = len(frames) // 2
    assert len(frames) == 2 * 8000 * 2
    assert set(frames[: half - 800]) == {0}
    assert set(frames[-half // 2 :]) != {0}

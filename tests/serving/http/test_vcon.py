"""vCons in and out over HTTP: plain, gzipped, signed; what is not known stays."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import uuid
import wave
from datetime import datetime

import pytest

from conversation.vcon import parse_vcon
from serving.interchange.vcon_original import brought_up_to_date, without_sound
from serving.interchange.vcon_writer import vcon_uuid

CHAT = {
    "uuid": "0190e6b1-7c3e-8f2a-9b1d-3f5a7c9e1b2d",
    "created_at": "2026-11-03T10:02:00+01:00",
    "subject": "Panne",
    "x-ticket": {"number": 4711},
    "parties": [
        {"name": "Claire", "role": "agent", "x-desk": "B12"},
        {"name": "Marc Dubois", "role": "customer", "tel": "+33612345678"},
    ],
    "dialog": [
        {
            "type": "text", "start": "2026-11-03T10:02:00+01:00", "parties": [1, 0],
            "mediatype": "text/plain", "encoding": "none", "body": "Ma box ne marche plus.",
            "x-read": True,
        },
        {
            "type": "text", "start": "2026-11-03T10:02:30+01:00", "parties": [0, 1],
            "mediatype": "text/plain", "encoding": "none", "body": "Je regarde.",
        },
    ],
    "analysis": [
        {"type": "mood", "vendor": "other", "encoding": "json", "body": {"mood": "grey"}}
    ],
    "attachments": [
        {
            "purpose": "contract", "start": "2026-11-03T10:02:00+01:00", "party": 1, "dialog": 0,
            "encoding": "none", "body": "page 1",
        }
    ],
}  # fmt: skip


def sound() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * 32)
    return buffer.getvalue()


def unpadded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def call() -> dict:
    return {
        "uuid": str(uuid.uuid4()),
        "created_at": "2026-11-03T10:02:00+01:00",
        "x-site": "Lyon",
        "parties": [{"name": "Claire", "role": "agent"}, {"role": "customer"}],
        "dialog": [
            {
                "type": "recording", "start": "2026-11-03T10:02:00+01:00", "duration": 0.5,
                "parties": [0, 1], "mediatype": "audio/x-wav", "filename": "call.wav",
                "encoding": "base64url", "body": unpadded(sound()), "x-trunk": 7,
            }
        ],
    }  # fmt: skip


def signed(document: dict) -> dict:
    payload = unpadded(json.dumps(document).encode())
    return {"payload": payload, "signatures": [{"protected": "e30", "signature": "AA"}]}


def sent(service, content: bytes, kind: str) -> str:
    answer = service.client.post(
        "/v1/conversations", content=content, headers={"Content-Type": kind}
    )
    assert answer.status_code == 202, answer.text
    one = answer.json()["id"]
    assert service.wait_for(one)["status"] == "done"
    return one


def exported(service, one: str, **query) -> dict:
    answer = service.client.get(f"/v1/conversations/{one}/export", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vcon+json"
    vcon = answer.json()
    check(vcon)
    return vcon


def check(vcon: dict) -> None:
    """Check what the published schema asks for, and the places that it does not look at."""
    uuid.UUID(vcon["uuid"])
    datetime.fromisoformat(vcon["created_at"])
    assert "vcon" not in vcon or vcon["vcon"] == "0.4.0"
    parties, dialogs = len(vcon["parties"]), len(vcon.get("dialog", []))
    for dialog in vcon.get("dialog", []):
        assert dialog["type"] in ("recording", "text", "transfer", "incomplete", "recording-set")
        assert datetime.fromisoformat(dialog["start"]).tzinfo is not None
        for place in _places(dialog.get("parties", [])):
            assert 0 <= place < parties
        _check_content(dialog)
    for analysis in vcon.get("analysis", []):
        assert analysis["type"]
        assert analysis["vendor"]
        for place in _places(analysis.get("dialog", [])):
            assert 0 <= place < dialogs
        _check_content(analysis)
    for attachment in vcon.get("attachments", []):
        datetime.fromisoformat(attachment["start"])
        assert isinstance(attachment["party"], int)
        assert isinstance(attachment["dialog"], int)
        _check_content(attachment)


def _places(value) -> list[int]:
    if isinstance(value, int):
        return [value]
    return [place for item in value if item is not None for place in _places(item)]


def _check_content(item: dict) -> None:
    if "body" in item:
        assert item["encoding"] in ("base64url", "json", "none")
        assert "url" not in item
        if item["encoding"] != "json":
            assert isinstance(item["body"], str)
        if item["encoding"] == "base64url":
            base64.urlsafe_b64decode(item["body"] + "==")
            assert "=" not in item["body"]
    if "url" in item and "content_hash" in item:
        assert "=" not in item["content_hash"]


def by_type(vcon: dict, kind: str) -> dict:
    return next(one for one in vcon["analysis"] if one["type"] == kind)


# In


@pytest.mark.parametrize(
    ("kind", "write"),
    [
        ("application/json", lambda vcon: json.dumps(vcon).encode()),
        ("application/vcon", lambda vcon: json.dumps(vcon).encode()),
        ("application/vcon+json", lambda vcon: json.dumps(vcon).encode()),
        ("application/vcon+json", lambda vcon: json.dumps(signed(vcon)).encode()),
        ("application/vcon+gzip", lambda vcon: gzip.compress(json.dumps(vcon).encode())),
    ],
)
@pytest.mark.parametrize("what", [lambda: CHAT, call])
def test_a_vcon_is_taken_in_every_form(sampled, kind, write, what):
    one = sent(sampled, write(what()), kind)
    assert sampled.client.get(f"/v1/conversations/{one}/transcript").json()["turns"]


def test_the_recording_inside_a_vcon_can_be_played(sampled):
    one = sent(sampled, json.dumps(call()).encode(), "application/vcon+json")
    answer = sampled.client.get(f"/v1/conversations/{one}/audio")
    assert answer.content == sound()
    assert answer.headers["content-type"] == "audio/wav"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (CHAT | {"critical": ["x-secret"]}, "x-secret"),
        ({"ciphertext": "AA", "recipients": []}, "encrypted"),
        ({"payload": "!!", "signatures": []}, "base64url"),
        ({"uuid": "a", "created_at": "b", "parties": []}, "no"),
        (CHAT | {"dialog": []}, "neither"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(sampled, problem, document, said):
    def count():
        return len(sampled.client.get("/v1/conversations", params={"limit": 200}).json()["data"])

    before = count()
    for kind in ("application/vcon+json", "application/json"):
        answer = sampled.client.post(
            "/v1/conversations", content=json.dumps(document), headers={"Content-Type": kind}
        )
        assert said in problem(answer, 422)["detail"]
    assert count() == before
    assert not any(sampled.app.state.service.store.files.incoming.iterdir())


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x00", b"{", b"[1]", b"\x00" * 20])
def test_broken_vcons_are_refused(sampled, problem, content):
    for kind in ("application/vcon", "application/vcon+gzip"):
        answer = sampled.client.post(
            "/v1/conversations", content=content, headers={"Content-Type": kind}
        )
        problem(answer, 422)


# Out


def test_a_recording_becomes_a_vcon_with_everything_concluded(sampled, upload):
    one = upload(sampled, "appel.wav", sound(), queue="support-fixe").json()["id"]
    sampled.wait_for(one)
    vcon = exported(sampled, one, redacted=False)
    assert vcon["uuid"] == vcon_uuid(one)
    assert uuid.UUID(vcon["uuid"]).version == 8
    assert "redacted" not in vcon
    assert [party["role"] for party in vcon["parties"]] == ["agent", "customer"]
    (dialog,) = vcon["dialog"]
    assert (dialog["type"], dialog["parties"]) == ("recording", [0, 1])
    assert dialog["skill"] == ["support-fixe"]
    assert dialog["content_hash"] == "sha512-" + unpadded(hashlib.sha512(sound()).digest())
    fetched = sampled.client.get(dialog["url"].replace(sampled.url, ""))
    assert fetched.content == sound()
    kinds = [one["type"] for one in vcon["analysis"]]
    assert kinds == ["transcript", "wtf_transcription", "sentiment", "summary", "report", "report"]
    wtf = by_type(vcon, "wtf_transcription")["body"]
    assert [segment["speaker"] for segment in wtf["segments"]] == [0, 1, 0, 1]
    assert wtf["words"][0]["text"] == "Bonjour"
    evaluation = vcon["analysis"][-1]
    assert evaluation["schema"] == "entendu.evaluation/1"
    assert evaluation["body"]["items"]


def test_the_recording_can_be_inside(sampled, upload):
    one = upload(sampled, "appel.wav", sound()).json()["id"]
    sampled.wait_for(one)
    (dialog,) = exported(sampled, one, redacted=False, sound="inline")["dialog"]
    assert base64.urlsafe_b64decode(dialog["body"] + "==") == sound()
    (dialog,) = exported(sampled, one, redacted=False, sound="none")["dialog"]
    assert "body" not in dialog
    assert "url" not in dialog


def test_a_redacted_vcon_says_so_and_has_no_sound(sampled, upload, sample):
    one = upload(sampled, "appel.wav", sound()).json()["id"]
    sampled.wait_for(one)
    vcon = exported(sampled, one, sound="inline")
    assert vcon["redacted"] == {"uuid": vcon_uuid(one), "type": "personal-data"}
    assert vcon["uuid"] == vcon_uuid(one, redacted=True) != vcon_uuid(one)
    (dialog,) = vcon["dialog"]
    assert "body" not in dialog
    assert "url" not in dialog
    text = json.dumps(vcon, ensure_ascii=False)
    for secret in (sample.TELEPHONE, "Dubois", "Marc"):
        assert secret not in text, secret


def test_a_chat_becomes_a_dialog_for_each_message(sampled):
    one = sampled.send_chat("Ma box est en panne.")
    sampled.wait_for(one)
    vcon = exported(sampled, one)
    assert [dialog["body"] for dialog in vcon["dialog"]][1] == "Ma box est en panne."
    assert by_type(vcon, "transcript")["dialog"] == [0, 1]
    again = parse_vcon(vcon, name="again").conversation
    assert [turn.text for turn in again.turns] == [
        dialog["body"] for dialog in vcon["dialog"]
    ]  # fmt: skip
    assert [turn.speaker for turn in again.turns] == ["agent", "customer"]


def test_what_is_not_known_of_a_vcon_comes_back(sampled):
    one = sent(sampled, json.dumps(CHAT).encode(), "application/vcon+json")
    vcon = exported(sampled, one, redacted=False)
    assert vcon["uuid"] == CHAT["uuid"]
    assert vcon["x-ticket"] == {"number": 4711}
    assert vcon["parties"] == CHAT["parties"]
    assert vcon["dialog"][0]["x-read"] is True
    assert vcon["attachments"][0]["body"] == "page 1"
    assert by_type(vcon, "mood")["body"] == {"mood": "grey"}
    said = by_type(vcon, "transcript")["body"]
    assert [turn["parties"] for turn in said] == [1, 0]


def test_nothing_unknown_is_in_a_redacted_vcon(sampled):
    one = sent(sampled, json.dumps(CHAT).encode(), "application/vcon+json")
    text = json.dumps(exported(sampled, one))
    for unknown in ("x-ticket", "x-desk", "x-read", "contract", "mood", "33612345678"):
        assert unknown not in text, unknown


def test_a_call_comes_back_with_its_sound_and_its_own_members(sampled):
    document = call()
    one = sent(sampled, json.dumps(signed(document)).encode(), "application/vcon+json")
    vcon = exported(sampled, one, redacted=False, sound="inline")
    assert vcon["uuid"] == document["uuid"]
    assert vcon["x-site"] == "Lyon"
    assert vcon["dialog"][0]["x-trunk"] == 7
    assert vcon["dialog"][0]["body"] == document["dialog"][0]["body"]


def test_going_round_adds_nothing_twice(sampled):
    document = call()
    for _ in range(2):
        one = sent(sampled, json.dumps(document).encode(), "application/vcon+json")
        document = exported(sampled, one, redacted=False, sound="inline")
    kinds = [analysis["type"] for analysis in document["analysis"]]
    assert len(kinds) == 6
    assert document["extensions"].count("wtf_transcription") == 1


def test_erasing_takes_the_vcon_as_received_along(sampled):
    document = CHAT | {"x-note": "le mot de passe est zanzibar"}
    one = sent(sampled, json.dumps(document).encode(), "application/vcon+json")
    assert sampled.client.delete(f"/v1/conversations/{one}").status_code == 204
    for file in sampled.settings.data_dir.rglob("*"):
        if file.is_file():
            assert b"zanzibar" not in file.read_bytes(), file


# Older drafts


def test_older_names_become_those_of_today():
    old = {
        "vcon": "0.0.1",
        "uuid": "u",
        "created_at": "Wed, 18 May 2022 23:05:05 -0000",
        "appended": {},
        "must_support": ["CC"],
        "parties": [{"name": "Alice"}, None],
        "dialog": [
            {
                "type": "recording", "start": "2022-05-18T23:05:05Z", "mimetype": "audio/x-wav",
                "url": "https://example.org/a.wav", "alg": "SHA-512", "signature": "AAAA==",
                "disposition": "ANSWERED", "session_id": "s", "transfer-target": 1,
            }
        ],
        "analysis": [{"type": "transcript", "encoding": "none", "body": [{"text": "a"}]}],
        "attachments": [{"type": "tags", "body": ["a"], "encoding": "none"}],
    }  # fmt: skip
    new = brought_up_to_date(old, received_at=datetime.fromisoformat("2026-11-03T10:00:00+00:00"))
    check(new | {"uuid": CHAT["uuid"]})
    assert new["created_at"].startswith("2022-05-18T23:05:05")
    assert new["critical"] == ["CC"]
    assert new["parties"] == [{"name": "Alice"}, {}]
    dialog = new["dialog"][0]
    assert dialog["mediatype"] == "audio/x-wav"
    assert dialog["content_hash"] == "sha512-AAAA"
    assert dialog["session_id"] == {"local": "s"}
    assert dialog["transfer_target"] == 1
    assert "disposition" not in dialog
    assert new["analysis"][0]["encoding"] == "json"
    assert new["attachments"][0]["purpose"] == "tags"
    assert "amended" not in new


def test_places_that_are_not_there_are_taken_away():
    given = {
        "subject": None,
        "parties": [{}, {}],
        "dialog": [
            {"type": "recording", "start": "2026-11-03T10:00:00Z", "parties": [None, 1, 7]},
            {"type": "text", "start": "2026-11-03T10:00:00Z", "parties": 9, "originator": 5},
        ],
        "analysis": [{"type": "report", "vendor": "other", "dialog": [0, 4]}],
    }
    new = brought_up_to_date(given, received_at=datetime.fromisoformat("2026-11-03T10:00:00+00:00"))
    check(new | {"uuid": CHAT["uuid"]})
    assert new["dialog"][0]["parties"] == [None, 1, None]
    assert "parties" not in new["dialog"][1]
    assert "originator" not in new["dialog"][1]
    assert "subject" not in new


def test_only_sound_is_left_out_of_what_is_kept():
    kept = without_sound(call())
    assert "body" not in kept["dialog"][0]
    assert kept["dialog"][0]["filename"] == "call.wav"
    assert without_sound(CHAT) == CHAT

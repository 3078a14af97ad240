"""Texts and recordings redacted over HTTP; originals are not kept."""

from __future__ import annotations

import io
import json
import time
import wave

import pytest

TEXT = "Je suis Marc Dubois, mon numéro est le 06 12 34 56 78 et ma carte 4000 0566 5566 5556."


def test_a_text_comes_back_with_typed_placeholders(desk):
    answer = desk.admin.post("/v1/redact", json={"text": TEXT, "language": "fr"}).json()
    for value in ("06 12 34 56 78", "4000 0566 5566 5556"):
        assert value not in answer["text"]
    for span in answer["spans"]:
        assert answer["text"][span["start"] : span["end"]] == span["placeholder"]
    phone = next(one for one in answer["found"] if one["type"] == "phone")
    assert TEXT[phone["start"] : phone["end"]] == "06 12 34 56 78"
    assert answer["counts"]["phone"] == 1


def test_what_is_kept_is_said_and_cards_never_are(desk):
    asked = {"text": TEXT, "language": "fr", "keep": ["phone"]}
    answer = desk.admin.post("/v1/redact", json=asked).json()
    assert "06 12 34 56 78" in answer["text"]
    assert answer["kept"]["phone"] == 1
    cards = desk.admin.post("/v1/redact", json={"text": TEXT, "policy": "cards"}).json()
    assert "06 12 34 56 78" in cards["text"]
    assert "5566" not in cards["text"]
    refused = desk.admin.post("/v1/redact", json=asked | {"keep": ["nothing"]})
    assert refused.status_code == 422


def tone(seconds=6.0, rate=8000):
    """A recording that is loud all the time."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((b"\x00\x40" * 4 + b"\x00\xc0" * 4) * int(seconds * rate / 8))
    return file.getvalue()


def transcript():
    said = "mon numéro est le 06 12 34 56 78 merci".split()
    words = [
        {"text": word, "start_s": 0.5 * n, "end_s": 0.5 * n + 0.4, "probability": 0.9}
        for n, word in enumerate(said)
    ]
    turn = {
        "index": 0, "speaker": "customer", "text": " ".join(said), "start_s": 0.0,
        "end_s": words[-1]["end_s"], "words": words,
    }  # fmt: skip
    return json.dumps({"id": "appel", "channel": "phone", "language": "fr", "turns": [turn]})


def redact(client, **fields):
    form = {"transcript": transcript()} | fields
    return client.post(
        "/v1/redact/audio", files={"file": ("appel.wav", tone(), "audio/wav")}, data=form
    )


def samples(content):
    with wave.open(io.BytesIO(content)) as sound:
        frames = sound.readframes(sound.getnframes())
        return sound.getframerate(), memoryview(frames).cast("h")


def test_a_recording_is_silent_where_the_number_was_said(desk):
    answer = redact(desk.admin)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert "06 12" not in json.dumps(made)
    assert made["counts"] == {"phone": 1}
    (span,) = made["sound"]["spans"]
    sound = desk.admin.get(made["links"]["sound"])
    assert sound.headers["content-type"] == "audio/wav"
    rate, heard = samples(sound.content)
    middle = heard[int((span["start_s"] + 0.1) * rate) : int((span["end_s"] - 0.1) * rate)]
    assert not any(middle)
    assert any(heard[: int(span["start_s"] * rate) - 100])
    assert len(heard) == 6 * rate


def test_only_who_sent_it_gets_it_until_it_is_deleted(desk):
    made = redact(desk.admin, mode="beep").json()
    with desk.running.client_of("supervisor") as other:
        assert other.get(made["links"]["sound"]).status_code == 404
        assert other.delete(made["links"]["sound"]).status_code == 404
    assert desk.admin.delete(made["links"]["sound"]).status_code == 204
    assert desk.admin.get(made["links"]["sound"]).status_code == 404


def test_neither_original_nor_old_copies_are_kept(desk, monkeypatch):
    made = redact(desk.admin).json()
    folder = desk.running.settings.data_dir
    files = [one for one in folder.rglob("*") if one.is_file()]
    assert not [one for one in files if one.read_bytes() == tone()]
    later = time.time() + 3600
    monkeypatch.setattr("serving.redaction.time.time", lambda: later)
    assert desk.admin.get(made["links"]["sound"]).status_code == 404
    assert not list((folder / "redacted").glob("*"))


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"mode": "loud"}, 422),
        ({"verify": "perhaps"}, 422),
        ({"channels": "first"}, 422),
        ({"keep": "nothing"}, 422),
        ({"unknown": "x"}, 422),
        ({"transcript": "no transcript"}, 422),
    ],
)
def test_a_wrong_part_is_named_and_nothing_is_left(desk, fields, status):
    assert redact(desk.admin, **fields).status_code == status
    left = list(desk.running.settings.data_dir.rglob("*.wav"))
    copies = {one for one in left if "redacted" in one.parts}
    assert copies == {one for one in copies if (one.parent / "about.json").is_file()}


def test_what_is_no_recording_is_refused(desk):
    files = {"file": ("chat.txt", b"Bonjour")}
    assert desk.admin.post("/v1/redact/audio", files=files).status_code == 422
    files = {"file": ("call.wav", b"RIFF....WAVE")}
    form = {"transcript": transcript()}
    assert desk.admin.post("/v1/redact/audio", files=files, data=form).status_code in (415, 422)
    assert desk.admin.post("/v1/redact/audio", json={}).status_code == 415

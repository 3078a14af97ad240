from __future__ import annotations

import base64
import json

import pytest

from conversation import Conversation, Turn
from conversation.errors import BadInput, Conflict
from serving.reception import MAX_TURN_CHARS
from serving.service import Service
from serving.settings import Settings
from speech import probe

SPOKEN = Conversation(
    id="chat", channel="chat", turns=(Turn(index=0, speaker="customer", text="Bonjour"),)
)


@pytest.fixture
def opened(tmp_path, fake_pipeline_class):
    service = Service(Settings(data_dir=tmp_path / "data"), fake_pipeline_class())
    service.open()
    yield service
    service.close()


def test_two_services_do_not_share_a_data_folder(opened, fake_pipeline_class):
    second = Service(opened.settings, fake_pipeline_class())
    with pytest.raises(Conflict, match="another `entendu serve`"):
        second.open()
    opened.accept_conversation(SPOKEN, name="chat")  # the first goes on


def test_a_service_opens_again_after_it_was_closed(opened):
    one = opened.accept_conversation(SPOKEN, name="chat").id
    opened.close()
    opened.open()
    opened.open()
    assert opened.store.get(one).name == "chat"


def test_a_start_that_fails_lets_go_of_the_folder(tmp_path, fake_pipeline_class):
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "entendu.sqlite").write_bytes(b"no database" * 100)
    service = Service(settings, fake_pipeline_class())
    for _ in range(2):
        with pytest.raises(Conflict, match="not a store"):
            service.open()
    (tmp_path / "entendu.sqlite").unlink()
    service.open()
    service.close()


def test_what_the_queue_refuses_leaves_no_trace(opened, monkeypatch):
    def refuse(_self, _kind, *_given, **_more):
        raise OSError("the disk is full")

    monkeypatch.setattr("serving.jobs.Jobs.submit", refuse)
    with pytest.raises(OSError, match="full"):
        opened.accept_conversation(SPOKEN, name="chat")
    assert opened.store.page(limit=10).conversations == ()


@pytest.mark.parametrize("turns", [(), (Turn(index=0, speaker="customer", text="  "),)])
def test_a_conversation_without_words_is_refused(opened, turns):
    silent = Conversation(id="chat", channel="chat", turns=turns)
    with pytest.raises(BadInput, match="no turn with text"):
        opened.accept_conversation(silent, name="chat")


def test_a_turn_longer_than_a_small_book_is_refused(opened):
    said = Turn(index=0, speaker="customer", text="x" * (MAX_TURN_CHARS + 1))
    with pytest.raises(BadInput, match="turn 0 of chat has 200001 characters"):
        opened.accept_conversation(
            Conversation(id="chat", channel="chat", turns=(said,)), name="chat"
        )


CHAT = {"messages": [{"speaker": "customer", "text": f"Bonjour {n}"} for n in range(3)]}
VCON = {
    "vcon": "0.0.1", "uuid": "v-1", "parties": [{"name": "Paul", "role": "customer"}],
    "dialog": [
        {
            "type": "text", "start": f"2026-11-12T14:02:1{n}+01:00", "parties": [0],
            "body": f"Bonjour {n}", "encoding": "none",
        }
        for n in range(3)
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("chat.json", json.dumps(CHAT)),
        ("chat.vcon", json.dumps(VCON)),
        ("chat.txt", "Client : Bonjour.\nAgent : Bonjour.\nClient : Merci."),
    ],
)
def test_more_turns_than_the_settings_say_are_refused_whatever_the_form(opened, name, text):
    def accept_as_file():
        with opened.store.files.receiving() as folder:
            (folder / name).write_text(text, "utf-8")
            return opened.accept(folder / name)

    opened.settings = opened.settings.model_copy(update={"max_turns": 2})
    with pytest.raises(BadInput, match=rf"{name} has 3 turns, expected at most 2"):
        accept_as_file()
    if name == "chat.json":
        with pytest.raises(BadInput, match="conversation has 3 turns, expected at most 2"):
            opened.accept(json.loads(text))
    assert opened.store.page(limit=10).conversations == ()
    opened.settings = opened.settings.model_copy(update={"max_turns": 3})
    assert accept_as_file().id


def test_a_text_in_a_file_that_holds_a_nul_is_refused_by_its_turn(opened):
    with opened.store.files.receiving() as folder:
        said = ("Bonjour.", "a\0b")
        chat = {"messages": [{"speaker": "customer", "text": text} for text in said]}
        (folder / "chat.json").write_text(json.dumps(chat), "utf-8")
        with pytest.raises(BadInput, match=r"turn 1 of chat.json holds a NUL character"):
            opened.accept(folder / "chat.json")


@pytest.fixture
def vcon(opened, wav_bytes):
    """Upload a vCon with sound, or with a transcript alone."""
    sound = {
        "type": "recording", "start": "2026-11-12T14:02:10+01:00", "parties": [0, 1],
        "mediatype": "audio/x-wav", "filename": "son.wav", "encoding": "base64url",
    }  # fmt: skip
    message = {
        "type": "text", "start": "2026-11-12T14:02:10+01:00", "parties": [0], "body": "Bonjour",
        "encoding": "none",
    }  # fmt: skip

    def upload(*, has_sound: bool):
        body = base64.urlsafe_b64encode(wav_bytes(channels=2)).decode().rstrip("=")
        parties = [{"name": "Léa", "role": "agent"}, {"name": "Paul", "role": "customer"}]
        dialog = sound | {"body": body} if has_sound else message
        path = opened.store.files.incoming / "appel.vcon"
        path.write_text(json.dumps({"uuid": "u-1", "parties": parties, "dialog": [dialog]}))
        return path

    return upload


def test_a_vcon_with_sound_is_kept_whole_and_heard_later(opened, vcon):
    accepted = opened.accept_file(vcon(has_sound=True), channels="0=customer,1=agent")
    assert accepted.name == "appel.vcon"
    assert accepted.recording_sha256 is not None
    assert "u-1" in opened.store.files.path(accepted.recording_sha256).read_text("utf-8")
    with pytest.raises(BadInput, match="patron"):
        opened.accept_file(vcon(has_sound=True), channels="0=patron")


def test_a_vcon_of_messages_is_text(opened, vcon):
    accepted = opened.accept_file(vcon(has_sound=False))
    assert accepted.recording_sha256 is None


def test_sound_without_a_header_is_taken_as_the_settings_say(tmp_path, fake_pipeline_class):
    service = Service(Settings(data_dir=tmp_path / "raw", raw="mulaw:8000"), fake_pipeline_class())
    service.open()
    try:
        path = service.store.files.incoming / "appel.brut"
        path.write_bytes(bytes(range(1, 251)) * 100)
        with pytest.raises(BadInput):
            probe(path)
        assert service.accept_file(path).recording_sha256 is not None
    finally:
        service.close()

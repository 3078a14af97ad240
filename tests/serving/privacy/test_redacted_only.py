"""With ``redacted_only`` the original never reaches the disk."""

from __future__ import annotations

import json
import os
import shutil
import wave
from pathlib import Path

import pytest

from conversation import Conversation, Turn
from conversation.errors import DefinitionInvalid, Overloaded
from serving.privacy.memory import effective, is_in_memory, memory_folder
from serving.privacy.redacted_only import Room
from serving.settings import Settings

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

MEMORY = Path("/dev/shm")
PHONE = "06 12 34 56 78"
MAIL = "zorglubinette@example.com"
TEXT = f"Mon numéro est le {PHONE} et mon adresse {MAIL}."

pytestmark = pytest.mark.skipif(
    not is_in_memory(MEMORY), reason="this machine has no file system in memory"
)


@pytest.fixture
def memory_dir():
    folder = MEMORY / f"entendu-test-{os.getpid()}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(settings, memory_dir):
    return settings.model_copy(
        update={"redacted_only": True, "memory_dir": memory_dir, "max_upload_mb": 5}
    )


@pytest.fixture
def hearing_pipeline(fake_pipeline_class):
    """The stand-in, with a recogniser that hears a number in the first second and redacts it."""

    class Hearing(fake_pipeline_class):
        def transcribe(self, given, decoded, *, progress=None):
            heard = super().transcribe(given, decoded, progress=progress)
            if isinstance(given, Conversation) or decoded.is_text:
                return heard
            spoken = Conversation(
                id="call",
                channel="phone",
                duration_s=2.0,
                turns=(
                    Turn(index=0, speaker="customer", text="[PHONE_1]", start_s=0.0, end_s=0.8),
                    Turn(index=1, speaker="agent", text="Merci.", start_s=1.7, end_s=2.0),
                ),
            )
            return heard.model_copy(update={"conversation": spoken})

    return Hearing()


@pytest.fixture
def running(settings, hearing_pipeline, running_service_class):
    served = running_service_class(settings, hearing_pipeline)
    yield served
    served.stop()


@pytest.fixture
def on_disk(running, searched):
    return searched.find


def send_wav(running, content, name="zorglubinette 0612345678.wav"):
    answer = running.client.post("/v1/conversations", files={"file": (name, content, "audio/wav")})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def marked(wav_bytes):
    """Two seconds of sound; the first spells a word."""
    sound = wav_bytes(seconds=2, tone=50)
    mark = b"zorglubinette-dans-le-son-"
    return sound[:1000] + mark * 40 + sound[1000 + len(mark) * 40 :]


def test_text_is_redacted_before_it_is_stored(running, on_disk):
    running.pipeline.go_on.clear()
    chat = running.send_chat(f"WAIT {TEXT}")
    assert running.pipeline.begun.wait(20)
    assert on_disk(PHONE, MAIL, "0612345678") == []  # neither before its analysis
    running.pipeline.go_on.set()
    done = running.wait_for(chat)
    assert on_disk(PHONE, MAIL, "0612345678") == []  # nor after it
    shown = json.dumps(done["analysis"]["conversation"], ensure_ascii=False)
    assert "numéro" in shown


def test_of_a_recording_only_the_redacted_copy_reaches_the_disk(
    running, on_disk, wav_bytes, tmp_path, memory_dir
):
    content = marked(wav_bytes)
    one = send_wav(running, content)
    assert running.wait_for(one)["status"] == "done"
    assert on_disk(b"zorglubinette-dans", "zorglubinette", "0612345678") == []
    store = running.app.state.service.store
    kept = store.get(one)
    with store.files.open(kept.recording_sha256) as file:
        copy = tmp_path / "copy.wav"
        copy.write_bytes(file.read())
    with wave.open(str(copy)) as sound:
        frames = sound.readframes(sound.getnframes())
    assert len(frames) == 2 * 8000 * 2
    assert set(frames[: 8000 * 2 // 2]) == {0}  # silent where the number was
    assert set(frames[-2000:]) != {0}
    assert [
        path for path in memory_dir.rglob("*") if path.is_file() and path.suffix != ".lock"
    ] == []


@sqlite_only
def test_while_it_waits_the_original_is_in_memory_only(running, on_disk, wav_bytes, memory_dir):
    running.pipeline.go_on.clear()
    blocker = running.send_chat("WAIT")
    assert running.pipeline.begun.wait(20)
    one = send_wav(running, marked(wav_bytes))
    assert on_disk(b"zorglubinette-dans", "zorglubinette") == []
    originals = [path for path in memory_dir.rglob("*") if path.parent.parent.name == "originals"]
    assert len(originals) == 1
    assert b"zorglubinette-dans" in originals[0].read_bytes()
    running.pipeline.go_on.set()
    for each in (blocker, one):
        assert running.wait_for(each)["status"] == "done"


@sqlite_only
def test_a_restart_takes_up_what_waited_in_memory(
    settings, hearing_pipeline, running_service_class, wav_bytes
):
    first = running_service_class(settings, hearing_pipeline)
    first.pipeline.go_on.clear()
    first.send_chat("WAIT")
    assert first.pipeline.begun.wait(20)
    one = send_wav(first, marked(wav_bytes))
    first.pipeline.go_on.set()
    first.stop()
    second = running_service_class(settings, hearing_pipeline)
    done = second.wait_for(one)
    second.stop()
    assert done["status"] == "done"


@sqlite_only
def test_when_the_memory_was_lost_it_is_said(running, wav_bytes, memory_dir):
    running.pipeline.go_on.clear()
    running.send_chat("WAIT")
    assert running.pipeline.begun.wait(20)
    one = send_wav(running, marked(wav_bytes))
    for path in memory_dir.rglob("*"):
        if path.parent.parent.name == "originals":
            path.unlink()
    running.pipeline.go_on.set()
    failed = running.wait_for(one)
    assert failed["status"] == "failed"
    assert "send it again" in failed["error"]["remedy"]


def test_when_memory_is_full_the_sender_is_asked_to_wait(tmp_path):
    (tmp_path / "originals" / "ab").mkdir(parents=True)
    (tmp_path / "originals" / "ab" / "x").write_bytes(bytes(60))
    room = Room(tmp_path, limit_bytes=100, upload_bytes=20)
    with room.reserved(), room.reserved(), pytest.raises(Overloaded), room.reserved():
        pass
    with room.reserved():
        pass


def test_a_folder_that_is_on_a_disk_is_refused(tmp_path):
    if is_in_memory(tmp_path):
        pytest.skip("temporary files are in memory on this machine")
    wrong = Settings(data_dir=tmp_path, redacted_only=True, memory_dir=tmp_path / "memory")
    with pytest.raises(DefinitionInvalid, match="not in memory"):
        memory_folder(wrong)


def test_memory_must_hold_at_least_one_upload(tmp_path):
    wrong = Settings(data_dir=tmp_path, redacted_only=True, memory_limit_mb=10, max_upload_mb=11)
    with pytest.raises(DefinitionInvalid, match="max_upload_mb"):
        memory_folder(wrong)


def test_all_personal_data_is_removed_then_not_only_cards(tmp_path):
    assert effective(Settings(data_dir=tmp_path, redacted_only=True)).redact == "default"
    assert effective(Settings(data_dir=tmp_path)).redact == "cards"
    assert memory_folder(Settings(data_dir=tmp_path)) is None

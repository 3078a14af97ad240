"""``entendu redact``: files in, copies without personal data out."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import Conversation, Participant, Provenance, Turn, Word
from conversation.errors import BadInput, DefinitionInvalid, NotFound
from serving.command_line import app
from speech import Transcription, probe

CARD = "4111 1111 1111 1111"
CHAT = f"""[10:00] Léa (conseillère) : Bonjour, je suis Léa.
[10:01] Client : Claire Durand, ma carte est {CARD}, commande TP-448120.
[10:02] Léa (conseillère) : Merci madame Durand.
"""


def write_wav(path: Path, *, channels: int = 1, seconds: float = 6.0) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((1000).to_bytes(2, "little") * channels * int(8000 * seconds))
    return path


def samples_of(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        read = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return read.reshape(-1, file.getnchannels())


def call_of(path: Path, *, words: list[str] | None = None) -> Conversation:
    words = ["la", "carte", *CARD.split(), "voilà"] if words is None else words
    made = tuple(
        Word(text=word, start_s=1 + 0.5 * place, end_s=1.4 + 0.5 * place, probability=0.9)
        for place, word in enumerate(words)
    )
    said = Turn(
        index=0, speaker="customer", text=" ".join(words), words=made, start_s=made[0].start_s,
        end_s=made[-1].end_s, participant=0,
    )  # fmt: skip
    return Conversation(
        id="appel", channel="phone", language="fr", duration_s=6, turns=(said,),
        participants=(Participant(role="customer"),), recording=probe(path),
    )  # fmt: skip


class FakeSpeech:
    """Hears the same card number in every recording until it is silent there."""

    def __init__(self) -> None:
        self.hears_through_silence = False
        self.heard: list[str] = []

    def transcribe(self, path, transcriber, *, options, second=None, **_: object):
        self.heard.append(path.name)
        samples = np.zeros((1, 1)) if path.suffix != ".wav" else samples_of(path)
        is_silent = not samples[int(8000 * 2.2) : int(8000 * 3.5)].any()
        silent = is_silent and not self.hears_through_silence
        call = call_of(path, words=["la", "carte", "voilà"] if silent else None)
        return Transcription(
            conversation=call, account=(),
            provenance=Provenance(component="speech.transcription", version="1"),
        )  # fmt: skip


@pytest.fixture
def speech(monkeypatch):
    fake = FakeSpeech()
    monkeypatch.setattr("serving.hearing.transcribe", fake.transcribe)
    monkeypatch.setattr("models.load_transcriber", lambda *_, **__: object())
    monkeypatch.setattr("models.load_speaker_encoder", lambda *_, **__: object())
    monkeypatch.setattr("models.ModelStore.path", lambda self, name: Path(name))
    return fake


def run(*arguments: object):
    return CliRunner().invoke(app, ["redact", *map(str, arguments)])


def chat_file(folder: Path, name: str = "chat.txt", text: str = CHAT) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def all_text(folder: Path) -> str:
    return "".join(path.read_text("utf-8") for path in folder.rglob("*") if path.suffix != ".wav")


def test_a_chat_becomes_a_redacted_conversation_and_a_report_without_values(tmp_path):
    source = chat_file(tmp_path)
    out = tmp_path / "out"
    done = run(source, "--out", out, "--format", "json,text")
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == [
        "chat.json", "chat.redaction.json", "chat.txt",
    ]  # fmt: skip
    conversation = Conversation.model_validate_json((out / "chat.json").read_text("utf-8"))
    assert conversation.turns[1].text == "[NOM_1], ma carte est [CARTE_1], commande TP-448120."
    report = json.loads((out / "chat.redaction.json").read_text("utf-8"))
    assert report["counts"]["card_number"] == 1
    assert report["sound"] == []
    for output in (all_text(out), done.output):
        assert not any(value in output for value in ("1111", "Durand", "Claire", "Léa"))
    assert "redacted copies" in done.output
    assert source.read_text("utf-8") == CHAT


def test_speakers_are_named_in_the_language_of_the_placeholders(tmp_path):
    out = tmp_path / "out"
    assert run(chat_file(tmp_path), "--out", out, "--format", "text").exit_code == 0
    written = (out / "chat.txt").read_text("utf-8")
    assert "Client : [NOM_" in written


def test_a_recording_gets_redacted_sound_beside_its_text(speech, tmp_path):
    source = write_wav(tmp_path / "appel.wav", channels=2)
    before = source.read_bytes()
    out = tmp_path / "out"
    done = run(source, "--out", out, "--mode", "beep", "--verify")
    assert done.exit_code == 1, done.output  # a beep is heard as the number by this stand-in
    assert "is still heard" in done.output or "still heard" in done.output
    assert list(out.iterdir()) == []
    done = run(source, "--out", out, "--verify")
    assert done.exit_code == 0, done.output
    report = json.loads((out / "appel.redaction.json").read_text("utf-8"))
    assert report["verified"] is True
    (sound,) = report["sound"]
    assert (sound["name"], sound["channels"], sound["samples"]) == ("appel.wav", 2, 48_000)
    after = samples_of(out / "appel.wav")
    assert after.shape == (48_000, 2)
    assert not after[16_000 : int(8000 * 3.9)].any()
    assert (after[:8000] == 1000).all()
    conversation = Conversation.model_validate_json((out / "appel.json").read_text("utf-8"))
    assert conversation.recording == probe(out / "appel.wav")
    assert source.read_bytes() == before


def test_a_number_that_is_still_heard_is_an_error_and_nothing_is_written(speech, tmp_path):
    speech.hears_through_silence = True
    out = tmp_path / "out"
    done = run(write_wav(tmp_path / "appel.wav"), "--out", out, "--verify")
    assert done.exit_code == 1
    assert "still heard: card_number" in done.output
    assert "1111" not in done.output
    assert list(out.iterdir()) == []


def test_text_only_writes_no_sound_and_a_dry_run_writes_nothing(speech, tmp_path):
    source = write_wav(tmp_path / "appel.wav")
    out = tmp_path / "out"
    assert run(source, "--out", out, "--text-only").exit_code == 0
    assert sorted(path.name for path in out.iterdir()) == ["appel.json", "appel.redaction.json"]
    done = run(source, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "1 card_number" in done.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["appel.wav", "out"]


def test_a_transcript_spares_the_transcription_and_must_be_of_this_recording(speech, tmp_path):
    source = write_wav(tmp_path / "appel.wav")
    other = write_wav(tmp_path / "autre.wav", seconds=7)
    transcript = tmp_path / "t.json"
    transcript.write_text(call_of(source).model_dump_json(), "utf-8")
    out = tmp_path / "out"
    done = run(source, "--out", out, "--transcript", transcript)
    assert done.exit_code == 0, done.output
    assert speech.heard == []
    assert not samples_of(out / "appel.wav")[16_000:30_000].any()
    done = run(other, "--out", out, "--transcript", transcript)
    assert done.exit_code == 1
    assert "transcript of a recording with SHA-256" in done.output
    assert not (out / "autre.wav").exists()
    folder = tmp_path / "transcripts"
    folder.mkdir()
    (folder / "appel.json").write_text(transcript.read_text("utf-8"), "utf-8")
    assert run(source, "--out", out, "--transcript", folder).exit_code == 0
    assert speech.heard == []


def test_one_file_that_fails_does_not_stop_the_others_nor_show_what_is_in_it(tmp_path):
    broken = chat_file(tmp_path, "a.txt", f"Ma carte {CARD} de Claire Durand, sans personne")
    out = tmp_path / "out"
    done = run(broken, chat_file(tmp_path), tmp_path / "none_0199001234.txt", "--out", out)
    assert done.exit_code == 1
    assert (out / "chat.json").exists()
    assert "neither a chat nor an e-mail" in done.output
    assert not any(value in done.output for value in ("1111", "Durand", "0199001234"))


def test_names_of_files_do_not_hold_a_callers_number(tmp_path):
    out = tmp_path / "out"
    done = run(
        chat_file(tmp_path, "0199001234_durand.txt"), chat_file(tmp_path, "0199005678_durand.txt"),
        "--out", out,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in out.iterdir())
    assert len(names) == 4
    assert not any("0199" in name or "durand" in name for name in names)
    assert "0199" not in done.output + all_text(out)


def test_a_policy_and_its_options_decide(tmp_path):
    policy = tmp_path / "policy.yaml"
    policy.write_text("types:\n  person: keep\nothers: redact\n", "utf-8")
    out = tmp_path / "out"
    assert run(chat_file(tmp_path), "--out", out, "--policy", policy).exit_code == 0
    assert "Claire Durand" in (out / "chat.json").read_text("utf-8")
    assert "1111" not in all_text(out)
    assert run(chat_file(tmp_path), "--out", out, "--policy", "cards").exit_code == 0
    assert "Claire Durand" in (out / "chat.json").read_text("utf-8")
    with pytest.raises(DefinitionInvalid, match="PCI DSS"):
        raise run(chat_file(tmp_path), "--out", out, "--keep", "card_number").exception


def test_what_cannot_be_asked_for_is_refused_before_anything_is_read(tmp_path):
    source = chat_file(tmp_path)
    cases = [
        ((source,), BadInput, "no folder"),
        ((source, "--out", tmp_path / "o", "--format", "srt"), BadInput, "json or text"),
        ((source, "--out", tmp_path / "o", "--transcript", "x.json"), NotFound, "no transcript"),
    ]
    for arguments, kind, message in cases:
        with pytest.raises(kind, match=message):
            raise run(*arguments).exception


def test_an_input_is_never_overwritten(speech, tmp_path):
    source = write_wav(tmp_path / "appel.wav")
    content = source.read_bytes()
    done = run(source, "--out", tmp_path)
    assert done.exit_code == 1
    assert "would overwrite the input" in done.output
    assert source.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["appel.wav"]


def test_a_call_in_two_files_gives_two(speech, tmp_path):
    first, second = write_wav(tmp_path / "a.wav"), write_wav(tmp_path / "b.wav")
    out = tmp_path / "out"
    done = run(first, second, "--pair", "--out", out)
    assert done.exit_code == 0, done.output
    for name in ("a.0.wav", "a.1.wav"):
        assert not samples_of(out / name)[16_000:30_000].any()

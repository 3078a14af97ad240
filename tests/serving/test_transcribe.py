"""``entendu transcribe``: files in, files out, with a stand-in for the recogniser."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import Conversation, Participant, Provenance, Recording, Turn, Word
from conversation.errors import BadInput, DefinitionInvalid, EntenduError, ModelMissing, NotFound
from conversation.vcon import parse_vcon
from serving.command_line import app
from serving.hearing import read_vocabulary
from serving.source_files import describe_source
from serving.vcon_calls import transcribe_vcon
from speech import Transcription, probe

SAID = ("Bonjour.", "Oui, bonjour.")


def write_wav(path: Path, *, channels: int = 2, seconds: float = 4.0, value: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(value.to_bytes(2, "little") * channels * int(8000 * seconds))
    return path


class FakeSpeech:
    """Hears the same two turns in every file that is sound."""

    def __init__(self) -> None:
        self.heard: list[tuple[Path, dict]] = []
        self.loads = 0

    def transcribe(
        self, path, transcriber, *, second=None, options, speaker_encoder=None, sha256=None,
        progress=None,
    ):  # fmt: skip
        facts: Recording = probe(path, options.raw)
        self.heard.append((path, {"options": options, "second": second, "sha256": sha256}))
        roles = dict(options.channels or ((0, "agent"), (1, "customer")))
        people = tuple(
            Participant(role=roles.get(side, "unknown"), audio_channel=side) for side in (0, 1)
        )
        turns = tuple(
            Turn(
                index=side, speaker=people[side].role, text=text, start_s=side, end_s=side + 0.9,
                words=tuple(
                    Word(text=word, start_s=side + 0.4 * at, end_s=side + 0.4 * at + 0.4,
                         probability=0.9)
                    for at, word in enumerate(text.split())
                ), language="fr", participant=side,
            )
            for side, text in enumerate(SAID)
        )  # fmt: skip
        if progress is not None:
            progress(facts.duration_s, facts.duration_s)
        conversation = Conversation(
            id="x", channel="phone", language="fr", duration_s=facts.duration_s,
            participants=people, turns=turns, recording=facts,
        )  # fmt: skip
        return Transcription(
            conversation=conversation, account=(), warnings=("Le canal 1 est faible.",),
            provenance=Provenance(component="speech.transcription", version="1"),
        )  # fmt: skip

    def transcribe_many(self, sources, transcriber, *, speaker_encoder=None):
        for source in list(sources):
            try:
                yield self.transcribe(
                    source.path, transcriber, second=source.second, options=source.options,
                    speaker_encoder=speaker_encoder, sha256=source.sha256,
                    progress=source.progress,
                )  # fmt: skip
            except EntenduError as error:
                yield error


@pytest.fixture
def speech(monkeypatch):
    fake = FakeSpeech()

    def load(*_: object, **__: object) -> object:
        fake.loads += 1
        return object()

    monkeypatch.setattr("serving.hearing.transcribe", fake.transcribe)
    monkeypatch.setattr("serving.hearing.transcribe_many", fake.transcribe_many)
    monkeypatch.setattr("models.load_transcriber", load)
    monkeypatch.setattr("models.ModelStore.path", lambda self, name: Path(name))
    return fake


def run(*arguments: object):
    return CliRunner().invoke(app, ["transcribe", *map(str, arguments)])


def test_one_result_goes_to_standard_output_and_nothing_else_does(speech, tmp_path):
    done = run(write_wav(tmp_path / "appel.wav"))
    assert done.exit_code == 0, done.output
    assert done.stdout == ("[00:00:00] Conseiller : Bonjour.\n[00:00:01] Client : Oui, bonjour.\n")
    assert "appel.wav: Le canal 1 est faible." in done.stderr


def test_json_is_the_whole_transcription(speech, tmp_path):
    done = run(write_wav(tmp_path / "appel.wav"), "--format", "json")
    heard = Transcription.model_validate_json(done.stdout)
    assert heard.warnings
    assert heard.conversation.recording.name == "appel.wav"


def test_each_result_is_named_after_its_input_with_one_model_for_all(speech, tmp_path):
    first = write_wav(tmp_path / "Appel Élodie.wav")
    second = write_wav(tmp_path / "b.wav")
    out = tmp_path / "out"
    done = run(first, second, "--out", out, "--format", "srt,vtt", "--format", "json", "-f", "rttm")
    assert done.exit_code == 0, done.output
    assert done.stdout == ""
    assert sorted(path.name for path in out.iterdir()) == [
        f"{stem}{suffix}" for stem in ("Appel Élodie", "b")
        for suffix in (".json", ".rttm", ".srt", ".vtt")
    ]  # fmt: skip
    assert speech.loads == 1


def test_inputs_of_one_name_do_not_overwrite_each_other(speech, tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_wav(tmp_path / folder / "a.wav")
    files = [write_wav(tmp_path / "a.wav"), tmp_path / "one" / "a.wav", tmp_path / "two" / "a.wav"]
    done = run(*files, "--out", tmp_path / "out")
    assert done.exit_code == 0
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 3
    assert all(name.startswith("a-") and name.endswith(".txt") for name in names)
    run(*files, "--out", tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names


def test_a_bad_file_is_named_and_the_others_go_on(speech, tmp_path):
    good, bad = write_wav(tmp_path / "bon.wav"), tmp_path / "faux.mp3"
    bad.write_text("ceci n'est pas du son")
    done = run(bad, tmp_path / "parti.wav", good, "--out", tmp_path / "out", "-f", "json")
    assert done.exit_code == 1
    assert "✗" in done.stderr
    assert "faux.mp3" in done.stderr
    assert "parti.wav: no such file" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["bon.json"]


def test_several_texts_are_printed_one_after_the_other(speech, tmp_path):
    done = run(write_wav(tmp_path / "a.wav"), write_wav(tmp_path / "b.wav"))
    assert [line for line in done.stdout.splitlines() if line.startswith("#")] == [
        "# a.wav", "# b.wav",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "formats"), [(("a.wav", "b.wav"), "srt"), (("a.wav",), "srt,vtt")]
)
def test_what_cannot_share_standard_output_asks_for_a_folder(speech, tmp_path, names, formats):
    done = run(*(write_wav(tmp_path / name) for name in names), "--format", formats)
    assert isinstance(done.exception, BadInput)
    assert "--out" in done.exception.remedy
    assert speech.heard == []


def test_a_result_never_overwrites_an_input(speech, tmp_path):
    call = tmp_path / "call.json"
    call.write_text(json.dumps(vcon()), "utf-8")
    done = run(call, "--format", "json", "--out", tmp_path)
    assert isinstance(done.exception, BadInput)
    assert "overwrite" in done.exception.message


def test_a_pair_is_the_agents_file_and_the_customers(speech, tmp_path):
    files = [
        write_wav(tmp_path / f"{n}.wav", channels=1) for n in ("1-agent", "1-client", "2", "3")
    ]
    done = run(*files, "--pair", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert [(path.name, more["second"].name) for path, more in speech.heard] == [
        ("1-agent.wav", "1-client.wav"), ("2.wav", "3.wav"),
    ]  # fmt: skip
    assert speech.heard[0][1]["options"].channels == ((0, "agent"), (1, "customer"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["1-agent.txt", "2.txt"]
    assert isinstance(run(*files[:3], "--pair").exception, BadInput)
    assert isinstance(run(*files[:2], "--pair", "--channels", "0,1").exception, BadInput)


def test_wrong_options_are_said_before_anything_is_heard(speech, tmp_path):
    path = write_wav(tmp_path / "a.wav")
    for options, error in (
        (("--format", "docx"), BadInput),
        (("--raw", "mp9:1"), BadInput),
        (("--channels", "0=patron"), BadInput),
        (("--vocabulary", tmp_path / "no.txt"), NotFound),
        (("--language", "klingon"), DefinitionInvalid),
    ):
        done = run(path, *options)
        assert isinstance(done.exception, error), options
    assert speech.heard == []


def test_a_missing_model_is_said_once_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv("ENTENDU_MODELS_DIR", str(tmp_path / "none"))
    done = run(write_wav(tmp_path / "a.wav"), "--model", "large-v3-turbo")
    assert isinstance(done.exception, ModelMissing)
    assert done.exception.remedy == "run: entendu models fetch large-v3-turbo"


def test_the_vocabulary_is_names_without_comments(tmp_path):
    path = tmp_path / "noms.txt"
    path.write_text("\ufeff# produits\nLivebox  Max\n\nSosh\nSosh\n", "utf-8")
    assert read_vocabulary(path) == ("Livebox Max", "Sosh")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DefinitionInvalid, match="UTF-8"):
        read_vocabulary(path)
    path.write_text("Sosh\nune ligne de bien plus de cinq mots\n", "utf-8")
    with pytest.raises(DefinitionInvalid, match=r"noms\.txt: line 2"):
        read_vocabulary(path)


def test_every_option_reaches_the_recogniser(speech, tmp_path):
    sound = tmp_path / "appel.brut"
    sound.write_bytes(bytes(range(1, 251)) * 100)
    names = tmp_path / "noms.txt"
    names.write_text("Livebox = live box\nSosh\n", "utf-8")
    done = run(sound, "--raw", "mulaw:8000", "--speakers", 2, "--vocabulary", names, "--hotwords",
               "fibre, dégroupage ", "--spoken-numbers", "--beam-size", 1)  # fmt: skip
    assert done.exit_code == 0, done.output
    options = speech.heard[0][1]["options"]
    assert (str(options.raw), options.speakers, options.beam_size) == ("mulaw:8000", 2, 1)
    assert options.vocabulary == ("Livebox = live box", "Sosh")
    assert options.hotwords == ("fibre", "dégroupage")
    assert not options.written_numbers


def test_the_same_can_be_set_in_the_environment_and_the_file(speech, tmp_path, monkeypatch):
    (tmp_path / "noms.txt").write_text("Sosh\n", "utf-8")
    monkeypatch.setenv("ENTENDU_HOTWORDS", "fibre,4G")
    Path("entendu.toml").write_text(
        f"vocabulary = '{tmp_path / 'noms.txt'}'\nspeakers = 3\nwritten_numbers = false\n", "utf-8"
    )
    assert run(write_wav(tmp_path / "a.wav")).exit_code == 0
    options = speech.heard[0][1]["options"]
    assert (options.hotwords, options.vocabulary, options.speakers, options.written_numbers) == (
        ("fibre", "4G"), ("Sosh",), 3, False,
    )  # fmt: skip


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def vcon(**dialog):
    entry = {
        "type": "recording", "start": "2026-11-12T14:02:10+01:00", "parties": [1, 0],
        "mediatype": "audio/x-wav", "filename": "son.wav",
    }  # fmt: skip
    parties = [{"name": "Léa", "role": "agent"}, {"name": "Paul", "role": "customer"}]
    return {"uuid": "u-1", "parties": parties, "dialog": [entry | dialog]}


def test_a_vcon_is_heard_with_its_people_and_its_time(speech, tmp_path):
    sound = write_wav(tmp_path / "son.wav").read_bytes()
    (tmp_path / "son.wav").unlink()
    call = tmp_path / "appel.vcon"
    call.write_text(json.dumps(vcon(body=b64(sound), encoding="base64url")), "utf-8")
    done = run(call, "--format", "json")
    heard = Transcription.model_validate_json(done.stdout)
    people = heard.conversation.participants
    assert [(p.role, p.name) for p in people] == [("customer", "Paul"), ("agent", "Léa")]
    assert heard.conversation.id == "u-1"
    assert heard.conversation.started_at.hour == 13
    assert heard.conversation.recording.name == "son.wav"
    assert not speech.heard[0][0].exists()


@pytest.mark.skipif(sys.platform != "linux", reason="files in memory are Linux's")
def test_the_sound_in_a_vcon_is_in_no_file_on_the_disk(tmp_path):
    sound = write_wav(tmp_path / "son.wav").read_bytes()
    given = parse_vcon(vcon(body=b64(sound), encoding="base64url"), name="appel.vcon")
    heard = []

    def hear(path, channels):
        heard.append((path.name, os.path.realpath(path), path.read_bytes()))
        conversation = Conversation(id="call", channel="phone", duration_s=4.0)
        provenance = Provenance(component="speech.transcription", version="1")
        return Transcription(conversation=conversation, account=(), provenance=provenance)

    transcribe_vcon(given, beside=tmp_path, channels=None, hear=hear)
    assert [(name, content) for name, _, content in heard] == [("son.wav", sound)]
    assert heard[0][1].startswith("/memfd:")


def test_a_recording_beside_its_vcon_is_read_only_with_the_right_hash(speech, tmp_path):
    sound = write_wav(tmp_path / "son.wav")
    digest = b64(hashlib.sha512(sound.read_bytes()).digest())
    call = tmp_path / "appel.vcon"
    call.write_text(
        json.dumps(vcon(url="https://example.com/son.wav", content_hash=f"sha512-{digest}")),
        "utf-8",
    )
    assert run(call).exit_code == 0
    write_wav(sound, value=7)
    changed = run(call)
    assert changed.exit_code == 1
    assert "does not have its content_hash" in changed.stderr
    sound.unlink()
    gone = " ".join(run(call).stderr.split())
    assert "is not beside it" in gone
    assert "put son.wav (from https://example.com/son.wav)" in gone
    call.write_text(json.dumps(vcon(url="https://example.com/son.wav")), "utf-8")
    write_wav(sound)
    assert "no file can be trusted" in run(call).stderr


def test_a_vcon_without_readable_sound_gives_its_transcript(speech, tmp_path):
    call = tmp_path / "appel.vcon"
    body = [{"speaker": "Agent", "message": "Bonjour."}]
    call.write_text(
        json.dumps(vcon(body=b64(b"no sound"), encoding="base64url")
                   | {"analysis": [{"type": "transcript", "body": body}]}), "utf-8"
    )  # fmt: skip
    done = run(call)
    assert done.stdout == "Agent: Bonjour.\n"
    assert "n'a pas été lu" in done.stderr
    assert speech.loads == 0
    assert "without times" in run(call, "--format", "srt").stderr


def test_help_shows_every_option():
    shown = CliRunner().invoke(app, ["transcribe", "--help"], env={"COLUMNS": "200"}).stdout
    for option in ("--format", "--out", "--pair", "--speakers", "--raw", "--vocabulary",
                   "--hotwords", "--spoken-numbers", "--beam-size", "--model"):  # fmt: skip
        assert option in shown


def opening(examples_dir: Path, seconds: float) -> tuple[np.ndarray, int]:
    """The first seconds of a sample call: samples of shape (n, 2), and their rate."""
    with av.open(str(examples_dir / "conversations" / "banque_fraude.wav")) as container:
        samples = np.concatenate(
            [frame.to_ndarray().reshape(-1, 2) for frame in container.decode(audio=0)]
        )
        rate_hz = container.streams.audio[0].rate
    return samples[: int(seconds * rate_hz)].astype("<i2"), rate_hz


def save(path: Path, samples: np.ndarray, rate_hz: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def transcribe_for_real(models_dir: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "serving", "transcribe", *map(str, arguments), "--beam-size", "1"],
        capture_output=True, text=True, check=False,
        env=os.environ | {"ENTENDU_MODELS_DIR": str(models_dir)},
    )  # fmt: skip


@pytest.mark.model
def test_two_raw_files_are_one_call_for_the_real_recogniser(tmp_path, models_dir, examples_dir):
    samples, rate_hz = opening(examples_dir, 9)
    for side, name in enumerate(("agent", "client")):
        (tmp_path / name).write_bytes(samples[:, side].tobytes())
    done = transcribe_for_real(
        models_dir, tmp_path / "agent", tmp_path / "client", "--pair", "--raw", f"s16le:{rate_hz}",
        "--out", tmp_path / "out", "--format", "srt,json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "bonjour" in (tmp_path / "out" / "agent.srt").read_text("utf-8").casefold()
    heard = Transcription.model_validate_json((tmp_path / "out" / "agent.json").read_text("utf-8"))
    people = [(person.role, person.audio_channel) for person in heard.conversation.participants]
    assert people == [("agent", 0), ("customer", 1)]
    recording = heard.conversation.recording
    assert recording.name == "agent + client"
    assert recording.sha256 == describe_source(tmp_path / "agent", tmp_path / "client").sha256


@pytest.mark.model
def test_voices_of_a_mono_recording_are_told_apart_or_the_command_is_named(
    tmp_path, models_dir, examples_dir
):
    samples, rate_hz = opening(examples_dir, 30)
    call = save(tmp_path / "mono.wav", (samples.sum(axis=1) // 2).astype("<i2"), rate_hz)
    done = transcribe_for_real(models_dir, call, "--speakers", 2, "--format", "json")
    assert done.returncode == 0, done.stderr
    heard = Transcription.model_validate_json(done.stdout)
    assert len(heard.conversation.participants) == 2
    assert {turn.participant for turn in heard.conversation.turns} == {0, 1}
    without = tmp_path / "models"
    without.mkdir()
    (without / "whisper-base").symlink_to(models_dir / "whisper-base")
    done = transcribe_for_real(without, save(call, samples[: 6 * rate_hz, 0], rate_hz))
    assert done.returncode == 0, done.stderr
    assert "n'est pas là. Pour l'avoir : entendu models fetch speaker-ge2e" in done.stderr


@pytest.mark.model
def test_process_takes_a_vcon_with_messages_and_one_with_a_transcript(tmp_path, models_dir):
    chat = vcon() | {
        "dialog": [
            {"type": "text", "parties": [1, 0], "body": "Ma box est en panne.", "encoding": "none"},
            {"type": "text", "parties": [0, 1], "body": "Je regarde.", "encoding": "none"},
        ]
    }
    (tmp_path / "chat.vcon").write_text(json.dumps(chat), "utf-8")
    spoken = [
        {"parties": 1, "start": "2026-11-12T14:02:11+01:00", "duration": 2, "text": "Ma box coupe."}
    ]
    call = vcon() | {"analysis": [{"type": "transcript", "dialog": 0, "body": spoken}]}
    (tmp_path / "call.vcon.json").write_text(json.dumps(call), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "serving", "process", str(tmp_path), "--out", str(tmp_path / "out")],
        capture_output=True, text=True, check=False,
        env=os.environ | {"ENTENDU_MODELS_DIR": str(models_dir)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    read = {
        path.stem: json.loads(path.read_text("utf-8"))["conversation"]
        for path in (tmp_path / "out").glob("*.json")
    }
    assert {name: said["channel"] for name, said in read.items()} == {
        "chat": "chat", "call": "phone",
    }  # fmt: skip
    assert read["call"]["turns"][0]["start_s"] == 1.0

"""``entendu process`` with the real models on real files, good and bad."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from serving.analysis import Analysis

pytestmark = pytest.mark.model

CHAT = "Client : Bonjour, ma box ne marche plus.\nConseiller : Bonjour, Léa de Télécom Plus.\n"


def entendu(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "serving", *map(str, arguments)],
        capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "160"},
    )  # fmt: skip


def write_wav(path: Path, *, channels: int = 1, seconds: float = 1.0) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * channels * int(8000 * seconds)))


@pytest.fixture(scope="module")
def first_run(tmp_path_factory, models_dir, examples_dir):
    """A folder of good and bad files, processed once."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "chat.txt").write_text(CHAT, "utf-8")
    (folder / "mail.json").write_text(
        json.dumps({"channel": "email", "from": "client", "body": "Je conteste ces frais."})
    )
    (folder / "vide.wav").touch()
    (folder / "faux.mp3").write_text("ceci n'est pas du son")
    recording = (examples_dir / "conversations" / "banque_fraude.wav").read_bytes()
    (folder / "tronque.wav").write_bytes(recording[:200_000])
    write_wav(folder / "six.wav", channels=6)
    write_wav(folder / "silence.wav", seconds=3)
    (folder / "casse.json").write_text('{"messages": [')
    out = tmp_path_factory.mktemp("out")
    saved = {name: os.environ.get(name) for name in ("ENTENDU_MODELS_DIR", "ENTENDU_DATA_DIR")}
    os.environ |= {
        "ENTENDU_MODELS_DIR": str(models_dir),
        "ENTENDU_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }
    try:
        done = entendu("process", folder, folder / "parti.wav", "--out", out)
    finally:
        for name, value in saved.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
    return folder, out, done


def test_bad_files_are_named_with_the_reason_and_the_exit_code_says_so(first_run):
    _, _, done = first_run
    assert done.returncode == 1, done.stderr
    for name, reason in {
        "vide.wav": "no bytes",
        "faux.mp3": "got text",
        "tronque.wav": "18.7",
        "six.wav": "got 6",
        "casse.json": "broken JSON",
        "parti.wav": "no such file",
    }.items():
        lines = [line for line in done.stdout.splitlines() if name in line and "✗" in line]
        assert len(lines) == 1, f"{name} in {done.stdout}"
        assert reason in lines[0] or name == "tronque.wav"


def test_the_good_files_go_on_and_nothing_partial_is_left(first_run):
    _, out, _ = first_run
    assert sorted(path.name for path in out.iterdir()) == [
        "chat.html", "chat.json", "chat.vectors", "mail.html", "mail.json", "mail.vectors",
        "silence.html", "silence.json",
    ]  # fmt: skip


def test_the_results_follow_the_published_shape(first_run):
    _, out, _ = first_run
    chat = Analysis.model_validate_json((out / "chat.json").read_text("utf-8"))
    assert chat.schema_version == "2.0"
    assert chat.understanding.reasons.primary is not None
    assert chat.understanding.reasons.primary.code.startswith("tel.panne_fixe")
    silent = Analysis.model_validate_json((out / "silence.json").read_text("utf-8"))
    assert silent.conversation.turns == ()
    assert silent.understanding.reasons.primary is None


def test_running_again_skips_what_is_done_and_unchanged(first_run, tmp_path):
    folder, out, _ = first_run
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    again = entendu("process", folder / "chat.txt", folder / "mail.json", "--out", out)
    assert again.returncode == 0, again.stderr
    assert "2 unchanged" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before


def test_a_changed_file_or_setting_is_done_again(first_run, tmp_path):
    folder, out, _ = first_run
    stamp = (out / "mail.json").stat().st_mtime_ns
    done = entendu("process", folder / "mail.json", "--out", out, "--reasons", "banque")
    assert "1 done" in done.stdout
    assert (out / "mail.json").stat().st_mtime_ns != stamp
    assert json.loads((out / "mail.json").read_text("utf-8"))["understanding"]["reasons"][
        "primary"
    ]["code"].startswith("bq.frais")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--kb", "/nowhere"], "no such folder"),
        (["--reasons", "/nowhere.yaml"], "nowhere.yaml"),
        (["--scorecard", "/nowhere.yaml"], "nowhere.yaml"),
        (["--categories", "/nowhere.yaml"], "nowhere.yaml"),
        (["--gates", "/nowhere.json"], "nowhere.json"),
        (["--language", "klingon"], "language"),
        (["--channels", "0=patron"], "patron"),
        (["--device", "tpu"], "device"),
        (["--model", "/nowhere"], "nowhere"),
        (["--vocabulary", "/nowhere.txt"], "nowhere.txt"),
        (["--raw", "mp9:1"], "mp9"),
        (["--pair"], "in twos"),
    ],
)
def test_a_wrong_option_is_said_before_anything_is_written(tmp_path, arguments, said):
    (tmp_path / "chat.txt").write_text(CHAT, "utf-8")
    done = entendu("process", tmp_path / "chat.txt", "--out", tmp_path / "out", *arguments)
    assert done.returncode not in (0, 1)
    assert said in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_two_files_are_one_call_until_a_setting_changes(tmp_path):
    for name in ("agent.wav", "client.wav"):
        write_wav(tmp_path / name, seconds=2)
    names = tmp_path / "noms.txt"
    names.write_text("Sosh\n", "utf-8")
    call = (tmp_path / "agent.wav", tmp_path / "client.wav", "--pair")
    said = []
    for options in ((), (), ("--vocabulary", names)):
        done = entendu("process", *call, "--out", tmp_path / "out", *options)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert ["1 done" in said[0], "1 unchanged" in said[1], "1 done" in said[2]] == [True] * 3
    analysis = Analysis.model_validate_json((tmp_path / "out" / "agent.json").read_text("utf-8"))
    assert analysis.source.name == "agent.wav + client.wav"
    people = [(person.role, person.audio_channel) for person in analysis.conversation.participants]
    assert people == [("agent", 0), ("customer", 1)]
    assert analysis.transcription.provenance.settings["vocabulary"] == ["Sosh"]

"""Diarization error over a manifest, and the command that prints it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation.errors import AudioUnreadable, DatasetInvalid, NotFound
from models import ModelStore, load_speaker_encoder
from serving.command_line import app
from speech import diarization_evaluation
from speech.diarization import Diarization, SpeakerSegment
from speech.diarization_evaluation import evaluate_diarization

RTTM = "SPEAKER a 1 0.0 2.0 <NA> <NA> Ann <NA> <NA>\nSPEAKER a 1 3.0 1.0 <NA> <NA> Bob <NA> <NA>\n"
FOUND = Diarization(
    segments=(
        SpeakerSegment(start_s=0, end_s=2.4, speaker=0),
        SpeakerSegment(start_s=3.5, end_s=4, speaker=0),
    )
)


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two recordings of four seconds in which 0.4 s are invented, 0.5 missed, 0.5 confused."""
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "NONE"))
        file.writeframes(np.zeros(4 * 8000, "<i2").tobytes())
    (tmp_path / "a.rttm").write_text(RTTM, "utf-8")
    lines = [
        {"id": "one", "audio": "a.wav", "rttm": "a.rttm", "speakers": 2, "lang": "fr"},
        {"id": "two", "audio_stereo": "no.wav", "audio_mono": "a.wav", "rttm": "a.rttm"},
        {"id": "three", "audio": "a.wav"},
    ]
    path = tmp_path / "manifest.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    told: list[int | None] = []

    def found(sound, encoder, *, n_speakers):
        assert sum(len(block) for block in sound()) == 4 * 16_000
        assert encoder is None
        told.append(n_speakers)
        return FOUND

    monkeypatch.setattr(diarization_evaluation, "diarize", found)
    monkeypatch.setattr(diarization_evaluation, "told", told, raising=False)
    return path


def test_errors_are_shares_of_the_speech(manifest: Path):
    steps: list[tuple[int, int]] = []
    result = evaluate_diarization(
        manifest, None, progress=lambda done, total: steps.append((done, total))
    )
    assert (result.files, result.speakers_right, result.audio_s) == (2, 0.0, 8.0)
    assert (result.missed, result.false_alarm, result.confusion) == (
        pytest.approx(0.5 / 3, abs=1e-5),
        pytest.approx(0.4 / 3, abs=1e-5),
        pytest.approx(0.5 / 3, abs=1e-5),
    )
    assert result.der == pytest.approx(1.4 / 3, abs=1e-5)
    # 0.25 s around 0, 2, 3 and 4 s are left out: 2 s of speech stay, of which 0.5 s are wrong
    assert result.der_collar_025 == pytest.approx((0.15 + 0.25 + 0.25) / 2, abs=1e-5)
    assert (result.collar_s, result.skip_overlap) == (0.0, False)
    assert {name: (s.speakers, s.speakers_found) for name, s in result.by_file.items()} == {
        "one": (2, 1),
        "two": (2, 1),
    }
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert diarization_evaluation.told == [None, None]


def test_the_number_of_speakers_is_told_only_when_asked(manifest: Path):
    evaluate_diarization(manifest, None, speakers_known=True)
    assert diarization_evaluation.told == [2, None]


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ('{"audio": "a.wav", "rttm": 3}', DatasetInvalid, "line 1 of m.jsonl: rttm: "),
        ("not json", DatasetInvalid, "line 1 of m.jsonl is not JSON"),
        ('{"rttm": "a.rttm"}', DatasetInvalid, "neither audio nor audio_mono"),
        ('{"audio": "a.wav"}', DatasetInvalid, "no line of m.jsonl has an rttm"),
        ('{"audio": "a.wav", "rttm": "a.rttm", "speakers": 9}', DatasetInvalid, "9 speakers"),
        ('{"audio": "a.wav", "rttm": "b.rttm"}', NotFound, "names b.rttm"),
        ('{"audio": "b.wav", "rttm": "a.rttm"}', NotFound, "names b.wav"),
        ('{"audio": "a.rttm", "rttm": "a.rttm"}', AudioUnreadable, "line 1 of m.jsonl: "),
    ],
)
def test_a_wrong_line_is_named(manifest: Path, line: str, error: type[Exception], message: str):
    path = manifest.with_name("m.jsonl")
    path.write_text(line, "utf-8")
    with pytest.raises(error) as caught:
        evaluate_diarization(path, None)
    assert message in str(caught.value)


def test_a_manifest_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(NotFound, match="there is no manifest"):
        evaluate_diarization(tmp_path / "none.jsonl", None)


@pytest.mark.model
def test_the_command_prints_one_object(manifest: Path, models_dir: Path, monkeypatch):
    load_speaker_encoder(store=ModelStore(models_dir))
    monkeypatch.setattr(
        diarization_evaluation, "diarize", lambda sound, *_, **__: [*sound()] and FOUND
    )
    done = CliRunner().invoke(app, ["evaluate", "diarization", str(manifest), "--json"])
    assert done.exit_code == 0, done.output
    values = json.loads(done.stdout)
    assert {
        "der", "collar_s", "skip_overlap", "missed", "false_alarm", "confusion", "files",
        "speakers_right", "der_collar_025", "audio_s", "wall_s", "by_file",
    } <= set(values)  # fmt: skip
    assert values["der"] == pytest.approx(1.4 / 3, abs=1e-5)

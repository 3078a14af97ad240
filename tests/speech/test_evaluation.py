from __future__ import annotations

import json
from pathlib import Path

import pytest

from conversation.errors import BadInput, DatasetInvalid, NotFound
from speech.evaluation import evaluate_asr


@pytest.fixture
def manifest(tmp_path: Path, call_piece):
    """Write a manifest beside a mono and a stereo piece of a call."""
    for name, path in (
        ("mono.wav", call_piece("telecom_panne.wav", 0, 6, channels=[0])),
        ("stereo.wav", call_piece("telecom_panne.wav", 0, 13)),
    ):
        (tmp_path / name).write_bytes(path.read_bytes())

    def write(*entries: object) -> Path:
        path = tmp_path / "manifest.jsonl"
        lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
        path.write_text("\n".join(lines) + "\n\n", "utf-8")
        return path

    return write


def line(text: str, start: float = 0.3) -> list[list[tuple[str, float, float]]]:
    return [
        [
            (f" {word}", start + 0.3 * n, start + 0.3 * n + 0.3)
            for n, word in enumerate(text.split())
        ]
    ]


def test_errors_are_counted_on_normalised_text(manifest, scripted):
    path = manifest({"audio": "mono.wav", "text": "Bonjour, il est huit heures.", "lang": "fr-FR"})
    result = evaluate_asr(path, scripted([line("bonjour il était 8h enfin")]))
    assert (result.words, result.substitutions, result.insertions, result.deletions) == (5, 1, 1, 0)
    assert result.wer == pytest.approx(0.4)
    assert result.audio_s == pytest.approx(6.0)
    assert (result.files, result.skipped) == (1, 0)
    assert result.rtf == pytest.approx(result.wall_s / 6.0, abs=1e-3)
    assert list(result.by_language) == ["fr"]
    assert result.by_language["fr"].wer == result.wer


def test_two_channels_are_counted_speaker_by_speaker(manifest, scripted):
    entry = {
        "audio_stereo": "stereo.wav",
        "channels": {"0": "agent", "1": "customer"},
        "lang": "fr",
        "turns": [
            {"speaker": "agent", "text": "un deux trois", "start_s": 0.0, "end_s": 5.0},
            {"speaker": "customer", "text": "quatre cinq six"},
        ],
    }
    right = scripted([line("un deux trois"), line("quatre cinq six")])
    assert evaluate_asr(manifest(entry), right).wer == 0
    swapped = scripted([line("quatre cinq six"), line("un deux trois")])
    assert evaluate_asr(manifest(entry), swapped).wer == 1


def test_entries_without_text_are_skipped_and_counted(manifest, scripted):
    path = manifest(
        {"audio": "mono.wav", "text": "bonjour", "lang": "fr", "channel": 0},
        {"audio": "gone.wav", "text": None, "lang": "en"},
        {"audio_mono": "gone.flac", "channels": {"0": "both"}},
    )
    result = evaluate_asr(path, scripted([line("bonjour")]))
    assert (result.files, result.skipped, result.wer) == (1, 2, 0)


def test_languages_are_told_apart(manifest, scripted):
    path = manifest(
        {"audio": "mono.wav", "text": "bonjour madame", "lang": "fr-CA"},
        {"audio": "mono.wav", "text": "good morning", "lang": "en"},
    )
    result = evaluate_asr(path, scripted([line("bonjour madame"), line("good evening")]))
    assert {tag: score.wer for tag, score in result.by_language.items()} == {"en": 0.5, "fr": 0}
    assert (result.wer, result.words) == (0.25, 4)


def test_the_language_of_the_entry_is_used_unless_another_is_asked(manifest, scripted):
    path = manifest({"audio": "mono.wav", "text": "bonjour", "lang": "fr-FR"})
    for asked, used in ((None, "fr"), ("en", "en"), ("auto", "de")):
        whisper = scripted([line("bonjour")], languages=[("de", 0.9), ("fr", 0.04), ("en", 0.05)])
        evaluate_asr(path, whisper, language=asked)
        expected = "en" if used == "de" else used  # German is not among those to choose from
        assert whisper.model.calls[0][1] == expected


def test_nothing_heard_is_all_deletions(manifest, scripted):
    path = manifest({"audio": "mono.wav", "text": "bonjour madame", "lang": "fr"})
    result = evaluate_asr(path, scripted([]))
    assert (result.wer, result.deletions) == (1, 2)


def test_progress_runs_over_all_recordings_to_the_end(manifest, scripted):
    path = manifest(*[{"audio": "mono.wav", "text": "bonjour", "lang": "fr"}] * 2)
    seen: list[tuple[float, float]] = []
    evaluate_asr(path, scripted([]), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {total for _, total in seen} == {12.0}
    assert seen[-1] == (12.0, 12.0)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{not json", "line 2 of manifest.jsonl is not JSON"),
        ("[1, 2]", "line 2 of manifest.jsonl: the line"),
        ({"text": "bonjour"}, "line 2 of manifest.jsonl has none of the fields audio"),
        ({"audio": 7, "text": "bonjour"}, "line 2 of manifest.jsonl: audio"),
        ({"audio": "a.wav", "text": ["x"]}, "line 2 of manifest.jsonl: text"),
        ({"audio": "a.wav", "turns": [{"text": "x"}]}, "line 2 of manifest.jsonl: turns.0.speaker"),
        ({"audio": "a.wav", "channels": {"left": "agent"}}, "line 2 of manifest.jsonl: channels"),
        ({"audio": "a.wav", "channel": -1}, "line 2 of manifest.jsonl: channel"),
    ],
)
def test_a_bad_line_is_named_with_its_field(manifest, scripted, entry, message: str):
    good = {"audio": "mono.wav", "text": "bonjour", "lang": "fr"}
    with pytest.raises(DatasetInvalid) as caught:
        evaluate_asr(manifest(good, entry), scripted([]))
    assert message in str(caught.value)


def test_a_recording_that_is_not_there_or_cannot_be_used_is_named_with_its_line(manifest, scripted):
    with pytest.raises(NotFound, match=r"line 1 of manifest\.jsonl names gone\.wav"):
        evaluate_asr(manifest({"audio": "gone.wav", "text": "x"}), scripted([]))
    with pytest.raises(BadInput, match=r"line 1 of manifest\.jsonl: .*got 'xx'"):
        evaluate_asr(manifest({"audio": "mono.wav", "text": "x", "lang": "xx"}), scripted([]))


def test_a_manifest_without_any_text_or_that_is_not_there_is_refused(manifest, scripted, tmp_path):
    with pytest.raises(DatasetInvalid, match=r"no entry of manifest\.jsonl has a reference text"):
        evaluate_asr(manifest({"audio": "mono.wav"}), scripted([]))
    with pytest.raises(NotFound, match=r"none\.jsonl"):
        evaluate_asr(tmp_path / "none.jsonl", scripted([]))


@pytest.mark.model
def test_the_real_model_hears_the_first_sentence_of_the_sample_call(manifest, transcriber):
    text = (
        "Bonjour et bienvenue chez Télécom Plus, je m'appelle Claire, "
        "comment puis-je vous aider aujourd'hui ?"
    )
    result = evaluate_asr(manifest({"audio": "mono.wav", "text": text, "lang": "fr"}), transcriber)
    assert result.wer < 0.25

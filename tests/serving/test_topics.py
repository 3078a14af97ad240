"""``entendu topics``: result files in, a table, JSON and one page out."""

from __future__ import annotations

import json
import re
import zlib

import numpy as np
import pytest
from typer.testing import CliRunner

from conversation import ModelReference
from conversation.errors import BadInput, NotFound
from nlu.topics import TopicReport
from serving.command_line import app

BADGE = (
    "le badge de parking reste rouge à la barrière",
    "mon badge de parking est refusé à la barrière",
    "la barrière du parking refuse mon badge",
    "badge de parking refusé la barrière reste fermée",
    "le badge rouge du parking et la barrière fermée",
    "la barrière reste fermée avec mon badge de parking",
)


class Words:
    """A bag of words in 256 directions."""

    name = "words"
    dim = 256
    reference = ModelReference(name="words", sha256=None)

    def encode(self, texts, *, kind="query"):
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dim] += 1
            vectors[row, 0] += 0.1
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def _word_encoder(monkeypatch):
    monkeypatch.setattr("models.load_encoder", lambda *args, **kwargs: Words())


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    for number, text in enumerate(BADGE):
        write(folder, f"appel-{number}", text, day=1 + number)
    return folder


def write(folder, name, text, *, day=1, reason=None, page=True):
    primary = None
    if reason is not None:
        primary = {"code": reason, "label_fr": "Facture", "label_en": "Bill", "probability": 0.9}
    conversation = {
        "id": name, "channel": "chat", "language": "fr",
        "started_at": f"2026-09-{day:02d}T09:00:00Z",
        "turns": [{"index": 0, "speaker": "customer", "text": text}],
    }  # fmt: skip
    understanding = {
        "language": "fr",
        "reasons": {
            "taxonomy": "t", "primary": primary, "margin": 0.5, "threshold": 0.35,
            "candidates": [primary] if primary else [],
        },
    }  # fmt: skip
    path = folder / f"{name}.json"
    values = {"conversation": conversation, "understanding": understanding}
    path.write_text(json.dumps(values), "utf-8")
    if page:
        path.with_suffix(".html").write_text("<p>report</p>", "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["topics", *map(str, arguments)])


def test_topics_are_printed_and_written(results, tmp_path):
    out = tmp_path / "out"
    done = run(results, "--out", out)
    assert done.exit_code == 0, done.output
    assert "6 conversations, 6 without a fitting reason, 6 of them in 1 topics" in done.output
    report = TopicReport.model_validate_json((out / "topics.json").read_text("utf-8"))
    assert [topic.size for topic in report.topics] == [6]


def test_the_page_needs_nothing_else_and_leads_to_the_conversations(results, tmp_path):
    out = tmp_path / "out"
    run(results, "--out", out)
    page = (out / "topics.html").read_text("utf-8")
    assert "Sujets émergents" in page
    assert page.count("<blockquote>") == 4
    assert 'href="../results/appel-' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "<script" not in page
    assert "<svg" in page


def test_what_customers_say_is_no_html(results, tmp_path):
    for number in range(6):
        text = f"la barrière du parking refuse mon badge <script>alert({number})</script>"
        write(results, f"mal-{number}", text)
    run(results, "--out", tmp_path / "out")
    assert "<script" not in (tmp_path / "out" / "topics.html").read_text("utf-8")


def test_the_page_speaks_english_when_asked(results, tmp_path):
    out = tmp_path / "out"
    run(results, "--out", out, "--page-language", "en")
    assert "Emerging topics" in (out / "topics.html").read_text("utf-8")


def test_running_again_changes_nothing(results, tmp_path):
    out = tmp_path / "out"
    run(results, "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert run(results, "--out", out).exit_code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert sorted(before) == ["topics.html", "topics.json", "topics_state.npz"]


def test_new_results_join_and_missing_ones_are_forgotten_when_asked(results, tmp_path):
    out = tmp_path / "out"
    run(results, "--out", out)
    for path in results.iterdir():
        path.unlink()
    write(results, "nouveau", "badge de parking refusé à la barrière fermée", day=9)
    run(results, "--out", out)
    report = TopicReport.model_validate_json((out / "topics.json").read_text("utf-8"))
    assert [(topic.id, topic.size) for topic in report.topics] == [("T1", 7)]
    done = run(results, "--out", out, "--forget-missing")
    assert "T1" in done.output
    assert "vanished" in done.output
    report = TopicReport.model_validate_json((out / "topics.json").read_text("utf-8"))
    assert report.conversations == 1


def test_new_vocabulary_names_its_reason(results, tmp_path):
    for number in range(60):
        write(results, f"fact-{number}", "ma facture est trop élevée", day=1 + number % 28,
              reason="tel.facture")  # fmt: skip
    said = ("retirez le pack sérénité", "le pack sérénité figure deux fois", "un pack sérénité ?",
            "pack sérénité facturé hier", "mon pack sérénité est faux", "pack sérénité inconnu",
            "ce pack sérénité coûte cher")  # fmt: skip
    for number, text in enumerate(said):
        write(results, f"pack-{number}", text, day=28, reason="tel.facture")
    done = run(results, "--out", tmp_path / "out")
    assert "Pack sérénité" in done.output
    page = (tmp_path / "out" / "topics.html").read_text("utf-8")
    assert "Dans Facture" in page


@pytest.mark.parametrize("content", ["{", '{"conversation": {}, "understanding": {}}', "[1]"])
def test_a_result_that_cannot_be_read_is_named_and_the_others_go_on(results, tmp_path, content):
    broken = results / "broken.json"
    broken.write_text(content, "utf-8")
    done = run(results, broken, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "broken.json" in done.stderr.replace("\n", "")
    assert (tmp_path / "out" / "topics.json").is_file()


def test_other_json_files_in_a_folder_are_passed_over(results, tmp_path):
    (results / "notes.json").write_text('{"a": 1}', "utf-8")
    assert run(results, "--out", tmp_path / "out").exit_code == 0


def test_a_folder_without_results_is_said_so(tmp_path):
    done = run(tmp_path, "--out", tmp_path / "out")
    assert isinstance(done.exception, NotFound)
    assert "entendu process" in done.exception.remedy
    assert not (tmp_path / "out").exists()


def test_a_path_that_does_not_exist_is_said_so(tmp_path):
    assert isinstance(run(tmp_path / "no", "--out", tmp_path / "out").exception, NotFound)


def test_an_unknown_page_language_is_refused(results, tmp_path):
    done = run(results, "--out", tmp_path / "out", "--page-language", "de")
    assert isinstance(done.exception, BadInput)


def test_two_conversations_of_one_name_are_not_mixed(results, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write(other, "appel-0", "le menu de la cantine est froid")
    done = run(results, other, "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "identifier appel-0" in done.stderr.replace("\n", " ")

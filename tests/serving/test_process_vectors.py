"""``entendu process`` keeps the vectors with which ``entendu score`` needs no model."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from quality.rescoring import conversation_vectors, read_vectors, vectors_path
from quality.sentence_vectors import SentenceVectors
from quality.sentences import sentence_texts
from serving.commands.process import process
from serving.commands.score import score

HERE = Path(__file__).parent
sample_analysis = runpy.run_path(str(HERE / "analyses.py"))["sample_analysis"]
WordEncoder = runpy.run_path(str(HERE.parent / "quality" / "word_encoder.py"))["WordEncoder"]

CHAT = "Conseiller : Bonjour, quel est votre nom ?\nClient : Marc Dubois, ma box est en panne.\n"

app = typer.Typer()
app.command("process")(process)
app.command("score")(score)


class Pipeline:
    """Concludes what it must, with vectors from a small encoder."""

    preparation_error = None
    knowledge_base = None
    raw_format = None
    settings = ()

    def __init__(self, settings):
        self.given = settings
        type(self).settings = (*self.settings, settings)

    def check_settings(self):
        pass

    def prepare(self, *, for_audio):
        pass

    def fingerprint(self, source, *, channels=None):
        return f"{source.sha256}{self.given.categories}"

    def analyse(self, path, *, second=None, channels=None, source=None, progress=None):
        analysis = sample_analysis()
        if "rien" in path.name:
            silent = analysis.conversation.model_copy(update={"turns": ()})
            analysis = analysis.model_copy(update={"conversation": silent})
        return analysis.model_copy(update={"fingerprint": self.fingerprint(source)})

    def vectors_of(self, analysis):
        return conversation_vectors(analysis.conversation, SentenceVectors(WordEncoder()))


class Store:
    """Knows one model."""

    def __init__(self, *_):
        pass

    def reference(self, _name):
        return WordEncoder().reference


@pytest.fixture(autouse=True)
def encoders(monkeypatch):
    """Encoders that scoring loaded."""
    loaded = []

    def load(*args, **kwargs):
        loaded.append(WordEncoder())
        return loaded[-1]

    monkeypatch.setattr("serving.pipeline.Pipeline", Pipeline)
    monkeypatch.setattr("serving.report.render_report", lambda analysis: "<p></p>")
    monkeypatch.setattr("models.load_encoder", load)
    monkeypatch.setattr("serving.score_run.ModelStore", Store)
    return loaded


@pytest.fixture
def chat(tmp_path):
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, "utf-8")
    return path


def run(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


def test_a_processed_result_is_scored_without_encoding_a_sentence(chat, tmp_path, encoders):
    run("process", chat, "--out", tmp_path / "out")
    result = tmp_path / "out" / "chat.json"
    conversation = sample_analysis().conversation
    assert len(read_vectors(vectors_path(result))) == len(sentence_texts(conversation))
    found = json.loads(run("score", result, "--card", "sales", "--json").stdout)
    assert found["encoded"]["sentences"] == 0
    assert found["encoded"]["phrases"] > 0
    asked = {text for encoder in encoders for text in encoder.asked}
    assert asked.isdisjoint(sentence_texts(conversation))


def test_an_unchanged_run_keeps_the_vectors_and_force_writes_them_again(chat, tmp_path):
    out = tmp_path / "out"
    run("process", chat, "--out", out)
    vectors = vectors_path(out / "chat.json")
    content, stamp = vectors.read_bytes(), vectors.stat().st_mtime_ns
    assert "1 unchanged" in run("process", chat, "--out", out).stdout
    assert vectors.stat().st_mtime_ns == stamp
    vectors.write_bytes(b"damaged")
    assert "1 done" in run("process", chat, "--out", out, "--force").stdout
    assert vectors.read_bytes() == content


def test_where_nothing_was_said_there_are_no_vectors(tmp_path):
    path, out = tmp_path / "rien.txt", tmp_path / "out"
    path.write_text(CHAT, "utf-8")
    run("process", path, "--out", out)
    assert sorted(each.name for each in out.iterdir()) == ["rien.html", "rien.json"]


def test_erasing_a_result_erases_its_vectors_at_the_next_run(chat, tmp_path):
    out = tmp_path / "out"
    run("process", chat, "--out", out)
    other = tmp_path / "autre.txt"
    other.write_text(CHAT, "utf-8")
    run("process", other, "--out", out)
    (out / "chat.json").unlink()
    run("process", other, "--out", out)
    assert not vectors_path(out / "chat.json").exists()
    assert vectors_path(out / "autre.json").exists()


def test_categories_and_gates_reach_the_pipeline(chat, tmp_path):
    own = tmp_path / "own.yaml"
    run("process", chat, "--out", tmp_path / "out", "--categories", own, "--gates", own)
    assert (Pipeline.settings[-1].categories, Pipeline.settings[-1].gates) == (own, own)
    assert "1 done" in run("process", chat, "--out", tmp_path / "out").stdout

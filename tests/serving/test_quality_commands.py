"""``entendu calibrate`` and ``entendu evaluate quality``: files in, figures and a new card out."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import typer
import yaml
from typer.testing import CliRunner

from conversation import Conversation, ModelReference, Turn
from conversation.errors import BadInput, DatasetInvalid, NotFound
from quality import evaluate, load_scorecard, measure
from quality.review import Confirmed, Corrected, JsonlLog, Reviews, opened
from serving.commands.calibrate import calibrate
from serving.commands.evaluate_quality import quality

_spec = importlib.util.spec_from_file_location(
    "quality_builders", Path(__file__).parents[1] / "quality" / "conftest.py"
)
builders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(builders)

NINE = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
EXAMPLE = "Pouvez-vous patienter un instant pendant mes vérifications ?"
ASKED = ("Pouvez-vous patienter pendant mes vérifications ?",
         "Pouvez-vous patienter un petit instant, mes vérifications sont longues ?")  # fmt: skip
OTHER = ("Le contrat prend fin au mois de juin.", "Il faut patienter, le colis arrive jeudi.")


class Words:
    """A bag of words in 512 directions."""

    name = "words"
    dim = 512
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
    monkeypatch.setattr("models.ModelStore.reference", lambda *args: Words.reference)


def run(*args):
    app = typer.Typer()
    app.command()(calibrate)
    app.command()(quality)
    return CliRunner().invoke(app, [str(one) for one in args], env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def semantic_card(tmp_path_factory):
    """A card whose question DEC3 compares meaning, with a threshold far too high."""
    values = load_scorecard("written").model_dump(mode="json", exclude_defaults=True)
    items = [item for section in values["sections"] for item in section["items"]]
    detector = {"kind": "said", "examples": {"fr": [EXAMPLE]}, "threshold": 0.97}
    next(item for item in items if item["id"] == "DEC3").update(detector=detector)
    path = tmp_path_factory.mktemp("card") / "card.yaml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True), "utf-8")
    return path


@pytest.fixture
def card(tmp_path, semantic_card):
    """A copy of that card."""
    return Path(shutil.copy(semantic_card, tmp_path / "card.yaml"))


def contact(number, text):
    turns = (("customer", "Où est ma commande ?"), ("agent", text), ("customer", "Merci."))
    return Conversation(
        id=f"chat-{number}", channel="chat", language="fr",
        turns=[Turn(index=i, speaker=who, text=said) for i, (who, said) in enumerate(turns)],
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Results of 60 chats, each reviewed: half ask to wait, as the analyst hears it."""
    folder = tmp_path_factory.mktemp("made")
    results = folder / "results"
    results.mkdir()
    log = Reviews(JsonlLog(folder / "reviews.jsonl"))
    card = load_scorecard("written")
    for number in range(60):
        asked = number % 2 == 0
        conversation = contact(number, (ASKED if asked else OTHER)[number // 2 % 2])
        understanding = builders.build_understanding(conversation)
        metrics = measure(conversation)
        evaluation = evaluate(
            conversation, understanding=understanding, metrics=metrics, scorecard=card
        )
        stored = {"conversation": conversation, "understanding": understanding,
                  "metrics": metrics, "evaluation": evaluation}  # fmt: skip
        (results / f"{conversation.id}.json").write_text(
            json.dumps({name: one.model_dump(mode="json") for name, one in stored.items()}), "utf-8"
        )
        start = opened(conversation, evaluation, can_eliminate=frozenset(), agent="a7",
                       at=NINE, author="entendu")  # fmt: skip
        log.record(start)
        automatic = next(one.answer for one in start.items if one.id == "DEC3")
        person = {"at": NINE, "author": "ana", "role": "analyst", "subject": start.subject}
        answer = 1.0 if asked else 0.0
        if automatic == answer:
            log.record(Confirmed(**person, item="DEC3"))
        else:
            log.record(Corrected(**person, item="DEC3", answer=answer, reason="entendu"))
    (results / "other.json").write_text("[1]", "utf-8")
    return folder


@pytest.fixture
def reviewed(tmp_path, made):
    """A copy of the reviews, and the results."""
    return Path(shutil.copy(made / "reviews.jsonl", tmp_path)), made / "results"


def test_calibration_writes_a_new_version_and_announces_it(tmp_path, card, reviewed):
    reviews, results = reviewed
    before = card.read_text("utf-8")
    out = tmp_path / "out"
    args = ("calibrate", reviews, "--results", results, "--out", out, "--scorecard", card)
    found = run(*args, "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    (question,) = told["questions"]
    assert question["outcome"] == "better"
    assert question["kappa_before"]["value"] == 0
    assert question["kappa_after"]["value"] > 0.9
    new = load_scorecard(Path(told["files"][0]))
    assert new.version == told["to_version"] != "1.0"
    assert card.read_text("utf-8") == before
    event = JsonlLog(reviews).events()[-1]
    assert (event.kind, event.item, event.version) == ("recalibrated", "DEC3", new.version)
    again = run("calibrate", reviews, "--results", results, "--out", tmp_path / "again",
                "--scorecard", told["files"][0])  # fmt: skip
    assert again.exit_code == 0, again.output
    assert "nothing was written" in again.output
    assert not (tmp_path / "again").exists()


def test_gates_are_written_when_they_are_asked_for(tmp_path, card, reviewed):
    reviews, results = reviewed
    gates = tmp_path / "gates.json"
    found = run("calibrate", reviews, "--results", results, "--out", tmp_path / "out",
                "--scorecard", card, "--gates", gates)  # fmt: skip
    assert found.exit_code == 0, found.output
    assert json.loads(gates.read_text("utf-8")) == {
        "scorecard": "written", "questions": {}, "unmeasured": "auto"
    }  # fmt: skip
    assert "not measured" in found.output


def test_a_card_without_semantic_questions_has_nothing_to_fit(tmp_path, card, reviewed):
    reviews, results = reviewed
    values = yaml.safe_load(card.read_text("utf-8"))
    for section in values["sections"]:
        for item in section["items"]:
            item["detector"].pop("threshold", None)
            if item["detector"].get("examples"):
                item["detector"] = {"kind": "human", "because": "meaning"}
    card.write_text(yaml.safe_dump(values), "utf-8")
    found = run("calibrate", reviews, "--results", results, "--out", tmp_path / "out",
                "--scorecard", card)  # fmt: skip
    assert found.exit_code == 0, found.output
    assert "no threshold to fit" in found.output


def test_missing_inputs_are_told(tmp_path, card, reviewed):
    reviews, _results = reviewed
    empty = tmp_path / "empty"
    empty.mkdir()
    gone = run("calibrate", tmp_path / "no.jsonl", "--results", empty, "--out", tmp_path / "o")
    assert isinstance(gone.exception, NotFound)
    none = run("calibrate", reviews, "--results", empty, "--out", tmp_path / "o",
               "--scorecard", card)  # fmt: skip
    assert isinstance(none.exception, NotFound)
    assert "--results" in none.exception.message


def test_labels_are_compared_with_stored_results(tmp_path, reviewed):
    _reviews, results = reviewed
    labels = tmp_path / "labels.jsonl"
    rows = [{"conversation_id": f"chat-{n}", "question": "DEC3", "value": v, "rater": "ana"}
            for n, v in ((0, 1), (1, 0), (2, "na"))]  # fmt: skip
    labels.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    found = run("quality", labels, "--results", results, "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    (question,) = told["questions"]
    assert question["n"] == 3
    assert told["conversations"] == 3
    assert told["seed"] == 0
    shown = run("quality", labels, "--results", results)
    assert "DEC3" in shown.output


def test_mistakes_with_labels_are_told(tmp_path, reviewed):
    _reviews, results = reviewed
    labels = tmp_path / "labels.jsonl"
    row = {"conversation_id": "chat-99", "question": "DEC3", "value": 1, "rater": "ana"}
    labels.write_text(json.dumps(row), "utf-8")
    unknown = run("quality", labels, "--results", results)
    assert isinstance(unknown.exception, DatasetInvalid)
    assert isinstance(run("quality", labels, "--part", "half").exception, BadInput)
    assert isinstance(run("quality", labels, "--part", "test").exception, DatasetInvalid)
    assert isinstance(run("quality", tmp_path / "none").exception, NotFound)

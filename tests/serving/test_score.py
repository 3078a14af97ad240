"""``entendu score``: stored results and conversations scored with a card."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from conversation.errors import BadInput, Conflict, NotFound
from quality import Evaluation
from quality.rescoring import vectors_path
from serving.commands.score import score

HERE = Path(__file__).parent
sample_analysis = runpy.run_path(str(HERE / "analyses.py"))["sample_analysis"]
WordEncoder = runpy.run_path(str(HERE.parent / "quality" / "word_encoder.py"))["WordEncoder"]

app = typer.Typer()
app.command()(score)


class Store:
    """Knows one model."""

    def __init__(self, *_):
        pass

    def reference(self, _name):
        return WordEncoder().reference


@pytest.fixture(autouse=True)
def encoders(monkeypatch):
    """Stand-ins for the sentence encoder; those that were loaded."""
    loaded = []

    def load(*args, **kwargs):
        loaded.append(WordEncoder())
        return loaded[-1]

    monkeypatch.setattr("models.load_encoder", load)
    monkeypatch.setattr("serving.score_run.ModelStore", Store)
    return loaded


@pytest.fixture
def results(tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    for name in ("un", "deux"):
        analysis = sample_analysis(name=f"{name}.wav")
        conversation = analysis.conversation.model_copy(update={"id": name})
        update = {"conversation": conversation}
        for part in ("understanding", "metrics", "evaluation"):
            value = getattr(analysis, part)
            update[part] = value.model_copy(update={"conversation_id": name})
        content = analysis.model_copy(update=update).model_dump_json()
        (folder / f"{name}.json").write_text(content, "utf-8")
    (folder / "topics.json").write_text("{}", "utf-8")
    return folder


def write_card(tmp_path, *examples, version="1", label="Nom demandé", phrases=()):
    card = {
        "name": "mine",
        "version": version,
        "label": {"fr": "À moi", "en": "Mine"},
        "sections": [
            {
                "id": "A",
                "label": {"fr": "Accueil", "en": "Opening"},
                "items": [
                    {
                        "id": "A1",
                        "label": {"fr": label, "en": "Asks the name"},
                        "points": 60,
                        "detector": {"kind": "said", "examples": {"fr": list(examples)},
                                     "phrases": list(phrases)},
                        "tip": {"fr": "Demandez le nom.", "en": "Ask for the name."},
                    },
                    {
                        "id": "A2",
                        "label": {"fr": "À juger", "en": "To judge"},
                        "points": 40,
                        "detector": {"kind": "human", "because": "meaning"},
                    },
                ],
            }
        ],
    }  # fmt: skip
    path = tmp_path / f"card-{version}.yaml"
    path.write_text(yaml.safe_dump(card, allow_unicode=True), "utf-8")
    return path


def run(*arguments, code=0):
    result = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=True)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def scored(*arguments, code=0):
    return json.loads(run(*arguments, "--json", code=code).stdout)


def test_stored_results_are_scored_with_a_new_card(tmp_path, results):
    found = scored(results, "--card", write_card(tmp_path, "Quel est votre nom ?"))
    assert found["card"]["name"] == "mine"
    assert found["conversations"] == 2
    assert [one["conversation_id"] for one in found["scores"]] == ["deux", "un"]
    (first, _) = found["scores"]
    assert first["score_100"] == 100
    assert first["score_20"] == 20
    assert first["coverage"] == 0.6
    assert first["status"] == "draft"
    assert first["previous"]["scorecard"] == "inbound"
    assert found["questions"][0]["1"] == 2
    assert found["questions"][1]["not_assessable"] == 2
    assert found["failed"] == []
    assert "mean" not in json.dumps(found)


def test_a_second_card_needs_the_encoder_only_for_its_new_phrases(tmp_path, results, encoders):
    first = scored(results, "--card", write_card(tmp_path, "Quel est votre nom ?"))
    assert first["encoded"]["sentences"] > 0
    assert all(vectors_path(results / f"{name}.json").is_file() for name in ("un", "deux"))
    encoders.clear()
    new = write_card(tmp_path, "Quel est votre nom ?", "Comment vous appelez-vous ?", version="2")
    second = scored(results, "--card", new)
    assert second["encoded"] == {"phrases": 1, "sentences": 0}
    (encoder,) = encoders
    assert encoder.asked == ["Comment vous appelez-vous ?"]
    encoders.clear()
    third = scored(results, "--card", new)
    assert third["encoded"] == {"phrases": 0, "sentences": 0}
    assert encoders == []
    assert third["scores"] == second["scores"]


def test_stored_only_loads_no_model_and_says_what_stays_open(tmp_path, results, encoders):
    card = write_card(tmp_path, "Quel est votre nom ?", phrases=["greeting"])
    found = scored(results, "--card", card, "--stored-only")
    assert encoders == []
    assert found["questions"][0]["1"] == 2  # by its words
    meaning = write_card(tmp_path, "Quel est votre nom ?", version="2")
    found = scored(results, "--card", meaning, "--stored-only")
    assert found["questions"][0]["not_assessable"] == 2


def test_a_card_changed_under_a_used_version_is_refused(tmp_path, results):
    run(results, "--card", write_card(tmp_path, "Quel est votre nom ?"))
    changed = write_card(tmp_path, "Quel est votre nom ?", label="Autre question")
    with pytest.raises(Conflict, match="version '1' of the scorecard 'mine'") as error:
        run(results, "--card", changed)
    assert "raise 'version'" in error.value.remedy


def test_out_holds_every_evaluation_with_its_evidence(tmp_path, results):
    out = tmp_path / "scores"
    before = {path.name: path.read_bytes() for path in results.glob("*.json")}
    run(results, "--card", write_card(tmp_path, "Quel est votre nom ?"), "--out", out)
    lines = (out / "evaluations.jsonl").read_text("utf-8").splitlines()
    evaluations = [Evaluation.model_validate(json.loads(line)["evaluation"]) for line in lines]
    assert [one.conversation_id for one in evaluations] == ["deux", "un"]
    assert evaluations[0].items[0].evidence[0].quote == "Quel est votre nom ?"
    assert json.loads((out / "scores.json").read_text("utf-8"))["conversations"] == 2
    assert {path.name: path.read_bytes() for path in results.glob("*.json")} == before
    assert not list(out.glob(".*.partial"))


def test_the_table_counts_answers_and_one_conversation_is_shown_whole(tmp_path, results):
    card = write_card(tmp_path, "Remboursement immédiat garanti.")
    many = run(results, "--card", card).stdout
    assert "2 conversations" in many
    assert "drafts" in many
    one = run(results / "un.json", "--card", card).stdout
    assert "Points perdus" in one
    assert "Demandez le nom." in one


def test_a_file_that_cannot_be_used_is_named_and_the_others_go_on(tmp_path, results):
    (results / "un.json").write_text('{"conversation": {}, "understanding": {}}', "utf-8")
    found = scored(results, "--card", write_card(tmp_path, "Quel est votre nom ?"), code=1)
    assert found["conversations"] == 1
    (failed,) = found["failed"]
    assert failed["path"].endswith("un.json")
    assert "no whole result" in failed["message"]


def test_a_recording_or_a_folder_without_results_is_refused(tmp_path, results):
    card = write_card(tmp_path, "Quel est votre nom ?")
    (tmp_path / "call.wav").write_bytes(b"RIFF")
    with pytest.raises(BadInput, match="is a recording"):
        run(tmp_path / "call.wav", "--card", card)
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NotFound, match="no result"):
        run(empty, "--card", card)
    with pytest.raises(NotFound, match="nowhere"):
        run(tmp_path / "nowhere", "--card", card)


def test_a_conversation_is_processed_first_and_not_with_stored_only(tmp_path, monkeypatch):
    chat = tmp_path / "chat.txt"
    chat.write_text("Agent: Bonjour\nClient: Bonjour", "utf-8")
    asked = []

    class Pipeline:
        def __init__(self, settings):
            pass

        def analyse(self, path):
            asked.append(path)
            return sample_analysis()

    monkeypatch.setattr("serving.pipeline.Pipeline", Pipeline)
    card = write_card(tmp_path, "Quel est votre nom ?")
    assert scored(chat, "--card", card)["scores"][0]["score_100"] == 100
    assert asked == [chat]
    found = scored(chat, "--card", card, "--stored-only", code=1)
    assert "was not processed" in found["failed"][0]["message"]


@pytest.mark.parametrize("card", ["inbound", "written", "sales", "support_en"])
def test_shipped_cards_score_stored_results(results, card):
    assert scored(results, "--card", card)["conversations"] == 2


def test_without_a_card_the_channel_names_the_shipped_one(tmp_path, results):
    assert scored(results)["card"]["name"] == "inbound"


def test_without_a_card_calls_and_messages_are_not_mixed(tmp_path, results):
    chat = tmp_path / "chat.txt"
    chat.write_text("Client : Bonjour, où est mon colis ?\nAgent : Il arrive demain.\n", "utf-8")
    with pytest.raises(BadInput, match="calls and messages"):
        run(results, chat)

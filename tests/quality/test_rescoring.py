from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from conversation.errors import BadInput, Conflict, NotFound
from quality import Evaluation, Scorecard, evaluate, measure
from quality.rescoring import (
    conversation_vectors,
    read_stored,
    score_again,
    vectors_path,
)
from quality.sentence_vectors import SentenceVectors

WordEncoder = runpy.run_path(str(Path(__file__).with_name("word_encoder.py")))["WordEncoder"]
SCRIPT = """
    agent 0 4 Bonjour. Cette communication est enregistrée.
    customer 5 8 Bonjour, ma box ne marche plus.
    agent 9 12 Je vous envoie une box demain. Bonne journée à vous.
    """


def card(*examples, version="1", question="Annonce"):
    item = {
        "id": "A1",
        "label": {"fr": question, "en": "Notice"},
        "points": 100,
        "detector": {"kind": "said", "examples": {"fr": list(examples)}},
    }
    section = {"id": "A", "label": {"fr": "Accueil", "en": "Opening"}, "items": [item]}
    return Scorecard.model_validate(
        {"name": "mine", "version": version, "label": {"fr": "À moi", "en": "Mine"},
         "sections": [section]}
    )  # fmt: skip


NOTICE = card("Cet appel est enregistré.")
PARCEL = card("Je vous envoie une box.", version="2")


@pytest.fixture
def folder(tmp_path, call, understanding_of):
    """A folder with one stored result and the vectors of its sentences."""
    conversation = call(SCRIPT)
    understanding, metrics = understanding_of(conversation), measure(conversation)
    vectors = SentenceVectors(WordEncoder())
    evaluation = evaluate(
        conversation,
        understanding=understanding,
        metrics=metrics,
        scorecard=NOTICE,
        vectors=vectors,
    )
    values = {
        "schema_version": "2.0",
        "fingerprint": "f",
        "conversation": conversation.model_dump(mode="json"),
        "understanding": understanding.model_dump(mode="json"),
        "metrics": metrics.model_dump(mode="json"),
        "evaluation": evaluation.model_dump(mode="json"),
        "something_else": {"that": "scoring does not read"},
    }
    path = tmp_path / "call.json"
    path.write_text(json.dumps(values), "utf-8")
    vectors_path(path).write_bytes(conversation_vectors(conversation, vectors).to_bytes())
    return path


def card_vectors(scorecard):
    """Stand for what a published card keeps of vectors."""
    return SentenceVectors(None, stored=[SentenceVectors(WordEncoder()).stored(scorecard.texts)])


def test_a_new_card_is_scored_from_what_is_stored_without_any_model(folder):
    stored = read_stored(folder)
    vectors = card_vectors(PARCEL).for_conversation(stored.vectors)
    evaluation = score_again(stored.result, PARCEL, vectors=vectors)
    assert evaluation.items[0].value == 1
    assert evaluation.items[0].evidence[0].quote == "Je vous envoie une box demain."
    assert vectors.encoded == 0
    assert stored.result.evaluation.version == "1"


def test_scoring_again_with_the_same_card_gives_the_same(folder):
    stored = read_stored(folder)
    vectors = card_vectors(NOTICE).for_conversation(stored.vectors)
    assert score_again(stored.result, NOTICE, vectors=vectors) == stored.result.evaluation


def test_a_version_that_was_used_with_other_content_is_refused(folder):
    stored = read_stored(folder)
    changed = card("Cet appel est enregistré.", question="Autre chose")
    with pytest.raises(Conflict, match="version '1' of the scorecard 'mine'") as error:
        score_again(stored.result, changed)
    assert "raise 'version'" in error.value.remedy


def test_without_vectors_questions_by_meaning_stay_open(folder):
    vectors_path(folder).unlink()
    stored = read_stored(folder)
    assert stored.vectors is None
    vectors = card_vectors(PARCEL).for_conversation(stored.vectors)
    assert score_again(stored.result, PARCEL, vectors=vectors).score_100 is None


def test_damaged_vectors_count_as_missing(folder):
    vectors_path(folder).write_bytes(b"PK broken")
    assert read_stored(folder).vectors is None


def test_a_stored_quote_that_was_tampered_with_is_noticed(folder):
    values = json.loads(folder.read_text("utf-8"))
    values["evaluation"]["items"][0]["evidence"][0]["quote"] = "jamais dit"
    folder.write_text(json.dumps(values), "utf-8")
    with pytest.raises(BadInput, match="jamais dit"):
        score_again(read_stored(folder).result, PARCEL)


@pytest.mark.parametrize("content", ["{}", "[]", "not json", '{"conversation": {}}'])
def test_a_file_that_is_no_result_is_named(tmp_path, content):
    path = tmp_path / "x.json"
    path.write_text(content, "utf-8")
    with pytest.raises(BadInput, match=r"x\.json is no whole result"):
        read_stored(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotFound, match=r"nothing\.json"):
        read_stored(tmp_path / "nothing.json")


def test_an_earlier_evaluation_without_newer_fields_can_be_read(folder):
    values = json.loads(folder.read_text("utf-8"))["evaluation"]
    for name in ("explanation_fr", "explanation_en", "tip"):
        del values[name]
    for item in values["items"]:
        del item["decided_by"], item["item_sha256"]
    assert Evaluation.model_validate(values).tip is None

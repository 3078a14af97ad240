"""The guide to scorecards: its card is read and used, its names are those of the code."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from quality import SHIPPED_SCORECARDS, evaluate, load_scorecard, measure
from quality.detectors.knowledge import Knowledge
from quality.detectors.llm import LanguageModel
from quality.detectors.said import NotSaid, Said
from quality.meaning import DEFAULT_THRESHOLD
from quality.scorecard import Item
from quality.sentence_vectors import SentenceVectors

HERE = Path(__file__).parent
GUIDE = (HERE.parent.parent / "docs" / "scorecards.md").read_text("utf-8")
WordEncoder = runpy.run_path(str(HERE / "word_encoder.py"))["WordEncoder"]


@pytest.fixture(scope="module")
def card(tmp_path_factory):
    (block,) = re.findall(r"```yaml\n(.*?)```", GUIDE, flags=re.DOTALL)
    path = tmp_path_factory.mktemp("card") / "our-card.yaml"
    path.write_text(block, "utf-8")
    return load_scorecard(path)


def test_the_card_of_the_guide_scores_a_call(card, call, understanding_of):
    conversation = call(
        """
        agent 0 4 Bonjour. Notre échange est enregistré et peut être écouté.
        customer 5 8 Je veux faire une réclamation sur ma facture.
        agent 9 12 Très bien, j'enregistre votre réclamation.
        """
    )
    evaluation = evaluate(
        conversation,
        understanding=understanding_of(conversation),
        metrics=measure(conversation),
        scorecard=card,
        vectors=SentenceVectors(WordEncoder()),
    )
    values = {item.id: item.value for item in evaluation.items}
    assert values["ACC1"] == 1
    assert values["COM"] == 1
    assert values["TRA1"] == 1
    assert values["TRA3"] == 1
    open_ = {item.id: item.status for item in evaluation.items if item.value is None}
    assert open_ == {"TRA2": "not_assessable", "TRA4": "not_assessable", "EL1": "not_assessable"}
    assert evaluation.score_100 == 100


def test_without_a_complaint_its_question_is_not_asked(card, call, understanding_of):
    conversation = call("agent 0 4 Bonjour à vous.\ncustomer 5 8 Où est mon colis ?")
    evaluation = evaluate(
        conversation,
        understanding=understanding_of(conversation),
        metrics=measure(conversation),
        scorecard=card,
        vectors=SentenceVectors(WordEncoder()),
    )
    (complaint,) = [item for item in evaluation.items if item.id == "TRA1"]
    assert complaint.status == "not_applicable"


def test_every_field_of_a_question_is_explained():
    for name in set(Item.model_fields) - {"id", "label", "detector"}:
        assert f"`{name}`" in GUIDE
    for detector in (Said, NotSaid, Knowledge, LanguageModel):
        for name in set(detector.model_fields) - {"kind"}:
            assert re.search(rf"`{name}[`.:]", GUIDE), name


def test_the_guide_names_the_shipped_cards_and_the_threshold():
    for name in SHIPPED_SCORECARDS:
        assert f"`{name}`" in GUIDE
    assert f"({DEFAULT_THRESHOLD:g} where" in GUIDE

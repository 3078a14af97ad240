"""The main job on the two French calls: what their scripts say is what comes out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from serving.pipeline import Pipeline
from serving.settings import Settings

pytestmark = [pytest.mark.model, pytest.mark.slow]


@pytest.fixture(scope="module")
def analyses(models_dir, examples_dir, tmp_path_factory):
    pipeline = Pipeline(
        Settings(
            device="cpu", models_dir=models_dir, kb=examples_dir / "kb",
            data_dir=tmp_path_factory.mktemp("data"),
        )
    )  # fmt: skip
    return {
        name: pipeline.analyse(examples_dir / "conversations" / f"{name}.wav")
        for name in ("telecom_panne", "banque_fraude")
    }


def said_by(analysis, speaker):
    return " ".join(turn.text.lower() for turn in analysis.conversation.turns_of(speaker))


def test_each_speaker_has_their_own_words(analyses):
    telecom, bank = analyses["telecom_panne"], analyses["banque_fraude"]
    assert "technicien" in said_by(telecom, "agent")
    assert "colère" in said_by(telecom, "customer")
    assert "formulaire de contestation" in said_by(bank, "agent")
    assert "je ne reconnais pas" in said_by(bank, "customer")
    assert "colère" not in said_by(telecom, "agent")


@pytest.mark.parametrize("name", ["telecom_panne", "banque_fraude"])
def test_word_times_never_go_back_and_stay_in_the_recording(analyses, name):
    conversation = analyses[name].conversation
    for turn in conversation.turns:
        for before, after in pairwise(turn.words):
            assert before.start_s <= after.start_s
            assert before.end_s <= after.end_s
        assert turn.start_s <= turn.words[0].start_s
        assert turn.words[-1].end_s <= conversation.duration_s


@pytest.mark.parametrize(
    ("name", "code"), [("telecom_panne", "tel.panne_fixe"), ("banque_fraude", "bq.fraude")]
)
def test_the_stated_reason_is_found_with_its_evidence(analyses, name, code):
    primary = analyses[name].understanding.reasons.primary
    assert primary.code.startswith(code)
    turns = analyses[name].conversation.turns
    assert primary.evidence
    assert all(piece.quote in turns[piece.turn_index].text for piece in primary.evidence)


def test_the_customers_anger_is_seen_where_it_is_said(analyses):
    analysis = analyses["telecom_panne"]
    (angry,) = [t for t in analysis.conversation.turns if "colère" in t.text]
    moods = {mood.turn_index: mood for mood in analysis.understanding.sentiment.turns}
    assert moods[angry.index].label == "negative"
    assert moods[angry.index].score == min(mood.score for mood in moods.values())
    assert analysis.understanding.sentiment.end > analysis.understanding.sentiment.start


def test_questions_are_answered_from_the_right_article(analyses):
    answered = {
        item.question.text.lower(): item.answer.citation.document
        for analysis in analyses.values()
        for item in analysis.questions
        if item.answer.answered
    }
    expected = {
        "passer": "rendez-vous-technicien",
        "bloquer ma carte": "bloquer-carte",
        "formulaire": "contester-paiement-inconnu",
    }
    for asked, document in expected.items():
        found = [d for text, d in answered.items() if asked in text]
        assert found, f"{asked} not answered; {answered}"
        assert document in found[0]


def test_the_agent_has_no_sentiment(analyses):
    for analysis in analyses.values():
        scored = {mood.turn_index for mood in analysis.understanding.sentiment.turns}
        agents = {turn.index for turn in analysis.conversation.turns_of("agent")}
        assert scored.isdisjoint(agents)

"""``entendu fairness``: conversations in; a table, JSON or a page out."""

from __future__ import annotations

import json

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from conversation import Conversation, ModelReference, Provenance, Turn
from conversation.errors import BadInput, NotFound
from quality.fairness import FairnessReport, assess_fairness
from quality.findings import both
from quality.results import Evaluation, ItemResult
from serving.commands.fairness import fairness
from serving.fairness_chain import RememberingEncoder
from serving.fairness_page import render_fairness

app = typer.Typer()
app.command()(fairness)

CHAT = """[2026-11-12 14:02:10] Client : Bonjour, je suis Nadia Benali, ma box ne marche pas.
[2026-11-12 14:02:48] Léa (conseillère) : Bonjour madame Benali, je m'appelle Léa <script>.
[2026-11-12 14:03:05] Client : Merci Léa, au revoir, à bientôt.
"""


def score_by_name(conversation, *, language="fr"):
    """Score 1 for one first name and 0 for others: as unfair as can be."""
    fair = any("Léa" in turn.text for turn in conversation.turns)
    turn = conversation.turns[0]
    from conversation import Evidence

    item = ItemResult(
        id="ACC1", section="ACC", label_fr="Salutation <b>", label_en="Greeting", points=100,
        status="scored", value=1.0 if fair else 0.0, confidence=1, reason_fr="oui", reason_en="yes",
        evidence=(Evidence.from_turn(turn),),
    )  # fmt: skip
    return Evaluation(
        conversation_id=conversation.id, scorecard="unfair", version="1", language=language,
        items=(item,), sections=(), score_100=100.0 if fair else 0.0, coverage=1,
        provenance=Provenance(component="test", version="1"),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _unfair_chain(monkeypatch):
    monkeypatch.setattr("serving.fairness_chain.ScoringChain", lambda _settings: score_by_name)


@pytest.fixture
def chats(tmp_path):
    folder = tmp_path / "chats"
    folder.mkdir()
    for number in range(12):
        (folder / f"c{number}.chat.txt").write_text(CHAT, "utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_json_is_one_object_and_the_exit_code_says_that_a_kind_fails(chats):
    result = run(chats, "--only", "agent_name", "--json")
    report = FairnessReport.model_validate(json.loads(result.stdout))
    assert report.conversations == 12
    assert report.kinds[0].verdict == "fails"
    assert {flip.question for flip in report.flips} == {"ACC1"}
    assert result.exit_code == 1


def test_nothing_fails_where_nothing_depends_on_the_customer(chats):
    result = run(chats, "--only", "customer_name", "--only", "identity")
    assert result.exit_code == 0
    assert "customer's name" in result.stdout


def test_the_page_stands_alone_and_shows_text_as_text(chats, tmp_path):
    page = tmp_path / "page.html"
    run(chats, "--html", page, "--only", "agent_name")
    text = page.read_text("utf-8")
    assert "&lt;script&gt;" in text
    assert "<script" not in text
    assert "Salutation &lt;b&gt;" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "<del>Léa</del>" in text
    assert "échoue" in text


def test_results_of_process_are_read_with_their_language(tmp_path):
    turns = (Turn(index=0, speaker="agent", text="Bonjour, je m'appelle Léa."),)
    talk = Conversation(id="call-1", channel="chat", turns=turns)
    path = tmp_path / "call.json"
    path.write_text(
        json.dumps(
            {"conversation": talk.model_dump(mode="json"), "understanding": {"language": "fr"}}
        ),
        "utf-8",
    )
    result = run(path, "--only", "identity", "--json")
    assert json.loads(result.stdout)["languages"] == {"fr": 1}


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        (["--only", "height"], BadInput, "customer_name"),
        (["--language", "de"], BadInput, "'de'"),
        (["--page-language", "de"], BadInput, "'de'"),
    ],
)
def test_wrong_options_say_what_is_expected(chats, arguments, error, told):
    result = run(chats, *arguments)
    assert isinstance(result.exception, error)
    assert told in result.exception.message


def test_an_empty_folder_is_an_error(tmp_path):
    result = run(tmp_path)
    assert isinstance(result.exception, NotFound)


def test_the_page_is_there_in_english(chats):
    talk = Conversation(
        id="c", channel="chat", language="fr",
        turns=(Turn(index=0, speaker="agent", text="Bonjour, je m'appelle Léa."),),
    )  # fmt: skip
    report = assess_fairness([(talk, "fr")], score=score_by_name, kinds=["agent_name"])
    assert "Does the score depend on the person?" in render_fairness(report, language="en")
    assert both("a", "b").en == "b"


class Counting:
    name, dim, reference = "counting", 2, ModelReference(name="counting")

    def __init__(self):
        self.texts = []

    def encode(self, texts, *, kind="query"):
        self.texts += list(texts)
        return np.asarray([[len(text), 1] for text in texts], dtype=np.float32)


def test_each_text_is_encoded_once():
    inner = Counting()
    encoder = RememberingEncoder(inner)
    first = encoder.encode(["a", "bb", "a"])
    second = encoder.encode(["bb", "ccc"])
    assert inner.texts == ["a", "bb", "ccc"]
    assert first[:, 0].tolist() == [1, 2, 1]
    assert second[:, 0].tolist() == [2, 3]
    assert encoder.encode([]).shape == (0, 2)
    encoder.encode(["a"], kind="passage")
    assert inner.texts[-1] == "a"

"""The bot made of knowledge base and understanding, its definition file and its evaluation."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from conversation.errors import DatasetInvalid, DefinitionInvalid, NotFound
from kb_search import KnowledgeBase
from kb_search.answers import Answer, Citation
from kb_search.bot import Bot, ConversationFacts, MessageReading
from kb_search.bot.evaluation import evaluate_bot
from nlu.reason_scorer import scorer_for
from nlu.taxonomy import load_taxonomy
from serving.commands.evaluate_bot import bot as command
from serving.self_care import build_bot, load_bot_policy, load_scripts

SCRIPTS = """\
scripts:
- id: un
  turns:
  - customer: "Comment bloquer ma carte ?"
    expect: {answer: carte.md}
  - customer: "Vendez-vous des drones ?"
    expect: {answer: drones.md}
- id: deux
  turns:
  - customer: "un conseiller"
    expect: {hand_over: asked}
"""


def test_a_definition_is_read_with_its_texts(tmp_path):
    file = tmp_path / "bot.yaml"
    file.write_text(
        "centre: Télécom Plus\ndelay_minutes: 4\nasks_whether_it_helped: no\n"
        "hours:\n  days:\n    monday: ['09:00-18:00']\n"
        "texts:\n  fr:\n    goodbye: À bientôt.\n",
        encoding="utf-8",
    )
    policy = load_bot_policy(file)
    assert policy.delay_minutes == 4
    assert not policy.asks_whether_it_helped
    assert policy.words("fr").goodbye == "À bientôt."


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("abuse: shout\n", "line 1, abuse"),
        ("centre: A\nfilters: all\n", "line 2, filters"),
        ("centre: A\nhours:\n  days:\n    monday: ['9-18']\n", "line 4, hours.days.monday"),
        ("texts:\n  fr:\n    answer: Voilà.\n", "{quote}"),
        ("texts:\n  fr:\n    disclosure: Je suis Julie.\n", "no text of the bot"),
    ],
)
def test_a_wrong_definition_names_the_line(tmp_path, content, message):
    file = tmp_path / "bot.yaml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DefinitionInvalid) as caught:
        load_bot_policy(file)
    assert message in caught.value.message


def test_scripts_are_read_from_files_and_folders(tmp_path):
    (tmp_path / "a.yaml").write_text(SCRIPTS, encoding="utf-8")
    line = {"id": "trois", "turns": [{"customer": "Bonjour", "expect": {"talk": True}}]}
    (tmp_path / "b.jsonl").write_text(json.dumps(line) + "\n\n", encoding="utf-8")
    assert [script.id for script in load_scripts([tmp_path])] == ["un", "deux", "trois"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", "scripts:\n- id: a\n  turns:\n  - custommer: x\n", "line 4"),
        ("a.yaml", "dialogues: []\n", "scripts: this field is missing"),
        ("a.yaml", SCRIPTS + SCRIPTS.removeprefix("scripts:\n"), "stands twice"),
        ("a.jsonl", '{"id": "a"}\n', "line 1: turns"),
        ("a.jsonl", "nonsense\n", "line 1"),
    ],
)
def test_wrong_scripts_are_named(tmp_path, name, content, message):
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetInvalid) as caught:
        load_scripts([file])
    assert message in caught.value.message


def test_scripts_that_are_not_there_are_named(tmp_path):
    for path in (tmp_path, tmp_path / "none.yaml"):
        with pytest.raises(NotFound):
            load_scripts([path])


class Knowledge:
    def answer_many(self, questions, *, contexts=None, filters=None):
        answers = []
        for question in questions:
            common = {"question": question, "threshold": 0.5}
            if "carte" not in question:
                answers.append(Answer(**common, confidence=0, outcome="declined", reason="none"))
                continue
            citation = Citation(document="carte.md", title="C", passage_id="1", quote="Ainsi.")
            answers.append(
                Answer(**common, confidence=1, outcome="answered", text="Ainsi.", citation=citation)
            )
        return answers


class Nothing:
    def read(self, conversation):
        return MessageReading()

    def find(self, conversation):
        return ConversationFacts()


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr("models.load_encoder", lambda *args, **kwargs: object())
    monkeypatch.setattr(KnowledgeBase, "open", lambda *args, **kwargs: Knowledge())
    monkeypatch.setattr("serving.definitions.Definitions.scorer", lambda *args: object())
    monkeypatch.setattr(
        "serving.self_care.build_bot",
        lambda *args, **kwargs: Bot(Knowledge(), Nothing(), Nothing()),
    )
    file = tmp_path / "s.yaml"
    file.write_text(SCRIPTS, encoding="utf-8")
    app = typer.Typer()
    app.command()(command)

    def invoke(*more):
        return CliRunner().invoke(app, [str(file), "--kb", str(tmp_path), *more])

    return invoke


def test_the_command_prints_one_object(run):
    result = run("--json")
    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert values["dialogues"] == 2
    assert values["as_expected"] == {
        "count": 2, "total": 3, "share": 0.6667, "interval": [0.2077, 0.9385],
    }  # fmt: skip
    assert values["failing"][0]["script"] == "un"


def test_the_command_shows_figures_and_what_failed(run):
    result = run()
    assert result.exit_code == 0, result.output
    assert "Resolved dialogues" in result.stdout
    assert "drones" in result.stdout


@pytest.fixture(scope="module")
def real_bot(encoder, examples_dir):
    return build_bot(
        KnowledgeBase.open(examples_dir / "kb", encoder),
        encoder,
        scorer_for(load_taxonomy("telecom"), encoder),
    )


@pytest.mark.model
def test_the_sample_base_is_talked_about(real_bot, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(
        """\
scripts:
- id: esim
  turns:
  - customer: "Bonjour, comment activer une eSIM ?"
    expect: {answer: telecom-plus/esim-carte-sim.md, says: assistant virtuel}
  - customer: "merci, au revoir"
    expect: {close: true}
- id: gaz
  turns:
  - customer: "ça sent le gaz dans ma cuisine"
    expect: {hand_over: urgent, says: "112"}
- id: colere
  turns:
  - customer: "C'est inadmissible, votre service est lamentable, je suis furieux !"
    expect: {hand_over: complaint}
- id: interne
  turns:
  - customer: "Quel est le prix de la formule Famille de Fibre Max ?"
    expect: {decline: true, not_says: "32,99"}
""",
        encoding="utf-8",
    )
    result = evaluate_bot(real_bot, load_scripts([file]))
    assert result.failing == ()


@pytest.mark.model
def test_the_packet_is_filled_from_what_was_understood(real_bot, encoder):
    from datetime import UTC, datetime

    from kb_search.bot import CustomerMessage, HandOver, Session

    session = Session(id="p1")
    said = (
        "Ma box n'a plus internet depuis lundi, j'ai été débité de 42 euros et c'est inadmissible, "
        "je suis vraiment furieux de votre service."
    )
    message = CustomerMessage(id="m", at=datetime(2026, 1, 5, 9, tzinfo=UTC), text=said)
    (handed,) = [
        action
        for action in real_bot.handle(session, message).actions
        if isinstance(action, HandOver)
    ]
    packet = handed.packet
    assert packet.trigger == "complaint"
    assert packet.reason.code.startswith("tel.")
    assert packet.nature == "complaint"
    assert packet.urgency >= 1
    assert packet.sentiment.score < 0
    assert any(entity.value == "42.00 EUR" for entity in packet.entities)
    assert packet.said == (said,)
    assert 0 < len(packet.summary.split()) <= 80

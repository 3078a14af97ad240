"""``entendu sample``: results or a table of contacts in, a sample out."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

from conversation import Conversation, Participant
from conversation.errors import BadInput, DefinitionInvalid, NotFound
from quality.sampling import AgentKeys, Sample, example_rule
from serving.commands.sample import sample_contacts
from serving.sampling import sampling_contact

app = typer.Typer()
app.command()(sample_contacts)
KEYS = AgentKeys(b"0123456789abcdef")


@pytest.fixture
def rule(tmp_path):
    path = tmp_path / "rule.yaml"
    path.write_text(example_rule(), "utf-8")
    return path


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "contacts.csv"
    rows = [
        f"c{i};sophie.bernard@x.example;2026-11-{1 + i % 28:02d}T09:00;phone;tel.facture;{60 * i}"
        for i in range(60)
    ]
    path.write_text("\n".join(["id;agent;started_at;channel;reason;duration_s", *rows]), "utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def test_a_table_of_contacts_is_sampled_before_anything_is_transcribed(table, rule):
    result = run(table, "--rule", rule, "--json")
    drawn = Sample.model_validate(json.loads(result.stdout))
    assert drawn.population == 60
    assert len(drawn.contacts) == 4
    assert "sophie" not in result.stdout
    assert run(table, "--rule", rule, "--json").stdout == result.stdout


def test_results_of_process_give_agent_reason_and_signals(tmp_path, rule):
    values = {
        "conversation": Conversation(
            id="call-1",
            channel="phone",
            duration_s=1000,
            participants=(Participant(role="agent", name="Sophie Bernard"),),
        ).model_dump(mode="json"),
        "understanding": {
            "reasons": {"primary": {"code": "tel.facture.hors", "parent_code": "tel.facture"}},
            "axes": {
                "nature": {"primary": "complaint"},
                "repeat": {"stated": True},
                "outcome": {"outcome": "unresolved"},
                "urgency": {"level": 3},
            },
        },
        "evaluation": {"score_100": 40, "coverage": 0.3, "eliminatory": [{}]},
    }
    contact = sampling_contact(values, KEYS)
    assert contact.agent == KEYS.key_of("sophie bernard")
    assert contact.reason == "tel.facture"
    assert contact.signals == {
        "complaint", "repeat", "unresolved", "urgent", "eliminatory", "low_score", "unsure", "long",
    }  # fmt: skip
    path = tmp_path / "results"
    path.mkdir()
    (path / "call-1.json").write_text(json.dumps(values), "utf-8")
    result = run(path, "--rule", rule)
    assert result.exit_code == 0
    assert "1 drawn of 1 contacts" in result.stdout


def test_a_result_with_little_in_it_still_counts(tmp_path):
    values = {"conversation": {"id": "c", "channel": "chat"}}
    contact = sampling_contact(values, KEYS)
    assert (contact.agent, contact.reason, contact.signals) == (None, None, frozenset())
    with pytest.raises(BadInput, match="no conversation"):
        sampling_contact({}, KEYS)


def test_a_missing_rule_is_an_error(table, tmp_path):
    assert isinstance(run(table, "--rule", tmp_path / "no.yaml").exception, NotFound)
    assert run(table).exit_code == 2


def test_a_wrong_rule_is_told_with_its_line(table, rule):
    rule.write_text(example_rule().replace("stratified\n", "everything\n", 1), "utf-8")
    error = run(table, "--rule", rule).exception
    assert isinstance(error, DefinitionInvalid)
    assert "line" in error.message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id,name\n1,2", "columns id, name"),
        ("agent\nx", "columns agent"),
        ("id,started_at\n1,yesterday", "line 2, started_at: got 'yesterday'"),
        ("id,duration_s\n1,long", "line 2, duration_s: got 'long'"),
        ("id,agent\n,x", "line 2, id"),
        ("id\n1\n1", "'1' stands twice"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(tmp_path, rule, text, told):
    path = tmp_path / "contacts.csv"
    path.write_text(text, "utf-8")
    error = run(path, "--rule", rule).exception
    assert isinstance(error, BadInput)
    assert told in error.message


def test_what_cannot_be_used_is_named(tmp_path, table, rule):
    (tmp_path / "bad.json").write_text("{", "utf-8")
    result = run(table, tmp_path / "bad.json", "--rule", rule)
    assert result.exit_code == 1
    assert "bad.json" in result.output


def test_an_empty_folder_is_an_error(tmp_path, rule):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert isinstance(run(empty, "--rule", rule).exception, NotFound)

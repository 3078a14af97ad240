"""Labels: read with messages that name the place, compared with every disagreement shown."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from conversation.errors import DatasetInvalid, NotFound
from quality import measure
from quality.agreement import evaluate_labels, read_labels

_spec = importlib.util.spec_from_file_location("gates", Path(__file__).parent / "test_gate.py")
gates = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(gates)

CASE = """
id: fr-001
scenario: tel-facture
part: {part}
language: fr
channel: phone
traps: ["salutation citée"]
turns:
  - [agent, 0.8, 4.1, "Lunéo bonjour, Sarah à votre écoute."]
  - [customer, 4.6, 11.0, "Ma facture est trop élevée."]
truth:
  ACC1: {{value: 1}}
  DEC3: {{value: 0.5, why: "sans validation"}}
  IDE2: {{value: na}}
eliminatory: {{IDE2: true}}
"""


def write_lines(path, *rows):
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", "utf-8")
    return path


def row(conversation="c1", question="ACC1", value=1, rater="ana", **more):
    named = {"conversation_id": conversation, "question": question, "value": value}
    return {**named, "rater": rater, **more}


def write_case(folder, name="a.yaml", text=CASE, part="test"):
    (folder / "fr").mkdir(exist_ok=True)
    (folder / "fr" / name).write_text(text.format(part=part), "utf-8")


def test_lines_are_read_with_conversations_inline(tmp_path):
    inline = {"id": "c2", "channel": "chat", "turns": []}
    read = read_labels(
        write_lines(
            tmp_path / "l.jsonl",
            row(value="na"),
            {"conversation": inline, "question": "ACC1", "value": 0.5, "rater": "bob"},
            row("c2", "DEC3", 0, "bob", why="rien"),
        )
    )
    assert [(one.conversation_id, one.answer) for one in read.labels] == [
        ("c1", "na"), ("c2", 0.5), ("c2", 0.0)
    ]  # fmt: skip
    assert list(read.conversations) == ["c2"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row(value=0.7)], "line 1: value"),
        ([row(), row(value="no")], "line 2: value"),
        ([row(), row(value=0)], "line 2: ana answered ACC1 of c1 on line 1"),
        ([{"question": "A", "value": 1, "rater": "x"}], "neither conversation_id nor"),
        ([row(conversation="c1", conversation_x=1)], "conversation_x"),
        ([[1]], "line 1 is a list"),
        ([], "holds no label"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(tmp_path, rows, words):
    with pytest.raises(DatasetInvalid, match=words) as caught:
        read_labels(write_lines(tmp_path / "l.jsonl", *rows))
    assert caught.value.remedy


def test_a_folder_of_cases_gives_conversations_with_their_truth(tmp_path):
    write_case(tmp_path)
    read = read_labels(tmp_path, part="test")
    conversation = read.conversations["fr-001"]
    assert conversation.turns[1].end_s == 11.0
    assert conversation.duration_s == 11.0
    assert [word.text for word in conversation.turns[0].words][:2] == ["Lunéo", "bonjour,"]
    assert not measure(conversation).approximate
    assert {one.item: one.answer for one in read.labels} == {"ACC1": 1.0, "DEC3": 0.5, "IDE2": "na"}
    assert read.eliminatory == {"fr-001": frozenset({"IDE2"})}
    with pytest.raises(DatasetInvalid, match="no case of the part 'tuning'"):
        read_labels(tmp_path, part="tuning")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("0.8, 4.1, ", "", None),
        ("4.6, 11.0, ", "4.6, ", r"turns\.1"),
        ("value: 1", "value: 2", r"truth\.ACC1\.value"),
        ("scenario:", "scenery:", "scenario"),
        ("turns:", "turns: [", "not valid YAML"),
    ],
)
def test_a_case_that_breaks_the_shape_is_told_with_its_place(tmp_path, old, new, words):
    write_case(tmp_path, text=CASE.replace(old, new))
    if words is None:
        assert read_labels(tmp_path).conversations["fr-001"].turns[0].start_s is None
        return
    with pytest.raises((DatasetInvalid, Exception), match=words):
        read_labels(tmp_path)


def test_two_cases_with_one_id_and_an_empty_folder_are_refused(tmp_path):
    with pytest.raises(NotFound):
        read_labels(tmp_path)
    write_case(tmp_path)
    write_case(tmp_path, "b.yaml")
    with pytest.raises(DatasetInvalid, match="another case has the id"):
        read_labels(tmp_path)
    with pytest.raises(NotFound):
        read_labels(tmp_path / "none")


def test_disagreements_come_with_quotes_and_scores_with_their_gap(tmp_path):
    write_case(tmp_path)
    made = gates.evaluation((1.0, 0.0, None)).model_copy(update={"conversation_id": "fr-001"})
    result = evaluate_labels(read_labels(tmp_path), {"fr-001": made}, name="cases")
    acc1, dec3, ide2 = result.questions
    assert acc1.disagreements == ide2.disagreements == ()
    (wrong,) = dec3.disagreements
    assert (wrong.machine, wrong.people, wrong.why) == (0.0, {"author": 0.5}, ("sans validation",))
    assert wrong.quotes[0].quote == "bonjour"
    assert result.score_gap.mean_points == pytest.approx(100 * (50 - 65) / 80)
    assert result.score_gap.close_share == 0
    (eliminated,) = result.eliminatory
    assert (eliminated.met, eliminated.proposed, eliminated.right) == (1, 1, 1)


def test_several_raters_are_compared_among_themselves(tmp_path):
    rows = []
    evaluations = {}
    for number in range(12):
        machine = (1.0, 0.0, 1.0) if number % 3 else (0.0, 0.0, 1.0)
        made = gates.evaluation(machine)
        name = f"c{number}"
        evaluations[name] = made.model_copy(update={"conversation_id": name})
        rows += [row(name, value=machine[0], rater="ana"),
                 row(name, value=machine[0] if number else 1.0, rater="bob")]  # fmt: skip
    result = evaluate_labels(
        read_labels(write_lines(tmp_path / "l.jsonl", *rows)), evaluations, name="l"
    )
    (acc1,) = result.questions
    assert acc1.doubly_scored == 12
    assert acc1.human_raw.value == pytest.approx(11 / 12)
    assert 0 < acc1.human_alpha.value < 1
    assert acc1.raw.value == pytest.approx(11.5 / 12)
    assert acc1.disagreements[0].people == {"ana": 0.0, "bob": 1.0}


@pytest.mark.parametrize(
    ("label", "words"), [(row("zz"), "not among the results"), (row(question="XX"), "no question")]
)
def test_a_label_about_something_else_is_refused(tmp_path, label, words):
    labels = read_labels(write_lines(tmp_path / "l.jsonl", label))
    made = gates.evaluation().model_copy(update={"conversation_id": "c1"})
    with pytest.raises(DatasetInvalid, match=words):
        evaluate_labels(labels, {"c1": made}, name="l")

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conversation.errors import DatasetInvalid, NotFound
from nlu.evaluation_summary import evaluate_summary

CONTACTS = Path(__file__).parent / "wrap_up" / "contacts.jsonl"
TURNS = [
    {"speaker": "customer", "text": "Ma box ne marche plus depuis lundi."},
    {"speaker": "agent", "text": "Je vous accorde une remise de quinze euros."},
]


def write(path: Path, *rows: object) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def evaluate(tmp_path: Path, **row: object):
    return evaluate_summary(
        write(tmp_path / "set.jsonl", {"language": "fr", "turns": TURNS, **row})
    )


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        ("15 euros", True),
        ("15 €", True),
        ("remise de quinze euros", True),
        ("remises accordées", True),
        ("box lundi", True),
        ("20 euros", False),
        ("box remise", False),
        ({"regex": r"lundi|mardi"}, True),
        ({"any": ["mardi", "lundi"]}, True),
        ({"any": ["mardi", "jeudi"]}, False),
        ({"key": "day", "text": "lundi"}, True),
    ],
)
def test_a_fact_is_kept_when_one_sentence_tells_it(tmp_path, fact, kept):
    result = evaluate(tmp_path, facts=[fact])
    assert result.facts_kept == kept
    assert result.facts_kept_share == float(kept)
    assert len(result.conversations[0].facts_missed) == (not kept)


def test_what_must_not_be_told_counts_as_unsupported(tmp_path):
    result = evaluate(tmp_path, facts=[], must_not=["remise", "avoir de 20 €"])
    assert result.facts_unsupported == 1
    assert result.conversations[0].facts_unsupported == ("remise",)


def test_refusals_are_counted_and_compared(tmp_path):
    silent = [{"speaker": "agent", "text": "Bonjour, merci de me rappeler."}]
    result = evaluate(tmp_path, turns=silent, facts=["x"], refused="no_customer_speech")
    assert (result.notes, result.facts_kept, result.facts) == (0, 0, 1)
    assert result.refused == {"no_customer_speech": 1}
    assert (result.refusals_as_expected, result.refusals_expected) == (1, 1)


def test_the_reason_that_a_line_names_is_in_the_note(tmp_path):
    result = evaluate(tmp_path, facts=["panne internet"], reason="Panne internet")
    assert result.facts_kept == 1
    assert result.facts_unsupported == 0


@pytest.mark.parametrize(
    "shape",
    [
        {"messages": TURNS},
        {"conversation": {"messages": TURNS, "language": "fr"}},
        {"turns": [{"index": i, **turn} for i, turn in enumerate(TURNS)], "language": "fr"},
        {
            "body": "Ma box ne marche plus depuis lundi, une remise de 15 € m'est due.",
            "from": "a@b.fr",
        },
    ],
)
def test_every_shape_of_a_conversation_is_read(tmp_path, shape):
    file = write(tmp_path / "set.jsonl", {**shape, "facts": ["box lundi", "15 €"]})
    assert evaluate_summary(file).facts_kept == 2


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{", "line 1 is not JSON"),
        ([1], "line 1 is a list"),
        ({"turns": TURNS, "facts": "15"}, "field facts"),
        ({"turns": TURNS, "facts": [3]}, r"facts\[0\]"),
        ({"turns": TURNS, "facts": [{"regex": "("}]}, "regular expression"),
        ({"turns": TURNS, "refused": "tired"}, "field refused"),
        ({"turns": TURNS, "reason": 3}, "field reason"),
        ({"facts": []}, "line 1: "),
    ],
)
def test_a_line_that_is_not_as_expected_is_named(tmp_path, row, message):
    with pytest.raises(DatasetInvalid, match=message):
        evaluate_summary(write(tmp_path / "set.jsonl", row))


def test_a_file_without_lines_is_refused(tmp_path):
    with pytest.raises(DatasetInvalid, match="holds no line"):
        evaluate_summary(write(tmp_path / "set.jsonl"))
    with pytest.raises(NotFound):
        evaluate_summary(tmp_path / "none.jsonl")


def test_progress_counts_conversations(tmp_path):
    seen = []
    row = {"language": "fr", "turns": TURNS, "facts": []}
    file = write(tmp_path / "set.jsonl", row, row)
    evaluate_summary(file, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_notes_of_the_development_set_keep_their_facts():
    result = evaluate_summary(CONTACTS)
    assert result.facts_kept_share >= 0.88
    assert result.facts_unsupported == 0
    assert result.words_max <= 80
    assert result.refusals_as_expected == result.refusals_expected

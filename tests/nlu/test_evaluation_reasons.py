from __future__ import annotations

import json
from pathlib import Path

import pytest

from conversation.errors import DatasetInvalid, NotFound
from nlu.evaluation_reasons import (
    OUT_OF_SCOPE_LABELS,
    _figures,
    evaluate_reasons,
    read_labelled_texts,
)

THINGS = ("box", "fibre", "ligne", "prise", "lampe", "table", "chaise", "robe", "veste", "montre")


def write(path: Path, rows: list[tuple[str, str | None]]) -> Path:
    lines = [json.dumps({"text": text, "intent": intent}) for text, intent in rows]
    path.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    def rows(things: tuple[str, ...]) -> list[tuple[str, str | None]]:
        return [
            row
            for thing in things
            for row in (
                (f"ma {thing} ne marche plus", "panne"),
                (f"payer la facture {thing}", "facture"),
                (f"renvoyer une {thing} trop petite", "retour"),
            )
        ]

    train = write(tmp_path / "train.jsonl", rows(THINGS[:7]))
    strays = [("quel temps fait-il demain", "oos"), ("une recette de crêpes", None)]
    return train, write(tmp_path / "test.jsonl", [*rows(THINGS[7:]), *strays])


def test_figures_of_a_test_file_with_out_of_scope_texts(files, word_encoder) -> None:
    result = evaluate_reasons(*files, word_encoder, baseline=True)
    assert (result.n_train, result.n_test, result.n_oos, result.n_labels) == (21, 11, 2, 3)
    assert result.oos_recall == 1
    assert result.in_scope_accuracy is not None
    assert result.in_scope_accuracy >= 0.8
    assert result.accuracy == pytest.approx((9 * result.in_scope_accuracy + 2) / 11, abs=1e-4)
    assert result.abstained == pytest.approx(2 / 11 + 1 - result.accuracy, abs=0.2)
    assert result.baseline is not None
    assert 0 < result.baseline.in_scope_accuracy <= 1
    assert result.train_s <= result.wall_s
    assert result.encoder.name == "words"


def test_progress_goes_up_to_its_end(files, word_encoder) -> None:
    steps: list[tuple[int, int]] = []
    evaluate_reasons(*files, word_encoder, progress=lambda done, total: steps.append((done, total)))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (53, 53)


def test_each_distinct_text_is_encoded_once(tmp_path: Path, files, word_encoder) -> None:
    evaluate_reasons(files[0], files[0], word_encoder)
    assert len(word_encoder.encoded) == len(set(word_encoder.encoded))


def test_named_labels_replace_the_usual_ones(files, word_encoder) -> None:
    result = evaluate_reasons(*files, word_encoder, oos_labels=["retour"])
    assert result.n_labels == 2
    assert result.n_oos == 3 + 1  # null stays out of scope, "oos" is a label like any other
    assert result.unseen_labels == 1


def test_a_test_file_without_out_of_scope_has_no_recall(files, word_encoder) -> None:
    result = evaluate_reasons(files[0], files[0], word_encoder)
    assert result.oos_recall is None
    assert result.n_oos == 0
    assert result.in_scope_accuracy == result.accuracy


def test_figures_are_counted_as_hint3_counts() -> None:
    expected = ["a", "a", "b", "b", None, None]
    given = ["a", None, "b", "a", None, "b"]
    figures = _figures(expected, given)
    assert figures.accuracy == pytest.approx(3 / 6)
    assert figures.in_scope_accuracy == pytest.approx(2 / 4)
    assert figures.oos_recall == pytest.approx(1 / 2)
    assert figures.macro_f1 == pytest.approx((2 * 1 / (2 + 2) + 2 * 1 / (2 + 2)) / 2, abs=1e-4)
    # Gorodkin's R_K by hand: trace 3, of 6; three classes answered and expected twice each.
    assert figures.mcc == pytest.approx((3 * 6 - 12) / (36 - 12))


def test_perfect_and_constant_answers_have_their_mcc() -> None:
    assert _figures(["a", "b", None], ["a", "b", None]).mcc == pytest.approx(1)
    assert _figures(["a", "b"], ["a", "a"]).mcc == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no lines"),
        ("{\n", "line 1: not JSON"),
        ('{"text": "a", "intent": "x"}\n[1]\n', "line 2: got list"),
        ('{"text": "a", "intents": ["x", "y"]}\n', "line 1: got a list under 'intents'"),
        ('{"text": "", "intent": "x"}\n', "got text ''"),
        ('{"text": 3, "intent": "x"}\n', "got text 3"),
        ('{"intent": "x"}\n', "got text None"),
        ('{"text": "a", "intent": 4}\n', "got intent 4"),
        ('{"text": "a", "label": "x"}\n', "got intent None"),
    ],
)
def test_lines_that_cannot_be_used_are_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=said) as caught:
        read_labelled_texts(path, OUT_OF_SCOPE_LABELS)
    assert "data.jsonl" in caught.value.message
    assert caught.value.remedy


def test_a_file_that_is_gone_or_not_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="gone"):
        read_labelled_texts(tmp_path / "gone.jsonl", OUT_OF_SCOPE_LABELS)
    path = tmp_path / "data.jsonl"
    path.write_bytes(b'{"text": "\xff", "intent": "x"}\n')
    with pytest.raises(DatasetInvalid, match="UTF-8"):
        read_labelled_texts(path, OUT_OF_SCOPE_LABELS)


def test_training_on_out_of_scope_only_is_refused(tmp_path: Path, word_encoder) -> None:
    path = write(tmp_path / "train.jsonl", [("a b", "oos"), ("c d", None)])
    with pytest.raises(DatasetInvalid, match="0 labels"):
        evaluate_reasons(path, path, word_encoder)

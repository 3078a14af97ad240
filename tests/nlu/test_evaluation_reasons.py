from __future__ import annotations

import json
from pathlib import Path

import pytest

from conversation.errors import DatasetInvalid
from nlu.evaluation_reasons import _figures, evaluate_reasons

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


def test_other_thresholds_are_told_where_there_is_something_out_of_scope(
    files, word_encoder
) -> None:
    points = evaluate_reasons(*files, word_encoder).operating_points
    assert points
    assert all(0 <= point.oos_recall <= 1 for point in points)
    assert points[0].false_rejection <= 0.05
    assert evaluate_reasons(files[0], files[0], word_encoder).operating_points == ()


def test_an_error_rate_declines_more(files, word_encoder) -> None:
    all_answered = evaluate_reasons(*files, word_encoder)
    strict = evaluate_reasons(*files, word_encoder, error_rate=0.01)
    assert strict.abstained >= all_answered.abstained
    assert strict.in_scope_accuracy_all_answered == all_answered.in_scope_accuracy_all_answered


def test_progress_goes_up_to_its_end(files, word_encoder) -> None:
    steps: list[tuple[float, float]] = []
    evaluate_reasons(
        *files, word_encoder, progress=lambda done, total, what: steps.append((done, total))
    )
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


def test_training_on_out_of_scope_only_is_refused(tmp_path: Path, word_encoder) -> None:
    path = write(tmp_path / "train.jsonl", [("a b", "oos"), ("c d", None)])
    with pytest.raises(DatasetInvalid, match="0 labels"):
        evaluate_reasons(path, path, word_encoder)

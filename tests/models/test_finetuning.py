"""Fine-tuning an encoder: it learns, the same every time, and what is written loads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conversation.errors import BadInput, DatasetInvalid
from models import Compute, ModelStore, load_encoder
from models.finetuning import FineTuning, fine_tune
from models.sentence_folder import read_sentence_folder

CPU = Compute(device="cpu", compute_type="float32", threads=1)
QUICK = FineTuning(
    epochs=6, trained_layers=1, batch_size=8, learning_rate=5e-3, head_learning_rate=5e-3
)


@pytest.fixture(scope="module")
def texts(encoder_folder: Path) -> tuple[list[str], np.ndarray]:
    """Texts of three labels, each label with words of its own."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(encoder_folder / "tokenizer.json"))
    words = sorted(word for word in tokenizer.get_vocab() if word.isalpha())
    random = np.random.default_rng(1)
    own = [words[number::3] for number in range(3)]
    classes = np.arange(60) % 3
    return [" ".join(random.choice(own[c], 4)) for c in classes], classes


def tuned(folder: Path, texts, out: Path, settings: FineTuning = QUICK, **changed):
    given, classes = texts
    held_out = np.zeros(len(given), dtype=bool)
    held_out[45:] = True
    arguments = {"n_labels": 3, "held_out": held_out, "compute": CPU, "settings": settings}
    return fine_tune(
        read_sentence_folder(folder), given, classes, **arguments | {"out": out} | changed
    )


def test_it_learns_and_the_written_encoder_gives_the_same_vectors(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    steps: list[tuple[str, float, float]] = []
    result = tuned(
        encoder_folder, texts, tmp_path / "tuned", progress=lambda *step: steps.append(step)
    )
    given, classes = texts
    encoder = load_encoder(tmp_path / "tuned", store=ModelStore(tmp_path), compute=CPU)
    logits = result.logits(encoder.encode(given))
    accuracy = float(np.mean(logits[45:].argmax(axis=1) == classes[45:]))
    assert accuracy == pytest.approx(result.epochs[result.best_epoch - 1].accuracy, abs=0.07)
    assert accuracy >= 0.8
    assert result.epochs[-1].loss < result.epochs[0].loss
    assert all(0 < done <= total for _, done, total in steps)
    assert {what for what, _, _ in steps} >= {"Reading the texts", "Fine-tuning, epoch 1"}


def test_the_upper_layers_change_and_nothing_else(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    from safetensors.numpy import load_file

    tuned(encoder_folder, texts, tmp_path / "tuned")
    before = load_file(encoder_folder / "model.safetensors")
    after = load_file(tmp_path / "tuned" / "model.safetensors")
    changed = {
        name for name, values in before.items() if not np.allclose(values, after[name], atol=1e-3)
    }
    last = max(int(name.split(".")[2]) for name in before if name.startswith("encoder.layer"))
    assert changed
    assert all(name.startswith(f"encoder.layer.{last}.") for name in changed)
    assert all(values.dtype == np.float16 for values in after.values())


def test_the_same_seed_gives_the_same_classifier(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    one, two = (tuned(encoder_folder, texts, tmp_path / name) for name in ("a", "b"))
    assert np.array_equal(one.weights, two.weights)
    assert one.epochs == two.epochs
    other = tuned(encoder_folder, texts, tmp_path / "c", replace(QUICK, seed=1))
    assert not np.array_equal(one.weights, other.weights)


def test_it_stops_when_the_held_out_texts_get_no_better(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    settings = replace(QUICK, epochs=30, patience=1)
    result = tuned(encoder_folder, texts, tmp_path / "tuned", settings)
    assert len(result.epochs) < 30
    accuracies = [epoch.accuracy or 0.0 for epoch in result.epochs]
    assert max(accuracies[:-1]) >= accuracies[-1]
    assert accuracies[result.best_epoch - 1] >= max(accuracies) - 0.15


def test_without_held_out_texts_the_last_epoch_is_kept(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    nothing = np.zeros(60, dtype=bool)
    settings = replace(QUICK, epochs=2)
    result = tuned(encoder_folder, texts, tmp_path / "tuned", settings, held_out=nothing)
    assert result.best_epoch == 2
    assert [epoch.accuracy for epoch in result.epochs] == [None, None]


def test_a_label_without_training_texts_is_refused(
    encoder_folder: Path, texts, tmp_path: Path
) -> None:
    with pytest.raises(DatasetInvalid, match="expected all 4"):
        tuned(encoder_folder, texts, tmp_path / "tuned", n_labels=4)
    assert not (tmp_path / "tuned").exists()


def test_an_encoder_of_another_kind_is_refused(make_encoder_folder, texts, tmp_path: Path) -> None:
    folder = make_encoder_folder(tmp_path / "other", model_type="mpnet")
    with pytest.raises(BadInput, match="mpnet"):
        tuned(folder, texts, tmp_path / "tuned")

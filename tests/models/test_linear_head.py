"""Linear heads: the same every time, calibrated, saved without pickle."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversation.errors import BadInput, DatasetInvalid, ModelCorrupt, ModelMissing
from models import LinearHead


def clouds(n_labels: int, n: int, spread: float, seed: int = 0):
    """Vectors around one centre for each label."""
    random = np.random.default_rng(seed)
    centres = random.standard_normal((n_labels, 12))
    classes = np.arange(n) % n_labels
    rows = centres[classes] + spread * random.standard_normal((n, 12))
    return rows.astype(np.float32), [f"label-{number}" for number in classes]


@pytest.fixture(scope="module")
def head():
    rows, labels = clouds(4, 400, 0.8)
    return LinearHead.fit(rows, labels, C=10, seed=1, metadata={"encoder": "tiny"})


@pytest.mark.parametrize("n_labels", [2, 3, 7])
def test_what_can_be_told_apart_is(n_labels):
    rows, labels = clouds(n_labels, 60 * n_labels, 0.3)
    head = LinearHead.fit(rows, labels, C=10)
    assert head.labels == tuple(sorted(set(labels)))
    assert np.mean([a == b for a, b in zip(head.predict(rows), labels, strict=True)]) > 0.97


def test_the_probabilities_are_those_of_scikit_learn_at_temperature_one():
    from sklearn.linear_model import LogisticRegression

    for n_labels in (2, 5):
        rows, labels = clouds(n_labels, 300, 1.0)
        head = LinearHead.fit(rows, labels, C=3)
        plain = LinearHead(head.labels, head.weights, head.bias)
        theirs = LogisticRegression(C=3, max_iter=2000).fit(rows, labels).predict_proba(rows)
        np.testing.assert_allclose(plain.predict_proba(rows), theirs, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(st.floats(-1e6, 1e6, width=32), min_size=12, max_size=12), min_size=1, max_size=5
    )
)
def test_probabilities_add_up_to_one(head, rows):
    probabilities = head.predict_proba(rows)
    assert probabilities.shape == (len(rows), 4)
    assert (probabilities >= 0).all()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_the_same_input_gives_the_same_bytes(tmp_path):
    rows, labels = clouds(3, 120, 1.0)
    for name in ("one", "two"):
        LinearHead.fit(rows, labels, C=5, seed=7).save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_the_temperature_makes_confidence_honest():
    rows, labels = clouds(6, 300, 1.6, seed=2)
    fresh, truth = clouds(6, 3000, 1.6, seed=2)
    fresh = fresh + 0.8 * np.random.default_rng(9).standard_normal(fresh.shape)
    head = LinearHead.fit(rows, labels, C=1e4)  # so weak a regularisation is overconfident
    loud = LinearHead(head.labels, head.weights, head.bias)
    assert head.temperature > 1.05

    def surprise(some: LinearHead) -> float:
        columns = [some.labels.index(label) for label in truth]
        return -np.log(some.predict_proba(fresh)[np.arange(len(truth)), columns]).mean()

    assert surprise(head) < surprise(loud)
    assert head.predict(fresh) == loud.predict(fresh)


def test_a_label_with_one_example_is_learnt_and_does_not_break_calibration():
    rows, labels = clouds(3, 90, 0.5)
    head = LinearHead.fit(
        np.concatenate([rows, 9 * np.ones((1, 12), np.float32)]), [*labels, "rare"]
    )
    assert "rare" in head.labels
    assert np.isfinite(head.temperature)
    assert head.predict(9 * np.ones((1, 12))) == ["rare"]


def test_two_examples_are_enough():
    head = LinearHead.fit([[0.0, 1.0], [1.0, 0.0]], ["a", "b"])
    assert head.predict([[0.1, 0.9]]) == ["a"]
    assert head.temperature == 1.0


def test_a_saved_head_is_read_back(head, tmp_path):
    head.save(tmp_path / "heads" / "mood.npz")
    again = LinearHead.load(tmp_path / "heads" / "mood")
    rows, _ = clouds(4, 50, 1.0, seed=5)
    np.testing.assert_array_equal(again.predict_proba(rows), head.predict_proba(rows))
    assert again.metadata == {"encoder": "tiny"}
    assert again.reference.name == "mood"
    assert len(again.reference.sha256) == 64


def test_halves_of_two_heads_are_refused(head, tmp_path):
    head.save(tmp_path / "one")
    rows, labels = clouds(4, 100, 1.0, seed=8)
    LinearHead.fit(rows, labels).save(tmp_path / "two")
    (tmp_path / "two.npz").replace(tmp_path / "one.npz")
    with pytest.raises(ModelCorrupt, match=r"one\.npz .* SHA-256"):
        LinearHead.load(tmp_path / "one")


def test_a_missing_half_is_named(head, tmp_path):
    head.save(tmp_path / "one")
    (tmp_path / "one.json").unlink()
    with pytest.raises(ModelMissing, match=r"one\.json does not exist"):
        LinearHead.load(tmp_path / "one")


@pytest.mark.parametrize("change", [{"labels": ["a"]}, {"temperature": -1}, {"format": 99}, None])
def test_a_description_that_was_changed_is_refused(head, tmp_path, change):
    head.save(tmp_path / "one")
    text = "nonsense"
    if change is not None:
        text = json.dumps(json.loads((tmp_path / "one.json").read_text()) | change)
    (tmp_path / "one.json").write_text(text)
    with pytest.raises(ModelCorrupt):
        LinearHead.load(tmp_path / "one")


@pytest.mark.parametrize("rows", [[1.0] * 12, [[1.0] * 11], [[float("nan")] * 12]])
def test_vectors_of_another_encoder_are_refused(head, rows):
    with pytest.raises(BadInput):
        head.predict_proba(rows)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [([[1.0], [2.0]], ["a", "a"]), ([[1.0], [2.0]], ["a"]), ([1.0, 2.0], ["a", "b"]), ([], [])],
)
def test_data_that_cannot_be_learnt_from_is_refused(rows, labels):
    with pytest.raises(DatasetInvalid):
        LinearHead.fit(rows, labels)

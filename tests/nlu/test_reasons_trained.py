from __future__ import annotations

import numpy as np
import pytest

from conversation.errors import DatasetInvalid
from nlu.lexical import LexicalFeatures
from nlu.linear import fit_logistic, log_softmax
from nlu.margin_head import UNSEEN, MarginHead
from nlu.nearness import nearness, unit
from nlu.reason_classifier import ReasonClassifier

THINGS = (
    "box",
    "fibre",
    "ligne",
    "connexion",
    "prise",
    "lampe",
    "table",
    "chaise",
    "robe",
    "veste",
)
PATTERNS = {
    "panne": ("ma {} ne marche plus", "{} en panne depuis hier", "plus de {} ce matin"),
    "facture": ("la facture de ma {} est fausse", "payer la facture {}", "{} facturée deux fois"),
    "retour": ("je veux renvoyer la {}", "comment renvoyer ma {}", "échanger une {} trop petite"),
}
STRAY = (
    "quel temps fait-il demain",
    "donne-moi une recette de crêpes",
    "le dernier film était bien",
)


def labelled() -> tuple[list[str], list[str]]:
    pairs = [
        (pattern.format(thing), label)
        for label, patterns in PATTERNS.items()
        for pattern in patterns
        for thing in THINGS
    ]
    return [text for text, _ in pairs], [label for _, label in pairs]


@pytest.fixture
def trained(word_encoder):
    texts, labels = labelled()
    return ReasonClassifier.train(texts, labels, word_encoder)


def test_texts_like_the_training_ones_get_their_label(trained, word_encoder) -> None:
    texts = ["ma tablette ne marche plus", "je veux renvoyer la montre", "payer la facture montre"]
    predictions = trained.predict(texts, word_encoder.encode(texts))
    assert [p.label for p in predictions] == ["panne", "retour", "facture"]
    assert all(0 <= p.probability <= 1 for p in predictions)


def test_texts_from_elsewhere_are_declined(trained, word_encoder) -> None:
    predictions = trained.predict(STRAY, word_encoder.encode(STRAY))
    assert [p.label for p in predictions] == [None, None, None]
    assert all(p.best in trained.labels for p in predictions)


def test_nothing_to_predict_gives_nothing(trained, word_encoder) -> None:
    assert trained.predict([], word_encoder.encode([])) == []


def test_the_threshold_costs_what_was_allowed(word_encoder) -> None:
    texts, labels = labelled()
    vectors = word_encoder.encode(texts)
    for cost in (0.0, 0.3):
        classifier = ReasonClassifier.train(texts, labels, word_encoder, cost=cost)
        declined = np.mean([p.label is None for p in classifier.predict(texts, vectors)])
        assert declined <= cost + 0.05


def test_out_of_scope_examples_move_the_threshold(word_encoder) -> None:
    texts, labels = labelled()
    stray = [f"{text} {thing}" for text in STRAY for thing in THINGS]
    without = ReasonClassifier.train(texts, labels, word_encoder)
    with_them = ReasonClassifier.train(
        [*texts, *stray], [*labels, *[None] * len(stray)], word_encoder
    )
    near = ["quel temps fait-il pour ma fibre"]
    vectors = word_encoder.encode(near)
    assert with_them.labels == without.labels
    assert with_them.predict(near, vectors)[0].label is None


def test_the_same_input_gives_the_same_classifier(word_encoder) -> None:
    texts, labels = labelled()
    one, two = (ReasonClassifier.train(texts, labels, word_encoder, seed=3) for _ in range(2))
    vectors = word_encoder.encode(texts[:5])
    assert one.predict(texts[:5], vectors) == two.predict(texts[:5], vectors)
    assert one.threshold == two.threshold


def test_two_labels_are_enough_and_one_is_not(word_encoder) -> None:
    texts = ["ma box ne marche plus", "ma fibre ne marche plus", "payer la facture", "une facture"]
    two = ReasonClassifier.train(texts, ["a", "a", "b", "b"], word_encoder)
    assert two.predict(texts, word_encoder.encode(texts))[0].best == "a"
    with pytest.raises(DatasetInvalid, match="1 labels"):
        ReasonClassifier.train(texts, ["a", "a", "a", None], word_encoder)


def test_a_label_with_a_single_text_does_not_break_training(word_encoder) -> None:
    texts, labels = labelled()
    classifier = ReasonClassifier.train(
        [*texts, "résilier mon contrat"], [*labels, "resiliation"], word_encoder
    )
    assert "resiliation" in classifier.labels
    assert np.isfinite(classifier.threshold)


def test_a_label_that_was_never_seen_has_no_margin(word_encoder) -> None:
    texts, labels = labelled()
    classes = np.array([{"panne": 0, "facture": 2, "retour": 3}[label] for label in labels])
    head = MarginHead(texts, word_encoder.encode(texts), classes, 4)
    margins = head.margins(texts[:2], word_encoder.encode(texts[:2]))
    assert margins.shape == (2, 4)
    assert np.all(margins[:, 1] == UNSEEN)
    assert margins.argmax(axis=1).tolist() == [0, 0]


def test_nearness_leaves_each_text_out_of_its_own_neighbours() -> None:
    known = unit(np.array([[1, 0], [1, 0.1], [0, 1]], dtype=np.float32))
    alone = nearness(known, known, count=1, same=True)
    assert alone[0] == pytest.approx(float(known[0] @ known[1]), abs=1e-6)
    assert np.all(alone < 1)
    assert nearness(known, known[:0]).tolist() == [-1, -1, -1]
    assert nearness(known[:1], known[:1], same=True).tolist() == [-1]


def test_nearness_leaves_copies_out_too() -> None:
    known = unit(np.array([[1, 0], [1, 0], [1, 1]], dtype=np.float32))
    assert nearness(known, known, count=2, same=True) == pytest.approx([0.5**0.5] * 3, abs=1e-6)


def test_lexical_features_have_length_one_and_no_accents() -> None:
    features = LexicalFeatures(["ma connexion est coupée", "une facture"])
    rows = features.transform(["CONNEXION COUPEE", "connexion coupée"]).toarray()
    assert rows[0] == pytest.approx(rows[1])
    assert np.linalg.norm(rows[0]) == pytest.approx(1, abs=1e-3)


def test_logistic_regression_of_two_classes_has_two_columns() -> None:
    x = np.array([[1, 0], [0.9, 0], [0, 1], [0, 0.9]], dtype=np.float32)
    coefficients, intercepts = fit_logistic(x, np.array([4, 4, 7, 7]), c=10)
    assert coefficients.shape == (2, 2)
    odds = np.exp(log_softmax(x @ coefficients + intercepts))
    assert odds.argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert odds.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)

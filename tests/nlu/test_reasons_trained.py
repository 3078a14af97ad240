from __future__ import annotations

import numpy as np
import pytest

from conversation.errors import DatasetInvalid
from nlu.lexical import LexicalFeatures
from nlu.linear import fit_logistic, log_softmax
from nlu.nearness import nearness, unit
from nlu.reason_fitting import elsewhere_of, fit_reasons, train_classifier
from nlu.reason_labels import hints_of_labels

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
    return train_classifier(texts, labels, word_encoder).classifier


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
        classifier = train_classifier(texts, labels, word_encoder, cost=cost).classifier
        declined = np.mean([p.label is None for p in classifier.predict(texts, vectors)])
        assert declined <= cost + 0.05


def test_out_of_scope_examples_move_the_threshold(word_encoder) -> None:
    texts, labels = labelled()
    stray = [f"{text} {thing}" for text in STRAY for thing in THINGS]
    without = train_classifier(texts, labels, word_encoder).classifier
    with_them = train_classifier(
        [*texts, *stray], [*labels, *[None] * len(stray)], word_encoder
    ).classifier
    near = ["quel temps fait-il pour ma fibre"]
    vectors = word_encoder.encode(near)
    assert with_them.labels == without.labels
    assert with_them.predict(near, vectors)[0].label is None


def test_the_same_input_gives_the_same_classifier(word_encoder) -> None:
    texts, labels = labelled()
    one, two = (train_classifier(texts, labels, word_encoder, seed=3).classifier for _ in range(2))
    vectors = word_encoder.encode(texts[:5])
    assert one.predict(texts[:5], vectors) == two.predict(texts[:5], vectors)
    assert one.threshold == two.threshold


def test_two_labels_are_enough_and_one_is_not(word_encoder) -> None:
    texts = ["ma box ne marche plus", "ma fibre ne marche plus", "payer la facture", "une facture"]
    two = train_classifier(texts, ["a", "a", "b", "b"], word_encoder).classifier
    assert two.predict(texts, word_encoder.encode(texts))[0].best == "a"
    with pytest.raises(DatasetInvalid, match="1 labels"):
        train_classifier(texts, ["a", "a", "a", None], word_encoder)


def test_a_label_with_a_single_text_does_not_break_training(word_encoder) -> None:
    texts, labels = labelled()
    classifier = train_classifier(
        [*texts, "résilier mon contrat"], [*labels, "resiliation"], word_encoder
    ).classifier
    assert "resiliation" in classifier.labels
    assert np.isfinite(classifier.threshold)


def test_the_lead_over_the_second_is_small_where_the_labels_disagree(word_encoder) -> None:
    texts, labels = labelled()
    classifier = train_classifier(
        [*texts, *texts[:10]], [*labels, *["retour"] * 10], word_encoder
    ).classifier
    asked = [texts[0], texts[40]]
    torn, clear = classifier.predict(asked, word_encoder.encode(asked))
    assert 0 <= torn.margin < 0.5 < clear.margin <= clear.probability


def test_an_error_rate_declines_what_is_doubtful(word_encoder) -> None:
    texts, labels = labelled()
    noisy = [*texts, *texts[::3]]
    wrong = [*labels, *["retour" if label != "retour" else "panne" for label in labels[::3]]]
    strict = train_classifier(noisy, wrong, word_encoder, error_rate=0.02)
    lax = train_classifier(noisy, wrong, word_encoder, error_rate=0.6)
    assert strict.error_choice is not None
    assert lax.error_choice is not None
    assert strict.error_choice.answered < lax.error_choice.answered
    assert strict.classifier.least_probability > lax.classifier.least_probability


def test_what_a_label_means_is_learnt_from_its_name(word_encoder) -> None:
    texts, labels = labelled()
    labels = ["restitution" if label == "retour" else label for label in labels]
    vectors, elsewhere = word_encoder.encode(texts), elsewhere_of(word_encoder)
    hints = hints_of_labels([*labels, "inconnu"], word_encoder)
    assert hints.texts == ("facture", "inconnu", "panne", "restitution")
    asked = ["restitution"]
    without, told = (
        fit_reasons(texts, labels, vectors, elsewhere, hints=given).classifier.judge(
            asked, word_encoder.encode(asked)
        )
        for given in (None, hints)
    )
    column = sorted(set(labels)).index("restitution")
    assert without.labels[0, column] < 0.9 < told.labels[0, column]


def test_names_of_labels_are_read_as_words(word_encoder) -> None:
    hints = hints_of_labels(["CancelOrder", "card_arrival", "4"], word_encoder)
    assert dict(zip(hints.labels, hints.texts, strict=True)) == {
        "CancelOrder": "cancel order",
        "card_arrival": "card arrival",
    }


def test_nearness_leaves_each_text_out_of_its_own_neighbours() -> None:
    known = unit(np.array([[1, 0], [1, 0.1], [0, 1]], dtype=np.float32))
    alone = nearness(known, known, count=1, same_as=np.arange(3))
    assert alone[0] == pytest.approx(float(known[0] @ known[1]), abs=1e-6)
    assert np.all(alone < 1)
    assert nearness(known, known[:0]).tolist() == [-1, -1, -1]
    assert nearness(known[:1], known[:1], same_as=np.arange(1)).tolist() == [-1]


def test_nearness_leaves_copies_out_too() -> None:
    known = unit(np.array([[1, 0], [1, 0], [1, 1]], dtype=np.float32))
    assert nearness(known, known, count=2, same_as=np.arange(3)) == pytest.approx(
        [0.5**0.5] * 3, abs=1e-6
    )


def test_lexical_features_have_length_one_and_no_accents() -> None:
    features = LexicalFeatures(["ma connexion est coupée", "une facture"])
    rows = features.transform(["CONNEXION COUPEE", "connexion coupée"]).toarray()
    assert rows[0] == pytest.approx(rows[1])
    assert np.linalg.norm(rows[0]) == pytest.approx(1, abs=1e-3)


def test_lexical_features_are_the_same_made_again_of_their_arrays() -> None:
    texts = ["ma connexion est coupée", "une facture, s'il vous plaît", "l'été à Orléans"]
    features = LexicalFeatures(texts)
    again = LexicalFeatures(arrays=features.arrays())
    assert (features.transform(texts) != again.transform(texts)).nnz == 0


def test_lexical_features_are_those_of_the_vectorizers_of_scikit_learn() -> None:
    from scipy.sparse import hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    known = ["ma connexion est coupée", "une facture, une autre facture", "l'été à Orléans"]
    asked = ["Ma facture, ma FACTURE de l'été", "coupée coupée coupée", "!", ""]
    shapes = ({"ngram_range": (1, 2)}, {"analyzer": "char_wb", "ngram_range": (2, 5)})
    halves = [
        TfidfVectorizer(**shape, sublinear_tf=True, strip_accents="unicode").fit(known)
        for shape in shapes
    ]
    expected = hstack([half.transform(asked) for half in halves]).toarray() * 0.5**0.5
    assert LexicalFeatures(known).transform(asked).toarray() == pytest.approx(expected, abs=1e-6)


def test_logistic_regression_of_two_classes_has_two_columns() -> None:
    x = np.array([[1, 0], [0.9, 0], [0, 1], [0, 0.9]], dtype=np.float32)
    coefficients, intercepts = fit_logistic(x, np.array([4, 4, 7, 7]), c=10)
    assert coefficients.shape == (2, 2)
    odds = np.exp(log_softmax(x @ coefficients + intercepts))
    assert odds.argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert odds.sum(axis=1) == pytest.approx(np.ones(4), abs=1e-5)

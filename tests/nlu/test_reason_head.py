from __future__ import annotations

import numpy as np
import pytest

from nlu import reason_head
from nlu.lexical import LexicalFeatures
from nlu.nearness import unit
from nlu.reason_head import GAMMA, LEXICAL_WEIGHT, REGULARISATION, KernelHead, fit_kernel_head

TEXTS = [
    f"{start} {thing}"
    for start in ("ma panne de", "la facture de", "renvoyer une")
    for thing in ("box", "fibre", "ligne", "lampe", "robe", "box")
]
CLASSES = np.repeat(np.arange(3), 6)


def left_out_by_hand(vectors: np.ndarray, rows: list[int]) -> np.ndarray:
    """Train on the others and score the rows, straight from the definition."""
    features = LexicalFeatures(TEXTS).transform(TEXTS)
    known = unit(vectors - vectors.mean(axis=0)).astype(np.float16).astype(np.float64)
    kernel = np.exp(-GAMMA * (1 - known @ known.T))
    kernel += LEXICAL_WEIGHT * (features @ features.T).toarray()
    targets = np.eye(3)[CLASSES] - 1 / 3
    others = [i for i in range(len(TEXTS)) if i not in rows]
    inner = kernel[np.ix_(others, others)] + REGULARISATION * np.eye(len(others))
    return kernel[np.ix_(rows, others)] @ np.linalg.solve(inner, targets[others])


def test_held_out_scores_are_those_of_a_head_that_did_not_see_the_text(word_encoder) -> None:
    vectors = word_encoder.encode(TEXTS)
    _, held_out = fit_kernel_head(TEXTS, vectors, CLASSES, 3)
    # Texts 0 and 5 are copies: they are left out together.
    assert held_out[[0, 5]] == pytest.approx(left_out_by_hand(vectors, [0, 5]), abs=1e-4)
    assert held_out[[2]] == pytest.approx(left_out_by_hand(vectors, [2]), abs=1e-4)


def test_texts_of_one_conversation_are_left_out_together(word_encoder) -> None:
    vectors = word_encoder.encode(TEXTS)
    groups = [f"call {i // 2}" for i in range(len(TEXTS))]
    _, held_out = fit_kernel_head(TEXTS, vectors, CLASSES, 3, groups=groups)
    assert held_out[[6, 7]] == pytest.approx(left_out_by_hand(vectors, [6, 7]), abs=1e-4)


def test_a_head_made_again_of_its_arrays_answers_the_same(word_encoder) -> None:
    vectors = word_encoder.encode(TEXTS)
    head, _ = fit_kernel_head(TEXTS, vectors, CLASSES, 3)
    again = KernelHead.from_arrays(head.arrays())
    asked = ["la facture de ma robe", "tout autre chose"]
    assert np.array_equal(
        head.scores(asked, word_encoder.encode(asked)),
        again.scores(asked, word_encoder.encode(asked)),
    )
    broken = head.arrays() | {"coefficients": head.arrays()["coefficients"][1:]}
    with pytest.raises(ValueError, match="rows of coefficients"):
        KernelHead.from_arrays(broken)


def test_many_texts_are_divided_and_still_told_apart(word_encoder, monkeypatch) -> None:
    monkeypatch.setattr(reason_head, "BLOCK", 7)
    vectors = word_encoder.encode(TEXTS)
    head, held_out = fit_kernel_head(TEXTS, vectors, CLASSES, 3, seed=2)
    assert np.mean(head.scores(TEXTS, vectors).argmax(axis=1) == CLASSES) >= 0.9
    assert np.abs(held_out).max(axis=1).min() > 0


def test_a_text_like_none_scores_low(word_encoder) -> None:
    vectors = word_encoder.encode(TEXTS)
    head, _ = fit_kernel_head(TEXTS, vectors, CLASSES, 3)
    asked = ["ma panne de lampe", "zzz qqq"]
    near, far = head.scores(asked, word_encoder.encode(asked)).max(axis=1)
    assert near > 0.5
    assert far < 0.3

"""Coefficients against published examples and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from quality.agreement.bootstrap import figure
from quality.agreement.coefficients import (
    cohen_kappa,
    coincidence_table,
    gwet_ac1,
    krippendorff_alpha,
    raw_agreement,
)

# Tables of K. Gwet's "Handbook of Inter-Rater Reliability", as irrCAC 0.4.4 publishes them
# (table_cont3x3abstractors, table_cont4x4diagnosis) with its own results.
ABSTRACTORS = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
DIAGNOSIS = [[40, 4, 4, 17], [6, 25, 2, 13], [4, 1, 21, 12], [15, 5, 9, 45]]

# K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011), example C: four raters,
# twelve units, answers missing (0 here); nominal alpha 0.743.
FOUR_RATERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]

TABLES = st.lists(st.integers(0, 30), min_size=9, max_size=9).filter(lambda t: sum(t) > 1)


@pytest.mark.parametrize(
    ("table", "kappa", "ac1"), [(ABSTRACTORS, 0.79641, 0.84933), (DIAGNOSIS, 0.4315, 0.45616)]
)
def test_kappa_and_ac1_are_those_of_the_published_examples(table, kappa, ac1):
    tables = np.array([table], dtype=float)
    assert cohen_kappa(tables)[0] == pytest.approx(kappa, abs=5e-6)
    assert gwet_ac1(tables)[0] == pytest.approx(ac1, abs=5e-6)


def test_alpha_is_that_of_the_published_example():
    counts = np.array(
        [[col.count(c) for c in range(1, 6)] for col in zip(*FOUR_RATERS, strict=True)]
    )
    alpha = krippendorff_alpha(coincidence_table(counts).sum(axis=0))
    assert alpha == pytest.approx(0.743421, abs=1e-6)


@given(TABLES)
def test_kappa_is_that_of_scikit_learn(cells):
    table = np.array(cells).reshape(3, 3)
    first = np.repeat(np.arange(3), table.sum(axis=1))
    second = np.concatenate([np.repeat(np.arange(3), row) for row in table])
    if len(set(first) | set(second)) < 2:
        return
    ours = cohen_kappa(table[None].astype(float))[0]
    assert ours == pytest.approx(cohen_kappa_score(first, second), abs=1e-9)


@given(TABLES)
def test_no_coefficient_is_above_one_and_order_of_raters_makes_no_difference(cells):
    table = np.array(cells, dtype=float).reshape(1, 3, 3)
    for statistic in (raw_agreement, cohen_kappa, gwet_ac1):
        value, turned = statistic(table)[0], statistic(table.transpose(0, 2, 1))[0]
        assert np.isnan(value) or -1 <= value <= 1 + 1e-12
        np.testing.assert_allclose(value, turned)


def test_what_is_not_defined_is_not_a_number():
    same = np.array([[[7.0, 0.0], [0.0, 0.0]]])
    assert raw_agreement(same)[0] == 1
    assert np.isnan(cohen_kappa(same)[0])
    assert gwet_ac1(same)[0] == 1
    assert np.isnan(raw_agreement(np.zeros((1, 2, 2)))[0])
    assert np.isnan(krippendorff_alpha(same)[0])


def test_units_with_one_rater_count_nothing():
    assert coincidence_table(np.array([[1, 0], [0, 1]])).sum() == 0


def test_intervals_hold_the_truth_as_often_as_they_say():
    random = np.random.default_rng(5)
    joint = np.array([[0.78, 0.06], [0.02, 0.14]])
    truth = cohen_kappa(joint[None])[0]
    cells = np.eye(4).reshape(4, 2, 2)
    held = 0
    for number in range(200):
        drawn = cells[random.choice(4, size=60, p=joint.ravel())]
        found = figure(drawn, cohen_kappa, seed=number, replicates=400)
        held += found.low <= truth <= found.high
    assert 0.9 <= held / 200 <= 0.99


def test_the_same_seed_gives_the_same_interval_and_perfect_agreement_lies_in_its_own():
    drawn = np.eye(4).reshape(4, 2, 2)[[0] * 40 + [3] * 12]
    one, other = (figure(drawn, cohen_kappa, seed=3) for _ in range(2))
    assert one == other
    assert one.value == one.high == 1
    assert 0.7 < one.low < 1
    assert figure(np.zeros((0, 2, 2)), cohen_kappa, seed=3).value is None

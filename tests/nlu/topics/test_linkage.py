"""Average linkage is that of scikit-learn, exactly, whatever the order and the threads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from nlu.topics.linkage import average_linkage

GRID = 1024


def points(seed: int, count: int, dim: int = 12) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, dim))
    rows = centres[rng.integers(0, 4, count)] + rng.normal(size=(count, dim)) * 0.8
    return np.rint(GRID * rows / np.linalg.norm(rows, axis=1, keepdims=True))


def partition(labels) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in set(labels.tolist())}


def link(rows: np.ndarray, least: float = 0.4) -> np.ndarray:
    counts = np.ones(len(rows), dtype=np.int64)
    return average_linkage(rows, counts, least_similarity=least, grid=GRID)


@given(seed=st.integers(0, 10_000), count=st.integers(2, 70), least=st.floats(0.1, 0.9))
@hypothesis_settings(max_examples=40)
def test_the_groups_are_those_of_scikit_learn(seed, count, least):
    from sklearn.cluster import AgglomerativeClustering

    rows = points(seed, count)
    distances = 1 - rows @ rows.T / GRID**2
    expected = AgglomerativeClustering(
        None, metric="precomputed", linkage="average", distance_threshold=1 - least
    ).fit_predict(distances)
    assert partition(link(rows, least)) == partition(expected)


@given(seed=st.integers(0, 1000), shuffle=st.randoms(use_true_random=False))
@hypothesis_settings(max_examples=25)
def test_the_order_of_points_does_not_count(seed, shuffle):
    rows = points(seed, 40)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    moved = {frozenset(order[i] for i in group) for group in partition(link(rows[order]))}
    assert moved == partition(link(rows))


@given(st.lists(st.tuples(*[st.integers(-1, 1)] * 3), min_size=1, max_size=24))
def test_equal_similarities_end_and_leave_no_pair_of_groups_near_enough(rows):
    rows = np.array(rows, dtype=np.float64)
    labels = average_linkage(rows, np.ones(len(rows), dtype=np.int64), least_similarity=0.5, grid=1)
    groups = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    means = np.array([rows[group].mean(axis=0) for group in groups])
    similarity = means @ means.T
    np.fill_diagonal(similarity, -1)
    assert similarity.max() < 0.5


def test_start_groups_count_as_many_as_they_hold():
    rows = points(3, 30)
    labels = link(rows)
    heads, start = np.unique(labels, return_inverse=True)
    sums = np.zeros((len(heads), rows.shape[1]))
    np.add.at(sums, start, rows)
    again = average_linkage(
        sums, np.bincount(start).astype(np.int64), least_similarity=0.4, grid=GRID
    )
    assert again.tolist() == list(range(len(heads)))


def test_threads_do_not_count():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    rows = points(5, 400, dim=64)
    found = []
    for threads in (1, 2):
        with threadpoolctl.threadpool_limits(threads):
            found.append(link(rows, 0.35).tolist())
    assert found[0] == found[1]

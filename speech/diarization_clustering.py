"""Voices sorted into speakers: how many there are, and who speaks in each window."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_SPEAKERS = 6

# A further speaker must bring windows closer to their speaker's mean by this cosine on average.
_COST_OF_A_SPEAKER = 0.02
# Means closer than this cosine are one voice.
_SAME_VOICE = 0.9
_STARTS = 8
_ROUNDS = 30
_LEAST_WINDOWS = 3

_SHARPNESS = 200.0  # of the cosine, per second of speech
_CHANGE_COST = 4.0
_CHANGE_COST_AT_A_PAUSE = 1.2


def find_voices(vectors: NDArray[np.float32], n_speakers: int | None = None) -> NDArray[np.float32]:
    """Find the mean vector of each speaker.

    Spherical k-means for one to six speakers; a number of speakers is worth its mean cosine less
    a cost for each. Means that are nearly the same voice are then joined.

    Args:
        vectors: Of windows of speech, float32 of shape ``(n, dim)`` and length 1; some thousand.
        n_speakers: How many there are; None: found out, 1 to 6.

    Returns:
        Float32 of shape ``(speakers, dim)``, of length 1 each; at most ``n`` of them.
    """
    if n_speakers is not None:
        return _k_means(vectors, min(n_speakers, len(vectors)))
    best, best_worth = _k_means(vectors, 1), -np.inf
    for count in range(1, min(MOST_SPEAKERS, max(1, len(vectors) // _LEAST_WINDOWS)) + 1):
        means = _k_means(vectors, count)
        worth = float((vectors @ means.T).max(axis=1).mean()) - _COST_OF_A_SPEAKER * count
        if worth > best_worth:
            best, best_worth = means, worth
    return best


def join_same_voices(
    means: NDArray[np.float32], weights: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Join the means that are nearly the same, nearest first.

    Args:
        means: Float32 of shape ``(speakers, dim)`` and length 1.
        weights: How much each counts, float64 of shape ``(speakers,)``.

    Returns:
        At least one mean, float32 of shape ``(speakers, dim)`` and length 1.
    """
    while len(means) > 1:
        alike = means @ means.T - 2 * np.eye(len(means), dtype=np.float32)
        first, second = divmod(int(alike.argmax()), len(means))
        if alike[first, second] < _SAME_VOICE:
            break
        joined = means[first] * weights[first] + means[second] * weights[second]
        rest = [place for place in range(len(means)) if place not in (first, second)]
        means = unit(np.vstack((means[rest], joined[None])).astype(np.float32))
        weights = np.append(weights[rest], weights[first] + weights[second])
    return means


def most_likely_speakers(
    vectors: NDArray[np.float32],
    means: NDArray[np.float32],
    after_pause: NDArray[np.bool_],
    *,
    hop_s: float,
) -> NDArray[np.int64]:
    """Return who speaks in each window, with few changes, and those rather at pauses.

    The path of Viterbi through a score of cosines, less a cost for every change.

    Args:
        vectors: Of windows in order of time, float32 of shape ``(n, dim)`` and length 1.
        means: Of the speakers, float32 of shape ``(speakers, dim)``.
        after_pause: Whether there is a pause between a window and the one before, bool of
            shape ``(n,)``.
        hop_s: Between windows, seconds.

    Returns:
        Numbers of speakers, int64 of shape ``(n,)``.
    """
    scores = (vectors @ means.T).astype(np.float64) * (_SHARPNESS * hop_s)
    came_from = np.zeros(scores.shape, np.int8)
    stay = np.arange(scores.shape[1])
    best = scores[0]
    for place in range(1, len(scores)):
        changed_from = int(best.argmax())
        cost = _CHANGE_COST_AT_A_PAUSE if after_pause[place] else _CHANGE_COST
        changes = best < best[changed_from] - cost
        came_from[place] = np.where(changes, changed_from, stay)
        best = np.where(changes, best[changed_from] - cost, best) + scores[place]
    path = np.empty(len(scores), np.int64)
    path[-1] = best.argmax()
    for place in range(len(scores) - 1, 0, -1):
        path[place - 1] = came_from[place, path[place]]
    return path


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return vectors brought to length 1."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return scaled


def spread(count: int, most: int) -> Sequence[int]:
    """Return at most so many positions out of ``count``, evenly spread."""
    if count <= most:
        return range(count)
    return [round(place) for place in np.linspace(0, count - 1, most)]


def _k_means(vectors: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return the means of the best of some runs from different starts (k-means++)."""
    if count == 1:
        return unit(vectors.mean(axis=0, keepdims=True))
    random = np.random.default_rng(0)
    best, best_fit = vectors[:count], -np.inf
    for _ in range(_STARTS):
        means = _far_apart(vectors, count, random)
        nearest = np.full(len(vectors), -1)
        for _ in range(_ROUNDS):
            now = (vectors @ means.T).argmax(axis=1)
            if (now == nearest).all():
                break
            nearest = now
            means = np.stack([
                unit(vectors[nearest == speaker].mean(axis=0))
                if (nearest == speaker).any() else means[speaker]
                for speaker in range(count)
            ]).astype(np.float32)  # fmt: skip
        fit = float((vectors @ means.T).max(axis=1).sum())
        if fit > best_fit:
            best, best_fit = means, fit
    return best


def _far_apart(
    vectors: NDArray[np.float32], count: int, random: np.random.Generator
) -> NDArray[np.float32]:
    chosen = [int(random.integers(len(vectors)))]
    while len(chosen) < count:
        distances = np.maximum(1 - (vectors @ vectors[chosen].T).max(axis=1).astype(np.float64), 0)
        total = distances.sum()
        chosen.append(
            int(random.choice(len(vectors), p=distances / total))
            if total > 0
            else int(random.integers(len(vectors)))
        )
    return vectors[chosen]

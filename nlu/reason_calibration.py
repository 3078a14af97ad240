"""Honest probabilities, and thresholds for a stated error rate, from answers on held-out texts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from nlu.linear import log_softmax

Array = NDArray[np.float32]

_BINS = 10
_TEMPERATURES = np.geomspace(0.01, 3.0, 60)
_PARTS = 5


class ReliabilityBin(BaseModel):
    """Answers of about the same probability.

    Attributes:
        least: Smallest probability of the bin.
        most: Largest probability of the bin.
        n_texts: How many held-out texts are in it.
        mean_probability: What was said.
        accuracy: What was right.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: float
    most: float
    n_texts: int
    mean_probability: float
    accuracy: float


class Reliability(BaseModel):
    """Whether of the answers said to be 80 % sure 80 % are right.

    Attributes:
        expected_calibration_error: Mean gap between what was said and what was right, each bin
            weighed by its texts (Guo et al. 2017, On Calibration of Modern Neural Networks).
        n_texts: Held-out texts.
        accuracy: Right answers over all of them, nothing declined.
        bins: Ten of equal width; empty ones are left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    expected_calibration_error: float
    n_texts: int
    accuracy: float
    bins: tuple[ReliabilityBin, ...]


class ErrorRateChoice(BaseModel):
    """The threshold for an error rate, and what it does on held-out texts.

    Attributes:
        wanted: Most wrong answers among those given, 0 to 1.
        threshold: Least probability of an answer that is given.
        error_rate: Wrong answers among those given, on held-out texts.
        answered: Share of the held-out texts that get an answer.
        n_texts: Held-out texts.
        reached: Whether ``error_rate`` is as low as wanted; where it cannot be, the threshold is
            the one with the lowest rate among those that answer one text in ten.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    wanted: float
    threshold: float
    error_rate: float
    answered: float
    n_texts: int
    reached: bool


def best_temperature(scores: Array, classes: NDArray[np.int64]) -> float:
    """Return the temperature with the lowest negative log-likelihood on held-out texts.

    Guo et al. 2017, On Calibration of Modern Neural Networks.

    Args:
        scores: float32 array of shape (n_texts, n_labels).
        classes: int array of shape (n_texts,).
    """
    if not len(scores):
        return 1.0
    rows = np.arange(len(classes))
    losses = [-log_softmax(scores, temperature=t)[rows, classes].mean() for t in _TEMPERATURES]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def held_out_probabilities(scores: Array, classes: NDArray[np.int64], seed: int = 0) -> Array:
    """Return probabilities of held-out texts, each with a temperature fitted on the others' part.

    Args:
        scores: float32 array of shape (n_texts, n_labels).
        classes: int array of shape (n_texts,).
        seed: Of the parts.

    Returns:
        float32 array of shape (n_texts, n_labels), rows sum to 1.
    """
    part = np.random.default_rng(seed).integers(_PARTS, size=len(scores))
    probabilities = np.zeros_like(scores)
    for number in range(_PARTS):
        others = part != number
        temperature = best_temperature(scores[others], classes[others])
        mine = scores[~others]
        if len(mine):
            probabilities[~others] = np.exp(log_softmax(mine, temperature=temperature))
    return probabilities


def reliability(probabilities: Array, right: NDArray[np.bool_]) -> Reliability:
    """Compare what was said with what was right.

    Args:
        probabilities: Of the answers: float32 array of shape (n_texts,).
        right: Whether each was right.

    Returns:
        The table.
    """
    which = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    bins = []
    gap = 0.0
    for number in range(_BINS):
        inside = which == number
        if not inside.any():
            continue
        said, was = float(probabilities[inside].mean()), float(right[inside].mean())
        gap += abs(said - was) * float(inside.mean())
        bins.append(
            ReliabilityBin(
                least=number / _BINS,
                most=(number + 1) / _BINS,
                n_texts=int(inside.sum()),
                mean_probability=round(said, 4),
                accuracy=round(was, 4),
            )
        )
    return Reliability(
        expected_calibration_error=round(gap, 4),
        n_texts=len(right),
        accuracy=round(float(right.mean()), 4) if len(right) else 0.0,
        bins=tuple(bins),
    )


def choose_for_error_rate(
    probabilities: Array, right: NDArray[np.bool_], wanted: float
) -> ErrorRateChoice:
    """Choose the lowest threshold at which at most this share of the answers is wrong.

    The rate counts wrong answers among those given (the selective risk of Geifman and El-Yaniv
    2017, Selective Classification for Deep Neural Networks).

    Args:
        probabilities: Of the answers: float32 array of shape (n_texts,).
        right: Whether each was right; an answer to a text that is out of scope is wrong.
        wanted: The rate, 0 to 1.

    Returns:
        The choice; the threshold is 0 where every answer may be given.
    """
    if not len(right):
        return ErrorRateChoice(
            wanted=wanted, threshold=0.0, error_rate=0.0, answered=0.0, n_texts=0, reached=False
        )
    order = np.argsort(-probabilities, kind="stable")
    sorted_probabilities = probabilities[order]
    counts = np.arange(1, len(order) + 1)
    rates = np.cumsum(~right[order]) / counts
    last = np.append(sorted_probabilities[1:] < sorted_probabilities[:-1], True)  # of equal ones
    good = np.flatnonzero(last & (rates <= wanted))
    reached = bool(len(good))
    if reached:
        chosen = int(good[-1])
    else:
        enough = np.flatnonzero(last & (counts >= len(order) / 10))
        chosen = int(enough[np.argmin(rates[enough])])
    everything = chosen == len(order) - 1
    return ErrorRateChoice(
        wanted=wanted,
        threshold=0.0 if everything else float(sorted_probabilities[chosen]),
        error_rate=round(float(rates[chosen]), 4),
        answered=round((chosen + 1) / len(order), 4),
        n_texts=len(order),
        reached=reached,
    )

"""The fit of kb_search.confidence: regressions whose weights keep the sign that they must have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from kb_search.confidence import FittedConfidence, Regression
from kb_search.signals import Signals

KNOWN = (
    "height", "unlikeliness", "words", "letters", "label_words", "label_asked", "unknown",
    "asked_for",
)  # fmt: skip
BEST = ("lead", "margin", "agreement", "label_asked", "unlikeliness")
FALLS = {"unknown"}
"""Signals that speak against an answer; all others speak for it."""

ANSWERABLE = ("kept", "whole")

_RIDGE = 2.0
_DRAWN_SHARE = 0.4
"""Weight of a drawn base's questions beside those of the whole one, where the best document is
told from the next: a large base has more that come close."""
_KIND_SHARES = {
    "taken_out": 0.15,
    "subject_out": 0.3,
    "other_base": 0.2,
    "off_domain": 0.15,
    "written": 0.3,
}


@dataclass(frozen=True)
class Sample:
    """One question asked of one base.

    Attributes:
        base: Its name.
        kind: ``whole`` or ``kept`` where the base, whole or drawn from, can answer; else why it
            cannot.
        question: As it was asked.
        right: Whether the best document answers.
        among: Whether one of the first three does.
        signals: Of the ranking.
    """

    base: str
    kind: str
    question: str
    right: bool
    among: bool
    signals: Signals


def weights_of(samples: Sequence[Sample]) -> np.ndarray:
    """Weigh bases alike, and in each what can be answered like what cannot."""
    weights = np.zeros(len(samples))
    for base in {sample.base for sample in samples}:
        kinds = np.array([s.kind if s.base == base else "" for s in samples])
        able = np.isin(kinds, ANSWERABLE)
        weights[able] = 1.0 / max(1, able.sum())
        present = {kind: share for kind, share in _KIND_SHARES.items() if (kinds == kind).any()}
        for kind, share in present.items():
            members = kinds == kind
            weights[members] = share / sum(present.values()) / members.sum()
    return weights * len(samples) / weights.sum()


def fit(
    samples: Sequence[Sample], *, known: Sequence[str] = KNOWN, best: Sequence[str] = BEST
) -> FittedConfidence:
    """Fit the three regressions and the calibration; the threshold is set afterwards.

    Args:
        samples: Questions that were asked.
        known: Signals that say whether the base knows the answer.
        best: Signals that say whether the best document gives it.
    """
    weights = weights_of(samples)
    able = np.array([sample.kind in ANSWERABLE for sample in samples])
    right = np.array([sample.right for sample in samples])
    among = np.array([sample.among for sample in samples])
    answerable = [sample for sample in samples if sample.kind in ANSWERABLE]
    nearness = _nearness_weights(answerable)
    knows = _regression(samples, known, able, weights)
    gives = _regression(answerable, best, right[able], nearness)
    first_three = _regression(answerable, best, among[able], nearness)
    logits = np.array(
        [knows.logit(s.signals) - np.logaddexp(0, -gives.logit(s.signals)) for s in samples]
    )
    slope, shift = _calibration(logits, right, weights)
    return FittedConfidence(
        known=knows, best=gives, among=first_three, slope=slope, shift=shift,
        threshold=0.5,
    )  # fmt: skip


def _nearness_weights(answerable: Sequence[Sample]) -> np.ndarray:
    shares = {"whole": 1.0, "kept": _DRAWN_SHARE}
    groups = [(sample.base, sample.kind) for sample in answerable]
    weights = np.array([shares[kind] / groups.count((base, kind)) for base, kind in groups])
    return weights * len(weights) / weights.sum()


def _regression(
    samples: Sequence[Sample], names: Sequence[str], wanted: np.ndarray, weights: np.ndarray
) -> Regression:
    values = np.array([[getattr(s.signals, name) for name in names] for s in samples])
    means, scales = values.mean(axis=0), values.std(axis=0) + 1e-6
    standard = np.clip((values - means) / scales, -3, 3)
    bounds = [(None, 0.0) if name in FALLS else (0.0, None) for name in names]
    found = _minimum(_loss(standard, wanted, weights, _RIDGE), len(names), bounds)
    kept = [number for number in range(len(names)) if abs(found[number]) > 1e-3]
    return Regression(
        means={names[n]: round(float(means[n]), 4) for n in kept},
        scales={names[n]: round(float(scales[n]), 4) for n in kept},
        weights={names[n]: round(float(found[n]), 3) for n in kept},
        bias=round(float(found[-1]), 3),
    )


def _calibration(logits: np.ndarray, right: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    found = _minimum(_loss(logits[:, None], right, weights, 0.01), 1, [(0.05, None)])
    return round(float(found[0]), 3), round(float(found[1]), 3)


def _loss(
    values: np.ndarray, wanted: np.ndarray, weights: np.ndarray, ridge: float
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    sign = np.where(wanted, 1.0, -1.0)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (values @ parameters[:-1] + parameters[-1])
        slope = -weights * sign / (1 + np.exp(margin))
        gradient = np.append(values.T @ slope + ridge * parameters[:-1], slope.sum())
        cost = (weights * np.logaddexp(0, -margin)).sum()
        return cost + ridge * (parameters[:-1] ** 2).sum() / 2, gradient

    return loss


def _minimum(
    loss: Callable[[np.ndarray], tuple[float, np.ndarray]],
    n_weights: int,
    bounds: list[tuple[float | None, float | None]],
) -> np.ndarray:
    start = np.zeros(n_weights + 1)
    start[:-1] = [low or 0.0 for low, _ in bounds]
    return minimize(loss, start, jac=True, bounds=[*bounds, (None, None)], method="L-BFGS-B").x

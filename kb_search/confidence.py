"""How sure it is that the best passage answers the question.

Two things must hold: the base knows the answer, and the best passage is the one that gives it. A
logistic regression on the signals of :mod:`kb_search.signals` says how likely each is, a third
whether one of the first three documents answers. The odds of the first times the probability of
the second are calibrated (Platt 1999). All are fitted by ``bench/kb_search/fit_confidence.py``,
for each encoder, on questions that a base can answer and, as many, that it cannot: because the
document with the answer was taken out of it, because they belong to another base, or because they
were written so. The numbers lie in ``confidence.json`` beside this file.

A question in another language than the passage shares no words with it: signals of words then
say nothing, and a second set of numbers without them judges it.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from kb_search.signals import Signals

CHOICES = 3
"""Of how many documents a clarifying question asks at most."""

_FURTHEST = 3.0


class Regression(BaseModel):
    """A logistic regression on standardised signals; none is believed beyond three deviations.

    Attributes:
        means: Of each signal where it was fitted; the signals that count are named here.
        scales: Standard deviation of each signal.
        weights: Of each standardised signal.
        bias: Added to their sum.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    means: dict[str, float]
    scales: dict[str, float]
    weights: dict[str, float]
    bias: float

    def logit(self, signals: Signals) -> float:
        """Return the logarithm of the odds."""
        total = self.bias
        for name, weight in self.weights.items():
            standard = (getattr(signals, name) - self.means[name]) / self.scales[name]
            total += weight * max(-_FURTHEST, min(_FURTHEST, standard))
        return total


@dataclass(frozen=True, slots=True)
class Confidence:
    """How sure a ranking is.

    Attributes:
        answers: Probability that the best passage answers.
        among: Probability that a passage of the first three documents does.
        known: Probability that the base holds an answer at all.
        threshold: Probability from which an answer is given, or a question back is asked.
    """

    answers: float
    among: float
    known: float
    threshold: float


class FittedConfidence(BaseModel):
    """What was fitted for one encoder.

    Attributes:
        known: Whether the base knows the answer.
        best: Whether the best document gives it, where the base knows it.
        among: Whether one of the first three documents does, where the base knows it.
        slope: Of the calibration, on the logarithm of the odds.
        shift: Of the calibration.
        threshold: Confidence from which an answer is given, or a question back is asked.
        across: The numbers for questions in another language than the passage; None: the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    known: Regression
    best: Regression
    among: Regression
    slope: float = Field(gt=0)
    shift: float
    threshold: float = Field(gt=0, lt=1)
    across: FittedConfidence | None = None

    def of(self, signals: Signals, *, across: bool = False) -> Confidence:
        """Return how sure a ranking with these signals is.

        Args:
            signals: Of the ranking.
            across: Whether the question is in another language than the best passage.
        """
        if across and self.across is not None:
            return self.across.of(signals)
        known = self.known.logit(signals)
        both = known + math.log(_sigmoid(self.best.logit(signals)))
        among = known + math.log(_sigmoid(self.among.logit(signals)))
        return Confidence(
            answers=_sigmoid(self.slope * both + self.shift),
            among=_sigmoid(self.slope * among + self.shift),
            known=_sigmoid(self.slope * known + self.shift),
            threshold=self.threshold,
        )


class _Fitted(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    default: str
    encoders: dict[str, FittedConfidence]


CONFIDENCE_FILE = Path(__file__).with_name("confidence.json")


@cache
def fitted_confidence(encoder_name: str) -> FittedConfidence:
    """Return what was fitted for an encoder; for one that is not known, the default's numbers.

    Args:
        encoder_name: ``Encoder.name``.
    """
    fitted = _Fitted.model_validate(json.loads(CONFIDENCE_FILE.read_text(encoding="utf-8")))
    return fitted.encoders.get(encoder_name, fitted.encoders[fitted.default])


def _sigmoid(logit: float) -> float:
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

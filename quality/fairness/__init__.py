"""Does the score depend on who speaks? Copies with one change each, scored again."""

from quality.fairness.comparing import Scorer, assess_fairness
from quality.fairness.copies import (
    KIND_LABELS,
    KINDS,
    NOISE_KINDS,
    Counterfactual,
    Kind,
    counterfactuals,
)
from quality.fairness.figures import Rate, Shift, Verdict
from quality.fairness.report import (
    FairnessReport,
    FairnessSettings,
    Flip,
    KindFairness,
    QuestionFairness,
    VariantFairness,
)

__all__ = [
    "KINDS",
    "KIND_LABELS",
    "NOISE_KINDS",
    "Counterfactual",
    "FairnessReport",
    "FairnessSettings",
    "Flip",
    "Kind",
    "KindFairness",
    "QuestionFairness",
    "Rate",
    "Scorer",
    "Shift",
    "VariantFairness",
    "Verdict",
    "assess_fairness",
    "counterfactuals",
]

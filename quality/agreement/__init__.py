"""Measured trust: how far the machine agrees with people, question by question."""

from quality.agreement.bootstrap import Figure
from quality.agreement.calibration import (
    CalibrationRule,
    FittableQuestion,
    FittedQuestion,
    QuestionCalibration,
    calibrate_question,
)
from quality.agreement.drift import DriftRule, find_drift
from quality.agreement.gate import GateDecision, GateRule, Gates, QuestionGate, decide_gate
from quality.agreement.gated import GatedEvaluation, apply_gates
from quality.agreement.labelled_quality import QualityEvaluation, evaluate_labels
from quality.agreement.labels import Label, Labels, read_labels
from quality.agreement.question import QuestionAgreement, measure_question
from quality.agreement.ratings import Rated
from quality.agreement.trust import TrustReport, announce, assess_trust, human_answers

__all__ = [
    "CalibrationRule", "DriftRule", "Figure", "FittableQuestion", "FittedQuestion",
    "GateDecision", "GateRule", "GatedEvaluation", "Gates", "Label", "Labels",
    "QualityEvaluation", "QuestionAgreement", "QuestionCalibration", "QuestionGate", "Rated",
    "TrustReport", "announce", "apply_gates", "assess_trust", "calibrate_question",
    "decide_gate", "evaluate_labels", "find_drift", "human_answers", "measure_question",
    "read_labels",
]  # fmt: skip

"""Figures and scorecards with evidence: what an analyst would check, as a draft.

Beside what is exported here: ``quality.categories``, ``quality.review``, ``quality.agreement``,
``quality.fairness``, ``quality.sampling``, ``quality.kpi``, ``quality.forecast``,
``quality.question_model``.
"""

from quality.evaluation import evaluate
from quality.metrics import (
    Interruption,
    Metrics,
    Overlap,
    SpeakerMetrics,
    SpokenMetrics,
    measure,
)
from quality.results import EliminatoryProposal, Evaluation, ItemResult, SectionResult
from quality.scorecard import (
    SHIPPED_SCORECARDS,
    Item,
    Scorecard,
    Section,
    load_scorecard,
    scorecard_for,
)
from quality.silences import Hold, Silence
from quality.written_metrics import SenderMetrics, WrittenMetrics

__all__ = [
    "SHIPPED_SCORECARDS",
    "EliminatoryProposal",
    "Evaluation",
    "Hold",
    "Interruption",
    "Item",
    "ItemResult",
    "Metrics",
    "Overlap",
    "Scorecard",
    "Section",
    "SectionResult",
    "SenderMetrics",
    "Silence",
    "SpeakerMetrics",
    "SpokenMetrics",
    "WrittenMetrics",
    "evaluate",
    "load_scorecard",
    "measure",
    "scorecard_for",
]

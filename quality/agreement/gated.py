"""Gates applied to an evaluation: what is not trusted is not counted, or not shown."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from quality.agreement.gate import Gates
from quality.coaching import explain
from quality.evaluation import coverage, score_100
from quality.findings import both
from quality.results import Evaluation, ItemResult
from quality.review.event import Gate

_WITHDRAWN = both(
    "Réponse retirée : sur cette question, la machine et les analystes ne s'accordent pas assez.",
    "Answer withdrawn: on this question, machine and analysts do not agree enough.",
)


class GatedEvaluation(BaseModel):
    """An evaluation with the gates that were applied to it.

    Attributes:
        evaluation: Its score, coverage and sections count the questions whose gate is ``auto``;
            questions with ``assist`` keep their value beside; those with ``off`` are not
            assessable, and propose nothing.
        gates: Of every question.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    evaluation: Evaluation
    gates: dict[str, Gate] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _every_question_has_a_gate(self) -> Self:
        missing = [one.id for one in self.evaluation.items if one.id not in self.gates]
        if missing:
            raise ValueError(f"no gate for {', '.join(missing)}")
        return self

    def counts(self, item: str) -> bool:
        """Tell whether a question counts in the score."""
        return self.gates.get(item) == "auto"


def apply_gates(evaluation: Evaluation, gates: Gates) -> GatedEvaluation:
    """Apply the gates of a card to an evaluation with it.

    Args:
        evaluation: As the card gave it.
        gates: Of the card; what was measured of another card, or of a question that was asked
            otherwise, says nothing about this one, which is treated as unmeasured.

    Returns:
        The evaluation with its score over the trusted questions. Where every gate is ``auto`` it
        is the evaluation itself.
    """
    same = gates.scorecard == evaluation.scorecard
    held = {
        one.id: gates.of(one.id, one.item_sha256) if same else gates.unmeasured
        for one in evaluation.items
    }
    if all(gate == "auto" for gate in held.values()):
        return GatedEvaluation(evaluation=evaluation, gates=held)
    items = tuple(_withdrawn(one) if held[one.id] == "off" else one for one in evaluation.items)
    counted = tuple(_uncounted(one) if held[one.id] == "assist" else one for one in items)
    sections = []
    for section in evaluation.sections:
        mine = [one for one in counted if one.section == section.id]
        decided = sum(one.points for one in mine if one.status == "scored")
        update = {"score_100": score_100(mine), "points_decided": decided}
        sections.append(section.model_copy(update=update))
    proposals = tuple(one for one in evaluation.eliminatory if held.get(one.item) != "off")
    score = score_100(counted)
    explanation = explain(score, counted, proposals)
    tip = evaluation.tip
    gated = evaluation.model_copy(
        update={
            "items": items,
            "sections": tuple(sections),
            "score_100": score,
            "coverage": coverage(counted),
            "eliminatory": proposals,
            "explanation_fr": explanation.fr,
            "explanation_en": explanation.en,
            "tip": tip if tip is not None and held[tip.item] == "auto" else None,
        }
    )
    return GatedEvaluation(evaluation=gated, gates=held)


def _uncounted(result: ItemResult) -> ItemResult:
    if result.status != "scored":
        return result
    return result.model_copy(update={"status": "not_assessable", "value": None})


def _withdrawn(result: ItemResult) -> ItemResult:
    return result.model_copy(
        update={
            "status": "not_assessable",
            "value": None,
            "confidence": None,
            "evidence": (),
            "reason_fr": _WITHDRAWN.fr,
            "reason_en": _WITHDRAWN.en,
        }
    )

"""How well a knowledge base knows what it does not know.

The risk of the questions that are answered grows with their share, the coverage (El-Yaniv and
Wiener 2010, "On the foundations of noise-free selective classification"). The area under this
risk-coverage curve is taken as the mean risk over every coverage from one question to all
(Geifman and El-Yaniv 2017, "Selective classification for deep neural networks").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from kb_search.answers import Answer, Outcome

PRECISIONS = (0.80, 0.85, 0.90, 0.95)
ANSWERED_SHARE = 0.80


@dataclass(frozen=True, slots=True)
class Judged:
    """One question with what became of it.

    Attributes:
        answerable: Whether a document of the corpus answers it.
        right: Whether the best document answers it, given or not.
        confidence: That it does, 0 to 1.
        outcome: What was done.
        offered: Whether a choice of the clarification, if one was asked for, is right.
    """

    answerable: bool
    right: bool
    confidence: float
    outcome: Outcome
    offered: bool = False

    @classmethod
    def of(cls, answer: Answer, best: str | None, relevant: Sequence[str]) -> Judged:
        """Judge an answer.

        Args:
            answer: As it was given.
            best: Document of the best passage; None where nothing was found.
            relevant: Documents that answer; none where no document does.
        """
        choices = answer.clarification.choices if answer.clarification else ()
        given = [answer.citation.document] if answer.citation else [best]
        if answer.disagreement:
            given.append(answer.other[0].document)
        return cls(
            answerable=bool(relevant),
            right=any(document in relevant for document in given),
            confidence=answer.confidence,
            outcome=answer.outcome,
            offered=any(choice.citation.document in relevant for choice in choices),
        )


class OperatingPoint(BaseModel):
    """What comes of answering from one confidence on.

    Attributes:
        threshold: Confidence from which an answer is given.
        answered_answerable: Share of the answerable questions that are answered.
        precision: Share of right ones among all answers, those to unanswerable questions
            counted as wrong.
        precision_answerable: Share of right ones among the answers to answerable questions.
        declined_unanswerable: Share of the unanswerable that get no answer; None without any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float
    answered_answerable: float
    precision: float
    precision_answerable: float
    declined_unanswerable: float | None


class AbstentionFigures(BaseModel):
    """Answers, questions back and refusals, counted; shares are from 0 to 1.

    Attributes:
        answerable: Number of questions that a document answers.
        unanswerable: Number of questions that none answers.
        threshold: Confidence from which an answer was given.
        answer_rate: Share of all questions that were answered.
        answered_answerable: Share of the answerable that were answered.
        precision: Share of right ones among all answers; None where nothing was answered.
        precision_answerable: The same among the answers to answerable questions.
        declined_unanswerable: Share of the unanswerable that were declined outright; a question
            back does not count. None without any.
        clarified_answerable: Share of the answerable that were asked back about.
        clarified_unanswerable: Share of the unanswerable that were asked back about; None
            without any.
        clarified_right: Share of the questions back to answerable questions that offered the
            right document; None where none was asked.
        aurc: Area under the risk-coverage curve over all questions by confidence, 0 is best.
        aurc_least: The area that a perfect order of the same answers would have.
        brier: Mean squared difference of the confidence and whether the best document is right
            (Brier 1950).
        coverage_at: By precision: largest share of all questions that can be answered, most
            confident first, while the share of right ones is at least that.
        at_80_answered: What comes of answering 80 % of the answerable questions; None without
            any.
        most_confident_80: Precision of the most confident 80 % of the answerable questions when
            no unanswerable one is asked; None without any.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answerable: int
    unanswerable: int
    threshold: float = Field(ge=0, le=1)
    answer_rate: float
    answered_answerable: float | None
    precision: float | None
    precision_answerable: float | None
    declined_unanswerable: float | None
    clarified_answerable: float | None
    clarified_unanswerable: float | None
    clarified_right: float | None
    aurc: float
    aurc_least: float
    brier: float
    coverage_at: dict[str, float]
    at_80_answered: OperatingPoint | None
    most_confident_80: float | None


def abstention_figures(judged: Sequence[Judged], threshold: float) -> AbstentionFigures:
    """Count what became of questions.

    Args:
        judged: One question at least.
        threshold: Confidence from which an answer was given.
    """
    able = [one for one in judged if one.answerable]
    unable = [one for one in judged if not one.answerable]
    answered = [one for one in judged if one.outcome == "answered"]
    asked_back = [one for one in able if one.outcome == "clarify"]
    ordered = sorted(judged, key=lambda one: -one.confidence)
    point = operating_point(judged, ANSWERED_SHARE)
    return AbstentionFigures(
        answerable=len(able),
        unanswerable=len(unable),
        threshold=threshold,
        answer_rate=round(len(answered) / len(judged), 4),
        answered_answerable=_share(able, "answered"),
        precision=_right(answered),
        precision_answerable=_right([one for one in answered if one.answerable]),
        declined_unanswerable=_share(unable, "declined"),
        clarified_answerable=_share(able, "clarify"),
        clarified_unanswerable=_share(unable, "clarify"),
        clarified_right=_mean([one.offered for one in asked_back]),
        aurc=round(area_under_risk(judged), 4),
        aurc_least=round(
            area_under_risk(
                [Judged(one.answerable, one.right, float(one.right), one.outcome) for one in judged]
            ),
            4,
        ),
        brier=round(sum((one.confidence - one.right) ** 2 for one in judged) / len(judged), 4),
        coverage_at={
            f"{least:.2f}": round(_coverage_at(ordered, least), 4) for least in PRECISIONS
        },
        at_80_answered=point,
        most_confident_80=point.precision_answerable if point else None,
    )


def area_under_risk(judged: Sequence[Judged]) -> float:
    """Return the mean, over every coverage, of the share of wrong ones among the most confident.

    Questions of equal confidence cannot be told apart: each counts with the mean of its group.
    """
    ordered = sorted(judged, key=lambda one: -one.confidence)
    total, wrong = 0.0, 0.0
    first = 0
    while first < len(ordered):
        last = first
        while last < len(ordered) and ordered[last].confidence == ordered[first].confidence:
            last += 1
        group = sum(not one.right for one in ordered[first:last]) / (last - first)
        for place in range(first, last):
            wrong += group
            total += wrong / (place + 1)
        first = last
    return total / len(ordered)


def operating_point(judged: Sequence[Judged], share: float) -> OperatingPoint | None:
    """Return what comes of the highest threshold that answers a share of the answerable.

    Args:
        judged: Answerable and unanswerable questions.
        share: Of the answerable, above 0.
    """
    able = sorted((one for one in judged if one.answerable), key=lambda one: -one.confidence)
    if not able:
        return None
    threshold = able[math.ceil(share * len(able)) - 1].confidence
    given = [one for one in judged if one.confidence >= threshold]
    unable = [one for one in judged if not one.answerable]
    return OperatingPoint(
        threshold=round(threshold, 4),
        answered_answerable=round(sum(one.answerable for one in given) / len(able), 4),
        precision=_right(given) or 0.0,
        precision_answerable=_right([one for one in given if one.answerable]) or 0.0,
        declined_unanswerable=_mean([one.confidence < threshold for one in unable]),
    )


def _coverage_at(ordered: Sequence[Judged], least: float) -> float:
    """Return the largest coverage with a precision, where a threshold can reach it."""
    best, right = 0, 0
    for number, one in enumerate(ordered, 1):
        right += one.right
        is_cut = number == len(ordered) or ordered[number].confidence < one.confidence
        if is_cut and right >= least * number:
            best = number
    return best / len(ordered)


def _share(judged: Sequence[Judged], outcome: Outcome) -> float | None:
    return _mean([one.outcome == outcome for one in judged])


def _right(judged: Sequence[Judged]) -> float | None:
    return _mean([one.right for one in judged])


def _mean(values: Sequence[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None

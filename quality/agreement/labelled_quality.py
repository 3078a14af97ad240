"""How well the machine's evaluations agree with labels, question by question and in the score."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence
from conversation.errors import DatasetInvalid
from quality.agreement.labels import Label, Labels, questions_of
from quality.agreement.question import QuestionAgreement, measure_question
from quality.agreement.ratings import Rated
from quality.results import Evaluation, ItemResult
from quality.review.answers import Answer, answer_of, score_of

CLOSE_POINTS = 10.0
"""A score within so many points, of 100, is near enough (domain practice: 85 % of them)."""

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Disagreement(BaseModel):
    """A question that machine and people answer differently.

    Attributes:
        conversation_id: The contact.
        machine: The machine's answer; None where it cannot tell.
        people: Answer of each rater.
        why: What the raters say, where they say it.
        quotes: What the machine's answer rests on.
        reason_fr: The machine's reason, in French.
        reason_en: The machine's reason, in English.
    """

    model_config = _FROZEN

    conversation_id: str
    machine: Answer | None
    people: dict[str, Answer]
    why: tuple[str, ...] = ()
    quotes: tuple[Evidence, ...] = ()
    reason_fr: str
    reason_en: str


class LabelledQuestion(QuestionAgreement):
    """Agreement on a question, with every disagreement.

    Attributes:
        disagreements: Contacts on which machine and people do not give the same answer.
        not_answered: Contacts on which the machine cannot tell.
    """

    disagreements: tuple[Disagreement, ...] = ()
    not_answered: tuple[Disagreement, ...] = ()


class EliminatoryAgreement(BaseModel):
    """How well eliminatory findings are proposed.

    Attributes:
        item: The question.
        met: Contacts where people hold the condition to be met.
        proposed: Contacts where the machine proposes it.
        right: Both.
        missed: Contacts where it is met and not proposed.
        needless: Contacts where it is proposed and not met.
    """

    model_config = _FROZEN

    item: str
    met: int
    proposed: int
    right: int
    missed: tuple[str, ...] = ()
    needless: tuple[str, ...] = ()


class ScoreGap(BaseModel):
    """The score of the machine beside that of people, over the questions that are labelled.

    Attributes:
        n: Contacts that have both.
        mean_absolute_points: Mean of |machine − people|, of 100.
        mean_points: Mean of machine − people, of 100: above 0 the machine is too kind.
        close_share: Share of contacts within ±10 points.
    """

    model_config = _FROZEN

    n: int = Field(ge=0)
    mean_absolute_points: float | None = None
    mean_points: float | None = None
    close_share: float | None = Field(default=None, ge=0, le=1)


class QualityEvaluation(BaseModel):
    """Agreement of the machine with a file of labels.

    Attributes:
        labels: Name of the file or folder.
        conversations: Contacts.
        n_labels: Answers of people.
        raters: Ids of the people.
        scorecards: Cards that were used, with their version.
        questions: In the order in which the labels name them.
        kappa_070: Questions whose kappa is at least 0.70.
        eliminatory: For labels that say which conditions are met.
        score_gap: Of whole scores.
        seed: Of the intervals.
    """

    model_config = _FROZEN

    labels: str
    conversations: int
    n_labels: int
    raters: tuple[str, ...]
    scorecards: tuple[str, ...]
    questions: tuple[LabelledQuestion, ...]
    kappa_070: int
    eliminatory: tuple[EliminatoryAgreement, ...]
    score_gap: ScoreGap
    seed: int


def evaluate_labels(
    labels: Labels,
    evaluations: Mapping[str, Evaluation],
    *,
    name: str,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> QualityEvaluation:
    """Compare evaluations with labels.

    Args:
        labels: What people say.
        evaluations: What the machine says, by conversation.
        name: Of the labels, for the report.
        seed: Of the intervals.
        progress: Called with the number of questions done and of questions in all.

    Returns:
        All figures, each with its 95 % interval, and every disagreement with its quotes.

    Raises:
        DatasetInvalid: A label is about a conversation or a question that is not there.
    """
    grouped: dict[str, dict[str, list[Label]]] = {}
    for label in labels.labels:
        grouped.setdefault(label.item, {}).setdefault(label.conversation_id, []).append(label)
    results = {
        conversation: {one.id: one for one in evaluation.items}
        for conversation, evaluation in evaluations.items()
    }
    _check(labels, results)
    questions = []
    items = questions_of(labels.labels)
    for number, item in enumerate(items, start=1):
        questions.append(_question(item, grouped[item], results, seed))
        if progress is not None:
            progress(number, len(items))
    used = {label.conversation_id for label in labels.labels}
    cards = {f"{evaluations[one].scorecard} {evaluations[one].version}" for one in used}
    return QualityEvaluation(
        labels=name,
        conversations=len(used),
        n_labels=len(labels.labels),
        raters=tuple(sorted({label.rater for label in labels.labels})),
        scorecards=tuple(sorted(cards)),
        questions=tuple(questions),
        kappa_070=sum(one.kappa.value is not None and one.kappa.value >= 0.7 for one in questions),
        eliminatory=_eliminatory(labels, evaluations),
        score_gap=_score_gap(grouped, results),
        seed=seed,
    )


def _check(labels: Labels, results: Mapping[str, Mapping[str, ItemResult]]) -> None:
    for label in labels.labels:
        if label.conversation_id not in results:
            raise DatasetInvalid(
                f"the conversation {label.conversation_id!r} of a label is not among the results",
                remedy="give its result with --results, or the conversation in the file",
            )
        if label.item not in results[label.conversation_id]:
            known = ", ".join(results[label.conversation_id])
            raise DatasetInvalid(
                f"{label.conversation_id}: the card has no question {label.item!r}",
                remedy=f"name one of {known}, or give the card with --scorecard",
            )


def _rated(item: str, conversation: str, labels: list[Label], result: ItemResult) -> Rated:
    return Rated(
        conversation_id=conversation,
        item=item,
        machine=answer_of(result),
        raters=tuple(label.answer for label in labels),
        question_sha256=result.item_sha256,
    )


def _question(
    item: str,
    by_contact: Mapping[str, list[Label]],
    results: Mapping[str, Mapping[str, ItemResult]],
    seed: int,
) -> LabelledQuestion:
    rated = [_rated(item, one, by_contact[one], results[one][item]) for one in by_contact]
    measured = measure_question(item, rated, seed=seed)
    different: list[Disagreement] = []
    open_: list[Disagreement] = []
    for one in rated:
        if one.match is not None and one.match >= 1:
            continue
        result = results[one.conversation_id][item]
        given = by_contact[one.conversation_id]
        found = Disagreement(
            conversation_id=one.conversation_id,
            machine=one.machine,
            people={label.rater: label.answer for label in given},
            why=tuple(label.why for label in given if label.why),
            quotes=result.evidence,
            reason_fr=result.reason_fr,
            reason_en=result.reason_en,
        )
        (open_ if one.machine is None else different).append(found)
    return LabelledQuestion(
        **measured.model_dump(), disagreements=tuple(different), not_answered=tuple(open_)
    )


def _score_gap(
    grouped: Mapping[str, Mapping[str, list[Label]]],
    results: Mapping[str, Mapping[str, ItemResult]],
) -> ScoreGap:
    contacts: dict[str, list[str]] = {}
    for item, by_contact in grouped.items():
        for contact in by_contact:
            contacts.setdefault(contact, []).append(item)
    gaps = []
    for contact, items in contacts.items():
        machine = score_of(
            (results[contact][item].points, answer_of(results[contact][item])) for item in items
        )
        people = _score_of_people(contact, items, grouped, results[contact])
        if machine is not None and people is not None:
            gaps.append(machine - people)
    if not gaps:
        return ScoreGap(n=0)
    return ScoreGap(
        n=len(gaps),
        mean_absolute_points=fmean(abs(gap) for gap in gaps),
        mean_points=fmean(gaps),
        close_share=fmean(abs(gap) <= CLOSE_POINTS for gap in gaps),
    )


def _score_of_people(
    contact: str,
    items: list[str],
    grouped: Mapping[str, Mapping[str, list[Label]]],
    results: Mapping[str, ItemResult],
) -> float | None:
    """Average the scores of the raters, each over the questions that they answered."""
    raters = {label.rater for item in items for label in grouped[item][contact]}
    scores = [
        score_of(
            (results[item].points, label.answer)
            for item in items
            for label in grouped[item][contact]
            if label.rater == rater
        )
        for rater in raters
    ]
    known = [score for score in scores if score is not None]
    return fmean(known) if known else None


def _eliminatory(
    labels: Labels, evaluations: Mapping[str, Evaluation]
) -> tuple[EliminatoryAgreement, ...]:
    proposed = {
        contact: {one.item for one in evaluations[contact].eliminatory}
        for contact in labels.eliminatory
        if contact in evaluations
    }
    items = sorted(
        {item for contact in proposed for item in labels.eliminatory[contact] | proposed[contact]}
    )
    found = []
    for item in items:
        met = {one for one in proposed if item in labels.eliminatory[one]}
        said = {one for one in proposed if item in proposed[one]}
        found.append(
            EliminatoryAgreement(
                item=item,
                met=len(met),
                proposed=len(said),
                right=len(met & said),
                missed=tuple(sorted(met - said)),
                needless=tuple(sorted(said - met)),
            )
        )
    return tuple(found)

"""What an evaluation says in short, and the one advice that it gives: never generated praise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quality.findings import Bilingual, both
from quality.results import CoachingTip, EliminatoryProposal, ItemResult

SURE = 0.65
"""Confidence from which a lost question is sure enough to be told to an agent as advice."""

_NAMED = 3


def coaching_tip(
    results: Sequence[ItemResult], tips: Mapping[str, Bilingual]
) -> CoachingTip | None:
    """Take the advice of the question that lost most points for sure.

    Args:
        results: Of the card, in order.
        tips: The card's own words, by question.

    Returns:
        The advice; of several that lost the same, of the surest, then of the first. None where
        no question with a tip and evidence was lost for sure.
    """
    lost = [
        result
        for result in results
        if result.id in tips
        and result.evidence
        and _lost(result) > 0
        and (result.confidence or 0.0) >= SURE
    ]
    if not lost:
        return None
    worst = max(lost, key=lambda result: (_lost(result), result.confidence or 0.0))
    tip = tips[worst.id]
    return CoachingTip(
        item=worst.id,
        points_lost=_lost(worst),
        text_fr=tip.fr,
        text_en=tip.en,
        evidence=worst.evidence,
    )


def explain(
    score_100: float | None,
    results: Sequence[ItemResult],
    eliminatory: Sequence[EliminatoryProposal],
) -> Bilingual:
    """Say what a score is made of, in fixed wording.

    Args:
        score_100: Of the evaluation.
        results: Of the card, in order.
        eliminatory: Proposals.
    """
    counted = [result for result in results if result.status == "scored"]
    left = [result for result in results if result.status == "not_assessable"]
    none = [result for result in results if result.status == "not_applicable"]
    if score_100 is None:
        fr, en = ["Aucune note : rien n'a pu être jugé."], ["No score: nothing could be judged."]
    else:
        fr = [
            f"{score_100:.0f}/100 ({_comma(score_100 / 5, '.1f')}/20) sur {len(counted)} "
            f"{_plural(len(counted), 'question jugée', 'questions jugées')}, "
            f"{len(none)} sans objet, {len(left)} à juger par une personne."
        ]
        en = [
            f"{score_100:.0f}/100 ({score_100 / 5:.1f}/20) over {len(counted)} "
            f"{_plural(len(counted), 'question', 'questions')} judged, {len(none)} not "
            f"applicable, {len(left)} left to a person."
        ]
    lost = sorted((r for r in counted if _lost(r) > 0), key=_lost, reverse=True)
    if lost:
        parts_fr = [f"{r.label_fr} (−{_comma(_lost(r))})" for r in lost[:_NAMED]]
        parts_en = [f"{r.label_en} (−{_lost(r):g})" for r in lost[:_NAMED]]
        more = len(lost) - _NAMED
        fr.append(f"Points perdus : {' ; '.join(parts_fr)}{f' ; et {more} autres' * (more > 0)}.")
        en.append(f"Points lost: {'; '.join(parts_en)}{f'; and {more} more' * (more > 0)}.")
    if eliminatory:
        fr.append(
            f"Élimination proposée, à confirmer par une personne : "
            f"{' ; '.join(one.condition_fr for one in eliminatory)}."
        )
        en.append(
            f"Elimination proposed, for a person to confirm: "
            f"{'; '.join(one.condition_en for one in eliminatory)}."
        )
    return both(" ".join(fr), " ".join(en))


def _lost(result: ItemResult) -> float:
    return 0.0 if result.value is None else result.points * (1 - result.value)


def _comma(number: float, form: str = "g") -> str:
    return format(number, form).replace(".", ",")


def _plural(count: int, one: str, many: str) -> str:
    return one if count == 1 else many

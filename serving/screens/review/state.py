"""What the page of a review begins with: the card, the machine's proposal, people's answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conversation.errors import NotFound
from quality.review import GateChanged
from quality.scorecard import Scorecard
from serving.reviewing.desk import blind_session, states_of
from serving.reviewing.drafts import draft_of
from serving.routes.evaluations import review_answer
from serving.typesetting import typeset

if TYPE_CHECKING:
    from quality.results import Evaluation
    from serving.access.principal import Principal
    from serving.reviewing.contacts import Contact
    from serving.reviewing.sql_log import SqlEventLog
    from serving.screens.listening.shown import Shown
    from serving.service import Service
    from serving.sign_in_page.words import PageLanguage


def card_on_page(
    service: Service,
    principal: Principal,
    contact: Contact,
    seen: Shown,
    *,
    scorecard: str | None,
    language: PageLanguage,
) -> dict[str, object]:
    """Return the scorecard of a conversation as its page shows it, as JSON values.

    Who is to score the contact blind is given the questions and nothing of an answer.

    Args:
        service: In use.
        principal: Who looks.
        contact: The conversation.
        seen: The same as it is shown; what is masked in it is masked here.
        scorecard: Name of the card; None: that which they were assigned, else of the analysis.
        language: Of the page.

    Raises:
        NotFound: The conversation was not scored with that card.
    """
    resources = service.resources
    log = resources.desk.log(contact.stored.team)
    drafts = resources.drafts.of(contact)
    evaluation = resources.drafts.find(contact, scorecard or _assigned(service, principal, contact))
    card = _card(service, evaluation)
    blind = blind_session(log, principal, contact.stored.id, evaluation.scorecard)
    state: dict[str, object] = {
        "card": _questions(card, evaluation, language),
        "cards": [
            {"name": one.scorecard, "label": _title(service, one, language)} for one in drafts
        ],
        "blind": blind,
        "draft": None,
        "records": {},
        "review": None,
    }
    if blind is not None:
        return state
    draft = draft_of(evaluation, log)
    reviews = [
        one
        for one in states_of(log, contact.stored.id)
        if (one.subject.scorecard, one.subject.version)
        == (evaluation.scorecard, evaluation.version)
    ]
    review = review_answer(reviews[-1]).model_dump(mode="json") if reviews else None
    return state | {
        "draft": seen.scrubbed(_proposal(draft.evaluation, language) | {"gates": draft.gates}),
        "records": _records(log, evaluation, language),
        "review": seen.scrubbed(review),
    }


def _assigned(service: Service, principal: Principal, contact: Contact) -> str | None:
    from serving.reviewing.samples import Wanted

    given = service.resources.sampling.assignments(
        principal, Wanted(principal.id, contact.stored.id), limit=1
    )
    return given[0].scorecard if given else None


def _card(service: Service, evaluation: Evaluation) -> Scorecard | None:
    try:
        return service.resources.cards.get(evaluation.scorecard, evaluation.version)
    except NotFound:
        return None


def _title(service: Service, evaluation: Evaluation, language: PageLanguage) -> str:
    card = _card(service, evaluation)
    return evaluation.scorecard if card is None else card.label.text(language)


def _questions(
    card: Scorecard | None, evaluation: Evaluation, language: PageLanguage
) -> dict[str, Any]:
    """Return the sections with their questions; where the card is gone, as they were asked."""
    asked = {} if card is None else {one.id: one for one in card.items}
    sections = []
    for section in evaluation.sections:
        questions = []
        for item in evaluation.items:
            if item.section != section.id:
                continue
            question = asked.get(item.id)
            when = None if question is None else question.not_applicable
            eliminatory = None if question is None else question.eliminatory
            questions.append(
                {
                    "id": item.id, "label": typeset(item.label(language)), "points": item.points,
                    "decided_by": item.decided_by,
                    "not_applicable": None if when is None else when.text(language),
                    "eliminatory": None if eliminatory is None else eliminatory.text(language),
                }
            )  # fmt: skip
        sections.append(
            {"id": section.id, "label": section.label(language), "questions": questions}
        )
    return {
        "name": evaluation.scorecard,
        "version": evaluation.version,
        "label": evaluation.scorecard if card is None else card.label.text(language),
        "sections": sections,
    }


def _proposal(evaluation: Evaluation, language: PageLanguage) -> dict[str, Any]:
    """Return what the machine proposes, question by question."""
    return {
        "score_100": evaluation.score_100,
        "coverage": evaluation.coverage,
        "items": {
            item.id: {
                "answer": "na" if item.status == "not_applicable" else item.value,
                "status": item.status,
                "confidence": item.confidence,
                "reason": typeset(item.reason(language)),
                "evidence": [one.model_dump() for one in item.evidence],
            }
            for item in evaluation.items
        },
        "eliminatory": {
            one.item: {
                "reason": one.reason_en if language == "en" else one.reason_fr,
                "confidence": one.confidence,
                "evidence": [quote.model_dump() for quote in one.evidence],
            }
            for one in evaluation.eliminatory
        },
    }


def _records(
    log: SqlEventLog, evaluation: Evaluation, language: PageLanguage
) -> dict[str, dict[str, Any]]:
    """Return how far machine and people agreed on each question, as it was announced last."""
    asked = {item.id: item.item_sha256 for item in evaluation.items}
    found: dict[str, dict[str, Any]] = {}
    for event in log.card_events(evaluation.scorecard):
        if isinstance(event, GateChanged) and asked.get(event.item) == event.question_sha256:
            found[event.item] = {
                "gate": event.after, "kappa": event.kappa, "low": event.interval[0],
                "high": event.interval[1], "n": event.n, "at": event.at.isoformat(),
                "human_kappa": event.human_kappa,
                "reason": event.reason_en if language == "en" else event.reason_fr,
            }  # fmt: skip
    return found

"""Filling in a scorecard for one conversation, with evidence, as a draft for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue

from conversation import Conversation, ModelReference, Provenance
from conversation.errors import BadInput
from quality.coaching import coaching_tip, explain
from quality.conditions import condition_holds, parse_condition
from quality.contact import Contact
from quality.findings import Bilingual, Finding, both, not_applicable, not_assessable
from quality.helpers import NO_HELPERS, Helpers
from quality.metrics import Metrics
from quality.phrases import load_lexicon
from quality.results import (
    EliminatoryProposal,
    Evaluation,
    ItemResult,
    SectionResult,
    verify_evidence,
)
from quality.scorecard import Item, Scorecard, Section

if TYPE_CHECKING:
    from nlu import Understanding
    from quality.sentence_vectors import SentenceVectors

RULES_VERSION = "2"

CLEARLY_NEGATIVE = -0.5
"""Sentiment, −1 to 1: a customer's turn above it shows no difficulty by itself."""


def evaluate(
    conversation: Conversation,
    *,
    understanding: Understanding,
    metrics: Metrics,
    scorecard: Scorecard,
    vectors: SentenceVectors | None = None,
    helpers: Helpers = NO_HELPERS,
    stored: Evaluation | None = None,
) -> Evaluation:
    """Fill in a scorecard by rules over words, times and meaning.

    Args:
        conversation: To evaluate.
        understanding: Of it; its language, and the customer's sentiment.
        metrics: Of it.
        scorecard: To fill in.
        vectors: For questions with examples; without them these are not assessable.
        helpers: For questions that ask a knowledge base, a language model or a trained head.
        stored: An earlier evaluation of the same conversation: what a helper answered there to
            the very same question is taken over and not asked again. Everything else is decided
            anew.

    Returns:
        A draft: what the machine cannot decide is "not assessable", never 0, and stays out of
        the score.

    Raises:
        BadInput: The understanding, the metrics or the stored evaluation are of another
            conversation.
        EvidenceMismatch: A quote is not in the turn it names; a bug in a detector.
    """
    for name, other in (
        ("understanding", understanding.conversation_id),
        ("metrics", metrics.conversation_id),
        ("stored evaluation", stored.conversation_id if stored else conversation.id),
    ):
        if other != conversation.id:
            raise BadInput(
                f"got the {name} of conversation {other!r}, expected that of {conversation.id!r}",
                remedy=f"give the {name} of this conversation",
            )
    language = understanding.language or conversation.language or "fr"
    answers: dict[str, Finding] = {}
    contact = Contact(
        conversation,
        metrics=metrics,
        negative_turns=_negative_turns(conversation, understanding),
        lexicon=load_lexicon(language),
        language=language,
        understanding=understanding,
        vectors=vectors,
        helpers=helpers,
        answers=answers,
    )
    kept = _answers_of_helpers(stored, conversation)
    for item in scorecard.items:
        answers[item.id] = _decide(item, contact, kept.get(item.sha256))
    results: list[ItemResult] = []
    sections: list[SectionResult] = []
    proposals: list[EliminatoryProposal] = []
    for section in scorecard.sections:
        filled = [_result(section, item, answers[item.id], conversation) for item in section.items]
        proposals += [
            _proposal(result, item.eliminatory)
            for item, result in zip(section.items, filled, strict=True)
            if answers[item.id].eliminatory and item.eliminatory is not None
        ]
        sections.append(_section_result(section, filled))
        results += filled
    score = score_100(results)
    explanation = explain(score, results, proposals)
    return Evaluation(
        conversation_id=conversation.id,
        scorecard=scorecard.name,
        version=scorecard.version,
        language=language,
        items=tuple(results),
        sections=tuple(sections),
        score_100=score,
        coverage=coverage(results),
        eliminatory=tuple(proposals),
        explanation_fr=explanation.fr,
        explanation_en=explanation.en,
        tip=coaching_tip(results, {item.id: item.tip for item in scorecard.items if item.tip}),
        provenance=_provenance(scorecard, language, understanding, vectors, helpers),
    )


def score_100(results: Sequence[ItemResult]) -> float | None:
    """Compute 100·Σ(w·v)/Σ(w) over the scored results; None when their points sum to 0."""
    decided = [(r.points, r.value) for r in results if r.value is not None]
    weight = sum(points for points, _ in decided)
    if weight <= 0:
        return None
    return min(100.0, 100 * sum(points * value for points, value in decided) / weight)


def coverage(results: Sequence[ItemResult]) -> float:
    """Compute the share of points scored among those scored or not assessable; 0 without any."""
    decided = sum(r.points for r in results if r.status == "scored")
    possible = decided + sum(r.points for r in results if r.status == "not_assessable")
    return min(1.0, decided / possible) if possible > 0 else 0.0


def _decide(item: Item, contact: Contact, kept: Finding | None) -> Finding:
    detector = item.detector
    if not any(turn.text.strip() for turn in contact.conversation.turns):
        return not_assessable(both("Aucune parole dans le contact.", "No words in the contact."))
    asked = _asked(item, contact)
    if asked is not None:
        return asked
    if item.decided_by == "person" and detector.kind != "human":
        return not_assessable(
            both(
                "La grille réserve cette question à une personne.",
                "The card leaves this question to a person.",
            )
        )
    if detector.needs_words and not contact.has_lexicon:
        return not_assessable(
            both(
                f"Aucune liste d'expressions pour la langue « {contact.language} ».",
                f"No list of phrases for the language {contact.language!r}.",
            )
        )
    if detector.needs_agent and not contact.roles_known:
        return not_assessable(
            both(
                "Les interlocuteurs ne sont pas distingués.",
                "The speakers are not told apart.",
            )
        )
    if detector.needs_agent and not contact.turns("agent"):
        return not_assessable(both("L'agent ne dit rien.", "The agent says nothing."))
    if kept is not None and detector.asks_helper:
        return kept
    finding = detector.answer(contact, question=item.label, not_applicable=item.not_applicable)
    if finding.status == "not_applicable" and item.not_applicable is None:
        return not_assessable(finding.reason, *finding.evidence)
    return finding


def _asked(item: Item, contact: Contact) -> Finding | None:
    """Return why a question is not asked of this contact; None where it is asked."""
    if item.when is None:
        return None
    earlier = tuple(contact.answers)
    holds = condition_holds(parse_condition(item.when, earlier), contact)
    if holds is None:
        return not_assessable(
            both(
                f"On ne sait pas si la question se pose (condition : {item.when}).",
                f"Whether the question is asked cannot be known (condition: {item.when}).",
            )
        )
    if holds:
        return None
    return not_applicable(
        both(
            f"La question ne se pose pas (condition : {item.when}).",
            f"The question is not asked (condition: {item.when}).",
        ),
        confidence=1.0,
    )


def _answers_of_helpers(
    stored: Evaluation | None, conversation: Conversation
) -> dict[str, Finding]:
    """Return what is stored of each question, by the hash of the question."""
    if stored is None:
        return {}
    stored.verify(conversation)
    proposed = {one.item for one in stored.eliminatory}
    return {
        result.item_sha256: Finding(
            result.status,
            both(result.reason_fr, result.reason_en),
            result.value,
            result.confidence,
            result.evidence,
            result.id in proposed,
        )
        for result in stored.items
        if result.item_sha256 is not None and result.status != "not_assessable"
    }


def _result(
    section: Section, item: Item, finding: Finding, conversation: Conversation
) -> ItemResult:
    for one in finding.evidence:
        verify_evidence(one, conversation)
    confidence = finding.confidence
    if confidence is not None:
        heard = (conversation.turns[one.turn_index].confidence for one in finding.evidence)
        confidence *= min((h for h in heard if h is not None), default=1.0)
    return ItemResult(
        id=item.id,
        section=section.id,
        label_fr=item.label.fr,
        label_en=item.label.en,
        points=item.points,
        status=finding.status,
        value=finding.value,
        confidence=confidence,
        evidence=finding.evidence,
        reason_fr=finding.reason.fr,
        reason_en=finding.reason.en,
        decided_by=item.decided_by,
        item_sha256=item.sha256,
    )


def _proposal(result: ItemResult, condition: Bilingual) -> EliminatoryProposal:
    return EliminatoryProposal(
        item=result.id,
        label_fr=result.label_fr,
        label_en=result.label_en,
        condition_fr=condition.fr,
        condition_en=condition.en,
        reason_fr=result.reason_fr,
        reason_en=result.reason_en,
        evidence=result.evidence,
        confidence=result.confidence or 0.0,
    )


def _section_result(section: Section, results: Sequence[ItemResult]) -> SectionResult:
    return SectionResult(
        id=section.id,
        label_fr=section.label.fr,
        label_en=section.label.en,
        points=section.points,
        points_decided=sum(r.points for r in results if r.status == "scored"),
        score_100=score_100(results),
    )


def _negative_turns(
    conversation: Conversation, understanding: Understanding
) -> tuple[int, ...] | None:
    """List the customer's clearly negative turns, lowest first; None without sentiment."""
    if understanding.sentiment is None:
        return None
    negative = [
        turn
        for turn in understanding.sentiment.turns
        if turn.label == "negative"
        and turn.score <= CLEARLY_NEGATIVE
        and turn.turn_index < len(conversation.turns)
        and conversation.turns[turn.turn_index].speaker == "customer"
    ]
    return tuple(turn.turn_index for turn in sorted(negative, key=lambda turn: turn.score))


def _provenance(
    scorecard: Scorecard,
    language: str,
    understanding: Understanding,
    vectors: SentenceVectors | None,
    helpers: Helpers,
) -> Provenance:
    lexicon = load_lexicon(language)
    models: dict[ModelReference, None] = {}
    for one in understanding.provenance:
        models.update(dict.fromkeys(one.models))
    kinds = {item.detector.kind for item in scorecard.items}
    if vectors is not None and vectors.model is not None and scorecard.texts:
        models[vectors.model] = None
    if helpers.judge is not None and "llm" in kinds:
        models[helpers.judge.reference] = None
    settings: dict[str, JsonValue] = {
        "scorecard": scorecard.name,
        "scorecard_version": scorecard.version,
        "scorecard_sha256": scorecard.sha256,
        "lexicon_sha256": lexicon.sha256 if lexicon else None,
    }
    if helpers.knowledge is not None and "knowledge" in kinds:
        settings["knowledge"] = helpers.knowledge.name
    return Provenance(
        component="quality.scorecard",
        version=RULES_VERSION,
        models=tuple(models),
        settings=settings,
    )

"""Filling in a scorecard for one conversation, with evidence, as a draft for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from conversation import Conversation, Evidence, ModelReference, Provenance
from conversation.errors import BadInput
from quality.contact import Contact
from quality.findings import Bilingual, Finding, both, not_assessable
from quality.metrics import Metrics
from quality.phrases import load_lexicon
from quality.results import EliminatoryProposal, Evaluation, ItemResult, SectionResult
from quality.scorecard import Item, Scorecard, Section

if TYPE_CHECKING:
    from nlu import Understanding

RULES_VERSION = "1"

CLEARLY_NEGATIVE = -0.5
"""Sentiment, −1 to 1: a customer's turn above it shows no difficulty by itself."""


def evaluate(
    conversation: Conversation,
    *,
    understanding: Understanding,
    metrics: Metrics,
    scorecard: Scorecard,
) -> Evaluation:
    """Fill in a scorecard by rules over words and times.

    Args:
        conversation: To evaluate.
        understanding: Of it; its language, and the customer's sentiment.
        metrics: Of it.
        scorecard: To fill in.

    Returns:
        A draft: what rules cannot decide is "not assessable", never 0, and stays out of the
        score.

    Raises:
        BadInput: The understanding or the metrics are of another conversation.
    """
    for name, other in (
        ("understanding", understanding.conversation_id),
        ("metrics", metrics.conversation_id),
    ):
        if other != conversation.id:
            raise BadInput(
                f"got the {name} of conversation {other!r}, expected that of {conversation.id!r}",
                remedy=f"compute the {name} of this conversation",
            )
    language = understanding.language or conversation.language or "fr"
    contact = Contact(
        conversation,
        metrics=metrics,
        negative_turns=_negative_turns(conversation, understanding),
        lexicon=load_lexicon(language),
        language=language,
    )
    results: list[ItemResult] = []
    sections: list[SectionResult] = []
    proposals: list[EliminatoryProposal] = []
    for section in scorecard.sections:
        answers = []
        for item in section.items:
            finding = _decide(item, contact)
            result = _result(section, item, finding, conversation)
            answers.append(result)
            if finding.eliminatory and item.eliminatory is not None:
                proposals.append(_proposal(result, item.eliminatory))
        sections.append(_section_result(section, answers))
        results += answers
    return Evaluation(
        conversation_id=conversation.id,
        scorecard=scorecard.name,
        version=scorecard.version,
        language=language,
        items=tuple(results),
        sections=tuple(sections),
        score_100=score_100(results),
        coverage=coverage(results),
        eliminatory=tuple(proposals),
        provenance=_provenance(scorecard, language, understanding),
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


def _decide(item: Item, contact: Contact) -> Finding:
    detector = item.detector
    if not any(turn.text.strip() for turn in contact.conversation.turns):
        return not_assessable(both("Aucune parole dans le contact.", "No words in the contact."))
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
    finding = detector.decide(contact)
    if finding.status == "not_applicable" and item.not_applicable is None:
        return not_assessable(finding.reason, *finding.evidence)
    return finding


def _result(
    section: Section, item: Item, finding: Finding, conversation: Conversation
) -> ItemResult:
    for one in finding.evidence:
        Evidence.from_turn(conversation.turns[one.turn_index], one.quote)  # raises on a false one
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


def _provenance(scorecard: Scorecard, language: str, understanding: Understanding) -> Provenance:
    lexicon = load_lexicon(language)
    models: dict[ModelReference, None] = {}
    for one in understanding.provenance:
        models.update(dict.fromkeys(one.models))
    return Provenance(
        component="quality.scorecard",
        version=RULES_VERSION,
        models=tuple(models),
        settings={
            "scorecard": scorecard.name,
            "scorecard_version": scorecard.version,
            "scorecard_sha256": scorecard.sha256,
            "lexicon_sha256": lexicon.sha256 if lexicon else None,
        },
    )

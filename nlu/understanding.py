"""Everything that is understood of one conversation, as one value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from conversation import Conversation, ModelReference, Provenance
from models import Encoder
from nlu.axes import ContactAxes, read_axes
from nlu.axes.nature import nature_texts
from nlu.centre import NO_VOCABULARY, CentreVocabulary
from nlu.commitments import Commitment, find_commitments
from nlu.entities import Entity, find_entities
from nlu.language import detect_conversation_language
from nlu.personal_data import PersonalData, find_personal_data
from nlu.questions import CustomerQuestion, find_questions
from nlu.reason_scorer import ReasonScorer, scorer_for
from nlu.reason_votes import texts_to_encode
from nlu.reasons import ReasonResult, find_reasons
from nlu.routing import ContactFacts, RoutingHint, RoutingTable, recommend_route
from nlu.sentiment import SentimentResult, score_sentiment
from nlu.sentiment_text import clean_text
from nlu.taxonomy import Taxonomy
from nlu.wrap_up import NoteLabel, NoteRefused, WrapUpNote, write_note

REASONS_VERSION = "1"
"""Of how reasons are found, as provenance names it."""


class Understanding(BaseModel):
    """What is understood of a conversation.

    Attributes:
        conversation_id: Of the conversation, which is kept beside it.
        language: BCP 47 primary tag of most of the talk; None when there is too little to tell.
        reasons: Why the customer contacts.
        axes: What is told beside the reason: nature, urgency, repeat, outcome, opportunity.
        routing: Which queue and skills the contact asks for; None without a routing table.
        sentiment: How the customer feels along the conversation; None when no turn is known to
            be the customer's.
        questions: What the customer asks, in order.
        entities: Amounts, dates, orders and products that were said, in order.
        commitments: Who promised what, by when, in order.
        note: What an agent would type after the contact, or why there is none.
        personal_data: What is personal in the conversation as it is kept, in order.
        provenance: What computed each part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    language: str | None
    reasons: ReasonResult
    axes: ContactAxes
    routing: RoutingHint | None
    sentiment: SentimentResult | None
    questions: tuple[CustomerQuestion, ...]
    entities: tuple[Entity, ...]
    commitments: tuple[Commitment, ...]
    note: WrapUpNote | NoteRefused
    personal_data: tuple[PersonalData, ...]
    provenance: tuple[Provenance, ...]


def understand(
    conversation: Conversation,
    *,
    encoder: Encoder,
    reasons: ReasonScorer | Taxonomy,
    routing: RoutingTable | Mapping[str, RoutingTable] | None = None,
    centre: CentreVocabulary = NO_VOCABULARY,
    language: str | None = None,
    personal_data: tuple[PersonalData, ...] | None = None,
) -> Understanding:
    """Understand a conversation.

    Args:
        conversation: Any conversation; one without a customer's words gives an unknown reason.
            Payment data should be redacted in it (:mod:`nlu.redaction`): quotes are verbatim.
        encoder: Encodes each distinct text once, for all parts together.
        reasons: The contact reasons to tell apart, judged from their own words; or what judges
            them (:func:`nlu.load_reason_scorer`), such as what was trained.
        routing: The centre's table, or one for each sector by the first part of its codes
            (``tel``); without a table no route is recommended.
        centre: Products and identifiers of the centre.
        language: BCP 47 primary tag where it is known; otherwise the conversation's own, and
            where that is not known either, what its words tell.
        personal_data: What :func:`nlu.find_personal_data` says of this very conversation where
            it was asked already; it is looked for when None.

    Returns:
        The understanding; the conversation is not changed.
    """
    language = language or conversation.language or detect_conversation_language(conversation)
    conversation = conversation.model_copy(update={"language": language})
    texts = texts_to_encode(conversation)
    customer = [clean_text(turn.text) for turn in conversation.turns_of("customer")]
    once = _EncodesOnce(encoder, [*texts, *nature_texts(conversation), *customer])
    scorer = scorer_for(reasons, encoder) if isinstance(reasons, Taxonomy) else reasons
    taxonomy = scorer.taxonomy
    found = find_reasons(
        conversation,
        scorer=scorer,
        vectors=dict(zip(texts, once.encode(texts), strict=True)),
    )
    axes = read_axes(conversation, encoder=once, language=language)
    sentiment = score_sentiment(conversation, encoder=once)
    entities = find_entities(
        conversation, products=centre.products, order_patterns=centre.order_numbers
    )
    commitments = find_commitments(conversation)
    provenance = [
        Provenance(
            component="nlu.reasons",
            version=REASONS_VERSION,
            models=tuple(
                reference
                for reference in (encoder.reference, scorer.reference)
                if reference is not None
            ),
            settings={
                "scorer": scorer.name,
                "taxonomy": taxonomy.name,
                "taxonomy_version": taxonomy.version,
                "taxonomy_sha256": taxonomy.sha256,
                **asdict(scorer.settings),
            },
        ),
        axes.provenance,
        *([sentiment.provenance] if sentiment is not None else []),
    ]
    table = _table(routing, found)
    return Understanding(
        conversation_id=conversation.id,
        language=language,
        reasons=found,
        axes=axes,
        routing=recommend_route(_facts(conversation, found, axes, sentiment), table)
        if table is not None
        else None,
        sentiment=sentiment,
        questions=find_questions(conversation),
        entities=entities,
        commitments=commitments,
        note=write_note(
            conversation,
            reason=_reason_label(found, language),
            outcome=_outcome_label(axes, language),
            entities=entities,
            commitments=commitments,
        ),
        personal_data=find_personal_data(conversation, settings=centre.personal_data)
        if personal_data is None
        else personal_data,
        provenance=tuple(provenance),
    )


_OUTCOMES = {
    "resolved": ("résolu", "resolved"),
    "commitment": ("engagement pris", "commitment made"),
    "transferred": ("transféré", "transferred"),
    "unresolved": ("non résolu", "unresolved"),
}


def _reason_label(reasons: ReasonResult, language: str | None) -> NoteLabel | None:
    primary = reasons.primary
    if primary is None:
        return None
    text = primary.label_en if language == "en" else primary.label_fr
    above = primary.parent_label_en if language == "en" else primary.parent_label_fr
    return NoteLabel(text=f"{above} – {text}" if above else text, evidence=primary.evidence)


def _outcome_label(axes: ContactAxes, language: str | None) -> NoteLabel | None:
    outcome = axes.outcome
    if outcome.outcome is None or not outcome.evidence:
        return None
    french, english = _OUTCOMES[outcome.outcome]
    return NoteLabel(text=english if language == "en" else french, evidence=outcome.evidence)


def _table(
    routing: RoutingTable | Mapping[str, RoutingTable] | None, reasons: ReasonResult
) -> RoutingTable | None:
    if routing is None or isinstance(routing, RoutingTable):
        return routing
    first = reasons.primary or next(iter(reasons.candidates), None)
    return None if first is None else routing.get(first.code.split(".", maxsplit=1)[0])


def _facts(
    conversation: Conversation,
    reasons: ReasonResult,
    axes: ContactAxes,
    sentiment: SentimentResult | None,
) -> ContactFacts:
    return ContactFacts(
        reason=reasons.primary.code if reasons.primary else None,
        language=conversation.language,
        urgency=axes.urgency.level,
        mood=sentiment.overall if sentiment is not None else None,
        nature=axes.nature.primary,
        channel=conversation.channel,
        repeat=axes.repeat.stated,
        always_human=axes.urgency.always_human,
    )


class _EncodesOnce:
    """An encoder that remembers, for as long as one conversation is understood.

    Args:
        encoder: Does the work.
        texts: What is known to be needed: encoded at once, in as few batches as possible.
    """

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._encoder = encoder
        self._known: dict[str, NDArray[np.float32]] = {}
        self._learn(texts)

    @property
    def name(self) -> str:
        return self._encoder.name

    @property
    def dim(self) -> int:
        return self._encoder.dim

    @property
    def reference(self) -> ModelReference:
        return self._encoder.reference

    def encode(
        self, texts: Sequence[str], *, kind: Literal["query", "passage"] = "query"
    ) -> NDArray[np.float32]:
        if kind != "query":
            return self._encoder.encode(texts, kind=kind)
        self._learn(texts)
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.stack([self._known[text] for text in texts])

    def _learn(self, texts: Sequence[str]) -> None:
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing:
            self._known.update(zip(missing, self._encoder.encode(missing), strict=True))

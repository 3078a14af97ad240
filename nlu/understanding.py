"""Everything that is understood of one conversation, as one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from conversation import Conversation, ModelReference, Provenance
from models import Encoder
from nlu.language import detect_conversation_language
from nlu.questions import CustomerQuestion, find_questions
from nlu.reason_scorer import scorer_for
from nlu.reason_votes import texts_to_encode
from nlu.reasons import DEFAULT_SETTINGS, ReasonResult, find_reasons
from nlu.sentiment import SentimentResult, score_sentiment
from nlu.sentiment_text import clean_text
from nlu.taxonomy import Taxonomy

REASONS_VERSION = "1"
"""Of how reasons are found, as provenance names it."""


class Understanding(BaseModel):
    """What is understood of a conversation.

    Attributes:
        conversation_id: Of the conversation, which is kept beside it.
        language: BCP 47 primary tag of most of the talk; None when there is too little to tell.
        reasons: Why the customer contacts.
        sentiment: How the customer feels along the conversation; None when no turn is known to
            be the customer's.
        questions: What the customer asks, in order.
        provenance: What computed each part.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    language: str | None
    reasons: ReasonResult
    sentiment: SentimentResult | None
    questions: tuple[CustomerQuestion, ...]
    provenance: tuple[Provenance, ...]


def understand(
    conversation: Conversation,
    *,
    encoder: Encoder,
    taxonomy: Taxonomy,
    language: str | None = None,
) -> Understanding:
    """Understand a conversation.

    Args:
        conversation: Any conversation; one without a customer's words gives an unknown reason.
        encoder: Encodes each distinct text once, for all parts together.
        taxonomy: The reasons to tell apart.
        language: BCP 47 primary tag where it is known; otherwise the conversation's own, and
            where that is not known either, what its words tell.

    Returns:
        The understanding; the conversation is not changed.
    """
    language = language or conversation.language or detect_conversation_language(conversation)
    texts = texts_to_encode(conversation)
    customer = [clean_text(turn.text) for turn in conversation.turns_of("customer")]
    once = _EncodesOnce(encoder, [*texts, *customer])
    reasons = find_reasons(
        conversation,
        scorer=scorer_for(taxonomy, encoder),
        vectors=dict(zip(texts, once.encode(texts), strict=True)),
    )
    sentiment = score_sentiment(
        conversation.model_copy(update={"language": language}), encoder=once
    )
    provenance = [
        Provenance(
            component="nlu.reasons",
            version=REASONS_VERSION,
            models=(encoder.reference,),
            settings={
                "taxonomy": taxonomy.name,
                "taxonomy_version": taxonomy.version,
                "taxonomy_sha256": taxonomy.sha256,
                **asdict(DEFAULT_SETTINGS),
            },
        )
    ]
    if sentiment is not None:
        provenance.append(sentiment.provenance)
    return Understanding(
        conversation_id=conversation.id,
        language=language,
        reasons=reasons,
        sentiment=sentiment,
        questions=find_questions(conversation),
        provenance=tuple(provenance),
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

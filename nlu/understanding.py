"""Everything that is understood of one conversation."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from conversation import Conversation, Provenance
from models import Encoder
from nlu.language import detect_conversation_language
from nlu.questions import CustomerQuestion, find_questions
from nlu.reason_scorer import TaxonomyScorer
from nlu.reasons import ReasonResult, find_reasons, texts_to_encode
from nlu.sentiment import SentimentResult, score_sentiment
from nlu.taxonomy import Taxonomy


class Understanding(BaseModel):
    """What is understood of a conversation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    language: str | None
    reasons: ReasonResult
    sentiment: SentimentResult | None
    questions: tuple[CustomerQuestion, ...]
    provenance: tuple[Provenance, ...]


_SCORERS: dict[str, TaxonomyScorer] = {}


def understand(
    conversation: Conversation,
    *,
    encoder: Encoder,
    taxonomy: Taxonomy,
    language: str | None = None,
) -> Understanding:
    """Understand a conversation."""
    scorer = _SCORERS.get(taxonomy.sha256)
    if scorer is None:
        scorer = _SCORERS[taxonomy.sha256] = TaxonomyScorer(taxonomy, encoder)
    texts = texts_to_encode(conversation)
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    return Understanding(
        conversation_id=conversation.id,
        language=language or conversation.language or detect_conversation_language(conversation),
        reasons=find_reasons(conversation, scorer=scorer, vectors=vectors),
        sentiment=score_sentiment(conversation, encoder=encoder),
        questions=find_questions(conversation),
        provenance=(),
    )

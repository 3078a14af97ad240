"""Scores of texts: how the person who said them feels about what they talk of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from conversation import ModelReference
from conversation.errors import BadInput
from models import Encoder, LinearHead
from nlu.sentiment_head import (
    LABELS,
    SentimentLabel,
    label_probabilities,
    load_sentiment_head,
    sentiment_features,
)
from nlu.sentiment_irony import with_irony
from nlu.sentiment_lexicon import LexiconLanguage
from nlu.sentiment_text import clean_text, split_units

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONG_TEXT_WORDS = 25
"""A longer text is also judged sentence by sentence, and the two judgements are averaged."""

MAX_UNITS = 64
"""Sentences of one text that are judged by themselves: the first ones of a longer text."""


class SentimentScore(BaseModel):
    """What a text tells about the feeling of the person who said it.

    Attributes:
        score: −1 (very negative) to 1 (very positive): (p − n) · (1 − o), where p, n and o are
            the probabilities of positive, negative and neutral at twice the temperature. To be
            sure of a feeling is not to feel strongly: doubt and neutrality draw it to 0.
        label: The most probable of the three.
        negative: Probability.
        neutral: Probability, of a text that tells of no feeling or of good and bad at once.
        positive: Probability.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float = Field(ge=-1, le=1)
    label: SentimentLabel
    negative: float = Field(ge=0, le=1)
    neutral: float = Field(ge=0, le=1)
    positive: float = Field(ge=0, le=1)


@dataclass(frozen=True)
class ScoredText:
    """A text with its score and, when it is long, those of its sentences.

    Attributes:
        score: Of the whole text.
        units: Each sentence, verbatim in the text, with its score; empty when the text is short.
    """

    score: SentimentScore
    units: tuple[tuple[str, SentimentScore], ...] = ()


class SentimentScorer:
    """Scores texts with one encoder and the head that was trained for it.

    Args:
        encoder: Turns texts into vectors.
        head: From :func:`nlu.sentiment_head.train_sentiment_head`; the shipped one, or one
            trained on the spot for another encoder, when None.
    """

    def __init__(self, encoder: Encoder, *, head: LinearHead | None = None) -> None:
        self._encoder = encoder
        self._head = head or load_sentiment_head(encoder)

    @property
    def references(self) -> tuple[ModelReference, ...]:
        """The encoder and the head by name and content."""
        head = self._head.reference or ModelReference(name="sentiment")
        return (self._encoder.reference, head)

    def score_texts(
        self,
        texts: Sequence[str],
        vectors: NDArray[np.float32] | None = None,
        *,
        language: LexiconLanguage | None = None,
    ) -> list[SentimentScore]:
        """Score texts, each by itself.

        Args:
            texts: Any number; a text without a visible character is neutral.
            vectors: float32 array of shape ``(n_texts, dim)`` from
                ``encode(texts, kind="query")`` where the caller has it; computed when None.
            language: Of all the texts; guessed for each when None.

        Returns:
            One score for each text, in order.

        Raises:
            BadInput: ``vectors`` has another shape.
        """
        return [scored.score for scored in self.score_parts(texts, vectors, language=language)]

    def score_parts(
        self,
        texts: Sequence[str],
        vectors: NDArray[np.float32] | None = None,
        *,
        language: LexiconLanguage | None = None,
    ) -> list[ScoredText]:
        """Score texts, and the sentences of those of more than ``LONG_TEXT_WORDS`` words.

        Args:
            texts: As for :meth:`score_texts`.
            vectors: As for :meth:`score_texts`.
            language: As for :meth:`score_texts`.

        Returns:
            One value for each text, in order.

        Raises:
            BadInput: ``vectors`` has another shape.
        """
        import numpy as np

        if not texts:
            return []
        if vectors is not None and np.shape(vectors) != (len(texts), self._encoder.dim):
            raise BadInput(
                f"expected vectors of shape {(len(texts), self._encoder.dim)}, "
                f"got {np.shape(vectors)}",
                remedy='pass encoder.encode(texts, kind="query"), or nothing',
            )
        units = [_units(text) for text in texts]
        cleaned = [clean_text(text) for text in (*texts, *(u for parts in units for u in parts))]
        missing = cleaned if vectors is None else cleaned[len(texts) :]
        stacked = self._encoder.encode(missing, kind="query")
        if vectors is not None:
            stacked = np.concatenate([vectors, stacked])
        features = sentiment_features(stacked, cleaned, [language] * len(cleaned))
        odds = with_irony(label_probabilities(self._head, features), cleaned)
        odds[[not text for text in cleaned]] = (0.0, 1.0, 0.0)
        scored: list[ScoredText] = []
        cursor = len(texts)
        for whole, parts in zip(odds, units, strict=False):
            of_parts = odds[cursor : cursor + len(parts)]
            cursor += len(parts)
            both = whole
            if parts:
                weights = np.sqrt([len(part.split()) for part in parts])
                both = (whole + np.average(of_parts, axis=0, weights=weights)) / 2
            scores = tuple((p, _score(o)) for p, o in zip(parts, of_parts, strict=True))
            scored.append(ScoredText(_score(both), scores))
        return scored


def _units(text: str) -> tuple[str, ...]:
    if len(text.split()) <= LONG_TEXT_WORDS:
        return ()
    units = split_units(text)[:MAX_UNITS]
    return units if len(units) > 1 else ()


def _score(odds: NDArray[np.float64]) -> SentimentScore:
    soft = odds**0.5  # twice the temperature
    soft_negative, soft_neutral, soft_positive = (float(p) for p in soft / soft.sum())
    score = (soft_positive - soft_negative) * (1 - soft_neutral)
    negative, neutral, positive = (round(float(p), 4) for p in odds / odds.sum())
    return SentimentScore(
        score=round(max(-1.0, min(1.0, score)), 4),
        label=LABELS[int(odds.argmax())],
        negative=negative,
        neutral=neutral,
        positive=positive,
    )

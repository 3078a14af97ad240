"""From what was found to what is said: an answer, a question back, or an honest no."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb_search.answers import Answer, Citation
from kb_search.clarifying import clarification
from kb_search.confidence import CHOICES, Confidence, fitted_confidence
from kb_search.declining import reason_to_ask_back, reason_to_decline, unknown_name
from kb_search.disagreement import disagree, same_text
from kb_search.documents import Metadata, Passage
from kb_search.extracts import answer_spans, best_extract
from kb_search.index import Match, Ranking
from kb_search.signals import article_of, read_signals
from kb_search.words import Language, guess_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

ANSWER_DEPTH = 40
"""How many passages the answering wants to see of each question."""

_CLOSE = 1.0
"""Furthest that the score of a passage that is shown too, or is a choice of a question back, lies
below the best, in standard deviations of the cosine over all passages."""
_MAX_OTHER = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found.

    Attributes:
        question: As it was asked.
        vector: Of the question, float32 of shape (dim,).
        ranking: At least ``ANSWER_DEPTH`` deep where the base is; None for a question without a
            letter or digit.
    """

    question: str
    vector: NDArray[np.float32]
    ranking: Ranking | None


@dataclass(frozen=True, slots=True)
class _Rival:
    """A passage that comes close to the best one."""

    citation: Citation
    disagrees: bool


class AnswerWriter:
    """Chooses the sentences that answer, and says how sure they are.

    Args:
        passages: Of the index, by row.
        metadata: What each document says about itself, by path.
        encoder: Makes the vectors of sentences.
        languages: Of the passages.
        frequency: Gives how many passages hold a word, given as its stems in those languages
            (:func:`kb_search.words.query_stems`).
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        metadata: Mapping[str, Metadata],
        encoder: Encoder,
        *,
        languages: Sequence[Language],
        frequency: Callable[[tuple[str, ...]], int],
    ) -> None:
        self._passages = passages
        self._metadata = metadata
        self._encoder = encoder
        self._languages = tuple(languages)
        self._frequency = frequency
        self._fitted = fitted_confidence(encoder.name)

    def write(self, found: Sequence[Found]) -> list[Answer]:
        """Answer each question, ask back, or decline; sentences are encoded together.

        Two passages that contradict each other about what was asked are both shown: which one
        comes first then does not matter for the confidence.

        Args:
            found: The questions, with what they found.
        """
        given: dict[int, tuple[float, float, list[_Rival]]] = {}
        answers: dict[int, Answer] = {}
        for number, one in enumerate(found):
            sure = self._confidence(one)
            rivals = self._rivals(one) if sure.among >= sure.threshold else []
            disputed = bool(rivals) and rivals[0].disagrees
            level = max(sure.answers, sure.among) if disputed else sure.answers
            if level >= sure.threshold:
                given[number] = level, sure.threshold, rivals
            else:
                answers[number] = self._not_answered(one, level, sure)
        quotes = self._quotes([found[number] for number in given])
        for (number, (level, threshold, rivals)), quote in zip(given.items(), quotes, strict=True):
            answers[number] = Answer(
                question=found[number].question,
                outcome="answered",
                answered=True,
                confidence=round(level, 4),
                threshold=threshold,
                text=quote,
                citation=self._citation(_matches(found[number])[0], quote),
                other=tuple(rival.citation for rival in rivals[:_MAX_OTHER]),
                disagreement=bool(rivals) and rivals[0].disagrees,
            )
        return [answers[number] for number in range(len(found))]

    def _confidence(self, one: Found) -> Confidence:
        if one.ranking is None or not one.ranking.matches:
            return Confidence(0.0, 0.0, 0.0, self._fitted.threshold)
        match = one.ranking.matches[0]
        signals = read_signals(
            one.question,
            one.ranking,
            self._passages,
            self._extract_by_words(one.question, match),
            languages=self._languages,
            frequency=self._frequency,
        )
        language = self._passages[match.row].language
        spoken = guess_language(one.question, default="en" if language == "en" else "fr")
        return self._fitted.of(signals, across=spoken != language)

    def _quotes(self, wanted: Sequence[Found]) -> list[str]:
        """Return the best sentences of the best passage of each question, encoded together."""
        texts = [self._passages[_matches(one)[0].row].text for one in wanted]
        spans = [answer_spans(text) for text in texts]
        sentences = [
            text[start:end]
            for text, parts in zip(texts, spans, strict=True)
            if len(parts) > 1
            for start, end in parts
        ]
        vectors = self._encoder.encode(sentences, kind="passage") if sentences else None
        quotes: list[str] = []
        first = 0
        for one, text, parts in zip(wanted, texts, spans, strict=True):
            if len(parts) == 1 or vectors is None:
                start, end = parts[0]
            else:
                closeness = vectors[first : first + len(parts)] @ one.vector
                first += len(parts)
                start, end = best_extract(text, parts, one.question, closeness)
            quotes.append(text[start:end])
        return quotes

    def _extract_by_words(self, question: str, match: Match) -> str:
        return best_words_extract(self._passages[match.row].text, question)

    def _rivals(self, one: Found) -> list[_Rival]:
        """Return the passages that come close to the best one, what contradicts it first."""
        ranking = one.ranking
        if ranking is None:
            return []
        best = ranking.matches[0]
        text = self._passages[best.row].text
        quote = self._extract_by_words(one.question, best)
        language = self._passages[best.row].language
        rivals: list[_Rival] = []
        for match in ranking.matches[1 : 1 + _MAX_OTHER + CHOICES]:
            if _far(best, match, ranking) > _CLOSE:
                break
            passage = self._passages[match.row]
            if same_text(passage.text, text):
                continue
            citation = self._citation(match, self._extract_by_words(one.question, match))
            rivals.append(
                _Rival(
                    citation,
                    article_of(passage) != article_of(self._passages[best.row])
                    and citation.product == self._about(best).product
                    and disagree(quote, citation.quote, language),
                )
            )
        return sorted(rivals, key=lambda rival: not rival.disagrees)

    def _not_answered(self, one: Found, level: float, sure: Confidence) -> Answer:
        """Return a question back where one helps, else a refusal with its reason."""
        language = guess_language(one.question)
        matches = _matches(one)
        asked = None
        if sure.among >= sure.threshold:
            asked = clarification(self._candidates(one), language)
        if asked is not None:
            reason = reason_to_ask_back(language)
        else:
            label = self._passages[matches[0].row].label if matches else None
            name = unknown_name(one.question, self._languages, self._frequency)
            reason = reason_to_decline(one.question, label, level, sure.threshold, name, language)
        return Answer(
            question=one.question,
            outcome="declined" if asked is None else "clarify",
            answered=False,
            reason=reason,
            confidence=round(level, 4),
            threshold=sure.threshold,
            clarification=asked,
        )

    def _candidates(self, one: Found) -> list[Citation]:
        """Return the best passage of each article that lies close to the best one."""
        if one.ranking is None:
            return []
        best = one.ranking.matches[0]
        close: dict[str, Match] = {}
        for match in one.ranking.matches:
            if _far(best, match, one.ranking) > _CLOSE:
                break
            close.setdefault(article_of(self._passages[match.row]), match)
        return [
            self._citation(match, self._extract_by_words(one.question, match))
            for match in list(close.values())[: 2 * CHOICES]
        ]

    def _about(self, match: Match) -> Metadata:
        passage = self._passages[match.row]
        return passage.metadata or self._metadata[passage.document]

    def _citation(self, match: Match, quote: str) -> Citation:
        passage = self._passages[match.row]
        metadata = self._about(match)
        return Citation(
            document=passage.document,
            title=passage.title,
            heading=passage.heading,
            page=passage.page,
            passage_id=passage.id,
            quote=quote,
            state=metadata.state,
            date=metadata.valid_from or metadata.updated,
            link=metadata.url,
            product=metadata.product,
        )


def best_words_extract(text: str, question: str) -> str:
    """Return the best sentences of a passage, by their words alone.

    Args:
        text: Of the passage.
        question: As it was asked.
    """
    start, end = best_extract(text, answer_spans(text), question)
    return text[start:end]


def _matches(one: Found) -> tuple[Match, ...]:
    return one.ranking.matches if one.ranking else ()


def _far(best: Match, match: Match, ranking: Ranking) -> float:
    """Return how far a match lies below the best, in standard deviations of the cosine."""
    return (best.score - match.score) / max(ranking.dense_std, 1e-3)

"""A folder of documents that can be searched and asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, DocumentUnreadable
from kb_search.answers import Answer, Citation, Hit
from kb_search.cache import IndexCache
from kb_search.confidence import ANSWER_THRESHOLD, confidence, read_signals
from kb_search.documents import Document, Passage, Problem
from kb_search.extracts import answer_spans, best_extract
from kb_search.fusion import context_share
from kb_search.index import Match, PassageIndex, Ranking, passage_key
from kb_search.ingest import read_folder
from kb_search.settings import IngestSettings
from kb_search.words import guess_language

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

Progress = Callable[[str, int, int], None]

_ANSWER_DEPTH = 40
_OTHER_WITHIN = 0.02
_MAX_OTHER = 2


class KnowledgeBase:
    """Documents, searched by meaning and by words, that answer in their own sentences.

    Open one with :meth:`open`.

    Attributes:
        folder: Where the documents are.
        documents: Those that could be read, by path.
        passages: Those of the documents in force, in the order of the index.
        problems: Files that are not in the index, each with its reason.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encoder,
        documents: Sequence[Document],
        problems: Sequence[Problem],
        index: PassageIndex,
    ) -> None:
        self.folder = folder
        self.documents = tuple(documents)
        self.problems = tuple(problems)
        self.passages: tuple[Passage, ...] = index.passages
        self._encoder = encoder
        self._index = index
        self._by_path = {document.path: document for document in documents}

    @classmethod
    def open(
        cls,
        folder: Path,
        encoder: Encoder,
        *,
        cache_dir: Path | None = None,
        settings: IngestSettings | None = None,
        today: date | None = None,
        progress: Progress | None = None,
    ) -> KnowledgeBase:
        """Read and index a folder of documents.

        With a cache only what changed since the last time is parsed and encoded again. Several
        processes may open the same folder with the same cache at once.

        Args:
            folder: Documents, searched through with its subfolders; or a single document.
            encoder: Makes the vectors.
            cache_dir: Where indexes are kept between runs; None keeps nothing.
            settings: Limits of reading, and the length of passages.
            today: Day on which documents must be in force; the current day when None.
            progress: Called with (``"read"`` or ``"encode"``, done, in all).

        Raises:
            NotFound: The folder does not exist.
            DocumentUnreadable: It has no document that can be read and is in force.
        """
        settings = settings or IngestSettings()
        folder = Path(folder)
        cache = (
            None
            if cache_dir is None
            else IndexCache(Path(cache_dir), folder, encoder.reference, settings)
        )
        before = None if cache is None else cache.load()
        found = read_folder(
            folder,
            settings,
            known={document.path: document for document in before.documents} if before else None,
            progress=_stage(progress, "read"),
        )
        day = today or date.today()  # noqa: DTZ011, validity dates are local days
        passages = [
            passage
            for document in found.documents
            if document.metadata.in_force(day)
            for passage in document.passages
        ]
        if not passages:
            raise DocumentUnreadable(
                f"none of the {len(found.documents)} documents of {folder} is in force on {day}",
                remedy="look at state, valid_from and valid_to in their front matter",
            )
        if before is not None and before.index.passages == tuple(passages):
            index = before.index
        else:
            known = {} if before is None else _known_vectors(before.index)
            index = PassageIndex.build(
                passages, encoder, known=known, progress=_stage(progress, "encode")
            )
        if cache is not None and (
            before is None or before.index is not index or before.documents != found.documents
        ):
            cache.save(found.documents, index)
        return cls(folder, encoder, found.documents, found.problems, index)

    def search(self, query: str, *, k: int = 5) -> list[Hit]:
        """Return the passages that fit a query best.

        Args:
            query: A question or keywords, in French or English.
            k: How many at most.

        Raises:
            BadInput: ``k`` is not positive.
        """
        return self.search_many([query], k=k)[0]

    def search_many(self, queries: Sequence[str], *, k: int = 5) -> list[list[Hit]]:
        """Return the passages that fit each of many queries best; they are encoded together.

        Args:
            queries: Questions or keywords; one without a letter or digit finds nothing.
            k: How many passages at most for each.

        Raises:
            BadInput: ``k`` is not positive.
        """
        if k < 1:
            raise BadInput(f"k is {k}, expected at least 1", remedy="ask for one passage or more")
        return [
            [
                Hit(
                    rank=rank,
                    passage=self.passages[match.row],
                    score=match.score,
                    dense=match.dense,
                    words=match.words,
                    letters=match.letters,
                )
                for rank, match in enumerate(ranking.matches, 1)
            ]
            if ranking
            else []
            for _, ranking in self._rank(queries, k)
        ]

    def answer(self, question: str, *, context: str = "") -> Answer:
        """Answer a question with sentences of the knowledge base, or decline.

        Args:
            question: As it was asked; what it says is only ever searched for, never obeyed.
            context: What was said just before; a question of few words leans on it.
        """
        return self.answer_many([question], contexts=[context])[0]

    def answer_many(
        self, questions: Sequence[str], *, contexts: Sequence[str] | None = None
    ) -> list[Answer]:
        """Answer many questions; they are encoded together.

        Args:
            questions: As they were asked.
            contexts: What was said just before each question, empty where nothing was; None for
                questions that stand alone.

        Raises:
            BadInput: There are not as many contexts as questions.
        """
        if contexts is not None and len(contexts) != len(questions):
            raise BadInput(
                f"got {len(contexts)} contexts for {len(questions)} questions",
                remedy="give one context, empty if need be, for each question",
            )
        ranked = self._rank(questions, _ANSWER_DEPTH, contexts)
        sure = [
            confidence(read_signals(ranking, self.passages)) if ranking else 0.0
            for _, ranking in ranked
        ]
        asked = [number for number, level in enumerate(sure) if level >= ANSWER_THRESHOLD]
        quotes = self._quotes(
            [
                (questions[number], ranked[number][0], _matches(ranked[number][1])[0])
                for number in asked
            ]
        )
        answers = [
            self._declined(question, level, ranking)
            for question, level, (_, ranking) in zip(questions, sure, ranked, strict=True)
        ]
        for number, quote in zip(asked, quotes, strict=True):
            matches = _matches(ranked[number][1])
            answers[number] = Answer(
                question=questions[number],
                answered=True,
                confidence=round(sure[number], 4),
                threshold=ANSWER_THRESHOLD,
                text=quote,
                citation=self._citation(matches[0], quote),
                other=tuple(self._other(questions[number], matches)),
            )
        return answers

    def _rank(
        self, questions: Sequence[str], k: int, contexts: Sequence[str] | None = None
    ) -> list[tuple[NDArray[np.float32], Ranking | None]]:
        """Return each question's vector and ranking; None for one without a letter or digit."""
        vectors = self._encoder.encode(list(questions), kind="query")
        if contexts is not None:
            vectors = self._in_context(questions, vectors, contexts)
        return [
            (
                vector,
                self._index.search(question, vector, k=k)
                if any(letter.isalnum() for letter in question)
                else None,
            )
            for question, vector in zip(questions, vectors, strict=True)
        ]

    def _in_context(
        self, questions: Sequence[str], vectors: NDArray[np.float32], contexts: Sequence[str]
    ) -> NDArray[np.float32]:
        """Mix the vectors of short questions with those of what was said before them."""
        shares = {
            number: context_share(question)
            for number, (question, context) in enumerate(zip(questions, contexts, strict=True))
            if context.strip() and context_share(question) > 0
        }
        said = self._encoder.encode([contexts[number] for number in shares], kind="query")
        mixed = vectors.copy()
        for (number, share), context_vector in zip(shares.items(), said, strict=True):
            vector = (1 - share) * vectors[number] + share * context_vector
            mixed[number] = vector / max(float((vector @ vector) ** 0.5), 1e-9)
        return mixed

    def _quotes(self, wanted: Sequence[tuple[str, NDArray[np.float32], Match]]) -> list[str]:
        """Return the best sentences for questions whose passage is known, encoded together."""
        texts = [self.passages[match.row].text for _, _, match in wanted]
        spans = [answer_spans(text) for text in texts]
        sentences = [
            text[start:end]
            for text, parts in zip(texts, spans, strict=True)
            if len(parts) > 1
            for start, end in parts
        ]
        vectors = self._encoder.encode(sentences, kind="passage")
        quotes: list[str] = []
        first = 0
        for (question, vector, _), text, parts in zip(wanted, texts, spans, strict=True):
            if len(parts) == 1:
                start, end = parts[0]
            else:
                closeness = vectors[first : first + len(parts)] @ vector
                first += len(parts)
                start, end = best_extract(text, parts, question, closeness)
            quotes.append(text[start:end])
        return quotes

    def _other(self, question: str, matches: Sequence[Match]) -> list[Citation]:
        """Cite the passages that come close to the best one; their words choose the sentences."""
        citations: list[Citation] = []
        for match in matches[1 : 1 + _MAX_OTHER]:
            if match.score >= matches[0].score - _OTHER_WITHIN:
                text = self.passages[match.row].text
                start, end = best_extract(text, answer_spans(text), question)
                citations.append(self._citation(match, text[start:end]))
        return citations

    def _citation(self, match: Match, quote: str) -> Citation:
        passage = self.passages[match.row]
        return Citation(
            document=passage.document,
            title=passage.title,
            heading=passage.heading,
            page=passage.page,
            passage_id=passage.id,
            quote=quote,
            state=self._by_path[passage.document].metadata.state,
        )

    def _declined(self, question: str, level: float, ranking: Ranking | None) -> Answer:
        french = guess_language(question) == "fr"
        matches = _matches(ranking)
        if not matches:
            reason = (
                "La question ne contient aucun mot."
                if french
                else "The question does not hold any word."
            )
        else:
            label = self.passages[matches[0].row].label
            reason = (
                f"Aucun passage ne répond assez sûrement : le plus proche est « {label} », "
                f"confiance {level:.2f} pour un seuil de {ANSWER_THRESHOLD:.2f}."
                if french
                else f"No passage answers this surely enough: the closest is “{label}”, "
                f"confidence {level:.2f} for a threshold of {ANSWER_THRESHOLD:.2f}."
            )
        return Answer(
            question=question,
            answered=False,
            reason=reason,
            confidence=round(level, 4),
            threshold=ANSWER_THRESHOLD,
        )


def _matches(ranking: Ranking | None) -> tuple[Match, ...]:
    return ranking.matches if ranking else ()


def _known_vectors(index: PassageIndex) -> dict[str, NDArray[np.float32]]:
    return {
        passage_key(passage): vector
        for passage, vector in zip(index.passages, index.vectors, strict=True)
    }


def _stage(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)

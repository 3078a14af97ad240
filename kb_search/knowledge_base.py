"""A folder of documents that can be searched and asked."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from conversation.errors import BadInput, DocumentUnreadable
from kb_search.answering import ANSWER_DEPTH, AnswerWriter, Found
from kb_search.answers import Answer, Hit
from kb_search.documents import Document, Passage, Problem
from kb_search.filters import Filters
from kb_search.fusion import context_share
from kb_search.index import PassageIndex, Ranking
from kb_search.settings import IngestSettings
from kb_search.store import IngestReport, KnowledgeStore, StoreUnusable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

Progress = Callable[[str, int, int], None]


class KnowledgeBase:
    """Documents, searched by meaning and by words, that answer in their own sentences.

    Open one with :meth:`open`, or take one from a :class:`kb_search.store.KnowledgeStore`.

    Args:
        encoder: Makes the vectors of questions.
        index: Of the passages in force.
        documents: Gives all documents.
        problems: Files that are not in the index.

    Attributes:
        passages: Those in force, in the order of the index.
        problems: Files that are not in the index, each with its reason.
    """

    def __init__(
        self,
        encoder: Encoder,
        index: PassageIndex,
        *,
        documents: Callable[[], tuple[Document, ...]],
        problems: Sequence[Problem] = (),
    ) -> None:
        self.problems = tuple(problems)
        self.passages: Sequence[Passage] = index.passages
        self._documents = documents
        self._encoder = encoder
        self._index = index
        self._writer = AnswerWriter(
            self.passages,
            index.metadata,
            encoder,
            languages=index.languages,
            frequency=index.frequency,
        )

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """All documents by path, also those that are not in force."""
        return self._documents()

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
            cache_dir: Where indexes are kept between runs; None keeps nothing. One that is
                damaged is made again, one that cannot be written is done without.
            settings: Limits of reading, and the length of passages.
            today: Day on which documents must be in force; the current day when None.
            progress: Called with (``"read"`` or ``"encode"``, done, in all).

        Raises:
            NotFound: The folder does not exist.
            DocumentUnreadable: It has no document that can be read and is in force.
        """
        folder = Path(folder)
        day = today or date.today()  # noqa: DTZ011, validity dates are local days
        store, report = _read(folder, encoder, cache_dir, settings or IngestSettings(), progress)
        found = store.knowledge_base(today=day, progress=progress)
        if not found.passages:
            raise DocumentUnreadable(
                f"none of the {len(found.documents)} documents of {folder} is in force on {day}",
                remedy="look at state, valid_from and valid_to in their front matter",
            )
        found.problems = report.problems
        return found

    def search(self, query: str, *, k: int = 5, filters: Filters | None = None) -> list[Hit]:
        """Return the passages that fit a query best.

        Args:
            query: A question or keywords, in French or English.
            k: How many at most.
            filters: What a passage must be to be found.

        Raises:
            BadInput: ``k`` is not positive.
        """
        return self.search_many([query], k=k, filters=filters)[0]

    def search_many(
        self, queries: Sequence[str], *, k: int = 5, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Return the passages that fit each of many queries best; they are encoded together.

        Args:
            queries: Questions or keywords; one without a letter or digit finds nothing.
            k: How many passages at most for each.
            filters: What a passage must be to be found.

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
            for _, ranking in self._rank(queries, k, filters)
        ]

    def answer(self, question: str, *, context: str = "", filters: Filters | None = None) -> Answer:
        """Answer a question with sentences of the knowledge base, or decline.

        Args:
            question: As it was asked; what it says is only ever searched for, never obeyed.
            context: What was said just before; a question of few words leans on it.
            filters: What a passage must be to be found.
        """
        return self.answer_many([question], contexts=[context], filters=filters)[0]

    def answer_many(
        self,
        questions: Sequence[str],
        *,
        contexts: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> list[Answer]:
        """Answer many questions; they are encoded together.

        Args:
            questions: As they were asked.
            contexts: What was said just before each question, empty where nothing was; None for
                questions that stand alone.
            filters: What a passage must be to be found.

        Raises:
            BadInput: There are not as many contexts as questions.
        """
        if contexts is not None and len(contexts) != len(questions):
            raise BadInput(
                f"got {len(contexts)} contexts for {len(questions)} questions",
                remedy="give one context, empty if need be, for each question",
            )
        return self._writer.write(
            [
                Found(question, vector, ranking)
                for question, (vector, ranking) in zip(
                    questions, self._rank(questions, ANSWER_DEPTH, filters, contexts), strict=True
                )
            ]
        )

    def _rank(
        self,
        questions: Sequence[str],
        k: int,
        filters: Filters | None,
        contexts: Sequence[str] | None = None,
    ) -> list[tuple[NDArray[np.float32], Ranking | None]]:
        """Return each question's vector and ranking; None where nothing can be found.

        That is for a question without a letter or digit, and where no passage may be found.
        """
        vectors = self._encoder.encode(list(questions), kind="query")
        if contexts is not None:
            vectors = self._in_context(questions, vectors, contexts)
        ranked: list[tuple[NDArray[np.float32], Ranking | None]] = []
        for question, vector in zip(questions, vectors, strict=True):
            ranking = None
            if any(letter.isalnum() for letter in question):
                ranking = self._index.search(question, vector, k=k, filters=filters)
            ranked.append((vector, ranking if ranking and ranking.matches else None))
        return ranked

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


def _read(
    folder: Path,
    encoder: Encoder,
    cache_dir: Path | None,
    settings: IngestSettings,
    progress: Progress | None,
) -> tuple[KnowledgeStore, IngestReport]:
    """Bring a folder into a store of its own; one that cannot be used is made again."""
    from sqlalchemy.exc import DatabaseError

    if cache_dir is not None:
        name = hashlib.sha256(f"{folder.resolve()}\0{settings.model_dump_json()}".encode())
        kept_in = Path(cache_dir) / name.hexdigest()[:24]
        for _ in range(2):
            with suppress(StoreUnusable, DatabaseError, OSError):
                store = KnowledgeStore.open(kept_in, encoder, settings=settings)
                return store, store.add([folder], progress=progress)
            shutil.rmtree(kept_in, ignore_errors=True)
    store = KnowledgeStore.open(None, encoder, settings=settings)
    return store, store.add([folder], progress=progress)

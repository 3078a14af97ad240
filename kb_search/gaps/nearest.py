"""The article that comes closest to a gap, and why it does not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import TYPE_CHECKING, Protocol

from kb_search.answers import Answer, Hit
from kb_search.documents import Document, Metadata, Passage
from kb_search.filters import Filters
from kb_search.gaps.report import NearestArticle, Why

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import Encoder

MAX_LAPSED = 2_000
"""Most passages of documents not in force that are compared with the gaps."""

_WEAK_FROM = 0.8
"""Share of the threshold from which an article is called weak; below it, none is there."""

_CLEARLY = 0.005
"""By how much a document not in force must be closer than all that are."""


class Library(Protocol):
    """A knowledge base as the search for gaps reads it."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """All documents, also those that are not in force."""
        ...

    def search_many(
        self, queries: Sequence[str], *, k: int = 5, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Return the passages that fit each query best."""
        ...

    def answer_many(
        self,
        questions: Sequence[str],
        *,
        contexts: Sequence[str] | None = None,
        filters: Filters | None = None,
    ) -> list[Answer]:
        """Answer each question, or decline."""
        ...


class NearestFinder:
    """Finds the nearest article of gaps.

    Args:
        library: The base.
        encoder: Compares questions with what is not in force, and so is in no index.
        filters: What the readers in question may see.
        today: Day on which documents are in force.
    """

    def __init__(
        self, library: Library, encoder: Encoder, *, filters: Filters | None, today: date
    ) -> None:
        self._library = library
        self._encoder = encoder
        self._filters = filters or Filters()
        self._metadata = {document.path: document.metadata for document in library.documents}
        self._lapsed: list[tuple[Passage, Metadata]] = []
        for document in library.documents:
            for passage in document.passages:
                metadata = document.metadata_of(passage)
                if not metadata.in_force(today) and not _begins_later(metadata, today):
                    self._lapsed.append((passage, metadata))
        self._lapsed = self._lapsed[:MAX_LAPSED]
        self._lapsed_vectors: NDArray[np.float32] | None = None

    def find(
        self, wordings: Sequence[str], *, contradicted: bool
    ) -> tuple[Why, NearestArticle | None]:
        """Return why the base does not answer, and the article that comes closest.

        Args:
            wordings: Typical questions of the gap.
            contradicted: Whether agents say something else than what the base answers.
        """
        hits = [found[0] for found in self._library.search_many(wordings, k=1) if found]
        answers = self._library.answer_many(wordings)
        lapsed = self._closest_lapsed(wordings)
        dense = median([hit.dense for hit in hits]) if hits else 0.0
        if lapsed is not None and lapsed[0] > dense + _CLEARLY:
            _, passage, metadata = lapsed
            return "outdated", _article(passage, metadata, None)
        if not hits:
            return "missing", None
        counts = Counter(hit.passage.document for hit in hits)
        document = max(counts, key=lambda path: (counts[path], path))
        passage = next(hit.passage for hit in hits if hit.passage.document == document)
        metadata = passage.metadata or self._metadata[document]
        sure = median([answer.confidence for answer in answers])
        threshold = median([answer.threshold for answer in answers])
        article = _article(passage, metadata, round(sure, 4))
        if sure >= threshold and not self._filters.admit(metadata, passage.language):
            return "wrong_audience", article
        if contradicted:
            return "outdated", article
        return ("weak" if sure >= _WEAK_FROM * threshold else "missing"), article

    def _closest_lapsed(self, wordings: Sequence[str]) -> tuple[float, Passage, Metadata] | None:
        """Return the passage not in force that is closest to most wordings, with its cosine."""
        import numpy as np

        if not self._lapsed:
            return None
        if self._lapsed_vectors is None:
            texts = [f"{passage.label}\n{passage.text}" for passage, _ in self._lapsed]
            self._lapsed_vectors = self._encoder.encode(texts, kind="passage")
        cosines = self._encoder.encode(list(wordings), kind="query") @ self._lapsed_vectors.T
        middle = np.median(cosines, axis=0)
        row = int(middle.argmax())
        return float(middle[row]), *self._lapsed[row]


def _begins_later(metadata: Metadata, today: date) -> bool:
    return metadata.valid_from is not None and metadata.valid_from > today


def _article(passage: Passage, metadata: Metadata, confidence: float | None) -> NearestArticle:
    return NearestArticle(
        document=passage.document,
        title=passage.title,
        heading=passage.heading,
        state=metadata.state,
        audience=metadata.audience,
        valid_to=metadata.valid_to,
        confidence=confidence,
    )

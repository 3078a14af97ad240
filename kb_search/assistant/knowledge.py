"""What the assistant asks of a knowledge base: passages, and the words of one to show."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from kb_search.answers import Citation, Hit
from kb_search.documents import Metadata, Passage
from kb_search.extracts import answer_spans, best_extract
from kb_search.filters import Filters

if TYPE_CHECKING:
    from kb_search.knowledge_base import KnowledgeBase
    from models import Encoder


class Knowledge(Protocol):
    """What passages can be found in and cited from."""

    def search_many(
        self, queries: Sequence[str], *, k: int, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Return the passages that fit each query best."""
        ...

    def cite(self, passage: Passage, question: str) -> Citation:
        """Quote the sentences of a passage that fit a question, at most 60 words."""
        ...


class CitedBase:
    """A knowledge base whose passages can be cited.

    Args:
        base: What is searched.
        encoder: Of the base; it chooses the sentences of passages that are too long for a card.
    """

    def __init__(self, base: KnowledgeBase, encoder: Encoder) -> None:
        self._base = base
        self._encoder = encoder

    @cached_property
    def _metadata(self) -> dict[str, Metadata]:
        return {document.path: document.metadata for document in self._base.documents}

    def search_many(
        self, queries: Sequence[str], *, k: int, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Return the passages that fit each query best; they are encoded together.

        Args:
            queries: What was said.
            k: How many passages at most for each.
            filters: Which part of the base may be used; None: all that is in force.
        """
        return self._base.search_many(queries, k=k, filters=filters)

    def cite(self, passage: Passage, question: str) -> Citation:
        """Quote the sentences of a passage that fit a question, at most 60 words.

        Args:
            passage: Of the base.
            question: What was said.
        """
        spans = answer_spans(passage.text)
        closeness = None
        if len(spans) > 1:
            sentences = [passage.text[start:end] for start, end in spans]
            vectors = self._encoder.encode(sentences, kind="passage")
            closeness = vectors @ self._encoder.encode([question], kind="query")[0]
        start, end = best_extract(passage.text, spans, question, closeness)
        metadata = passage.metadata or self._metadata[passage.document]
        return Citation(
            document=passage.document,
            title=passage.title,
            heading=passage.heading,
            page=passage.page,
            passage_id=passage.id,
            quote=passage.text[start:end],
            state=metadata.state,
            date=metadata.valid_from,
            link=metadata.url,
            product=metadata.product,
        )

"""Search in what was said: by words, by meaning, or both together."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, insert

from conversation import Turn
from conversation.errors import BadInput
from serving.access.visibility import EVERYTHING, Visibility
from serving.store.by_meaning import pack_vectors
from serving.store.by_words import most_said
from serving.store.cursors import cursor_of_rank, rank_of
from serving.store.held_vectors import HeldVectors
from serving.store.hits import TURNS_SHOWN, Ranked, SearchPage, fused, hits_of
from serving.store.parts import StorePart
from serving.store.tables import ConversationRow, TurnRow, TurnVectorsRow
from serving.store.values import NO_FILTERS, Filters
from serving.store.visible import matching, seen_by
from serving.store.words import Term, stems_to_index, terms_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

SearchBy = Literal["words", "meaning", "both"]

DEPTH = 500
"""Conversations that are ranked; further pages than these there are none."""


@dataclass(frozen=True)
class QueryVector:
    """A query as an encoder sees it.

    Attributes:
        values: float32 array of shape (dim,), of length 1.
        encoder_sha: SHA-256 of the encoder.
    """

    values: NDArray[np.float32]
    encoder_sha: str


class Searching(StorePart):
    """Keeps what was said so that it is found again, and finds it."""

    _held: HeldVectors

    def _started(self) -> None:
        super()._started()
        self._held = HeldVectors()

    def _left(self, conversation_ids: Sequence[str]) -> None:
        super()._left(conversation_ids)
        self._held.forget(conversation_ids)

    def index_turns(
        self,
        conversation_id: str,
        turns: Sequence[Turn],
        vectors: NDArray[np.floating] | None = None,
        encoder_sha: str | None = None,
        *,
        language: str | None = None,
        session: Session | None = None,
    ) -> bool:
        """Make a conversation's turns searchable, in place of those that were before.

        Args:
            conversation_id: Whose.
            turns: What was said.
            vectors: float array of shape (n_turns, dim), one row for each of ``turns``, each of
                length 1; None: they are found by words only.
            encoder_sha: SHA-256 of the encoder that made them.
            language: Of turns that do not say theirs.
            session: Of the transaction that it belongs to; None: one of its own.

        Returns:
            Whether the conversation is still in the store.

        Raises:
            ValueError: There are not as many vectors as turns, or their encoder is not named.
        """
        packed = None
        if vectors is not None:
            if len(vectors) != len(turns) or not encoder_sha:
                raise ValueError(
                    f"{len(vectors)} vectors of {encoder_sha!r} for {len(turns)} turns"
                )
            packed = pack_vectors(vectors, [turn.index for turn in turns])
        rows = [
            {
                "conversation_id": conversation_id,
                "turn_index": turn.index,
                "speaker": turn.speaker,
                "start_s": turn.start_s,
                "text": turn.text.replace("\x00", ""),  # PostgreSQL takes none in a text
                "stems": stems_to_index(turn.text, turn.language or language),
            }
            for turn in turns
        ]
        own = self._database.writing() if session is None else nullcontext(session)
        with own as session:
            held = session.get(ConversationRow, conversation_id, with_for_update=True)
            if held is None:
                return False
            for table in (TurnRow, TurnVectorsRow):
                session.execute(delete(table).where(table.conversation_id == conversation_id))
            if rows:
                session.execute(insert(TurnRow), rows)
            if packed is not None and rows:
                session.add(
                    TurnVectorsRow(
                        conversation_id=conversation_id,
                        encoder_sha=encoder_sha,
                        turn_count=packed.count,
                        dim=packed.dim,
                        turn_indexes=packed.indexes,
                        vectors=packed.vectors,
                    )
                )
        self._held.forget((conversation_id,))
        return True

    def search(
        self,
        query: str,
        *,
        limit: int,
        cursor: str | None = None,
        by: SearchBy = "both",
        vector: QueryVector | None = None,
        filters: Filters = NO_FILTERS,
        visibility: Visibility = EVERYTHING,
    ) -> SearchPage:
        """Find conversations by what was said in them, best first.

        By words, a conversation counts the more often it has the rarer words of the query (BM25
        over the turns that have them). By meaning, it counts as its nearest turn. Together, the
        two orders are fused by rank (reciprocal rank fusion).

        Args:
            query: Words, with ``"…"`` around those that must be said in a row.
            limit: Most to return.
            cursor: Where to begin, from the page before; None: with the best.
            by: ``words``, ``meaning``, or ``both``: by words alone where there is no vector.
            vector: The query as an encoder sees it.
            filters: Which conversations.
            visibility: What may be seen.

        Raises:
            BadInput: The cursor is none of ours, or there is nothing that could be looked for.
        """
        start = 0 if cursor is None else rank_of(cursor)
        terms = self._terms(query, by, vector)
        conditions = (seen_by(visibility), matching(filters, self._database.kind))
        with self._database.reading() as session:
            orders: list[dict[str, Ranked]] = []
            if terms:
                said = most_said(session, terms, conditions, self._database.kind, limit=DEPTH)
                orders.append({one: Ranked(score, {}) for one, score in said})
            if vector is not None and by != "words":
                near = self._held.nearest(
                    session, vector.values, vector.encoder_sha, conditions,
                    limit=DEPTH, turns=TURNS_SHOWN,
                )  # fmt: skip
                orders.append(
                    {one.conversation_id: Ranked(one.similarity, dict(one.turns)) for one in near}
                )
            ranked = orders[0] if len(orders) == 1 else fused(orders)
            best = list(ranked.items())[start : start + limit + 1]
            hits = hits_of(session, dict(best[:limit]), terms)
        more = len(best) > limit
        return SearchPage(hits, cursor_of_rank(start + limit) if more else None)

    def _terms(self, query: str, by: SearchBy, vector: QueryVector | None) -> tuple[Term, ...]:
        if by == "meaning":
            if vector is None:
                raise BadInput(
                    "a search by meaning needs the query's vector", remedy="search by words"
                )
            return ()
        try:
            return terms_of(query)
        except BadInput:
            if by == "both" and vector is not None:
                return ()
            raise

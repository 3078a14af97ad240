"""The conversations that say the words of a query."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, func, select

from serving.store.tables import ConversationRow, TurnRow
from serving.store.words import Term, said_by_turn

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

K1 = 1.2


def most_said(
    session: Session,
    terms: Sequence[Term],
    conditions: Sequence[ColumnElement[bool]],
    dialect: str,
    *,
    limit: int,
) -> list[tuple[str, float]]:
    """Rank conversations by the words that were said in them.

    The score is BM25 with the conversation as the document and the turns that have a word as its
    frequency, whatever its length (Robertson and Zaragoza, "The Probabilistic Relevance
    Framework: BM25 and Beyond", 2009, b = 0). It is computed from plain counts, so that both
    databases give the same order.

    Args:
        session: Where to look.
        terms: What is looked for.
        conditions: Which conversations.
        dialect: ``sqlite`` or ``postgresql``.
        limit: Most to return.

    Returns:
        Ids and scores, best first.
    """
    total = session.scalar(select(func.count()).select_from(ConversationRow).where(*conditions))
    scores: dict[str, float] = {}
    for term in terms:
        counts = session.execute(_counts(term, conditions, dialect)).all()
        weight = math.log(1 + ((total or 0) - len(counts) + 0.5) / (len(counts) + 0.5))
        for conversation_id, turns in counts:
            gain = weight * turns * (K1 + 1) / (turns + K1)
            scores[conversation_id] = scores.get(conversation_id, 0.0) + gain
    return heapq.nsmallest(limit, scores.items(), key=lambda found: (-found[1], found[0]))


def _counts(
    term: Term, conditions: Sequence[ColumnElement[bool]], dialect: str
) -> Select[str, int]:
    """Say for each conversation how many of its turns have a term."""
    return (
        select(ConversationRow.id, func.count())
        .join(TurnRow, TurnRow.conversation_id == ConversationRow.id)
        .where(said_by_turn(term, dialect), *conditions)
        .group_by(ConversationRow.id)
    )

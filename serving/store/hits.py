"""What a search gives: conversations, and the turns that show why they were found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from serving.store.tables import ConversationRow, TurnRow
from serving.store.values import StoredConversation
from serving.store.words import Snippet, Term, said_in_stems, snippet_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TURNS_SHOWN = 3
_RANK_CONSTANT = 60  # of reciprocal rank fusion


@dataclass(frozen=True)
class TurnHit:
    """A turn that shows why a conversation was found.

    Attributes:
        turn_index: Place in the conversation.
        speaker: Who said it.
        start_s: Seconds from the start of the recording; None for text.
        snippet: The part that shows it.
        similarity: Cosine to the query; None where it was found by its words alone.
    """

    turn_index: int
    speaker: str
    start_s: float | None
    snippet: Snippet
    similarity: float | None


@dataclass(frozen=True)
class SearchHit:
    """A conversation that was found.

    Attributes:
        conversation: The conversation.
        score: Larger is better; comparable within one search only.
        turns: Where, best first.
    """

    conversation: StoredConversation
    score: float
    turns: tuple[TurnHit, ...]


@dataclass(frozen=True)
class SearchPage:
    """Some conversations, best first.

    Attributes:
        hits: The conversations.
        next_cursor: Where the next page begins; None on the last.
    """

    hits: tuple[SearchHit, ...]
    next_cursor: str | None


@dataclass(frozen=True)
class Ranked:
    """A conversation in an order.

    Attributes:
        score: Larger is better.
        near: Cosines to the query of its nearest turns, by their place; none by words.
    """

    score: float
    near: Mapping[int, float]


def fused(orders: Sequence[Mapping[str, Ranked]]) -> dict[str, Ranked]:
    """Fuse orders by rank (Cormack, Clarke and Büttcher, SIGIR 2009).

    Args:
        orders: Conversations by id, best first.
    """
    scores: dict[str, float] = {}
    near: dict[str, Mapping[int, float]] = {}
    for order in orders:
        for rank, (conversation_id, found) in enumerate(order.items(), start=1):
            scores[conversation_id] = scores.get(conversation_id, 0.0) + 1 / (_RANK_CONSTANT + rank)
            near[conversation_id] = found.near or near.get(conversation_id, {})
    best = sorted(scores, key=lambda one: (-scores[one], one))
    return {one: Ranked(scores[one], near[one]) for one in best}


def hits_of(
    session: Session, ranked: Mapping[str, Ranked], terms: Sequence[Term]
) -> tuple[SearchHit, ...]:
    """Read the conversations that were found, with the turns that show it.

    Args:
        session: Where they were found.
        ranked: The conversations by id, best first.
        terms: What was looked for.
    """
    of_these = ConversationRow.id.in_(ranked)
    rows = {row.id: row for row in session.scalars(select(ConversationRow).where(of_these))}
    turns: dict[str, list[TurnRow]] = {}
    for turn in session.scalars(select(TurnRow).where(TurnRow.conversation_id.in_(ranked))):
        turns.setdefault(turn.conversation_id, []).append(turn)
    return tuple(
        SearchHit(
            StoredConversation.model_validate(rows[one]),
            found.score,
            _shown(turns.get(one, []), terms, found.near),
        )
        for one, found in ranked.items()
    )


def _shown(
    turns: Sequence[TurnRow], terms: Sequence[Term], near: Mapping[int, float]
) -> tuple[TurnHit, ...]:
    """Pick the turns with most of the terms, then the nearest ones."""
    counts = {}
    for turn in turns:
        stems = turn.stems.split()
        counts[turn.turn_index] = sum(said_in_stems(term, stems) for term in terms)

    def merit(turn: TurnRow) -> tuple[float, float, int]:
        return (-counts[turn.turn_index], -near.get(turn.turn_index, -1.0), turn.turn_index)

    found = [turn for turn in turns if counts[turn.turn_index] or turn.turn_index in near]
    return tuple(
        TurnHit(
            turn.turn_index,
            turn.speaker,
            turn.start_s,
            snippet_of(turn.text, terms),
            near.get(turn.turn_index),
        )
        for turn in sorted(found, key=merit)[:TURNS_SHOWN]
    )

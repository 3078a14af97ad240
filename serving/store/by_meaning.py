"""The conversations with turns that are near a query in meaning.

The search is exact: every vector is compared, block by block, so that memory stays bounded, and
none is taken from elsewhere than the database. :mod:`serving.store.held_vectors` gives the same
from memory, and comes here with what it has no room for.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Row, select

from conversation.errors import BadInput
from serving.store.tables import ConversationRow, TurnVectorsRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    _Row = Row[str, int, bytes, bytes, int]

BLOCK_TURNS = 16_384
_ROWS_FETCHED = 256


@dataclass(frozen=True)
class PackedVectors:
    """The vectors of a conversation's turns, as they are stored.

    Attributes:
        count: How many.
        dim: Length of each.
        indexes: Places of the turns in the conversation, little-endian 32-bit integers.
        vectors: Little-endian 16-bit floats: a cosine is off by less than 0.001.
    """

    count: int
    dim: int
    indexes: bytes
    vectors: bytes


@dataclass(frozen=True, order=True)
class Near:
    """A conversation and its nearest turns.

    Attributes:
        similarity: Largest cosine of a turn to the query.
        conversation_id: Which.
        turns: Places in the conversation and cosines, nearest first.
    """

    similarity: float
    conversation_id: str
    turns: tuple[tuple[int, float], ...]


def pack_vectors(vectors: NDArray[np.floating], indexes: Sequence[int]) -> PackedVectors:
    """Pack vectors for the database.

    Args:
        vectors: float array of shape (n_turns, dim).
        indexes: Place of each turn in its conversation.
    """
    import numpy as np

    count, dim = vectors.shape
    return PackedVectors(
        count, dim, np.asarray(indexes, "<i4").tobytes(), np.asarray(vectors, "<f2").tobytes()
    )


def nearest(
    session: Session,
    query: NDArray[np.float32],
    encoder_sha: str,
    conditions: Sequence[ColumnElement[bool]],
    *,
    limit: int,
    turns: int,
) -> list[Near]:
    """Rank conversations by their turn that is nearest to a query.

    Args:
        session: Where to look.
        query: float32 array of shape (dim,), of length 1.
        encoder_sha: SHA-256 of its encoder; vectors of others are not compared.
        conditions: Which conversations.
        limit: Most conversations to return.
        turns: Most turns of each to return.

    Raises:
        BadInput: The query has another length than the vectors.
    """
    best: list[Near] = []
    for block in _blocks(session, encoder_sha, conditions):
        for near in _compared(block, query, turns):
            if len(best) < limit:
                heapq.heappush(best, near)
            elif near > best[0]:
                heapq.heapreplace(best, near)
    return sorted(best, key=lambda near: (-near.similarity, near.conversation_id))


def check_dim(stored: int, asked: int) -> None:
    """Refuse a query that cannot be compared with what is stored.

    Raises:
        BadInput: The query has another length than the vectors.
    """
    if stored != asked:
        raise BadInput(
            f"the query's vector has {asked} numbers, those stored have {stored}",
            remedy="encode it with the model that the store was filled with",
        )


def _blocks(
    session: Session, encoder_sha: str, conditions: Sequence[ColumnElement[bool]]
) -> Iterator[list[_Row]]:
    query = (
        select(
            TurnVectorsRow.conversation_id,
            TurnVectorsRow.dim,
            TurnVectorsRow.turn_indexes,
            TurnVectorsRow.vectors,
            TurnVectorsRow.turn_count,
        )
        .join(ConversationRow, ConversationRow.id == TurnVectorsRow.conversation_id)
        .where(TurnVectorsRow.encoder_sha == encoder_sha, *conditions)
        .execution_options(yield_per=_ROWS_FETCHED)
    )
    block: list[_Row] = []
    count = 0
    for row in session.execute(query):
        block.append(row)
        count += row.turn_count
        if count >= BLOCK_TURNS:
            yield block
            block, count = [], 0
    if block:
        yield block


def _compared(block: list[_Row], query: NDArray[np.float32], turns: int) -> Iterator[Near]:
    import numpy as np

    for row in block:
        check_dim(row.dim, len(query))
    halves = np.frombuffer(b"".join(row.vectors for row in block), "<f2")
    similarities = halves.reshape(-1, len(query)).astype(np.float32) @ query
    start = 0
    for row in block:
        own = similarities[start : start + row.turn_count]
        start += row.turn_count
        order = np.argsort(-own, kind="stable")[:turns]
        places = np.frombuffer(row.turn_indexes, "<i4")
        found = tuple((int(places[at]), float(own[at])) for at in order)
        yield Near(found[0][1], row.conversation_id, found)

"""The vectors of turns in memory, so that a search by meaning need not read them all again.

The database stays the only place where they are kept: before each search what is held is compared
with what is stored, so that what came is found, and what was erased is not. The process that erases
lets go of a vector at once, others at a search a minute later. Held are 16-bit whole
numbers, which become floats four times as fast as 16-bit floats do; a cosine is off by less than
0.0001. What there is no room for is read from the database, block by block.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, String, select, type_coerce

from serving.store.by_meaning import BLOCK_TURNS, Near, check_dim, nearest
from serving.store.tables import ConversationRow, TurnVectorsRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

HELD_MB = 256
"""Most that is held; 20,000 conversations of 14 turns take 215 MB at 384 numbers a vector."""

_SCALE = 32_767
_AT_ONCE = 500
_ROWS_MULTIPLIED = 1024  # so many as floats stay in the processor's cache
_NOT_SEEN = -2.0  # below every cosine
_LOOK_AGAIN_S = 60.0


@dataclass
class _Block:
    """Vectors of some conversations, one after another.

    Attributes:
        values: int16 array of shape (room, dim).
        places: int32 array of shape (room,), place of each vector's turn in its conversation.
        starts: First row of each conversation.
        owners: Id of each conversation; None for one that is gone.
        used: Rows that are filled.
    """

    values: NDArray[np.int16]
    places: NDArray[np.int32]
    starts: list[int] = field(default_factory=list)
    owners: list[str | None] = field(default_factory=list)
    used: int = 0

    def has_room_for(self, count: int) -> bool:
        return self.used + count <= len(self.values)

    def add(self, owner: str, values: NDArray[np.int16], places: NDArray[np.int32]) -> int:
        end = self.used + len(values)
        self.values[self.used : end], self.places[self.used : end] = values, places
        self.starts.append(self.used)
        self.owners.append(owner)
        self.used = end
        return len(self.owners) - 1

    def rows_of(self, segment: int) -> slice:
        after = segment + 1
        return slice(
            self.starts[segment], self.starts[after] if after < len(self.starts) else self.used
        )

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        import numpy as np

        scaled = query / np.float32(_SCALE)
        found = np.empty(self.used, np.float32)
        floats = np.empty((_ROWS_MULTIPLIED, len(query)), np.float32)
        for start in range(0, self.used, _ROWS_MULTIPLIED):
            end = min(start + _ROWS_MULTIPLIED, self.used)
            part = floats[: end - start]
            part[:] = self.values[start:end]
            np.dot(part, scaled, out=found[start:end])
        return found


@dataclass(frozen=True)
class _Held:
    """Where a conversation's vectors are.

    Attributes:
        stamp: When its analysis was done; with another one they are read again.
        block: In which block; None: in none.
        segment: Which of the block.
        is_outside: Whether there was no room for it.
    """

    stamp: object
    block: _Block | None = None
    segment: int = 0
    is_outside: bool = False


class HeldVectors:
    """Holds the vectors of one encoder, as many as there is room for.

    Args:
        most_mb: Room, in MB.
        few: So many conversations are read from the database, which is as fast.
        clock: Tells the seconds.
    """

    def __init__(
        self,
        *,
        most_mb: float = HELD_MB,
        few: int = 1_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most_bytes = int(most_mb * 1_000_000)
        self._few = few
        self._clock = clock
        self._looked_at = clock()
        self._lock = threading.Lock()
        self._encoder_sha: str | None = None
        self._blocks: list[_Block] = []
        self._held: dict[str, _Held] = {}

    def nearest(
        self,
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
            session: Where the vectors are stored.
            query: float32 array of shape (dim,), of length 1.
            encoder_sha: SHA-256 of its encoder; vectors of others are not compared.
            conditions: Which conversations.
            limit: Most conversations to return.
            turns: Most turns of each to return.

        Raises:
            BadInput: The query has another length than the vectors.
        """
        stamp = type_coerce(ConversationRow.finished_at, String)
        rows = session.execute(select(ConversationRow.id, stamp).where(*conditions))
        wanted: dict[str, object] = {one: at for one, at in rows.all()}  # noqa: C416
        if len(wanted) <= self._few:
            return nearest(session, query, encoder_sha, conditions, limit=limit, turns=turns)
        with self._lock:
            if encoder_sha != self._encoder_sha:
                self._encoder_sha, self._blocks, self._held = encoder_sha, [], {}
            self._drop(self._changed(session, wanted))
            self._read(session, [one for one in wanted if one not in self._held], wanted, query)
            found = self._compared(query, wanted, limit, turns)
            rest = [one for one in wanted if self._held[one].is_outside]
        for start in range(0, len(rest), _AT_ONCE):
            among = ConversationRow.id.in_(rest[start : start + _AT_ONCE])
            found += nearest(session, query, encoder_sha, (among,), limit=limit, turns=turns)
        found.sort(key=lambda near: (-near.similarity, near.conversation_id))
        return found[:limit]

    def forget(self, conversation_ids: Iterable[str]) -> None:
        """Let go of the vectors of conversations that change or go."""
        with self._lock:
            self._drop(conversation_ids)

    def _changed(self, session: Session, wanted: Mapping[str, object]) -> list[str]:
        """Return what is held and is not stored so any more."""
        now = self._clock()
        if now - self._looked_at < _LOOK_AGAIN_S:
            return [
                one
                for one, stamp in wanted.items()
                if one in self._held and self._held[one].stamp != stamp
            ]
        self._looked_at = now  # another process may have erased something
        stored = {*session.scalars(select(ConversationRow.id))}
        return [
            one
            for one, held in self._held.items()
            if one not in stored or wanted.get(one, held.stamp) != held.stamp
        ]

    def _drop(self, conversation_ids: Iterable[str]) -> None:
        for one in conversation_ids:
            held = self._held.pop(one, None)
            if held is not None and held.block is not None:
                held.block.values[held.block.rows_of(held.segment)] = 0
                held.block.owners[held.segment] = None
        # blocks of which most is gone make room
        thin = [block for block in self._blocks if block.owners.count(None) * 2 > len(block.owners)]
        if thin:
            self._blocks = [block for block in self._blocks if block not in thin]
            for block in thin:
                self._pack(block)
            for one in [one for one, held in self._held.items() if held.is_outside]:
                del self._held[one]

    def _pack(self, block: _Block) -> None:
        """Move what is left in a block to where there is room."""
        for segment, owner in enumerate(block.owners):
            if owner is not None:
                rows = block.rows_of(segment)
                stamp = self._held[owner].stamp
                self._add(owner, stamp, block.values[rows], block.places[rows])

    def _read(
        self,
        session: Session,
        new: Sequence[str],
        stamps: Mapping[str, object],
        query_vector: NDArray[np.float32],
    ) -> None:
        """Read vectors into the memory, as far as there is room."""
        import numpy as np

        row, dim = TurnVectorsRow, len(query_vector)
        for start in range(0, len(new), _AT_ONCE):
            batch = new[start : start + _AT_ONCE]
            query = select(row.conversation_id, row.dim, row.turn_indexes, row.vectors).where(
                row.conversation_id.in_(batch), row.encoder_sha == self._encoder_sha
            )
            for one, stored_dim, indexes, vectors in session.execute(query):
                check_dim(stored_dim, dim)
                floats = np.frombuffer(vectors, "<f2").reshape(-1, dim).astype(np.float32)
                values = np.rint(floats * _SCALE).astype(np.int16)
                self._add(one, stamps[one], values, np.frombuffer(indexes, "<i4"))
            for one in batch:
                self._held.setdefault(one, _Held(stamps[one]))  # of those without a vector

    def _add(
        self, owner: str, stamp: object, values: NDArray[np.int16], places: NDArray[np.int32]
    ) -> None:
        import numpy as np

        count, dim = values.shape
        block = next((one for one in reversed(self._blocks) if one.has_room_for(count)), None)
        if block is None:
            room = max(BLOCK_TURNS, count)
            taken = sum(one.values.nbytes for one in self._blocks)
            if taken + room * dim * 2 > self._most_bytes:
                self._held[owner] = _Held(stamp, is_outside=True)
                return
            block = _Block(np.zeros((room, dim), np.int16), np.zeros(room, np.int32))
            self._blocks.append(block)
        self._held[owner] = _Held(stamp, block, block.add(owner, values, places))

    def _compared(
        self, query: NDArray[np.float32], wanted: Mapping[str, object], limit: int, turns: int
    ) -> list[Near]:
        import numpy as np

        every: list[NDArray[np.float32]] = []
        best: list[tuple[float, str, int, int]] = []
        for number, block in enumerate(self._blocks):
            check_dim(block.values.shape[1], len(query))
            every.append(block.similarities(query))
            if not block.owners:
                continue
            nearest_turn = np.maximum.reduceat(every[-1], block.starts)
            nearest_turn[[owner not in wanted for owner in block.owners]] = _NOT_SEEN
            first = np.argsort(-nearest_turn, kind="stable")[:limit]
            best += [
                (-float(nearest_turn[segment]), owner, number, int(segment))
                for segment in first
                if (owner := block.owners[segment]) is not None
                and nearest_turn[segment] > _NOT_SEEN
            ]
        best.sort()
        found = []
        for _, owner, number, segment in best[:limit]:
            rows = self._blocks[number].rows_of(segment)
            own, places = every[number][rows], self._blocks[number].places[rows]
            order = np.argsort(-own, kind="stable")[:turns]
            near = tuple((int(places[at]), float(own[at])) for at in order)
            found.append(Near(near[0][1], owner, near))
        return found

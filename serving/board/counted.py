"""The facts of stored conversations: kept beside them, taken where they are missing, read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from serving.board.facts import VERSION, Facts, StoredRow, facts_of
from serving.store.tables import AnalysisRow, BoardFactsRow, ConversationRow

if TYPE_CHECKING:
    from datetime import tzinfo

    from quality.kpi import Contact
    from serving.store.database import Database

MAX_COUNTED = 50_000
"""Conversations of which figures are made at once, the newest ones."""

_AT_ONCE = 50
_LOOK_EVERY_S = 2.0


@dataclass(frozen=True)
class Counted:
    """A conversation with its facts.

    Attributes:
        stored: Its row, as far as figures need it.
        facts: What is counted.
    """

    stored: StoredRow
    facts: Facts

    @cached_property
    def contact(self) -> Contact:
        """The same as the KPIs count it; made once, several parts ask for it."""
        return self.facts.contact(self.stored)


@dataclass(frozen=True)
class CountedAll:
    """The conversations of a board.

    Attributes:
        found: Those with facts, oldest first.
        pending: Analysed, and not counted yet.
        other_shape: Ids of those that another version analysed, in another shape.
    """

    found: tuple[Counted, ...]
    pending: int
    other_shape: tuple[str, ...]


class Counting:
    """Keeps facts in step with analyses.

    Args:
        database: The store's.
        zone: Returns the zone of times without an offset.
    """

    def __init__(self, database: Database, zone: Callable[[], tzinfo]) -> None:
        self._database = database
        self._zone = zone
        self._looking = threading.Lock()
        self._looked_at_s = -_LOOK_EVERY_S

    def pending(self) -> int:
        """Return how many analyses have no facts, or facts of an earlier analysis."""
        with self._database.reading() as session:
            query = select(func.count()).select_from(AnalysisRow)
            found = session.scalar(query.outerjoin(BoardFactsRow, _OF_IT).where(_STALE))
        return int(found or 0)

    def catch_up(
        self, *, seconds: float | None = None, progress: Callable[[float], None] | None = None
    ) -> int:
        """Take the facts that are missing, newest conversations first.

        Args:
            seconds: When to stop; None: when all are there.
            progress: Called with the share that is done.

        Returns:
            How many are still missing; 0 also where somebody else is at it or has just looked.
        """
        if seconds is not None:
            if time.monotonic() - self._looked_at_s < _LOOK_EVERY_S:
                return 0
            if not self._looking.acquire(blocking=False):
                return 0
        else:
            self._looking.acquire()
        try:
            return self._catch_up(seconds, progress)
        finally:
            self._looked_at_s = time.monotonic()
            self._looking.release()

    def _catch_up(self, seconds: float | None, progress: Callable[[float], None] | None) -> int:
        ends_at_s = None if seconds is None else time.monotonic() + seconds
        left = self.pending()
        everything = max(left, 1)
        while left:
            if ends_at_s is not None and time.monotonic() >= ends_at_s:
                return left
            taken = self._take(5 if ends_at_s is not None else _AT_ONCE)
            if not taken:  # others took them, or they were erased
                return self.pending()
            left = max(0, left - taken)
            if progress is not None:
                progress(1 - left / everything)
        return self.pending() if seconds is None else 0

    def _take(self, most: int) -> int:
        query = (
            select(AnalysisRow.conversation_id, AnalysisRow.created_at, AnalysisRow.document)
            .outerjoin(BoardFactsRow, _OF_IT)
            .where(_STALE)
            .order_by(AnalysisRow.created_at.desc())
            .limit(most)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
        zone = self._zone()
        made = [
            {
                "conversation_id": one,
                "analysed_at": at,
                "version": VERSION,
                "document": None if (facts := facts_of(text, zone)) is None
                else facts.model_dump_json(),
            }
            for one, at, text in rows
        ]  # fmt: skip
        insert: Any = insert_postgresql if self._database.kind == "postgresql" else insert_sqlite
        with self._database.writing() as session:
            there = set(
                session.scalars(
                    select(ConversationRow.id)
                    .where(ConversationRow.id.in_([one["conversation_id"] for one in made]))
                    .with_for_update(read=True, key_share=True)
                )
            )
            kept = [one for one in made if one["conversation_id"] in there]
            if kept:
                given = insert(BoardFactsRow).values(kept)
                session.execute(
                    given.on_conflict_do_update(
                        index_elements=["conversation_id"],
                        set_={
                            name: given.excluded[name]
                            for name in ("analysed_at", "version", "document")
                        },
                    )
                )
        return len(made)

    def read(self, condition: ColumnElement[bool]) -> CountedAll:
        """Return the analysed conversations of a condition with their facts.

        Args:
            condition: On the rows of conversations.
        """
        moment = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
        columns = [getattr(ConversationRow, name) for name in _NEEDED]
        query = (
            select(*columns, BoardFactsRow.conversation_id, BoardFactsRow.document)
            .outerjoin(BoardFactsRow, BoardFactsRow.conversation_id == ConversationRow.id)
            .where(condition, ConversationRow.status == "done")
            .order_by(moment.desc(), ConversationRow.id.desc())
            .limit(MAX_COUNTED)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
        found, other, pending = [], [], 0
        for *values, has_facts, document in reversed(rows):
            facts = None if document is None else _read(document)
            if facts is not None:
                found.append(Counted(StoredRow(*values), facts))
            elif has_facts is None or document is not None:
                pending += 1
            else:
                other.append(str(values[0]))
        return CountedAll(tuple(found), pending, tuple(other))


_OF_IT = BoardFactsRow.conversation_id == AnalysisRow.conversation_id
_STALE = or_(
    BoardFactsRow.conversation_id.is_(None),
    BoardFactsRow.analysed_at != AnalysisRow.created_at,
    BoardFactsRow.version != VERSION,
)

_NEEDED = tuple(one.name for one in fields(StoredRow))


def _read(document: str) -> Facts | None:
    try:
        return Facts.model_validate_json(document)
    except ValidationError:
        return None

"""The newest conversations of a board, as many as one search takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, select

from serving.store.tables import ConversationRow

if TYPE_CHECKING:
    from serving.store.database import Database


def newest_analysed(
    database: Database, condition: ColumnElement[bool], most: int
) -> tuple[tuple[str, ...], int]:
    """Return the ids of the newest analysed conversations of a condition, and how many there are.

    Args:
        database: The store's.
        condition: On the rows of conversations.
        most: Ids that are returned.
    """
    moment = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)
    analysed = condition & (ConversationRow.status == "done")
    query = (
        select(ConversationRow.id)
        .where(analysed)
        .order_by(moment.desc(), ConversationRow.id.desc())
        .limit(most)
    )
    with database.reading() as session:
        ids = tuple(session.scalars(query))
        total = len(ids)
        if total == most:
            total = session.scalar(select(func.count(ConversationRow.id)).where(analysed)) or 0
    return ids, int(total)

"""Lists of jobs, for those who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, literal, or_, select, tuple_

from serving.jobs.values import Job, JobPage, JobState
from serving.store.cursors import cursor_at, position_of
from serving.store.tables import ConversationRow, JobRow, UtcDateTime
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from serving.access.visibility import Visibility
    from serving.store.database import Database


def page_of_jobs(
    database: Database,
    *,
    limit: int,
    cursor: str | None,
    state: JobState | None,
    conversation_id: str | None,
    visibility: Visibility,
) -> JobPage:
    """List jobs, newest first.

    A job is seen by those who see its conversation; one that works on none by those who see all of
    its team.

    Args:
        database: The store's.
        limit: Most to return.
        cursor: Where to begin, from the page before; None: with the newest.
        state: Only those in this state.
        conversation_id: Only those of this conversation.
        visibility: What may be seen.

    Raises:
        BadInput: The cursor is none of ours.
    """
    of_visible: ColumnElement[bool] = JobRow.conversation_id.in_(
        select(ConversationRow.id).where(seen_by(visibility))
    )
    seen = of_visible
    narrowed = visibility.nothing or visibility.sampled_only or visibility.agent_key is not None
    if not narrowed:
        of_none: ColumnElement[bool] = JobRow.conversation_id.is_(None)
        if visibility.team is not None:
            of_none = and_(of_none, JobRow.team == visibility.team)
        seen = or_(of_visible, of_none)
    newest_first = select(JobRow).where(seen).order_by(JobRow.created_at.desc(), JobRow.id.desc())
    if state is not None:
        newest_first = newest_first.where(JobRow.state == state)
    if conversation_id is not None:
        newest_first = newest_first.where(JobRow.conversation_id == conversation_id)
    if cursor is not None:
        created_at, last_id = position_of(cursor)
        newest_first = newest_first.where(
            tuple_(JobRow.created_at, JobRow.id)
            < tuple_(literal(created_at, UtcDateTime), literal(last_id))
        )
    with database.reading() as session:
        rows = session.scalars(newest_first.limit(limit + 1)).all()
        found = tuple(map(Job.model_validate, rows[:limit]))
    return JobPage(found, cursor_at(found[-1]) if len(rows) > limit else None)

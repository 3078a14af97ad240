"""In which order reviews are listed, and where the next page of them begins."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import ColumnElement, SQLColumnExpression, func, literal, tuple_

from serving.store.cursors import opened, sealed
from serving.store.tables import AssignmentRow, ConversationRow
from serving.store.tables.base import UtcDateTime

# What has no date comes last on both databases, which do not agree on where NULL stands; the year
# 9999 has no room for a zone behind UTC.
_NEVER = datetime(9998, 12, 31, tzinfo=UTC)
_PLACE = TypeAdapter(tuple[AwareDatetime, AwareDatetime, AwareDatetime, str, str])


def order_of(given: type[AssignmentRow]) -> tuple[SQLColumnExpression[datetime | str], ...]:
    """Return what reviews are listed by: due first, then given first, then the oldest.

    Args:
        given: The assignment, where there is one; an alias of its table.
    """
    never = literal(_NEVER, UtcDateTime)
    return (
        func.coalesce(given.due_at, never),
        func.coalesce(given.created_at, never),
        ConversationRow.created_at,
        ConversationRow.id,
        func.coalesce(given.id, literal("")),
    )


def after(given: type[AssignmentRow], cursor: str) -> ColumnElement[bool]:
    """Return the condition that a review stands behind the place of a cursor.

    Args:
        given: The assignment, where there is one; an alias of its table.
        cursor: From :func:`cursor_at`.

    Raises:
        BadInput: The cursor is none of ours.
    """
    due_at, given_at, created_at, conversation_id, assignment_id = opened(cursor, _PLACE)
    place = (
        literal(due_at, UtcDateTime), literal(given_at, UtcDateTime),
        literal(created_at, UtcDateTime), literal(conversation_id), literal(assignment_id),
    )  # fmt: skip
    return tuple_(*order_of(given)) > tuple_(*place)


def cursor_at(row: ConversationRow, given: AssignmentRow | None) -> str:
    """Return the cursor of the page that follows a review."""
    due_at = None if given is None else given.due_at
    return sealed(
        [
            (due_at or _NEVER).isoformat(),
            (_NEVER if given is None else given.created_at).isoformat(),
            row.created_at.isoformat(),
            row.id,
            "" if given is None else given.id,
        ]
    )

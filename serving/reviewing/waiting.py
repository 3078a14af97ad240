"""What waits for somebody in reviews, counted for the badges of the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from serving.access.principal import Role
from serving.access.visibility import visible
from serving.reviewing.shared import has_own
from serving.store.tables import DEFAULT_TEAM, ConversationRow, ReviewEventRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.store.database import Database


def waiting_for(database: Database, principal: Principal) -> dict[str, int]:
    """Count what waits for somebody, by the name of the screen where it is.

    Args:
        database: The store's.
        principal: An agent: evaluations to be read; who may settle: open contests.
    """
    if has_own(principal):
        return {"mine": _unread(database, principal)}
    if principal.role in (Role.SUPERVISOR, Role.ADMIN):
        return {"review_contests": _open_contests(database, principal.team or DEFAULT_TEAM)}
    return {}


def _unread(database: Database, principal: Principal) -> int:
    kinds = ("shared", "acknowledged")
    last = (
        select(func.max(ReviewEventRow.number).label("number"))
        .join(ConversationRow, ConversationRow.id == ReviewEventRow.conversation_id)
        .where(ReviewEventRow.kind.in_(kinds), seen_by(visible(principal)))
        .group_by(ReviewEventRow.stream)
        .subquery()
    )
    unread = (
        select(func.count())
        .select_from(ReviewEventRow)
        .join(last, last.c.number == ReviewEventRow.number)
        .where(ReviewEventRow.kind == "shared")
    )
    with database.reading() as session:
        return session.scalar(unread) or 0


def _open_contests(database: Database, team: str) -> int:
    """Count contests less settlements: each of these ends one, and reopening begins it again."""
    opens = case((ReviewEventRow.kind == "settled", -1), else_=1)
    asked = select(func.coalesce(func.sum(opens), 0)).where(
        ReviewEventRow.team == team,
        ReviewEventRow.kind.in_(("contested", "settled", "reopened")),
    )
    with database.reading() as session:
        return session.scalar(asked) or 0

"""Who may see which conversations, and which are asked for, as conditions of a query."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from serving.access.visibility import Visibility
from serving.store.tables import AssignmentRow, CategoryRow, ConversationRow, TurnRow
from serving.store.values import MARKED_MOOD, Filters, Mood
from serving.store.words import said_by_turn, terms_of

_STARTED_AT = func.coalesce(ConversationRow.started_at, ConversationRow.created_at)


def seen_by(visibility: Visibility) -> ColumnElement[bool]:
    """Return the condition under which a conversation may be seen.

    Args:
        visibility: What may be seen.
    """
    if visibility.nothing:
        return false()
    conditions: list[ColumnElement[bool]] = []
    if visibility.team is not None:
        conditions.append(ConversationRow.team == visibility.team)
    if visibility.agent_key is not None:
        conditions.append(ConversationRow.agent_key == visibility.agent_key)
    if visibility.customer_key is not None:
        conditions.append(ConversationRow.customer_key == visibility.customer_key)
    if visibility.sampled_only:
        reviewed: ColumnElement[bool] = ConversationRow.sampled.is_(True)
        if visibility.assigned_to is not None:
            reviewed = or_(
                reviewed,
                exists().where(
                    AssignmentRow.conversation_id == ConversationRow.id,
                    AssignmentRow.assignee == visibility.assigned_to,
                ),
            )
        conditions.append(reviewed)
    return and_(true(), *conditions)


def matching(filters: Filters, dialect: str) -> ColumnElement[bool]:
    """Return the condition under which a conversation is one of those that are asked for.

    Args:
        filters: What is asked for.
        dialect: ``sqlite`` or ``postgresql``.

    Raises:
        BadInput: The text has no word that could be looked for.
    """
    row = ConversationRow
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (row.status, filters.status),
            (row.channel, filters.channel),
            (row.spoken_language, filters.language),
            (row.queue, filters.queue),
            (row.team, filters.team),
            (row.direction, filters.direction),
            (row.purpose, filters.purpose),
            (row.agent_key, filters.agent_key),
            (row.customer_key, filters.customer_key),
        )
        if value is not None
    ]
    if filters.reason is not None:
        below = row.reason.startswith(f"{filters.reason}.", autoescape=True)
        conditions.append(or_(row.reason == filters.reason, below))
    if filters.started_from is not None:
        conditions.append(filters.started_from <= _STARTED_AT)
    if filters.started_before is not None:
        conditions.append(filters.started_before > _STARTED_AT)
    if filters.min_score is not None:
        conditions.append(row.score_100 >= filters.min_score)
    if filters.max_score is not None:
        conditions.append(row.score_100 <= filters.max_score)
    if filters.sampled is not None:
        conditions.append(row.sampled.is_(filters.sampled))
    if filters.mood is not None:
        conditions.append(_felt(filters.mood))
    if filters.category is not None:
        conditions.append(
            row.id.in_(
                select(CategoryRow.conversation_id).where(CategoryRow.category == filters.category)
            )
        )
    if filters.ids is not None:
        conditions.append(row.id.in_(filters.ids))
    if filters.text is not None:
        conditions += [
            row.id.in_(select(TurnRow.conversation_id).where(said_by_turn(term, dialect)))
            for term in terms_of(filters.text)
        ]
    return and_(true(), *conditions)


def _felt(mood: Mood) -> ColumnElement[bool]:
    felt = ConversationRow.sentiment
    match mood:
        case "negative":
            return felt < -MARKED_MOOD
        case "positive":
            return felt > MARKED_MOOD
        case "neutral":
            return felt.between(-MARKED_MOOD, MARKED_MOOD)

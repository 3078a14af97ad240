"""What happened to the cards of a conversation, as rows that are only ever appended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, select

from kb_search.answers import Citation
from kb_search.assistant import Card, CardEvent
from serving.access.principal import Role
from serving.store.tables import AssistSessionRow, CardEventRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session as DatabaseSession

    from serving.access.principal import Principal

_REMOVED = "[…]"


@dataclass(frozen=True)
class AssistSession:
    """A conversation that the assistant follows.

    Attributes:
        id: Given by the service.
        team: Whose it is.
        conversation_id: Of the stored conversation; None where it is not known.
        created_at: When it was opened.
        heard: How many turns were heard.
        events: What happened to its cards.
    """

    id: str
    team: str
    conversation_id: str | None
    created_at: datetime
    heard: int
    events: tuple[CardEvent, ...]

    @property
    def is_muted(self) -> bool:
        """Whether the agent asked for silence."""
        switches = [one.kind for one in self.events if one.kind in ("muted", "unmuted")]
        return bool(switches) and switches[-1] == "muted"


def sessions_seen_by(principal: Principal) -> ColumnElement[bool]:
    """Return the sessions that somebody may see: agents their own, others the team's."""
    if principal.role in (Role.AGENT, Role.CUSTOMER):
        return AssistSessionRow.owner == principal.id
    if principal.team is None:
        return AssistSessionRow.id.is_not(None)
    return AssistSessionRow.team == principal.team


def assist_session(row: AssistSessionRow, events: Sequence[CardEvent]) -> AssistSession:
    """Return what a row holds, with the events of its cards."""
    return AssistSession(
        id=row.id,
        team=row.team,
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        heard=row.heard,
        events=tuple(events),
    )


def events_of(session: DatabaseSession, session_id: str) -> list[CardEvent]:
    """Return the events of a session, in order."""
    documents = session.scalars(
        select(CardEventRow.document)
        .where(CardEventRow.session_id == session_id)
        .order_by(CardEventRow.position)
    )
    return [CardEvent.model_validate_json(one) for one in documents]


def append(
    session: DatabaseSession,
    session_id: str,
    events: Iterable[CardEvent],
    *,
    before: Sequence[CardEvent],
    at: datetime,
) -> None:
    """Append events of a session.

    Args:
        session: In a transaction.
        session_id: Of the session.
        events: In order.
        before: All that it has so far; what is judged was shown among them.
        at: When.
    """
    quoted = {one.card_id: one.card.citation for one in before if one.card is not None}
    for position, event in enumerate(events, start=len(before)):
        if event.card is not None:
            quoted[event.card_id] = event.card.citation
        citation: Citation | None = quoted.get(event.card_id)
        session.add(
            CardEventRow(
                session_id=session_id,
                position=position,
                kind=event.kind,
                at=at,
                card_id=event.card_id,
                article=None if citation is None else citation.document,
                passage=None if citation is None else citation.passage_id,
                document=event.model_dump_json(exclude_none=True),
            )
        )


def forget_sessions(session: DatabaseSession, ids: Sequence[str]) -> None:
    """Delete sessions with all that was shown in them."""
    session.execute(delete(CardEventRow).where(CardEventRow.session_id.in_(ids)))
    session.execute(delete(AssistSessionRow).where(AssistSessionRow.id.in_(ids)))


def cards_shown(session: DatabaseSession, conversation_id: str) -> list[Card]:
    """Return the cards that an agent was shown during a stored conversation, in order."""
    events = (
        CardEvent.model_validate_json(row.document) for row in _shown(session, conversation_id)
    )
    return [one.card for one in events if one.card is not None]


def forget_questions(session: DatabaseSession, conversation_id: str) -> None:
    """Take what the customer asked out of the cards of a conversation; judgements stay.

    Args:
        session: In a transaction.
        conversation_id: Of the conversation whose words go.
    """
    for row in _shown(session, conversation_id):
        event = CardEvent.model_validate_json(row.document)
        if event.card is None:
            continue
        card = event.card.model_copy(update={"question": _REMOVED})
        row.document = event.model_copy(update={"card": card}).model_dump_json(exclude_none=True)


def _shown(session: DatabaseSession, conversation_id: str) -> Sequence[CardEventRow]:
    return session.scalars(
        select(CardEventRow)
        .join(AssistSessionRow, AssistSessionRow.id == CardEventRow.session_id)
        .where(CardEventRow.kind == "shown", AssistSessionRow.conversation_id == conversation_id)
        .order_by(CardEventRow.session_id, CardEventRow.position)
    ).all()

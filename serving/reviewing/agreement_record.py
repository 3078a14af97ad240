"""What stands behind the agreement on a question: the contacts, the causes, what was announced."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from quality.agreement import QuestionAgreement
from quality.agreement.question import measure_question
from quality.agreement.ratings import Rated, by_item
from quality.agreement.trust import review_ratings, session_ratings
from quality.review import GateChanged, Recalibrated, RootCauseNamed
from quality.review.answers import Answer
from quality.review.card_events import DriftAlarmed
from serving.access.visibility import Visibility
from serving.store.tables import ConversationRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from quality.review import SessionState
    from serving.reviewing.sql_log import SqlEventLog
    from serving.store.database import Database

MOST_CONTACTS = 200
"""Contacts that are looked at, the newest: nobody listens to more of one question."""
_MOST_NAMED = 50
_AT_ONCE = 500
_FROZEN = ConfigDict(frozen=True, extra="forbid")

CardEvent = Annotated[GateChanged | DriftAlarmed | Recalibrated, Field(discriminator="kind")]


class AnsweredContact(BaseModel):
    """One contact on which machine and people answered a question.

    Attributes:
        conversation_id: Of the contact; None where it was erased or may not be seen.
        source: Whether people answered blind, in a session, or saw the machine's answer first.
        at: When the last of them answered; None where not known.
        machine: The machine's answer; None where it could not tell.
        people: Answers of people, each for themselves.
        agreed: What they agreed on afterwards; None where nothing was written down.
        match: How far the machine says what people say, 0 to 1; None where it could not tell.
    """

    model_config = _FROZEN

    conversation_id: str | None
    source: Literal["sessions", "reviews"]
    at: AwareDatetime | None
    machine: Answer | None
    people: tuple[Answer, ...]
    agreed: Answer | None
    match: float | None


class CauseCount(BaseModel):
    """How often one cause was named for a question.

    Attributes:
        item: The question.
        cause: From the centre's list.
        n: Contacts for which it was named.
        conversation_ids: The newest of them that may be seen.
    """

    model_config = _FROZEN

    item: str
    cause: str
    n: int = Field(gt=0)
    conversation_ids: tuple[str, ...]


def answered_contacts(
    log: SqlEventLog, database: Database, visibility: Visibility, *, scorecard: str, item: str
) -> tuple[AnsweredContact, ...]:
    """Return the contacts behind the agreement on a question: disagreements first, then newest.

    Args:
        log: Of the team.
        database: Says which conversations may be seen.
        visibility: What may be seen.
        scorecard: Name of the card.
        item: The question.
    """
    blind = log.of_kinds(
        "session_opened", "session_scored", "session_excused", "session_reconciled"
    )
    answered = log.streams(log.newest_streams(item, limit=MOST_CONTACTS))
    reviews = [event for stream in answered.values() for event in stream]
    found: list[tuple[Literal["sessions", "reviews"], Rated]] = [
        ("sessions", one) for one in session_ratings(blind, scorecard=scorecard)
    ]
    found += [("reviews", one) for one in review_ratings(reviews, scorecard=scorecard)]
    found = [(source, one) for source, one in found if one.item == item]
    found.sort(key=lambda pair: str(pair[1].at), reverse=True)
    found.sort(key=lambda pair: 2.0 if pair[1].match is None else pair[1].match)
    found = found[:MOST_CONTACTS]
    seen = _seen(database, visibility, {one.conversation_id for _, one in found})
    return tuple(
        AnsweredContact(
            conversation_id=one.conversation_id if one.conversation_id in seen else None,
            source=source,
            at=one.at,
            machine=one.machine,
            people=one.raters,
            agreed=one.agreed,
            match=one.match,
        )
        for source, one in found
    )


def root_causes(
    log: SqlEventLog,
    database: Database,
    visibility: Visibility,
    *,
    scorecard: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[CauseCount, ...]:
    """Count why questions went wrong, the most frequent first.

    Args:
        log: Of the team.
        database: Says which conversations may be seen.
        visibility: What may be seen.
        scorecard: Name of the card; None: any.
        since: Named then or later.
        until: Named before.
    """
    held: dict[tuple[str, str], dict[str, None]] = {}
    for event in reversed(log.of_kinds("root_cause")):
        if not isinstance(event, RootCauseNamed):
            continue
        if scorecard not in (None, event.subject.scorecard):
            continue
        if (since is not None and event.at < since) or (until is not None and event.at >= until):
            continue
        contacts = held.setdefault((event.item, event.cause), {})
        contacts.setdefault(event.subject.conversation_id)
    seen = _seen(database, visibility, {one for ids in held.values() for one in ids})
    return tuple(
        sorted(
            (
                CauseCount(
                    item=item,
                    cause=cause,
                    n=len(ids),
                    conversation_ids=tuple(one for one in ids if one in seen)[:_MOST_NAMED],
                )
                for (item, cause), ids in held.items()
            ),
            key=lambda one: (-one.n, one.item, one.cause),
        )
    )


def announced(log: SqlEventLog, scorecard: str) -> tuple[CardEvent, ...]:
    """Return what was announced of a card, newest first: gates, alarms, settings fitted anew."""
    return tuple(
        one
        for one in reversed(log.card_events(scorecard))
        if isinstance(one, GateChanged | DriftAlarmed | Recalibrated)
    )


def session_agreement(log: SqlEventLog, state: SessionState) -> tuple[QuestionAgreement, ...]:
    """Measure agreement in one session, on each question, in the card's order.

    Args:
        log: Of the team.
        state: A session in which everybody has scored.
    """
    events = log.events(f"session {state.opened.session}")
    rated = by_item(session_ratings(events, scorecard=state.opened.scorecard))
    return tuple(measure_question(item, rated.get(item, [])) for item in state.items)


def _seen(database: Database, visibility: Visibility, ids: Iterable[str]) -> set[str]:
    wanted: Sequence[str] = sorted(ids)
    found: set[str] = set()
    with database.reading() as session:
        for first in range(0, len(wanted), _AT_ONCE):
            some = ConversationRow.id.in_(wanted[first : first + _AT_ONCE])
            found |= set(
                session.scalars(select(ConversationRow.id).where(some, seen_by(visibility)))
            )
    return found

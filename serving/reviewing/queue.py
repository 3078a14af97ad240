"""The queue of those who review: what is theirs to do, by when, and why it was chosen."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from quality.review import ReviewState, fold_review
from quality.review.review_events import AnyReviewEvent
from serving.access.visibility import visible
from serving.reviewing.card_texts import Title
from serving.reviewing.queue_place import after, cursor_at, order_of
from serving.store.tables import AssignmentRow, ConversationRow, ReviewEventRow, SampleRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from serving.access.principal import Principal
    from serving.reviewing.desk import ReviewDesk
    from serving.store.database import Database

# An alias: what may be seen depends on assignments, too.
_Given = aliased(AssignmentRow)
_SAMPLES = 24  # the newest: what was drawn before them is long reviewed

Whose = Literal["mine", "free", "all"]
Standing = Literal["open", "done", "any"]
State = Literal["to_do", "begun", "complete", "shared", "contested", "settled"]
_FROZEN = ConfigDict(frozen=True, extra="forbid")


class Drawn(BaseModel):
    """Why a contact was drawn.

    Attributes:
        rule: Name of the rule.
        purpose: What it is listened to for.
        why: In words.
        signals: What made it likelier.
        probability: With which it was to be drawn.
        drawn_at: When.
    """

    model_config = _FROZEN

    rule: str
    purpose: str
    why: Title
    signals: tuple[str, ...]
    probability: float = Field(gt=0, le=1)
    drawn_at: AwareDatetime


class QueuedReview(BaseModel):
    """A review that is to be done, or was.

    Attributes:
        conversation_id: Of the contact.
        name: File name, or the conversation's own identifier.
        channel: How the contact came.
        language: Language of most of the talk.
        started_at: When it started; where that is not known, when it came in.
        duration_s: Seconds; None where not known.
        reason: Code of the contact reason.
        agent_key: Pseudonymous id of the agent.
        scorecard: Name of the card that it was assigned with; None: not assigned.
        version: Of the card.
        assignee: Id of who is to do it; None: nobody yet.
        assigned_at: When it was given to them.
        due_at: By when it is to be done; None: whenever.
        drawn: Why it was chosen; None where a person named it.
        state: How far it is.
        answered: Questions with points that people answered.
        questions: Questions with points; 0 where nobody has begun.
    """

    model_config = _FROZEN

    conversation_id: str
    name: str
    channel: str | None
    language: str | None
    started_at: AwareDatetime
    duration_s: float | None
    reason: str | None
    agent_key: str | None
    scorecard: str | None
    version: str | None
    assignee: str | None
    assigned_at: AwareDatetime | None
    due_at: AwareDatetime | None
    drawn: Drawn | None
    state: State
    answered: int = Field(ge=0)
    questions: int = Field(ge=0)


class ReviewPage(BaseModel):
    """Reviews: those that are due first, then the oldest.

    Attributes:
        data: Them.
        next_cursor: ``cursor`` of the next page; None on the last.
    """

    model_config = _FROZEN

    data: list[QueuedReview]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class ReviewQueue:
    """Lists reviews.

    Args:
        database: The store's.
        desk: Has the events of reviews.
    """

    def __init__(self, database: Database, desk: ReviewDesk) -> None:
        self._database = database
        self._desk = desk

    def find(
        self,
        principal: Principal,
        *,
        whose: Whose = "mine",
        standing: Standing = "open",
        channel: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> ReviewPage:
        """List reviews: those that are due first, then the oldest.

        Args:
            principal: Who asks; only what they may see is listed.
            whose: ``mine``: assigned to them; ``free``: drawn, and assigned to nobody; ``all``.
            standing: Whether they are still to be done. An assigned one is done when all that has
                points was answered, another one when it was shared.
            channel: How the contact came; None: any.
            limit: At most that many.
            cursor: Where to begin, from the page before; None: with the first.

        Raises:
            BadInput: The cursor is none of ours.
        """
        query = self._asked(principal, whose, standing, channel).limit(limit + 1)
        if cursor is not None:
            query = query.where(after(_Given, cursor))
        with self._database.reading() as session:
            found = [(row, given) for row, given in session.execute(query)]
            session.expunge_all()
            rows = found[:limit]
            drawn = self._drawn(session, principal, {row.id for row, _ in rows})
        states = self._states(rows)
        return ReviewPage(
            data=[
                _listed(row, assignment, drawn.get(row.id), _state_of(states, row, assignment))
                for row, assignment in rows
            ],
            next_cursor=cursor_at(*rows[-1]) if len(found) > limit else None,
        )

    def drawn(self, principal: Principal, conversation_id: str) -> Drawn | None:
        """Return why a contact was drawn; None where it was not, or long ago."""
        with self._database.reading() as session:
            return self._drawn(session, principal, {conversation_id}).get(conversation_id)

    def _asked(
        self, principal: Principal, whose: Whose, standing: Standing, channel: str | None
    ) -> Select[ConversationRow, AssignmentRow]:
        given = _Given.conversation_id == ConversationRow.id
        query = (
            select(ConversationRow, _Given)
            .where(ConversationRow.status == "done", seen_by(visible(principal)))
            .order_by(*order_of(_Given))
        )
        if whose == "mine":
            query = query.join(_Given, given).where(_Given.assignee == principal.id)
        elif whose == "free":
            query = query.outerjoin(_Given, given).where(
                _Given.id.is_(None), ConversationRow.sampled.is_(True)
            )
        else:
            query = query.outerjoin(_Given, given).where(
                or_(_Given.id.is_not(None), ConversationRow.sampled.is_(True))
            )
        if standing != "any":
            done = _is_done()
            query = query.where(done if standing == "done" else ~done)
        if channel is not None:
            query = query.where(ConversationRow.channel == channel)
        return query

    def _states(
        self, rows: Iterable[tuple[ConversationRow, AssignmentRow | None]]
    ) -> dict[str, list[ReviewState]]:
        """Fold the reviews of listed conversations, by conversation."""
        by_team: dict[str, list[str]] = {}
        for row, _ in rows:
            by_team.setdefault(row.team, []).append(row.id)
        found: dict[str, list[ReviewState]] = {}
        for team, ids in by_team.items():
            for events in self._desk.log(team).streams(self._streams(team, ids)).values():
                state = fold_review(cast("Sequence[AnyReviewEvent]", events))
                if state is not None:
                    found.setdefault(state.subject.conversation_id, []).append(state)
        return found

    def _streams(self, team: str, ids: Sequence[str]) -> list[str]:
        with self._database.reading() as session:
            return list(
                session.scalars(
                    select(ReviewEventRow.stream)
                    .where(
                        ReviewEventRow.team == team,
                        ReviewEventRow.conversation_id.in_(ids),
                        ReviewEventRow.kind == "opened",
                    )
                    .order_by(ReviewEventRow.number)
                )
            )

    def _drawn(self, session: Session, principal: Principal, ids: set[str]) -> dict[str, Drawn]:
        """Find why contacts were drawn, in the newest samples."""
        query = select(SampleRow).order_by(SampleRow.created_at.desc(), SampleRow.id.desc())
        if principal.team is not None:
            query = query.where(SampleRow.team == principal.team)
        found: dict[str, Drawn] = {}
        for row in session.scalars(query.limit(_SAMPLES)):
            if ids <= found.keys():
                break
            sample = json.loads(row.document)
            for contact in sample["contacts"]:
                if contact["id"] in ids and contact["id"] not in found:
                    found[contact["id"]] = _why(sample, contact, row.created_at)
        return found


def _is_done() -> ColumnElement[bool]:
    shared = exists().where(
        ReviewEventRow.conversation_id == ConversationRow.id, ReviewEventRow.kind == "shared"
    )
    return or_(
        and_(_Given.id.is_not(None), _Given.completed_at.is_not(None)),
        and_(_Given.id.is_(None), shared),
    )


def _why(sample: Mapping[str, object], contact: Mapping[str, object], drawn_at: datetime) -> Drawn:
    return Drawn.model_validate(
        {
            "rule": sample["rule"], "purpose": contact["purpose"], "why": contact["why"],
            "signals": contact.get("signals", ()), "probability": contact["probability"],
            "drawn_at": drawn_at,
        }
    )  # fmt: skip


def _state_of(
    states: Mapping[str, Sequence[ReviewState]],
    row: ConversationRow,
    assignment: AssignmentRow | None,
) -> ReviewState | None:
    mine = [
        one
        for one in states.get(row.id, ())
        if assignment is None
        or (one.subject.scorecard, one.subject.version)
        == (assignment.scorecard, assignment.version)
    ]
    return mine[-1] if mine else None


def _listed(
    row: ConversationRow,
    assignment: AssignmentRow | None,
    drawn: Drawn | None,
    state: ReviewState | None,
) -> QueuedReview:
    asked = [] if state is None else [one for one in state.items if one.opened.points > 0]
    return QueuedReview(
        conversation_id=row.id,
        name=row.name,
        channel=row.channel,
        language=row.spoken_language,
        started_at=row.started_at or row.created_at,
        duration_s=row.duration_s,
        reason=row.reason,
        agent_key=row.agent_key,
        scorecard=None if assignment is None else assignment.scorecard,
        version=None if assignment is None else assignment.version,
        assignee=None if assignment is None else assignment.assignee,
        assigned_at=None if assignment is None else assignment.created_at,
        due_at=None if assignment is None else assignment.due_at,
        drawn=drawn,
        state=standing_of(state),
        answered=sum(one.human is not None for one in asked),
        questions=len(asked),
    )


def standing_of(state: ReviewState | None) -> State:
    """Say in one word how far a review is."""
    if state is None:
        return "to_do"
    if any(one.is_open for one in state.contests):
        return "contested"
    if state.contests:
        return "settled"
    if state.sharings and not state.changed_since_shared:
        return "shared"
    if state.is_complete:
        return "complete"
    begun = any(one.decisions or one.eliminatory_decisions for one in state.items)
    return "begun" if begun or state.comments else "to_do"

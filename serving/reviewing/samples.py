"""Samples drawn from stored conversations, and reviews given to analysts."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from conversation.errors import BadInput, NotFound
from quality.review import RULE, Analyst, Assigned, Reviewable, Subject, assign
from quality.sampling import AgentKeys, Sample, SamplingRule, sample
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.desk import part_of, review_key
from serving.sampling import sampling_contact
from serving.store.tables import DEFAULT_TEAM, AssignmentRow, ConversationRow, SampleRow

if TYPE_CHECKING:
    from serving.reviewing.contacts import Contacts
    from serving.reviewing.desk import ReviewDesk
    from serving.reviewing.drafts import Drafts
    from serving.store.database import Database

_AT_ONCE = 500


class StoredSample(BaseModel):
    """A sample as it was drawn.

    Attributes:
        id: Given by the service.
        created_at: When.
        created_by: Id of who drew it.
        sample: What was drawn, with all probabilities.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    created_at: AwareDatetime
    created_by: str
    sample: Sample


class Assignment(BaseModel):
    """A review that was given to somebody.

    Attributes:
        id: Of the event.
        conversation_id: Of the contact.
        scorecard: Name of the card.
        version: Of the card.
        assignee: Id of who is to review.
        assigned_by: Id of who gave it.
        created_at: When.
        due_at: By when it is to be done; None: whenever.
        completed_at: When people had answered every question with points; None until then.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: str
    conversation_id: str
    scorecard: str
    version: str
    assignee: str
    assigned_by: str
    created_at: AwareDatetime
    due_at: AwareDatetime | None
    completed_at: AwareDatetime | None


@dataclass(frozen=True)
class Wanted:
    """Which assignments are listed; None: any.

    Attributes:
        assignee: Given to this person.
        conversation_id: Of this contact.
        is_open: Whether they are still to be done.
    """

    assignee: str | None = None
    conversation_id: str | None = None
    is_open: bool | None = None


class Sampling:
    """Draws samples and gives reviews out.

    Args:
        database: The store's.
        contacts: Stored conversations.
        drafts: Automatic evaluations.
        desk: Records what is assigned.
        keys: Makes the pseudonymous ids of agents.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        contacts: Contacts,
        drafts: Drafts,
        desk: ReviewDesk,
        keys: AgentKeys,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._contacts = contacts
        self._drafts = drafts
        self._desk = desk
        self._keys = keys
        self._clock = clock

    def draw(
        self,
        principal: Principal,
        rule: SamplingRule,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> StoredSample:
        """Draw the contacts to evaluate from a period, and mark them as drawn.

        Args:
            principal: Who draws; the population is what they may see.
            rule: By which.
            since: Contacts that started then or later.
            until: Contacts that started before.

        Raises:
            BadInput: There is no contact in the period.
        """
        visibility = visible(principal)
        ids = self._contacts.ids(visibility, since=since, until=until)
        population = [
            sampling_contact(one.values, self._keys, agent=one.stored.agent_key)
            for one in self._contacts.each(ids, visibility)
        ]
        if not population:
            raise BadInput("no analysed conversation in this period", remedy="give another one")
        drawn = sample(population, rule)
        stored = StoredSample(
            id=uuid.uuid4().hex,
            created_at=self._clock(),
            created_by=principal.id,
            sample=drawn,
        )
        with self._database.writing() as session:
            mark_drawn(session, [one.id for one in drawn.contacts])
            session.add(
                SampleRow(
                    id=stored.id,
                    team=principal.team or DEFAULT_TEAM,
                    created_by=principal.id,
                    created_at=stored.created_at,
                    document=drawn.model_dump_json(),
                )
            )
        return stored

    def samples(
        self, principal: Principal, *, limit: int, before: tuple[datetime, str] | None = None
    ) -> tuple[StoredSample, ...]:
        """List samples of the team, newest first."""
        query = select(SampleRow).order_by(SampleRow.created_at.desc(), SampleRow.id.desc())
        if principal.team is not None:
            query = query.where(SampleRow.team == principal.team)
        if before is not None:
            query = query.where(tuple_(SampleRow.created_at, SampleRow.id) < before)
        with self._database.reading() as session:
            return tuple(_sample(row) for row in session.scalars(query.limit(limit)))

    def get(self, principal: Principal, sample_id: str) -> StoredSample:
        """Return a sample.

        Raises:
            NotFound: There is none with this id in the team.
        """
        with self._database.reading() as session:
            row = session.get(SampleRow, sample_id)
            if row is None or principal.team not in (None, row.team):
                raise NotFound(
                    f"no sample {sample_id[:64]!r}",
                    remedy="GET /v1/samples lists those that there are",
                )
            return _sample(row)

    def assign(
        self,
        principal: Principal,
        conversation_ids: Sequence[str],
        analysts: Sequence[Analyst],
        *,
        scorecard: str | None = None,
        seed: int = 0,
        raters: int = 1,
        due_at: datetime | None = None,
    ) -> tuple[Assignment, ...]:
        """Give contacts to analysts so that their loads are even; never their own contacts.

        Args:
            principal: Who gives them.
            conversation_ids: The contacts.
            analysts: Who may review; to their load what they have still to do is added.
            scorecard: Name of the card; None: that of each analysis.
            seed: Of the draw.
            raters: How many different people review each contact.
            due_at: By when; None: whenever.

        Raises:
            NotFound: A conversation cannot be seen, or was not scored with the card.
            BadInput: Too few analysts may review a contact.
        """
        visibility = visible(principal)
        found = [self._contacts.get(one, visibility) for one in dict.fromkeys(conversation_ids)]
        evaluations = {one.stored.id: self._drafts.find(one, scorecard) for one in found}
        loads = self._loads([one.key for one in analysts])
        role, author = part_of(principal)
        given = assign(
            [
                Reviewable(
                    one.stored.id, review_key(one.stored.agent_key), one.stored.spoken_language
                )
                for one in found
            ],
            [
                Analyst(one.key, one.load + loads.get(one.key, 0), one.languages, one.not_agents)
                for one in analysts
            ],
            seed=seed,
            raters=raters,
        )
        now = self._clock()
        made: list[Assignment] = []
        for contact in found:
            evaluation = evaluations[contact.stored.id]
            subject = Subject(
                conversation_id=contact.stored.id,
                scorecard=evaluation.scorecard,
                version=evaluation.version,
            )
            for person in given[contact.stored.id]:
                event = Assigned(
                    at=now, author=author, role=role, subject=subject, to=person, rule=RULE,
                    seed=seed,
                )  # fmt: skip
                self._desk.assign(contact, evaluation, event, now)
                made.append(self._kept(event, contact.stored.team, due_at))
        return tuple(made)

    def assignments(
        self,
        principal: Principal,
        wanted: Wanted,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> tuple[Assignment, ...]:
        """List assignments of the team, newest first."""
        query = select(AssignmentRow).order_by(
            AssignmentRow.created_at.desc(), AssignmentRow.id.desc()
        )
        if principal.team is not None:
            query = query.where(AssignmentRow.team == principal.team)
        if wanted.assignee is not None:
            query = query.where(AssignmentRow.assignee == wanted.assignee)
        if wanted.conversation_id is not None:
            query = query.where(AssignmentRow.conversation_id == wanted.conversation_id)
        if wanted.is_open is not None:
            is_open = AssignmentRow.completed_at.is_(None)
            query = query.where(is_open if wanted.is_open else ~is_open)
        if before is not None:
            query = query.where(tuple_(AssignmentRow.created_at, AssignmentRow.id) < before)
        with self._database.reading() as session:
            return tuple(
                Assignment.model_validate(row) for row in session.scalars(query.limit(limit))
            )

    def _kept(self, event: Assigned, team: str, due_at: datetime | None) -> Assignment:
        row = AssignmentRow(
            id=event.id,
            team=team,
            conversation_id=event.subject.conversation_id,
            scorecard=event.subject.scorecard,
            version=event.subject.version,
            assignee=event.to,
            assigned_by=event.author,
            created_at=event.at,
            due_at=due_at,
        )
        with self._database.writing() as session:
            session.add(row)
            mark_drawn(session, [event.subject.conversation_id])
            session.flush()
            return Assignment.model_validate(row)

    def _loads(self, people: Sequence[str]) -> dict[str, int]:
        query = (
            select(AssignmentRow.assignee, func.count())
            .where(AssignmentRow.assignee.in_(people), AssignmentRow.completed_at.is_(None))
            .group_by(AssignmentRow.assignee)
        )
        with self._database.reading() as session:
            return {person: int(count) for person, count in session.execute(query)}


def mark_drawn(session: Session, ids: Sequence[str]) -> None:
    """Let analysts see conversations: they were drawn for review, or are scored in a session."""
    for first in range(0, len(ids), _AT_ONCE):
        session.execute(
            update(ConversationRow)
            .where(ConversationRow.id.in_(ids[first : first + _AT_ONCE]))
            .values(sampled=True)
        )


def _sample(row: SampleRow) -> StoredSample:
    return StoredSample(
        id=row.id,
        created_at=row.created_at,
        created_by=row.created_by,
        sample=Sample.model_validate_json(row.document),
    )

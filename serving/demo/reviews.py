"""Weeks of quality work: samples, reviews by people, contests, a calibration session."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import update

from conversation import Evidence
from quality.results import Evaluation, ItemResult
from quality.review import (
    Acknowledged,
    Analyst,
    Commented,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    ReviewState,
    RootCauseNamed,
    Settled,
    Shared,
    Subject,
    advance,
    answer_of,
    fold_review,
)
from quality.review.event import new_id
from quality.review.review_events import AnyReviewEvent
from quality.sampling import SamplingRule
from quality.sampling.rule import SampledPurpose, Weights
from serving.access.visibility import visible
from serving.demo.agreeing import Clock, agreed_on, another
from serving.demo.analysing import Progress
from serving.demo.calendar import WEEKS, Replay
from serving.demo.calibrations import Calibrations
from serving.demo.people import People, Person, principal_of
from serving.demo.remarks import (
    causes_of,
    contest_of,
    corrected_because,
    praise,
    settled_because,
)
from serving.reviewing.desk import ReviewDesk
from serving.reviewing.samples import Sampling
from serving.sampling import agent_keys
from serving.store.tables import AssignmentRow

if TYPE_CHECKING:
    from serving.reviewing.contacts import Contact
    from serving.service import Service
    from serving.store.database import Database

_STILL_OPEN_DAYS = 9
_CALLS, _NEWEST_CALLS = 2, 6
"""Recordings given out each week beside the drawn ones; in the last one more, to be looked at."""
_SETTLED_WITHIN = timedelta(days=12)

_LIKELIER = {
    "complaint": 3.0,
    "cancellation": 2.0,
    "repeat": 1.5,
    "unresolved": 2.0,
    "low_score": 2.0,
}


class QualityWork:
    """What analysts, the supervisor and agents did.

    Args:
        service: Where it is recorded.
        people: Who did it.
        until: The end of the story.
        seed: Of their choices.
    """

    def __init__(self, service: Service, people: People, until: datetime, seed: int = 8) -> None:
        self._service = service
        self._people = people
        self._until = until
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._clock = Clock(until)
        self._given: set[str] = set()
        resources = service.resources
        database = service.store.database
        self._desk = ReviewDesk(
            database, resources.contacts, resources.drafts, resources.cards, clock=self._clock
        )
        self._sampling = Sampling(
            database, resources.contacts, resources.drafts, self._desk,
            agent_keys(None, service.settings.data_dir), clock=self._clock,
        )  # fmt: skip
        self._supervisor = principal_of(service.keys, people.supervisor)

    def do(self, replays: Mapping[str, Replay], progress: Progress) -> None:
        """Draw each week's sample, give it out, review what had time to be reviewed."""
        by_moment = sorted(replays.items(), key=lambda one: one[1].at)
        for week in range(WEEKS):
            progress("reviews", week, WEEKS)
            since = self._until - timedelta(days=7 * (WEEKS - week))
            ends = since + timedelta(days=7)
            ids = [
                conversation_id
                for conversation_id, replay in by_moment
                if since <= replay.at < ends
            ]
            if ids:
                self._week(week, since, ends, [one for one in ids if replays[one].script.sample])
        Calibrations(self._service, self._people, self._until, self._chance).hold(
            [
                conversation_id
                for conversation_id, replay in by_moment
                if replay.script.channel == "phone" and conversation_id not in self._given
            ],
            replays,
        )
        progress("reviews", WEEKS, WEEKS)

    def _week(self, week: int, since: datetime, ends: datetime, heard: Sequence[str]) -> None:
        self._clock.now = min(ends + timedelta(hours=2), self._until - timedelta(minutes=50))
        drawn = self._sampling.draw(
            self._supervisor, _rule(week), since=since, until=ends
        ).sample.contacts
        calls = heard[: _NEWEST_CALLS if week == WEEKS - 1 else _CALLS]
        chosen = dict.fromkeys([*(one.id for one in drawn), *calls])
        if not chosen:
            return
        given = self._sampling.assign(
            self._supervisor,
            list(chosen),
            [Analyst(one.id) for one in self._people.analysts],
            seed=week,
        )
        self._given |= set(chosen)
        visibility = visible(self._supervisor)
        persons = {one.id: one for one in self._people.analysts}
        for assignment in given:
            if self._chance.random() > self._done_by(assignment.created_at):
                continue
            contact = self._service.resources.contacts.get(assignment.conversation_id, visibility)
            self._review(contact, persons[assignment.assignee], assignment.created_at)

    def _done_by(self, created: datetime) -> float:
        """Return how likely a review that was given out then is done at the end of the story."""
        days = (self._until - created) / timedelta(days=1)
        return 0.25 if days < 2 else 0.75 if days < _STILL_OPEN_DAYS else 0.98

    def _review(self, contact: Contact, analyst: Person, begun: datetime) -> None:
        evaluation = self._service.resources.drafts.find(contact, None, None)
        subject = Subject(
            conversation_id=contact.stored.id,
            scorecard=evaluation.scorecard,
            version=evaluation.version,
        )
        log = self._desk.log(contact.stored.team)
        stream = log.events(f"review {subject}")
        state = fold_review(cast("Sequence[AnyReviewEvent]", stream))
        if state is None:
            return
        moment = begun + timedelta(hours=self._chance.uniform(1, 60))
        events: list[AnyReviewEvent] = []
        for event in self._events(contact, evaluation, state, subject, analyst, moment):
            if event.at >= self._until:
                break
            state = advance(state, event)
            events.append(event)
        if not events:
            return
        log.append_all(events)
        if state.is_complete:
            _complete(self._service.store.database, subject, events[-1].at)

    def _events(
        self,
        contact: Contact,
        evaluation: Evaluation,
        state: ReviewState,
        subject: Subject,
        analyst: Person,
        moment: datetime,
    ) -> Iterator[AnyReviewEvent]:
        chance = self._chance
        by: dict[str, Any] = {"author": analyst.id, "role": "analyst", "subject": subject}
        corrected: list[str] = []
        results = {one.id: one for one in evaluation.items}
        for item in state.items:
            result = results[item.opened.id]
            moment += timedelta(seconds=chance.uniform(12, 70))
            for event in self._answered(result, item.opened.eliminatory_proposed, by, moment):
                if isinstance(event, Corrected) and event.answer != 1.0:
                    corrected.append(event.item)
                yield event
        for item_id in corrected:
            if chance.random() < 0.35:
                cause, text = causes_of(item_id, chance)
                yield RootCauseNamed(at=moment, item=item_id, cause=cause, text=text, **by)
        turns = [
            turn
            for turn in contact.result.conversation.turns
            if turn.speaker == "agent" and len(turn.text) > 40
        ]
        if turns and chance.random() < 0.45:
            turn = chance.choice(turns)
            yield Commented(
                at=moment, text=praise(chance, state.displayed.score_100),
                evidence=(Evidence.from_turn(turn),), **by,
            )  # fmt: skip
        moment += timedelta(minutes=chance.uniform(2, 15))
        yield Shared(at=moment, **by)
        yield from self._answer_of_agent(contact, corrected, subject, moment)

    def _answered(
        self, result: ItemResult, proposed: bool, by: dict[str, Any], at: datetime
    ) -> Iterator[AnyReviewEvent]:
        chance = self._chance
        automatic = answer_of(result)
        if proposed:
            met = chance.random() < 0.5
            reason = corrected_because(result.id, 0.0 if met else 1.0, chance)
            kind = EliminatoryConfirmed if met else EliminatoryRejected
            yield kind(at=at, item=result.id, reason=reason, **by)
        if not result.points:
            return
        if automatic is not None and chance.random() < agreed_on(result.id):
            yield Confirmed(at=at, item=result.id, **by)
            return
        answer = another(automatic, chance)
        yield Corrected(
            at=at, item=result.id, answer=answer,
            reason=corrected_because(result.id, answer, chance), **by,
        )  # fmt: skip

    def _answer_of_agent(
        self, contact: Contact, corrected: Sequence[str], subject: Subject, moment: datetime
    ) -> Iterator[AnyReviewEvent]:
        chance = self._chance
        agent_key = contact.stored.agent_key
        if agent_key is None:
            return
        by: dict[str, Any] = {"author": agent_key, "role": "agent", "subject": subject}
        moment += timedelta(hours=chance.uniform(2, 50))
        said = chance.random()
        if corrected and said < 0.3:
            item = chance.choice(corrected)
            contest = Contested(
                id=new_id(), at=moment, item=item, reason=contest_of(item, chance), **by,
            )  # fmt: skip
            yield contest
            if chance.random() < 0.72 or self._until - moment > _SETTLED_WITHIN:
                moment += timedelta(hours=chance.uniform(8, 90))
                yield from self._settled(contest, subject, moment)
        elif said < 0.85:
            text = None if chance.random() < 0.7 else praise(chance, None, by_agent=True)
            yield Acknowledged(at=moment, text=text, **by)

    def _settled(
        self, contest: Contested, subject: Subject, moment: datetime
    ) -> Iterator[AnyReviewEvent]:
        changed = self._chance.random() < 0.45
        yield Settled(
            at=moment,
            author=self._people.supervisor.id,
            role="reviewer",
            subject=subject,
            contest=contest.id,
            outcome="changed" if changed else "upheld",
            answer=1.0 if changed else None,
            reason=settled_because(changed, self._chance),
        )


def _complete(database: Database, subject: Subject, at: datetime) -> None:
    with database.writing() as session:
        session.execute(
            update(AssignmentRow)
            .where(AssignmentRow.conversation_id == subject.conversation_id)
            .values(completed_at=at)
        )


def _rule(week: int) -> SamplingRule:
    return SamplingRule(
        name="centre-relation-client",
        version="2",
        seed=20261000 + week,
        design="weighted",
        purposes=(
            SampledPurpose(id="service_quality", rate=0.11),
            SampledPurpose(id="training", rate=0.05),
        ),
        weights=Weights(signals=dict(_LIKELIER)),
    )

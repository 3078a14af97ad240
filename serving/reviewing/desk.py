"""Reviews of stored evaluations: who may do what, recorded as events, folded into a state."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import select, update

from conversation.errors import Conflict, Forbidden, NotFound
from nlu.redaction import CARDS_ONLY
from quality.results import Evaluation
from quality.review import ReviewState, Subject, advance, fold_review, opened
from quality.review.event import Role as ReviewRole
from quality.review.events import AnyEvent
from quality.review.review_events import AnyReviewEvent, Shared
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.reviewing.cards import Cards
from serving.reviewing.contacts import Contact, Contacts
from serving.reviewing.drafts import Draft, Drafts, draft_of
from serving.reviewing.sql_log import SqlEventLog
from serving.reviewing.typed_words import without_personal_data
from serving.store.tables import AssignmentRow, ReviewEventRow

if TYPE_CHECKING:
    from nlu.redaction import RedactionPolicy
    from serving.store.database import Database

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,127}")  # quality.review.event.Key

MACHINE = "entendu"
"""Author of what no person does."""

EventMaker = Callable[[Subject, ReviewRole, str, datetime], AnyReviewEvent]


@dataclass(frozen=True)
class ReviewedEvaluation:
    """An automatic evaluation and what people made of it.

    Attributes:
        draft: Of the machine.
        review: Of people; None where nobody has begun.
    """

    draft: Draft
    review: ReviewState | None


class ReviewDesk:
    """Shows and records reviews.

    Args:
        database: The store's.
        contacts: Stored conversations.
        drafts: Automatic evaluations.
        cards: Scorecards.
        policy: Returns what is removed from what people type.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        contacts: Contacts,
        drafts: Drafts,
        cards: Cards,
        *,
        policy: Callable[[], RedactionPolicy] = lambda: CARDS_ONLY,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._contacts = contacts
        self._drafts = drafts
        self._cards = cards
        self._policy = policy
        self._clock = clock

    def log(self, team: str) -> SqlEventLog:
        """Return the events of a team."""

        def cleaned(event: AnyEvent) -> AnyEvent:
            return without_personal_data(event, self._policy())

        return SqlEventLog(self._database, team, cleaned=cleaned)

    def show(self, principal: Principal, conversation_id: str) -> tuple[ReviewedEvaluation, ...]:
        """Return all evaluations of a conversation.

        An agent sees those that were shared with them.

        Args:
            principal: Who asks.
            conversation_id: Which.

        Raises:
            NotFound: There is none that may be seen.
            Conflict: It was not analysed yet, or they are to score it blind first.
        """
        contact = self._contacts.get(conversation_id, visible(principal))
        log = self.log(contact.stored.team)
        evaluations = self._drafts.of(contact)
        for evaluation in evaluations:
            check_not_blind(log, principal, conversation_id, evaluation.scorecard)
        states = {str(state.subject): state for state in states_of(log, conversation_id)}
        shown = [
            ReviewedEvaluation(draft_of(one, log), states.get(str(_subject(one))))
            for one in evaluations
        ]
        if principal.role is Role.AGENT:
            shown = [one for one in shown if one.review is not None and one.review.sharings]
        return tuple(shown)

    def record(
        self,
        principal: Principal,
        conversation_id: str,
        make: EventMaker,
        *,
        scorecard: str | None = None,
        version: str | None = None,
        expected: int | None = None,
    ) -> tuple[ReviewState, bool]:
        """Record what somebody does in a review; the first one opens it.

        Args:
            principal: Who.
            conversation_id: Of the contact.
            make: Makes the event of its subject, their role, their id and the time.
            scorecard: Name of the card; None: that of the analysis.
            version: Of the card; None: the newest that the contact was scored with.
            expected: How many events they have seen; None: does not matter.

        Returns:
            The state after it, and whether the event is new.

        Raises:
            NotFound: There is no such conversation, or it was not scored so.
            Conflict: The event is not allowed now.
            ChangedMeanwhile: Somebody else did something meanwhile.
            Forbidden: They have no part in reviews.
        """
        contact = self._contacts.get(conversation_id, visible(principal))
        evaluation = self._drafts.find(contact, scorecard, version)
        log = self.log(contact.stored.team)
        check_not_blind(log, principal, conversation_id, evaluation.scorecard)
        role, author = part_of(principal)
        subject = _subject(evaluation)
        now = self._clock()
        event = make(subject, role, author, now)
        stream = cast("Sequence[AnyReviewEvent]", log.events(event.stream))
        if role == "agent" and not any(one.kind == "shared" for one in stream):
            raise _not_shared(conversation_id)
        before = next((one for one in stream if one.id == event.id), None)
        if before is not None:
            event = event.model_copy(update={"at": before.at})  # sent again: the same event
        fresh: list[AnyReviewEvent] = [event]
        if not stream:
            fresh.insert(0, self._opening(contact, evaluation, now))

        def check(known: Sequence[AnyEvent]) -> None:
            state = fold_review(cast("Sequence[AnyReviewEvent]", known))
            for one in fresh:
                state = advance(state, one)

        try:
            is_new = log.append_all(fresh, check=check, expected=expected)
        except Conflict:
            if stream or not log.events(event.stream):
                raise
            # Somebody else opened the review in between.
            fresh = [event]
            is_new = log.append_all(fresh, check=check, expected=expected)
        state = fold_review(cast("Sequence[AnyReviewEvent]", log.events(event.stream)))
        if state is None:
            raise NotFound("the review was erased meanwhile", remedy="nothing is left to do")
        if state.is_complete:
            self._complete(subject, now)
        return state, is_new

    def check_may_see(
        self,
        principal: Principal,
        conversation_id: str,
        scorecard: str,
        version: str | None = None,
    ) -> None:
        """Refuse a draft to who scores the contact blind, and to its agent until it is shared.

        Args:
            principal: Who asks.
            conversation_id: Of the contact; they may see it.
            scorecard: Name of the card.
            version: Of the card; None: any.

        Raises:
            Conflict: They take part in a blind session with it that is not over.
            NotFound: They are the agent, and it was not shared.
        """
        team = self._contacts.team_of(conversation_id, visible(principal))
        log = self.log(team)
        check_not_blind(log, principal, conversation_id, scorecard)
        if principal.role is Role.AGENT and not any(
            isinstance(one, Shared)
            and one.subject.scorecard == scorecard
            and version in (None, one.subject.version)
            for one in log.events_about(conversation_id)
        ):
            raise _not_shared(conversation_id)

    def assign(
        self, contact: Contact, evaluation: Evaluation, event: AnyReviewEvent, now: datetime
    ) -> None:
        """Record that a review was given to somebody; opens it where nobody has.

        Args:
            contact: The conversation.
            evaluation: The draft that is reviewed.
            event: That assigns it.
            now: The time.
        """
        log = self.log(contact.stored.team)
        fresh: list[AnyReviewEvent] = [event]
        if not log.events(event.stream):
            fresh.insert(0, self._opening(contact, evaluation, now))

        def check(known: Sequence[AnyEvent]) -> None:
            state = fold_review(cast("Sequence[AnyReviewEvent]", known))
            for one in fresh:
                state = advance(state, one)

        log.append_all(fresh, check=check)

    def _opening(self, contact: Contact, evaluation: Evaluation, now: datetime) -> AnyReviewEvent:
        try:
            card = self._cards.get(evaluation.scorecard, evaluation.version)
            can_eliminate = frozenset(one.id for one in card.items if one.eliminatory is not None)
        except NotFound:
            can_eliminate = frozenset()
        return opened(
            contact.result.conversation,
            evaluation,
            can_eliminate=can_eliminate,
            agent=review_key(contact.stored.agent_key),
            at=now,
            author=MACHINE,
        )

    def _complete(self, subject: Subject, now: datetime) -> None:
        with self._database.writing() as session:
            session.execute(
                update(AssignmentRow)
                .where(
                    AssignmentRow.conversation_id == subject.conversation_id,
                    AssignmentRow.scorecard == subject.scorecard,
                    AssignmentRow.version == subject.version,
                    AssignmentRow.completed_at.is_(None),
                )
                .values(completed_at=now)
            )

    def make_nameless(self, conversation_id: str) -> int:
        """Take a conversation's name out of all blind sessions (see :class:`SqlEventLog`)."""
        with self._database.reading() as session:
            teams = session.scalars(select(ReviewEventRow.team).distinct()).all()
        return sum(self.log(team).make_nameless(conversation_id) for team in teams)


def part_of(principal: Principal) -> tuple[ReviewRole, str]:
    """Return in which role somebody takes part in reviews, and under which id.

    Raises:
        Forbidden: They take no part.
    """
    if principal.role is Role.ANALYST:
        return "analyst", review_key(principal.id) or ""
    if principal.role in (Role.SUPERVISOR, Role.ADMIN):
        return "reviewer", review_key(principal.id) or ""
    if principal.role is Role.AGENT and principal.agent_key is not None:
        return "agent", review_key(principal.agent_key) or ""
    raise Forbidden(f"this {principal.role} takes no part in reviews", remedy="use another key")


def review_key(text: str | None) -> str | None:
    """Return an id as events can hold it: as it is where it fits, else a hash of it."""
    if text is None or _KEY.fullmatch(text):
        return text
    return f"id-{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def states_of(log: SqlEventLog, conversation_id: str) -> list[ReviewState]:
    """Fold the reviews of a conversation, in the order in which they were opened."""
    from quality.agreement.trust import review_states

    return review_states(log.events_about(conversation_id))


def check_not_blind(
    log: SqlEventLog, principal: Principal, conversation_id: str, scorecard: str
) -> None:
    """Refuse to show answers to somebody who is to score the contact without seeing any.

    Raises:
        Conflict: They take part in a blind session with it that is not over.
    """
    session = blind_session(log, principal, conversation_id, scorecard)
    if session is not None:
        raise Conflict(
            f"this contact is scored blind in session {session}",
            remedy="score it there first; answers are shown once everybody has",
        )


def blind_session(
    log: SqlEventLog, principal: Principal, conversation_id: str, scorecard: str
) -> str | None:
    """Return the session in which somebody is to score a contact without seeing any answer.

    Args:
        log: Of the contact's team.
        principal: Who.
        conversation_id: Of the contact.
        scorecard: Name of the card.

    Returns:
        Its id; None where they take part in none with it that is not over.
    """
    from serving.reviewing.blind import open_sessions

    return next(
        (
            state.opened.session
            for state in open_sessions(log)
            if principal.id in state.opened.raters
            and conversation_id in state.contacts
            and state.opened.scorecard == scorecard
        ),
        None,
    )


def _not_shared(conversation_id: str) -> NotFound:
    return NotFound(
        f"no evaluation of {conversation_id[:64]!r} was shared",
        remedy="ask the analyst to share it",
    )


def _subject(evaluation: Evaluation) -> Subject:
    return Subject(
        conversation_id=evaluation.conversation_id,
        scorecard=evaluation.scorecard,
        version=evaluation.version,
    )

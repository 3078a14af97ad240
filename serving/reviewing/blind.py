"""Blind calibration sessions over stored conversations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from conversation.errors import BadInput, NotFound
from quality.review import (
    MachineAnswers,
    SessionOpened,
    SessionState,
    answer_of,
    fold_session,
)
from quality.review.event import new_id
from quality.review.events import AnyEvent
from quality.review.session_events import AnySessionEvent
from quality.review.sessions import check_session
from serving.access.principal import Principal
from serving.access.visibility import visible
from serving.reviewing.desk import part_of
from serving.reviewing.samples import mark_drawn
from serving.reviewing.sql_log import SqlEventLog

if TYPE_CHECKING:
    from quality.scorecard import Scorecard
    from serving.reviewing.contacts import Contacts
    from serving.reviewing.drafts import Drafts
    from serving.store.database import Database

MAX_CONTACTS = 100


class BlindSessions:
    """Opens sessions and records what happens in them.

    Args:
        database: The store's.
        contacts: Stored conversations.
        drafts: Automatic evaluations.
        clock: Tells the time.
    """

    def __init__(
        self,
        database: Database,
        contacts: Contacts,
        drafts: Drafts,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._contacts = contacts
        self._drafts = drafts
        self._clock = clock

    def open(
        self,
        principal: Principal,
        log: SqlEventLog,
        card: Scorecard,
        *,
        conversation_ids: Sequence[str],
        raters: Sequence[str],
    ) -> SessionState:
        """Give contacts to several people who score them without seeing any answer.

        Args:
            principal: Who opens it.
            log: Of their team.
            card: To score with.
            conversation_ids: The contacts; each was scored with this version of the card.
            raters: Ids of who scores.

        Raises:
            NotFound: A conversation cannot be seen, or was not scored with the card.
            BadInput: A contact or a rater stands twice.
        """
        for what, keys in (("rater", raters), ("conversation", conversation_ids)):
            if len(set(keys)) != len(keys):
                raise BadInput(f"a {what} stands twice", remedy="name each once")
        answers = []
        for conversation_id in conversation_ids:
            contact = self._contacts.get(conversation_id, visible(principal))
            evaluation = self._drafts.find(contact, card.name, card.version)
            answers.append(
                MachineAnswers(
                    conversation_id=conversation_id,
                    answers={one.id: answer_of(one) for one in evaluation.items},
                )
            )
        role, author = part_of(principal)
        event = SessionOpened(
            at=self._clock(),
            author=author,
            role=role,
            session=f"blind-{new_id()[:16]}",
            scorecard=card.name,
            version=card.version,
            raters=tuple(raters),
            contacts=tuple(answers),
            questions={item.id: item.sha256 for item in card.items},
        )
        with self._database.writing() as session:
            mark_drawn(session, conversation_ids)  # raters have to see what they score
        return self.record(log, event)[0]

    def get(self, log: SqlEventLog, session: str) -> SessionState:
        """Return where a session stands.

        Raises:
            NotFound: There is none with this id.
        """
        state = _folded(log.events(f"session {session}"))
        if state is None:
            raise NotFound(
                f"no calibration session {session[:64]!r}",
                remedy="GET /v1/calibrations lists those that there are",
            )
        return state

    def all(self, log: SqlEventLog) -> tuple[SessionState, ...]:
        """Return all sessions, the newest first."""
        return tuple(self.get(log, session) for session in reversed(log.sessions()))

    def record(
        self, log: SqlEventLog, event: AnySessionEvent, *, expected: int | None = None
    ) -> tuple[SessionState, bool]:
        """Record what happens in a session.

        Args:
            log: Of the team.
            event: What happens.
            expected: How many events the sender has seen; None: does not matter.

        Returns:
            The state after it, and whether the event is new.

        Raises:
            Conflict: It is not allowed now.
        """

        def check(known: Sequence[AnyEvent]) -> None:
            check_session(_folded(known), event)

        is_new = log.append_all([event], check=check, expected=expected)
        return self.get(log, event.session), is_new


def open_sessions(log: SqlEventLog) -> Iterator[SessionState]:
    """Yield the sessions in which somebody has still to score."""
    for session in log.sessions():
        state = _folded(log.events(f"session {session}"))
        if state is not None and not state.is_revealed:
            yield state


def _folded(events: Sequence[AnyEvent]) -> SessionState | None:
    return fold_session(cast("Sequence[AnySessionEvent]", events))

"""The events of reviews, sessions and cards in the database: added and read, never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conversation.errors import ChangedMeanwhile, Conflict, Overloaded
from quality.review.events import EVENTS, AnyEvent, conversations_of
from quality.review.log import Check, without
from quality.review.review_events import ReviewEvent
from quality.review.session_events import SessionOpened
from serving.store.database import Database
from serving.store.tables import ReviewEventRow

_AT_ONCE = 200

ATTEMPTS = 8
"""How often a writer that was overtaken reads the stream again before it gives up."""


class SqlEventLog:
    """A team's events (see :class:`quality.review.EventLog`).

    Writers of one stream wait for each other, so that each checks its event against what the one
    before added; no two can take the same position.

    Args:
        database: The store's.
        team: Whose events.
        cleaned: What is stored of an event, without personal data that somebody typed; as it came
            if left, for logs that are only read.
    """

    def __init__(
        self,
        database: Database,
        team: str,
        *,
        cleaned: Callable[[AnyEvent], AnyEvent] = lambda event: event,
    ) -> None:
        self._database = database
        self._team = team
        self._cleaned = cleaned

    def append(self, event: AnyEvent, *, check: Check | None = None) -> bool:
        """Add an event (see :class:`quality.review.EventLog`)."""
        return self.append_all([event], check=check)

    def append_all(
        self,
        events: Sequence[AnyEvent],
        *,
        check: Check | None = None,
        expected: int | None = None,
    ) -> bool:
        """Add several events of one stream, all or none.

        Args:
            events: What to add, in order; those that are there already are passed over.
            check: Called with the events of the stream so far, while nobody else can add any;
                what it raises keeps all of them out.
            expected: How many events the sender has seen in the stream; None: does not matter.

        Returns:
            Whether anything was added.

        Raises:
            Conflict: Another event of one of the ids is there.
            ChangedMeanwhile: The stream has more events than were expected.
            Overloaded: Others were faster again and again.
        """
        events = [self._cleaned(event) for event in events]
        for _ in range(ATTEMPTS):
            try:
                with self._database.writing() as session:
                    return self._added(session, events, check, expected)
            except IntegrityError:
                continue  # the same event came to another stream at once: look again
        raise Overloaded("many people change this at once", remedy="send it again in a moment")

    def events(self, stream: str | None = None) -> Sequence[AnyEvent]:
        """Return the events of a stream, or all (see :class:`quality.review.EventLog`)."""
        if stream is not None and "\x00" in stream:  # which PostgreSQL takes in no text
            return ()
        with self._database.reading() as session:
            return _read(session, self._where(stream))

    def events_about(self, conversation_id: str) -> Sequence[AnyEvent]:
        """Return the events of all reviews of a conversation."""
        with self._database.reading() as session:
            where = ReviewEventRow.conversation_id == conversation_id
            return _read(session, and_(self._where(None), where))

    def of_kinds(self, *kinds: str) -> Sequence[AnyEvent]:
        """Return the events of some kinds, in the order in which they were added."""
        with self._database.reading() as session:
            return _read(session, and_(self._where(None), ReviewEventRow.kind.in_(kinds)))

    def streams(self, names: Sequence[str]) -> dict[str, list[AnyEvent]]:
        """Return the events of several streams, by stream; one that is empty is left out."""
        found: dict[str, list[AnyEvent]] = {}
        with self._database.reading() as session:
            for first in range(0, len(names), _AT_ONCE):
                some = ReviewEventRow.stream.in_(names[first : first + _AT_ONCE])
                for event in _read(session, and_(self._where(None), some)):
                    found.setdefault(event.stream, []).append(event)
        return found

    def newest_streams(self, item: str, *, limit: int) -> tuple[str, ...]:
        """Return the reviews in which a person answered a question last, the newest first.

        Args:
            item: The question.
            limit: Most to return.
        """
        last = func.max(ReviewEventRow.number)
        asked = (
            select(ReviewEventRow.stream)
            .where(
                self._where(None),
                ReviewEventRow.kind.in_(("confirmed", "corrected")),
                ReviewEventRow.document.contains(f'"item":"{item}"', autoescape=True),
            )
            .group_by(ReviewEventRow.stream)
            .order_by(last.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return tuple(session.scalars(asked))

    def sessions(self) -> tuple[str, ...]:
        """Return the ids of the blind sessions, in the order in which they were opened."""
        with self._database.reading() as session:
            opened = _read(session, and_(self._where(None), _of_kind("session_opened")))
        return tuple(one.session for one in opened if isinstance(one, SessionOpened))

    def card_events(self, scorecard: str) -> Sequence[AnyEvent]:
        """Return the events about the trust in a card."""
        return self.events(f"card {scorecard}")

    def forget(self, conversation_id: str) -> int:
        """Erase all events that speak of a conversation (see :class:`quality.review.EventLog`)."""
        with self._database.writing() as session:
            gone = session.scalars(
                delete(ReviewEventRow)
                .where(self._where(None), ReviewEventRow.conversation_id == conversation_id)
                .returning(ReviewEventRow.number)
            ).all()
            return len(gone) + self._make_nameless(session, conversation_id)

    def make_nameless(self, conversation_id: str) -> int:
        """Take a conversation's name out of the blind sessions in which it was scored.

        Returns:
            How many events spoke of it; the answers in them still count for agreement.
        """
        with self._database.writing() as session:
            return self._make_nameless(session, conversation_id)

    def _make_nameless(self, session: Session, conversation_id: str) -> int:
        rows = session.scalars(
            select(ReviewEventRow)
            .where(self._where(None), ReviewEventRow.stream.in_(sessions_with(conversation_id)))
            .order_by(ReviewEventRow.number)
            .with_for_update()
        ).all()
        events = [EVENTS.validate_json(row.document) for row in rows]
        kept, erased = without(events, conversation_id)
        for row, event in zip(rows, kept, strict=True):
            row.document = event.model_dump_json()
        return erased

    def _added(
        self,
        session: Session,
        events: Sequence[AnyEvent],
        check: Check | None,
        expected: int | None,
    ) -> bool:
        stream = events[0].stream
        self._database.lock(session, _lock_of(self._team, stream))
        known = list(_read(session, self._where(stream)))
        fresh = [event for event in events if not self._has(session, event)]
        if not fresh:
            return False
        if expected is not None and expected != len(known):
            raise ChangedMeanwhile(
                f"{len(known)} events are there, the sender has seen {expected}",
                remedy="get it again, look at what changed, and send the event again",
            )
        if check is not None:
            check(known)
        for position, event in enumerate(fresh, start=len(known)):
            session.add(
                ReviewEventRow(
                    team=self._team,
                    id=event.id,
                    stream=stream,
                    position=position,
                    kind=event.kind,
                    conversation_id=_about(event),
                    at=event.at,
                    document=event.model_dump_json(),
                )
            )
        session.flush()
        return True

    def _has(self, session: Session, event: AnyEvent) -> bool:
        same = session.scalar(
            select(ReviewEventRow.document).where(self._where(None), ReviewEventRow.id == event.id)
        )
        if same is not None and EVENTS.validate_json(same) != event:
            raise Conflict(
                f"another event has the id {event.id!r}",
                remedy="give the new event an id of its own",
            )
        return same is not None

    def _where(self, stream: str | None) -> ColumnElement[bool]:
        mine = ReviewEventRow.team == self._team
        return mine if stream is None else and_(mine, ReviewEventRow.stream == stream)


def sessions_with(conversation_id: str) -> Select[str]:
    """Select the streams of the blind sessions in which a conversation was scored."""
    return select(ReviewEventRow.stream).where(
        ReviewEventRow.kind == "session_opened",
        ReviewEventRow.document.contains(conversation_id, autoescape=True),
    )


def _lock_of(team: str, stream: str) -> int:
    """Return the number of the lock of those who write to a stream: 63 bits of a hash."""
    digest = hashlib.sha256(f"{team}\n{stream}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def _of_kind(kind: str) -> ColumnElement[bool]:
    return ReviewEventRow.kind == kind


def _about(event: AnyEvent) -> str | None:
    return next(iter(conversations_of(event))) if isinstance(event, ReviewEvent) else None


def _read(session: Session, where: ColumnElement[bool]) -> tuple[AnyEvent, ...]:
    documents = session.scalars(
        select(ReviewEventRow.document).where(where).order_by(ReviewEventRow.number)
    )
    return tuple(EVENTS.validate_json(document) for document in documents)

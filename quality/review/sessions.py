"""Blind calibration sessions: nobody sees another's answers before all have scored."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn, Self

from pydantic import BaseModel, Field

from conversation.errors import Conflict
from quality.review.answers import Answer
from quality.review.event import FROZEN, Key
from quality.review.session_events import (
    AnySessionEvent,
    SessionClosed,
    SessionExcused,
    SessionOpened,
    SessionReconciled,
    SessionScored,
)


class ComparedItem(BaseModel):
    """The answers of all raters to one question of one contact.

    Attributes:
        conversation_id: The contact.
        item: The question.
        raters: Answer of each rater.
        machine: The machine's; None where it could not tell.
        reconciled: What the raters agreed on afterwards; None where nothing was written down.
        reason: Of that.
    """

    model_config = FROZEN

    conversation_id: Key
    item: Key
    raters: dict[Key, Answer]
    machine: Answer | None
    reconciled: Answer | None = None
    reason: str | None = None

    @property
    def agreed(self) -> bool:
        """Whether all raters gave the same answer."""
        return len(set(self.raters.values())) == 1


class SessionState(BaseModel):
    """Where a session stands. Built by :func:`fold_session`.

    Attributes:
        opened: Contacts, questions and raters.
        scored: Answers by rater and contact; use :meth:`answers_seen_by` to show any.
        excused: Raters who are no longer waited for.
        reconciled: What the raters agreed on, by contact and question, with the reason.
        closed: Who ended it, when, with which note; None while it goes on.
        events: Ids of all events, in order.
    """

    model_config = FROZEN

    opened: SessionOpened
    scored: dict[Key, dict[Key, dict[Key, Answer]]] = Field(default_factory=dict)
    excused: tuple[Key, ...] = ()
    reconciled: dict[Key, dict[Key, tuple[Answer, str]]] = Field(default_factory=dict)
    closed: SessionClosed | None = None
    events: tuple[str, ...]

    @property
    def contacts(self) -> tuple[str, ...]:
        """Ids of the contacts, in order."""
        return tuple(contact.conversation_id for contact in self.opened.contacts)

    @property
    def items(self) -> tuple[str, ...]:
        """Ids of the questions, in the card's order."""
        return tuple(self.opened.contacts[0].answers)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Raters who have contacts left to score."""
        return tuple(
            rater
            for rater in self.opened.raters
            if rater not in self.excused and len(self.scored.get(rater, {})) < len(self.contacts)
        )

    @property
    def is_revealed(self) -> bool:
        """Whether everybody has scored everything, so that answers may be shown."""
        return not self.waiting_for

    def answers_seen_by(self, person: str) -> dict[str, dict[str, dict[str, Answer]]]:
        """Return the answers that a person may see: their own; all once all have scored.

        Args:
            person: Who asks; a reviewer who takes no part sees nothing before the end either.

        Returns:
            By rater, contact and question.
        """
        if self.is_revealed:
            return {rater: dict(contacts) for rater, contacts in self.scored.items()}
        return {person: dict(self.scored[person])} if person in self.scored else {}

    def comparison(self) -> tuple[ComparedItem, ...]:
        """Compare by question, then by contact.

        Returns:
            One for each question of each contact that somebody scored.

        Raises:
            Conflict: Somebody has still to score.
        """
        if not self.is_revealed:
            _refuse(
                f"answers stay hidden until all have scored; missing: "
                f"{', '.join(self.waiting_for)}",
                "wait for them, or excuse who cannot take part any more",
            )
        machine = {one.conversation_id: one.answers for one in self.opened.contacts}
        compared = []
        for item in self.items:
            for contact in self.contacts:
                answers = {
                    rater: contacts[contact][item]
                    for rater, contacts in self.scored.items()
                    if contact in contacts
                }
                agreed = self.reconciled.get(contact, {}).get(item)
                if answers:
                    compared.append(
                        ComparedItem(
                            conversation_id=contact,
                            item=item,
                            raters=answers,
                            machine=machine[contact][item],
                            reconciled=agreed[0] if agreed else None,
                            reason=agreed[1] if agreed else None,
                        )
                    )
        return tuple(compared)

    def applied(self, event: AnySessionEvent) -> Self:
        """Apply an event that :func:`check_session` has let pass."""
        update: dict[str, object] = {"events": (*self.events, event.id)}
        if isinstance(event, SessionScored):
            mine = {**self.scored.get(event.author, {}), event.conversation_id: event.answers}
            update["scored"] = {**self.scored, event.author: mine}
        elif isinstance(event, SessionExcused):
            update["excused"] = (*self.excused, event.rater)
        elif isinstance(event, SessionReconciled):
            there = self.reconciled.get(event.conversation_id, {})
            there = {**there, event.item: (event.answer, event.reason)}
            update["reconciled"] = {**self.reconciled, event.conversation_id: there}
        elif isinstance(event, SessionClosed):
            update["closed"] = event
        return self.model_copy(update=update)


def fold_session(events: Iterable[AnySessionEvent]) -> SessionState | None:
    """Fold the events of one session.

    Args:
        events: In the order in which they were recorded; an event that stands twice counts once.

    Returns:
        The state; None without events.

    Raises:
        Conflict: An event is not allowed where it stands.
    """
    state: SessionState | None = None
    for event in events:
        if state is not None and event.id in state.events:
            continue
        check_session(state, event)
        if state is None:
            assert isinstance(event, SessionOpened)  # noqa: S101 - checked above
            state = SessionState(opened=event, events=(event.id,))
        else:
            state = state.applied(event)
    return state


def check_session(state: SessionState | None, event: AnySessionEvent) -> None:
    """Refuse an event that is not allowed now.

    Args:
        state: Where the session stands; None when nothing has happened yet.
        event: What somebody wants to do.

    Raises:
        Conflict: It is not allowed; says why and what to do instead.
    """
    if event.role == "agent":
        _refuse("an agent takes no part in calibration", "let analysts score")
    if state is None:
        if not isinstance(event, SessionOpened):
            _refuse(f"no session {event.session!r} is open", "open it with contacts and raters")
        return
    if state.closed is not None:
        _refuse(f"session {event.session!r} is closed", "open another session")
    match event:
        case SessionOpened():
            _refuse(f"session {event.session!r} is open already", "give the new one another id")
        case SessionScored():
            _check_scored(state, event)
        case SessionExcused():
            if event.role != "reviewer":
                _refuse("only a reviewer can excuse a rater", "ask a reviewer")
            if event.rater not in state.waiting_for:
                _refuse(f"nobody waits for {event.rater!r}", "nothing is left to do")
        case SessionReconciled():
            _check_reconciled(state, event)
        case SessionClosed():
            if event.role != "reviewer":
                _refuse("only a reviewer can close a session", "ask a reviewer")
            if not state.is_revealed:
                _refuse(
                    f"not everybody has scored; missing: {', '.join(state.waiting_for)}",
                    "wait for them, or excuse who cannot take part any more",
                )


def _check_scored(state: SessionState, event: SessionScored) -> None:
    if event.role == "system":
        _refuse("a machine cannot score in a session", "let a person score under their id")
    if event.author not in state.opened.raters:
        _refuse(
            f"{event.author} is no rater of this session",
            f"raters are {', '.join(state.opened.raters)}; open a session with others",
        )
    if event.author in state.excused:
        _refuse(f"{event.author} is excused from this session", "take part in the next one")
    if event.conversation_id not in state.contacts:
        _refuse(
            f"contact {event.conversation_id!r} is not in this session",
            f"score one of {', '.join(state.contacts)}",
        )
    if event.conversation_id in state.scored.get(event.author, {}):
        _refuse(
            f"{event.author} has scored {event.conversation_id} already; blind answers stay",
            "say what you think now when the answers are reconciled",
        )
    missing = set(state.items) - event.answers.keys()
    unknown = event.answers.keys() - set(state.items)
    if missing or unknown:
        wrong = [f"{one} is missing" for one in sorted(missing)]
        wrong += [f"{one} is no question of it" for one in sorted(unknown)]
        _refuse(
            f"the answers do not fit the session: {', '.join(wrong)}",
            "answer every question once; na where it does not apply",
        )


def _check_reconciled(state: SessionState, event: SessionReconciled) -> None:
    if event.role == "system":
        _refuse("a machine cannot reconcile answers", "let a person of the session write it down")
    if not state.is_revealed:
        _refuse(
            f"not everybody has scored; missing: {', '.join(state.waiting_for)}",
            "reconcile when all have scored",
        )
    if event.conversation_id not in state.contacts or event.item not in state.items:
        _refuse(
            f"{event.item} of {event.conversation_id} is not in this session",
            "name a contact and a question of this session",
        )


def _refuse(message: str, remedy: str) -> NoReturn:
    raise Conflict(message, remedy=remedy)

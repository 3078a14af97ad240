"""What happens in a blind calibration session: several people score the same contacts."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from quality.review.answers import Answer
from quality.review.event import FROZEN, Event, Key, Said


class SessionEvent(Event):
    """Something that happens in a blind calibration session.

    Attributes:
        session: Its id.
    """

    session: Key

    @property
    def stream(self) -> str:
        """The events that are folded together."""
        return f"session {self.session}"


class MachineAnswers(BaseModel):
    """What the machine answers for one contact, kept out of sight until everybody has scored.

    Attributes:
        conversation_id: The contact.
        answers: By question; None where it cannot tell.
    """

    model_config = FROZEN

    conversation_id: Key
    answers: dict[Key, Answer | None] = Field(min_length=1)


class SessionOpened(SessionEvent):
    """Contacts are given to several people who score them without seeing each other's answers.

    Attributes:
        scorecard: Name of the card.
        version: Of the card.
        raters: Who scores; two at least.
        contacts: What they score, with the machine's answers.
        questions: Hash of each question as it was asked; empty when not known.
        seed: Of the draw of the contacts; None when a person chose them.
    """

    kind: Literal["session_opened"] = "session_opened"
    scorecard: Key
    version: str = Field(min_length=1)
    raters: tuple[Key, ...] = Field(min_length=2)
    contacts: tuple[MachineAnswers, ...] = Field(min_length=1)
    questions: dict[Key, str] = Field(default_factory=dict)
    seed: int | None = None

    @model_validator(mode="after")
    def _everything_once(self) -> Self:
        ids = tuple(contact.conversation_id for contact in self.contacts)
        for what, keys in (("rater", self.raters), ("contact", ids)):
            if len(set(keys)) != len(keys):
                raise ValueError(f"a {what} stands twice in {', '.join(keys)}")
        items = {frozenset(contact.answers) for contact in self.contacts}
        if len(items) > 1:
            raise ValueError("the contacts do not have the same questions")
        return self


class SessionScored(SessionEvent):
    """A rater's answers for one contact, all at once and for good.

    Attributes:
        conversation_id: The contact.
        answers: By question; every question of the session.
    """

    kind: Literal["session_scored"] = "session_scored"
    conversation_id: Key
    answers: dict[Key, Answer] = Field(min_length=1)


class SessionExcused(SessionEvent):
    """A rater who cannot take part any more is no longer waited for.

    Attributes:
        rater: Who.
        reason: Why.
    """

    kind: Literal["session_excused"] = "session_excused"
    rater: Key
    reason: Said


class SessionReconciled(SessionEvent):
    """What the raters agree on after they compared.

    Attributes:
        conversation_id: The contact.
        item: The question.
        answer: Theirs together.
        reason: Why, or how the criterion is to be read from now on.
    """

    kind: Literal["session_reconciled"] = "session_reconciled"
    conversation_id: Key
    item: Key
    answer: Answer
    reason: Said


class SessionClosed(SessionEvent):
    """The raters have talked it over: what was agreed stays as it is.

    Attributes:
        note: What the group takes from it; None where nothing was written down.
    """

    kind: Literal["session_closed"] = "session_closed"
    note: Said | None = None


AnySessionEvent = SessionOpened | SessionScored | SessionExcused | SessionReconciled | SessionClosed

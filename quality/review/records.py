"""What a review holds of each thing that people did: who, when, what and why."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from conversation import Evidence
from quality.review.answers import Answer
from quality.review.event import FROZEN, Key, Moment, Role


class Decision(BaseModel):
    """An answer that a person gave.

    Attributes:
        event: Id of the event.
        at: When.
        author: Who.
        role: In which role.
        how: Whether the machine's answer was confirmed, an own one given, or a contest settled.
        answer: The answer.
        reason: Why; None where the machine's answer was confirmed.
        evidence: Quotes that it rests on.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    role: Role
    how: Literal["confirmed", "corrected", "settled"]
    answer: Answer
    reason: str | None = None
    evidence: tuple[Evidence, ...] = ()


class EliminatoryDecision(BaseModel):
    """A person's word on an eliminatory finding.

    Attributes:
        event: Id of the event.
        at: When.
        author: Who.
        met: Whether the condition is met.
        reason: Why.
        evidence: Quotes that it rests on.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    met: bool
    reason: str
    evidence: tuple[Evidence, ...] = ()


class RootCause(BaseModel):
    """Why a question went wrong, as somebody sees it.

    Attributes:
        event: Id of the event.
        at: When.
        author: Who.
        cause: From the centre's list.
        text: In words.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    cause: Key
    text: str | None = None


class Comment(BaseModel):
    """A remark.

    Attributes:
        event: Id of the event.
        at: When.
        author: Who.
        role: In which role.
        text: The remark.
        evidence: The passage.
        item: The question.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    role: Role
    text: str
    evidence: tuple[Evidence, ...] = ()
    item: Key | None = None


class Verdict(BaseModel):
    """How a contest was settled, or that it was opened again.

    Attributes:
        event: Id of the event.
        at: When.
        author: Who.
        outcome: ``upheld``, ``changed``, or ``reopened``.
        reason: Why.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    outcome: Literal["upheld", "changed", "reopened"]
    reason: str


class Contest(BaseModel):
    """A disagreement of the agent.

    Attributes:
        event: Id of the event, and of the contest.
        at: When.
        author: The agent.
        item: With which question.
        about: With its answer, or with its eliminatory finding.
        reason: Why.
        evidence: Quotes that speak for it.
        verdicts: What reviewers did, oldest first.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    item: Key
    about: Literal["answer", "eliminatory"]
    reason: str
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether a reviewer has still to settle it."""
        return not self.verdicts or self.verdicts[-1].outcome == "reopened"


class Assignment(BaseModel):
    """To whom the review was given.

    Attributes:
        event: Id of the event.
        at: When.
        author: By whom.
        to: To whom.
        rule: How the choice was made.
        seed: Of the draw.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    to: Key
    rule: str
    seed: int | None = None


class Sharing(BaseModel):
    """The review was shown to the agent.

    Attributes:
        event: Id of the event.
        at: When.
        author: By whom.
        acknowledgement: Id of the event by which the agent says that they have read it.
        acknowledged_at: When they did.
        text: What they add.
    """

    model_config = FROZEN

    event: str
    at: Moment
    author: Key
    acknowledgement: str | None = None
    acknowledged_at: Moment | None = None
    text: str | None = None

"""What happens to the review of one evaluation: by analysts, reviewers and the agent."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from conversation import Evidence
from quality.review.answers import Answer
from quality.review.event import FROZEN, Event, Key, Said


class Subject(BaseModel):
    """The evaluation that a review is about.

    Attributes:
        conversation_id: Which conversation.
        scorecard: Name of the card.
        version: Of the card.
    """

    model_config = FROZEN

    conversation_id: Key
    scorecard: Key
    version: str = Field(min_length=1)

    def __str__(self) -> str:
        return f"{self.conversation_id} ({self.scorecard} {self.version})"


class ReviewEvent(Event):
    """Something that happens to the review of one evaluation.

    Attributes:
        subject: The evaluation.
    """

    subject: Subject

    @property
    def stream(self) -> str:
        """The events that are folded together."""
        return f"review {self.subject}"


class OpenedItem(BaseModel):
    """A question as the machine left it when the review began.

    Attributes:
        id: Of the question.
        points: Its weight.
        question_sha256: Hash of the question as it was asked; None when not known.
        answer: The machine's; None where it could not tell.
        can_eliminate: Whether the card gives it an eliminatory condition.
        eliminatory_proposed: Whether the machine proposes that it is met.
    """

    model_config = FROZEN

    id: Key
    points: float = Field(ge=0)
    question_sha256: str | None = None
    answer: Answer | None = None
    can_eliminate: bool = False
    eliminatory_proposed: bool = False

    @model_validator(mode="after")
    def _proposes_only_what_the_card_has(self) -> Self:
        if self.eliminatory_proposed and not self.can_eliminate:
            raise ValueError(f"question {self.id} has no eliminatory condition to propose")
        return self


class Opened(ReviewEvent):
    """The machine's evaluation is there to be reviewed. Build it with :func:`opened`.

    Attributes:
        agent: Pseudonymous id of who handled the contact; None when not known.
        turns: How many turns the conversation has.
        items: All questions.
        score_100: The machine's score, 0 to 100; None without any.
    """

    kind: Literal["opened"] = "opened"
    agent: Key | None = None
    turns: int = Field(ge=0)
    items: tuple[OpenedItem, ...] = Field(min_length=1)
    score_100: float | None = Field(default=None, ge=0, le=100)


class Assigned(ReviewEvent):
    """The review is given to somebody.

    Attributes:
        to: The analyst.
        rule: How the choice was made, in words (see :mod:`quality.review.assignment`).
        seed: Of the draw; None when a person chose.
    """

    kind: Literal["assigned"] = "assigned"
    to: Key
    rule: Said
    seed: int | None = None


class Confirmed(ReviewEvent):
    """A person gives the same answer as the machine.

    Attributes:
        item: The question.
    """

    kind: Literal["confirmed"] = "confirmed"
    item: Key


class Corrected(ReviewEvent):
    """A person gives an answer of their own.

    Attributes:
        item: The question.
        answer: Theirs.
        reason: Why.
        evidence: Quotes that it rests on.
    """

    kind: Literal["corrected"] = "corrected"
    item: Key
    answer: Answer
    reason: Said
    evidence: tuple[Evidence, ...] = ()


class Commented(ReviewEvent):
    """A remark, on a passage or a question or the whole contact.

    Attributes:
        text: The remark.
        evidence: The passage; empty where it is about no passage.
        item: The question; None where it is about none.
    """

    kind: Literal["commented"] = "commented"
    text: Said
    evidence: tuple[Evidence, ...] = ()
    item: Key | None = None


class RootCauseNamed(ReviewEvent):
    """Why a question went wrong.

    Attributes:
        item: The question.
        cause: From the centre's list (``procedure``, ``tool``, ``training`` …).
        text: In words; None where the code says it.
    """

    kind: Literal["root_cause"] = "root_cause"
    item: Key
    cause: Key
    text: Said | None = None


class EliminatoryConfirmed(ReviewEvent):
    """A named person takes the eliminatory finding upon themselves: the displayed note is 0.

    Attributes:
        item: The question.
        reason: Why.
        evidence: Quotes; at least one where the machine proposed nothing.
    """

    kind: Literal["eliminatory_confirmed"] = "eliminatory_confirmed"
    item: Key
    reason: Said
    evidence: tuple[Evidence, ...] = ()


class EliminatoryRejected(ReviewEvent):
    """A named person finds the eliminatory condition not met.

    Attributes:
        item: The question.
        reason: Why.
    """

    kind: Literal["eliminatory_rejected"] = "eliminatory_rejected"
    item: Key
    reason: Said


class Shared(ReviewEvent):
    """The review is shown to the agent."""

    kind: Literal["shared"] = "shared"


class Acknowledged(ReviewEvent):
    """The agent has read it.

    Attributes:
        text: What they add; None for nothing.
    """

    kind: Literal["acknowledged"] = "acknowledged"
    text: Said | None = None


class Contested(ReviewEvent):
    """The agent disagrees.

    Attributes:
        item: With which question.
        about: With its answer, or with its eliminatory finding.
        reason: Why.
        evidence: Quotes that speak for it.
    """

    kind: Literal["contested"] = "contested"
    item: Key
    about: Literal["answer", "eliminatory"] = "answer"
    reason: Said
    evidence: tuple[Evidence, ...] = ()


class Settled(ReviewEvent):
    """A reviewer ends a contest.

    Attributes:
        contest: Id of the event that contested.
        outcome: ``upheld``: what holds now stays; ``changed``: the answer becomes ``answer``, a
            confirmed eliminatory finding is lifted (or, settled again, restored).
        answer: The new answer, where an answer is changed.
        reason: Why.
    """

    kind: Literal["settled"] = "settled"
    contest: str
    outcome: Literal["upheld", "changed"]
    answer: Answer | None = None
    reason: Said


class Reopened(ReviewEvent):
    """A reviewer opens a settled contest again, and says why.

    Attributes:
        contest: Id of the event that contested.
        reason: Why.
    """

    kind: Literal["reopened"] = "reopened"
    contest: str
    reason: Said


AnyReviewEvent = (
    Opened
    | Assigned
    | Confirmed
    | Corrected
    | Commented
    | RootCauseNamed
    | EliminatoryConfirmed
    | EliminatoryRejected
    | Shared
    | Acknowledged
    | Contested
    | Settled
    | Reopened
)

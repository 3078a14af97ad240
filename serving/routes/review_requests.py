"""What people may do in a review, as they send it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from quality.review import EVENTS, Subject
from quality.review.answers import Answer
from quality.review.event import Key, Role
from quality.review.review_events import AnyReviewEvent
from serving.reviewing.contacts import Contact
from serving.reviewing.quoting import quotes

Reason = Annotated[str, StringConstraints(min_length=1, max_length=4000, pattern=r"\S")]


class QuoteRequest(BaseModel):
    """Words of the conversation."""

    model_config = ConfigDict(extra="forbid")

    turn_index: int = Field(ge=0, le=1_000_000, description="From 0.")
    quote: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(
        description="Verbatim in that turn, or in its redacted copy."
    )


class _Change(BaseModel):
    """What all events have."""

    model_config = ConfigDict(extra="forbid")

    def event(
        self,
        event_id: str,
        subject: Subject,
        role: Role,
        author: str,
        at: datetime,
        contact: Contact,
    ) -> AnyReviewEvent:
        """Return the event that is recorded.

        Args:
            event_id: Of the event.
            subject: The evaluation.
            role: Of who does it.
            author: Id of who does it.
            at: When.
            contact: The conversation, for quotes.

        Raises:
            EvidenceMismatch: A quote is not verbatim in its turn.
        """
        values: dict[str, Any] = dict(self)
        given: list[QuoteRequest] = values.pop("evidence", [])
        if given:
            values["evidence"] = quotes(contact, [(one.turn_index, one.quote) for one in given])
        values |= {"id": event_id, "subject": subject, "role": role, "author": author, "at": at}
        return EVENTS.validate_python(values)  # type: ignore[return-value]


class _Quoting(_Change):
    evidence: list[QuoteRequest] = Field(default=[], max_length=50)


class Confirm(_Change):
    """A person gives the same answer as the machine."""

    kind: Literal["confirmed"]
    item: Key = Field(description="The question.")


class Correct(_Quoting):
    """A person gives an answer of their own."""

    kind: Literal["corrected"]
    item: Key
    answer: Answer = Field(description="1, 0.5, 0 or `na`.")
    reason: Reason


class Comment(_Quoting):
    """A remark, on a passage or a question or the whole contact."""

    kind: Literal["commented"]
    text: Reason
    item: Key | None = None


class NameRootCause(_Change):
    """Why a question went wrong."""

    kind: Literal["root_cause"]
    item: Key
    cause: Key = Field(description="From the centre's list: `procedure`, `tool`, `training`…")
    text: Reason | None = None


class ConfirmEliminatory(_Quoting):
    """A named person takes an eliminatory finding upon themselves."""

    kind: Literal["eliminatory_confirmed"]
    item: Key
    reason: Reason


class RejectEliminatory(_Change):
    """A named person finds the eliminatory condition not met."""

    kind: Literal["eliminatory_rejected"]
    item: Key
    reason: Reason


class Share(_Change):
    """The review is shown to the agent."""

    kind: Literal["shared"]


class Acknowledge(_Change):
    """The agent has read it."""

    kind: Literal["acknowledged"]
    text: Reason | None = None


class Contest(_Quoting):
    """The agent disagrees."""

    kind: Literal["contested"]
    item: Key
    about: Literal["answer", "eliminatory"] = "answer"
    reason: Reason


class Settle(_Change):
    """A reviewer ends a contest."""

    kind: Literal["settled"]
    contest: Annotated[str, StringConstraints(max_length=64)] = Field(
        description="Id of the event that contested."
    )
    outcome: Literal["upheld", "changed"]
    answer: Answer | None = None
    reason: Reason


class Reopen(_Change):
    """A reviewer opens a settled contest again."""

    kind: Literal["reopened"]
    contest: Annotated[str, StringConstraints(max_length=64)]
    reason: Reason


Change = Annotated[
    Confirm
    | Correct
    | Comment
    | NameRootCause
    | ConfirmEliminatory
    | RejectEliminatory
    | Share
    | Acknowledge
    | Contest
    | Settle
    | Reopen,
    Field(discriminator="kind"),
]
"""Any of them; told apart by ``kind``."""

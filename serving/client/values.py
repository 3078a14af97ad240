"""What the service answers, as values.

A newer service may say more than these classes know: what they do not name is kept and can be read
as an attribute all the same.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T", bound="Value")

Status = Literal["queued", "running", "done", "failed", "cancelled"]
JobState = Literal["queued", "running", "done", "failed", "dead", "cancelled"]


class Value(BaseModel):
    """Base of all answers."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Page(Value, Generic[T]):
    """One page of a list.

    Attributes:
        data: What is on it.
        next_cursor: Where the next one begins; None on the last.
    """

    data: list[T]
    next_cursor: str | None = None


class Accepted(Value):
    """A conversation that was stored and will be analysed.

    Attributes:
        id: Of the conversation.
        status: Where it stands.
    """

    id: str
    status: Status


class Conversation(Value):
    """A conversation and, once it is done, what was concluded about it.

    Attributes:
        id: Of the conversation.
        status: Where it stands.
        name: File name, or the conversation's own identifier.
        created_at: When it was accepted.
        finished_at: When its analysis came to an end.
        progress: Share of the analysis that is done, 0 to 1.
        channel: How the contact came; known once it is done.
        language: Language of most of the talk.
        started_at: When the contact started.
        duration_s: Seconds.
        reason: Code of the contact reason.
        score_100: Draft score.
        error: Why it failed, as a problem of RFC 9457.
        analysis: Everything that was concluded, as JSON; None in lists.
    """

    id: str
    status: Status
    name: str
    created_at: datetime
    finished_at: datetime | None = None
    progress: float
    channel: str | None = None
    language: str | None = None
    started_at: datetime | None = None
    duration_s: float | None = None
    reason: str | None = None
    score_100: float | None = None
    error: dict[str, Any] | None = None
    analysis: dict[str, Any] | None = None

    @property
    def is_final(self) -> bool:
        """Whether its analysis came to an end."""
        return self.status in ("done", "failed", "cancelled")


class Job(Value):
    """A piece of work and how far it is.

    Attributes:
        id: Of the job.
        kind: What is done.
        state: Where it stands.
        conversation_id: Of the conversation, where it works on one.
        stage: What it is at.
        progress: Share that is done, 0 to 1.
        attempts: How often it was begun.
        error: Why it ended, or why it waits, as a problem of RFC 9457.
    """

    id: str
    kind: str
    state: JobState
    conversation_id: str | None = None
    stage: str | None = None
    progress: float
    attempts: int
    error: dict[str, Any] | None = None

    @property
    def is_final(self) -> bool:
        """Whether it came to an end."""
        return self.state in ("done", "failed", "dead", "cancelled")


class FoundConversation(Value):
    """A conversation that a search found, with the turns that were found in it."""


class FoundPassage(Value):
    """A passage of the knowledge base that a search found."""


class Answer(Value):
    """What the knowledge base answers.

    Attributes:
        answer: The answer with its citations; says itself when there is none.
        decline: What is said instead, where nothing supports an answer.
    """

    answer: dict[str, Any]
    decline: dict[str, Any] | None = None


class BotSession(Value):
    """A customer's conversation with the bot.

    Attributes:
        id: Of the session.
        state: Where it stands.
        actions: What the bot says and does first.
    """

    id: str
    state: str
    actions: list[dict[str, Any]] = []


class BotReply(Value):
    """What the bot says and does after a message.

    Attributes:
        session_id: Of the session.
        state: Where it stands now.
        actions: What the bot says and does.
    """

    session_id: str
    state: str
    actions: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """What it says, a line for each action."""
        return "\n".join(
            str(action["text"]) for action in self.actions if action.get("kind") == "say"
        )


class Evaluations(Value):
    """The evaluations of a conversation, with what people decided.

    Attributes:
        conversation_id: Of which.
        data: One for each scorecard.
    """

    conversation_id: str
    data: list[dict[str, Any]]


class QueuedReview(Value):
    """A contact that is to be reviewed, or was.

    Attributes:
        conversation_id: Of the contact.
        name: File name, or the conversation's own identifier.
        scorecard: Name of the card that it was assigned with; None: not assigned.
        assignee: Id of who is to do it; None: nobody yet.
        due_at: By when it is to be done; None: whenever.
        drawn: Why it was chosen; None where a person named it.
        state: ``to_do``, ``begun``, ``complete``, ``shared``, ``contested`` or ``settled``.
    """

    conversation_id: str
    name: str
    scorecard: str | None = None
    assignee: str | None = None
    due_at: datetime | None = None
    drawn: dict[str, Any] | None = None
    state: str


class ReviewOutcome(Value):
    """A review after an event.

    Attributes:
        event_id: Of the event.
        is_new: Whether it was not there yet.
        review: The review as it stands now.
    """

    event_id: str
    is_new: bool
    review: dict[str, Any]


class ConsentEntry(Value):
    """A row of the ledger of notices, objections and consents.

    Attributes:
        number: Counts from 1.
        kind: What happened.
        erasure_id: Receipt of what an objection erased.
    """

    number: int
    kind: str
    erasure_id: str | None = None


class Removal(Value):
    """The proof of a purge or an erasure.

    Attributes:
        id: Of the proof.
        kind: ``purge`` or ``erasure``.
        receipt: What was removed, what was not, and why.
        hash: Of this proof and the one before.
    """

    id: str
    kind: str
    receipt: dict[str, Any]
    hash: str


class Webhook(Value):
    """An address that is told of what happens.

    Attributes:
        id: Of the webhook.
        url: Where to.
        kinds: Kinds of events; empty: all.
        enabled: Whether it is told.
        secret: Signs the messages; only in the answer that makes the webhook.
    """

    id: str
    url: str
    kinds: list[str]
    enabled: bool
    secret: str | None = None


class Delivery(Value):
    """A message to a webhook.

    Attributes:
        id: The ``webhook-id`` of the message.
        kind: Of event.
        state: ``pending``, ``delivered``, ``failed`` or ``disabled``.
        attempts: How often it was tried.
        last_status: HTTP status of the last answer.
    """

    id: str
    kind: str
    state: str
    attempts: int
    last_status: int | None = None

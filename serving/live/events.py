"""What the service says during a live session, as the protocol ``entendu.live.v1`` words it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from conversation import Evidence, Speaker, Word
from kb_search.assistant import Card
from kb_search.assistant.cards import Judgement
from serving.live.facts import RunningSession

PROTOCOL = "entendu.live.v1"

ChecklistState = Literal["said", "partly", "open", "not_applicable"]


class _Event(BaseModel):
    """What every event has.

    Attributes:
        seq: Number of the event in its session, from 1, for those that are sent again to a client
            that comes back; None for those that are only of the moment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    seq: int | None = Field(default=None, ge=1)


class Started(_Event):
    """The session is open; sound or messages may be sent.

    Attributes:
        protocol: Name and version of this protocol.
        session: Id of the session.
        conversation: Id that the conversation will have; None where it is not stored.
        resume_token: What the client shows to come back after a cut; secret. None where that is
            not possible.
        resume_s: How long the session waits for that, seconds.
        resume_from: Byte of the sound, or number of the message, to go on with.
        last_seq: Number of the newest event.
        resumed: Whether the session went on.
    """

    type: Literal["started"] = "started"
    protocol: str = PROTOCOL
    session: str
    conversation: str | None = None
    resume_token: str | None = None
    resume_s: float = 0.0
    resume_from: int = Field(default=0, ge=0)
    last_seq: int = Field(default=0, ge=0)
    resumed: bool = False


class Acknowledged(_Event):
    """How much has arrived.

    Attributes:
        received: Bytes of sound, or messages, that the running service has.
        kept: Those that would outlive a kill of the service: what is before need not be sent
            again in any case.
    """

    type: Literal["ack"] = "ack"
    received: int = Field(ge=0)
    kept: int = Field(ge=0)


class PartialText(_Event):
    """What somebody is saying, so far; it gives way to the next of the same utterance.

    Attributes:
        channel: From 0.
        speaker: Who.
        utterance: Number of the utterance on its channel.
        text: So far, with card data taken out.
        start_s: Where the speech started, seconds from the start of the sound.
        end_s: Up to where it was heard.
        language: Primary tag.
    """

    type: Literal["partial"] = "partial"
    channel: int
    speaker: Speaker
    utterance: int
    text: str
    start_s: float
    end_s: float
    language: str


class FinalText(_Event):
    """What was said in an utterance, or written in a message.

    Attributes:
        turn: Number of the turn, from 0; a later final with the same number replaces it.
        revision: 0, or how often it was said otherwise: digits that could have begun a card
            number are hidden until it is known what they are.
        channel: From 0.
        utterance: Number of the utterance on its channel; None for messages.
        speaker: Who.
        text: With card data taken out.
        words: With their times; none for messages.
        start_s: Start of the first word; None for messages.
        end_s: End of the last word; None for messages.
        speech_end_s: Where the speech ended; None for messages.
        confidence: Mean probability of the words; None for messages.
        language: Primary tag; None when it is not known.
        delay_s: From the end of the speech to this event; None where that says nothing.
        goes_on: The utterance was cut for its length.
    """

    type: Literal["final"] = "final"
    turn: int
    revision: int = 0
    channel: int = 0
    utterance: int | None = None
    speaker: Speaker
    text: str
    words: tuple[Word, ...] = ()
    start_s: float | None = None
    end_s: float | None = None
    speech_end_s: float | None = None
    confidence: float | None = None
    language: str | None = None
    delay_s: float | None = None
    goes_on: bool = False


class ReasonFound(_Event):
    """Why the customer seems to be in contact, so far.

    Attributes:
        code: Of the reason; None when it cannot be told.
        label_fr: Its name in French.
        label_en: Its name in English.
        confidence: 0 to 1.
        evidence: What was said that shows it; turns as finals number them.
    """

    type: Literal["reason"] = "reason"
    code: str | None
    label_fr: str | None = None
    label_en: str | None = None
    confidence: float | None = None
    evidence: tuple[Evidence, ...] = ()


class SentimentRead(_Event):
    """How the customer's words sound, and nobody else's (AI Act art. 5(1)(f)).

    Attributes:
        turn: The customer's newest turn.
        score: Of that turn, −1 to 1.
        label: Of that turn.
        overall: Of the conversation so far, −1 to 1.
    """

    type: Literal["sentiment"] = "sentiment"
    speaker: Literal["customer"] = "customer"
    turn: int
    score: float
    label: str
    overall: float


class CardShown(_Event):
    """A passage of the knowledge base for the agent, in place of any before it.

    Attributes:
        card: The passage.
    """

    type: Literal["card"] = "card"
    card: Card


class AlertRaised(_Event):
    """Something that somebody should know at once.

    Attributes:
        category: Its id.
        label_fr: Its name in French.
        label_en: Its name in English.
        evidence: What was said that makes it so; turns as finals number them.
    """

    type: Literal["alert"] = "alert"
    category: str
    label_fr: str
    label_en: str
    evidence: tuple[Evidence, ...]


class ChecklistItem(BaseModel):
    """One thing that the scorecard wants the agent to say.

    Attributes:
        question: Id of the scorecard's question.
        label_fr: In French.
        label_en: In English.
        state: ``open``: still to be said.
        evidence: Where it was said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    label_fr: str
    label_en: str
    state: ChecklistState
    evidence: tuple[Evidence, ...] = ()


class Checklist(_Event):
    """What was said of what must be said; sent when it changes.

    Attributes:
        scorecard: Its name.
        version: Of the scorecard.
        items: In its order.
    """

    type: Literal["checklist"] = "checklist"
    scorecard: str
    version: str
    items: tuple[ChecklistItem, ...]


class Summary(_Event):
    """The wrap-up note of the conversation, a draft in its own words.

    Attributes:
        note: As the analysis has it.
    """

    type: Literal["summary"] = "summary"
    note: dict[str, Any]


class CardsMuted(_Event):
    """Whether cards are shown; for everybody who follows the session.

    Attributes:
        muted: They are not.
    """

    type: Literal["muted"] = "muted"
    muted: bool


class CardTaken(_Event):
    """What the agent did with a card; for everybody who follows the session.

    Attributes:
        id: Of the card.
        judgement: What was done.
    """

    type: Literal["judged"] = "judged"
    id: str
    judgement: Judgement


class Watching(_Event):
    """The first event of who follows a session that somebody else feeds.

    Attributes:
        session: What it is.
        last_seq: Number of the newest event; they are all sent first.
    """

    type: Literal["watching"] = "watching"
    session: RunningSession
    last_seq: int = Field(default=0, ge=0)


class Lagging(_Event):
    """The machine does not keep up, or does again.

    Attributes:
        behind_s: How late text is; 0 when it keeps up again.
    """

    type: Literal["lag"] = "lag"
    behind_s: float


class Failed(_Event):
    """Something was not as it should be.

    Attributes:
        problem: As RFC 9457 words it.
        fatal: The service closes the connection after it.
    """

    type: Literal["error"] = "error"
    problem: dict[str, Any]
    fatal: bool = False


class Draining(_Event):
    """The service stops; what was said so far is safe.

    Attributes:
        resume_token: Come back with it, to this address, when the service is up again.
        resume_from: Byte or message to go on with then.
    """

    type: Literal["draining"] = "draining"
    resume_token: str | None
    resume_from: int


class Closed(_Event):
    """The last event of a session.

    Attributes:
        conversation: Id of the conversation that was stored and is being analysed; None where
            nothing was to be stored.
        duration_s: Of the sound.
        turns: Number of turns.
        lost_from_s: Sound from there on was received but could neither be heard nor kept; None:
            nothing was lost.
        reason: ``end``: the client said so; ``cut``: it did not come back; ``failed``; ``limit``:
            the session was as long as sessions may be.
    """

    type: Literal["closed"] = "closed"
    conversation: str | None
    duration_s: float
    turns: int
    lost_from_s: float | None = None
    reason: Literal["end", "cut", "failed", "limit"] = "end"


SessionEvent = Annotated[
    Started | Acknowledged | PartialText | FinalText | ReasonFound | SentimentRead | CardShown
    | AlertRaised | Checklist | Summary | CardsMuted | CardTaken | Watching | Lagging | Failed
    | Draining | Closed,
    Field(discriminator="type"),
]  # fmt: skip

Lasting = FinalText | ReasonFound | SentimentRead | CardShown | AlertRaised | Checklist | Summary
"""Events that have a number and are sent again to a client that comes back."""

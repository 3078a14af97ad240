"""What a person is handed with a conversation, so that the customer need not say it again."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversation import Channel
from kb_search.answers import Citation
from kb_search.words import Language

MAX_SUMMARY_WORDS = 80

Trigger = Literal[
    "urgent",
    "asked",
    "vulnerable",
    "complaint",
    "cancellation_dispute",
    "advice",
    "account",
    "two_failures",
    "abuse",
]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)
Authentication = Literal["none", "identified", "authenticated"]
Trend = Literal["better", "same", "worse"]


class Customer(BaseModel):
    """What the host knows of the customer before a word is said.

    Attributes:
        key: Pseudonymous key; None when the customer is not known.
        authentication: How sure it is that it is them.
        facts: What the centre's systems establish, in plain words ("client depuis 2019").
        objections: What the customer objected to before ("recording").
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str | None = None
    authentication: Authentication = "none"
    facts: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()


class PacketReason(BaseModel):
    """Why the customer contacts.

    Attributes:
        code: Of the centre's reasons.
        label: Its name in the conversation's language.
        sub_code: Of the second level; None where it is not clear.
        sub_label: Its name.
        confidence: Probability of the first level, 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    label: str
    sub_code: str | None = None
    sub_label: str | None = None
    confidence: float = Field(ge=0, le=1)


class PacketEntity(BaseModel):
    """An amount, date, order or product that was said.

    Attributes:
        kind: What it is (``amount``, ``order_number``, …).
        value: Normalised; None where it cannot be told.
        quote: The words, verbatim.
        turn_index: Where they stand in the transcript.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    value: str | None = None
    quote: str = Field(min_length=1)
    turn_index: int = Field(ge=0)


class PacketCommitment(BaseModel):
    """What was promised.

    Attributes:
        who: Who is bound.
        text: The words.
        due: By when, as it was normalised; None when nothing was said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    who: str
    text: str = Field(min_length=1)
    due: str | None = None


class PacketSentiment(BaseModel):
    """How the customer feels, from the words alone.

    Attributes:
        score: −1 to 1.
        trend: From the first to the last messages.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score: float = Field(ge=-1, le=1)
    trend: Trend


class EmergencyNumber(BaseModel):
    """A number to call.

    Attributes:
        number: To dial.
        name: Who answers, in the conversation's language.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(min_length=1)
    name: str = Field(min_length=1)


class ConversationFacts(BaseModel):
    """What is understood of a conversation, as far as anybody can tell.

    Attributes:
        reason: Why the customer contacts; None when it is not clear.
        nature: What kind of contact it is; None when nothing tells.
        urgency: 0 to 3.
        summary: At most 80 words; None when there is too little to sum up.
        entities: In the order they were said.
        commitments: In the order they were made.
        sentiment: Of the customer; None when nothing tells.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: PacketReason | None = None
    nature: str | None = None
    urgency: int = Field(default=0, ge=0, le=3)
    summary: str | None = None
    entities: tuple[PacketEntity, ...] = ()
    commitments: tuple[PacketCommitment, ...] = ()
    sentiment: PacketSentiment | None = None


class TriedStep(BaseModel):
    """Something that the bot tried for the customer.

    Attributes:
        question: In the customer's words.
        result: ``answered``, ``confirmed`` (the customer said that it helped), ``rejected``
            (that it did not), ``clarified`` (asked back) or ``declined``.
        document: Path of the article that was shown; None when none was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    result: Literal["answered", "confirmed", "rejected", "clarified", "declined"]
    document: str | None = None


class HandOverPacket(BaseModel):
    """Everything that the person who takes over needs, readable in half a minute.

    Attributes:
        conversation_id: Of the session.
        created_at: When the hand-over was decided.
        channel: Of the conversation.
        language: Of the customer.
        customer: Key and how sure it is; what the centre's systems established.
        trigger: Why a person is needed.
        trigger_quote: The customer's words that decided it, verbatim; None where no words did.
        reason: Why the customer contacts.
        nature: What kind of contact it is.
        urgency: 0 to 3.
        danger: What danger was told (``gas_smell`` …); None when none was.
        emergency_numbers: That the bot gave.
        summary: At most 80 words.
        entities: Amounts, dates, orders, products.
        established: What is known from the centre's systems.
        said: What only the customer says, verbatim and not checked.
        steps: What was tried, with what came of it.
        articles: What was shown.
        open_question: What still waits for an answer, in the customer's words.
        commitments: What was promised, by whom.
        sentiment: Of the customer, from the words.
        objections: What the customer objects to (``recording``, ``bot``).
        transcript: Where the whole transcript is kept.
        first_sentence: How the person may start.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation_id: str
    created_at: AwareDatetime
    channel: Channel
    language: Language
    customer: Customer
    trigger: Trigger
    trigger_quote: str | None = None
    reason: PacketReason | None = None
    nature: str | None = None
    urgency: int = Field(default=0, ge=0, le=3)
    danger: str | None = None
    emergency_numbers: tuple[EmergencyNumber, ...] = ()
    summary: str
    entities: tuple[PacketEntity, ...] = ()
    established: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    steps: tuple[TriedStep, ...] = ()
    articles: tuple[Citation, ...] = ()
    open_question: str | None = None
    commitments: tuple[PacketCommitment, ...] = ()
    sentiment: PacketSentiment | None = None
    objections: tuple[str, ...] = ()
    transcript: str
    first_sentence: str

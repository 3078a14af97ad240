"""A conversation with the bot as a value that can be stored and resumed anywhere."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from conversation import Channel, Conversation, Speaker, Turn
from kb_search.answers import Choice, Citation
from kb_search.bot.actions import ClosedBy
from kb_search.bot.packet import Customer, TriedStep, Trigger
from kb_search.words import Language

State = Literal["greeting", "answering", "clarifying", "handing_over", "with_human", "closed"]
STATES: tuple[State, ...] = get_args(State)
TRANSITIONS: dict[State, frozenset[State]] = {
    "greeting": frozenset({"answering", "clarifying", "handing_over", "with_human", "closed"}),
    "answering": frozenset({"clarifying", "handing_over", "with_human", "closed"}),
    "clarifying": frozenset({"answering", "handing_over", "with_human", "closed"}),
    "handing_over": frozenset({"answering", "with_human", "closed"}),
    "with_human": frozenset({"answering", "closed"}),
    "closed": frozenset(),
}
"""To which other states each may lead; docs/bot.md draws it."""

Expects = Literal["nothing", "confirmation", "person", "message"]


class Asked(BaseModel):
    """A clarifying question that waits for its answer.

    Attributes:
        question: What the customer had asked.
        choices: What was offered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    question: str
    choices: tuple[Choice, ...]


class SessionTurn(BaseModel):
    """What one side said.

    Attributes:
        speaker: Who.
        text: What; of the bot's spoken words that were interrupted, what was heard.
        at: When.
        language: Of the words; None where it was not read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speaker: Speaker
    text: str
    at: AwareDatetime
    language: Language | None = None


class Session(BaseModel):
    """Everything that the bot knows of one conversation.

    A host stores it after each event, and lets no two events work on the same version (compare
    ``version`` when storing); the bot's actions are carried out only once the session is stored.

    Attributes:
        id: Of the conversation.
        channel: ``chat``, ``voicebot`` or another.
        language: In which the bot speaks: at first the host's choice, then the customer's.
        customer: What the host knows of the customer.
        transcript: Where the host keeps the transcript; the packet points there.
        version: Number of events that were taken in.
        state: Where the conversation stands.
        turns: What was said, in the order it came in.
        events: Identifiers of the events that were taken in.
        human_at: Latest sign of a person; None when there was none.
        given_back_at: Latest time the conversation was given back; None when it never was.
        introduced: Languages in which the bot has said that it is an assistant.
        expects: What the bot's last question asked for.
        asked: The clarifying question that waits for an answer; only when clarifying.
        clarified: Whether the bot's last answer was a clarifying question.
        topic: The last question that stands by itself; follow-ups lean on it.
        last_questions: Of the customer's last message that asked something, folded.
        failures: Turns in a row in which the customer was not helped.
        unreadable: Messages in a row without a word.
        abuses: Insulting messages so far.
        steps: What was tried.
        articles: What was shown, each once, in order.
        unanswered: Questions without an answer, for the list of knowledge gaps.
        objections: What the customer objects to.
        trigger: Of the last hand-over; None when there was none.
        handing_since: When the last hand-over started; None when none waits.
        delay_told: Whether the customer was told that the hand-over takes longer.
        waiting_told: Whether the customer, who wrote on, was told that a person is coming.
        quiet_since: When the bot last spoke and waits for the customer; None when it does not.
        reminded: Whether the customer was asked if they are still there.
        confirmed: Whether the customer said that an answer helped.
        closed_by: What ended it; None while it goes on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")
    channel: Channel = "chat"
    language: Language = "fr"
    customer: Customer = Customer()
    transcript: str = ""
    version: int = Field(default=0, ge=0)
    state: State = "greeting"
    turns: tuple[SessionTurn, ...] = ()
    events: tuple[str, ...] = ()
    human_at: AwareDatetime | None = None
    given_back_at: AwareDatetime | None = None
    introduced: tuple[Language, ...] = ()
    expects: Expects = "nothing"
    asked: Asked | None = None
    clarified: bool = False
    topic: str | None = None
    last_questions: tuple[str, ...] = ()
    failures: int = Field(default=0, ge=0)
    unreadable: int = Field(default=0, ge=0)
    abuses: int = Field(default=0, ge=0)
    steps: tuple[TriedStep, ...] = ()
    articles: tuple[Citation, ...] = ()
    unanswered: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    trigger: Trigger | None = None
    handing_since: AwareDatetime | None = None
    delay_told: bool = False
    waiting_told: bool = False
    quiet_since: AwareDatetime | None = None
    reminded: bool = False
    confirmed: bool = False
    closed_by: ClosedBy | None = None

    @property
    def spoken(self) -> bool:
        """Whether the bot's words are said rather than shown."""
        return self.channel in ("voicebot", "phone")

    @property
    def muted(self) -> bool:
        """Whether a person has the conversation.

        Only the times of the events count, not the order in which they arrive; where both are
        equal, the person has it.
        """
        return self.human_at is not None and (
            self.given_back_at is None or self.human_at >= self.given_back_at
        )

    @property
    def contained(self) -> bool:
        """Whether it ended without a person (*contenu*)."""
        return self.state == "closed" and self.human_at is None and self.trigger is None

    @property
    def last_document(self) -> str | None:
        """The article of the last answer; None when none was given."""
        return next((step.document for step in reversed(self.steps) if step.document), None)

    @property
    def last_was_answered(self) -> bool:
        """Whether the last question was answered."""
        return bool(self.steps) and self.steps[-1].result in ("answered", "confirmed")

    def moved(self, state: State, **changes: object) -> Self:
        """Return the session in another state, or the same one, with other changes.

        Raises:
            ValueError: No arrow leads from the present state to the other.
        """
        if state != self.state and state not in TRANSITIONS[self.state]:
            raise ValueError(f"no transition leads from {self.state} to {state}")
        return self.model_copy(update={**changes, "state": state})

    def changed(self, **changes: object) -> Self:
        """Return the session with other values, in the same state."""
        return self.model_copy(update=changes)

    def conversation(self) -> Conversation:
        """Return what was said as a conversation, for whoever understands conversations."""
        return Conversation(
            id=self.id,
            channel=self.channel,
            direction="inbound",
            language=self.language,
            started_at=self.turns[0].at if self.turns else None,
            turns=tuple(
                Turn(index=index, speaker=turn.speaker, text=turn.text, at=turn.at)
                for index, turn in enumerate(self.turns)
            ),
        )

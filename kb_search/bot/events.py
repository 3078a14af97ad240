"""What can happen to a conversation with the bot; each event has an identifier and a time."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Event(BaseModel):
    """What all events have.

    Attributes:
        id: Unique in the conversation; an event that comes again under the same one is ignored.
        at: When it happened, with its time zone, by one clock for the whole conversation.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    at: AwareDatetime


class Opened(_Event):
    """The customer opened the chat or the call was taken: the bot greets first."""

    kind: Literal["opened"] = "opened"


class CustomerMessage(_Event):
    """The customer wrote a message, or said a turn that was transcribed.

    Attributes:
        text: As it was written; may be empty.
        choice: Number of the button that was pressed, from 1; None for a message.
    """

    kind: Literal["customer_message"] = "customer_message"
    text: str = ""
    choice: int | None = Field(default=None, ge=1)


class CustomerSpeaks(_Event):
    """The customer starts to speak while the bot's words are still being said (barge-in).

    Attributes:
        heard: What of the bot's last words had been said by then; None when it is not known.
    """

    kind: Literal["customer_speaks"] = "customer_speaks"
    heard: str | None = None


class HumanJoined(_Event):
    """A person of the centre took the conversation."""

    kind: Literal["human_joined"] = "human_joined"


class HumanWrote(_Event):
    """A person of the centre wrote or said something to the customer."""

    kind: Literal["human_wrote"] = "human_wrote"
    text: str = ""


class GivenBack(_Event):
    """The person gave the conversation back to the bot."""

    kind: Literal["given_back"] = "given_back"


class CustomerLeft(_Event):
    """The customer closed the chat or hung up."""

    kind: Literal["customer_left"] = "customer_left"


class HumanClosed(_Event):
    """A person of the centre ended the conversation."""

    kind: Literal["human_closed"] = "human_closed"


class TimedOut(_Event):
    """A delay that the host keeps watch over has passed.

    Attributes:
        subject: ``silence``: the customer says nothing; ``hand_over``: nobody has taken the
            conversation.
    """

    kind: Literal["timed_out"] = "timed_out"
    subject: Literal["silence", "hand_over"] = "silence"


class Tick(_Event):
    """Time passes; for hosts that leave it to the bot to watch its delays."""

    kind: Literal["tick"] = "tick"


Event = Annotated[
    Opened
    | CustomerMessage
    | CustomerSpeaks
    | HumanJoined
    | HumanWrote
    | GivenBack
    | CustomerLeft
    | HumanClosed
    | TimedOut
    | Tick,
    Field(discriminator="kind"),
]
"""Any of them; as JSON told apart by ``kind``."""

"""What the bot wants done: words to the customer, a hand-over, the end."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kb_search.answers import Citation
from kb_search.bot.packet import HandOverPacket
from kb_search.words import Language

Purpose = Literal["answer", "clarify", "decline", "talk"]
ClosedBy = Literal["goodbye", "silence", "abuse", "customer_left", "agent"]


class Say(BaseModel):
    """Words for the customer.

    Attributes:
        text: What is shown or spoken; in the voice variant without links, lists or signs.
        language: Of the bot's own words; a quoted article may be in another.
        purpose: ``answer`` from an article, ``clarify`` where it asks back, ``decline`` where it
            has no answer or gives none, else ``talk``.
        citations: Where the answers in it stand.
        choices: Buttons, in order; the customer may press one, write its number or its words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["say"] = "say"
    text: str = Field(min_length=1)
    language: Language
    purpose: Purpose = "talk"
    citations: tuple[Citation, ...] = ()
    choices: tuple[str, ...] = ()


class HandOver(BaseModel):
    """Give the conversation to a person.

    Attributes:
        mode: ``live``: somebody is to take it now; ``message``: nobody is there, the customer's
            message is to be answered later.
        packet: What the person needs; a later one for the same conversation replaces it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["hand_over"] = "hand_over"
    mode: Literal["live", "message"] = "live"
    packet: HandOverPacket


class StopSpeaking(BaseModel):
    """Stop the voice at once: the customer speaks."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["stop_speaking"] = "stop_speaking"


class Close(BaseModel):
    """End the conversation.

    Attributes:
        because: What ended it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["close"] = "close"
    because: ClosedBy


Action = Annotated[Say | HandOver | StopSpeaking | Close, Field(discriminator="kind")]
"""Any of them; as JSON told apart by ``kind``."""

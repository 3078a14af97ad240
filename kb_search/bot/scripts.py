"""Dialogues with what is expected of the bot at each message."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kb_search.bot.packet import Trigger
from kb_search.words import Language

Expected = Literal["answer", "clarify", "decline", "hand_over", "talk", "mute", "close"]


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Expectation(BaseModel):
    """What the bot is to do about a message; one field of the first seven is given.

    Attributes:
        answer: Documents any of which may be cited, as paths in the knowledge base.
        answers: Documents that must all be cited: several questions in one message.
        clarify: It asks back.
        decline: It says that it has no answer, and answers nothing.
        hand_over: It hands over, for one of these reasons.
        talk: It says something that is no answer of the knowledge base, and does not decline.
        mute: It does nothing at all.
        close: It ends the conversation.
        says: Texts that its words must hold, whatever their case.
        not_says: Texts that they must not hold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    answers: tuple[str, ...] = ()
    clarify: bool = False
    decline: bool = False
    hand_over: Annotated[tuple[Trigger, ...], BeforeValidator(_listed)] = ()
    talk: bool = False
    mute: bool = False
    close: bool = False
    says: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    not_says: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _one_thing_is_expected(self) -> Expectation:
        names = ("answer", "answers", "clarify", "decline", "hand_over", "talk", "mute", "close")
        given = [name for name in names if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(
                f"expected one of {', '.join(names)}, got {', '.join(given) or 'none'}"
            )
        return self

    @property
    def kind(self) -> Expected:
        """Which of them is expected."""
        if self.answer or self.answers:
            return "answer"
        for kind in ("clarify", "decline", "hand_over", "talk", "mute"):
            if getattr(self, kind):
                return kind
        return "close"

    def __str__(self) -> str:
        """Say it in a line."""
        documents = " or ".join(self.answer) or " and ".join(self.answers)
        detail = documents or " or ".join(self.hand_over)
        return f"{self.kind} {detail}".strip()


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class ScriptTurn(BaseModel):
    """One event of a dialogue; one field of the first six is given.

    Attributes:
        customer: What the customer writes; may be empty.
        press: Number of the button that the customer presses.
        human: What a person of the centre writes to the customer.
        joined: A person takes the conversation.
        given_back: The person gives it back.
        silent: The customer says nothing until the delay has passed.
        expect: What the bot is to do: one thing, or a list any of which will do; None judges
            nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: str | None = None
    press: int | None = Field(default=None, ge=1)
    human: str | None = None
    joined: bool = False
    given_back: bool = False
    silent: bool = False
    expect: Annotated[tuple[Expectation, ...], BeforeValidator(_one_or_many)] = ()

    @model_validator(mode="after")
    def _one_thing_happens(self) -> ScriptTurn:
        given = [
            self.customer is not None,
            self.press is not None,
            self.human is not None,
            self.joined,
            self.given_back,
            self.silent,
        ]
        if sum(given) != 1:
            raise ValueError(
                "expected one of customer, press, human, joined, given_back, silent; "
                f"got {sum(given)} of them"
            )
        return self


class Script(BaseModel):
    """A dialogue.

    Attributes:
        id: Unique among the scripts.
        language: In which the customer starts.
        sector: Of the knowledge base that it asks.
        tags: What it tries ("follow-up", "injection").
        channel: ``chat`` or ``voicebot``.
        turns: In order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")
    language: Language = "fr"
    sector: str | None = None
    tags: tuple[str, ...] = ()
    channel: Literal["chat", "voicebot"] = "chat"
    turns: tuple[ScriptTurn, ...] = Field(min_length=1)


class ScriptFile(BaseModel):
    """A YAML file of dialogues.

    Attributes:
        scripts: In order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scripts: tuple[Script, ...] = Field(min_length=1)

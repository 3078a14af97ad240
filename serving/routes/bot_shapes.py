"""Requests and answers of the routes for the bot."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from kb_search.bot import Action, Customer
from kb_search.bot.events import (
    CustomerLeft,
    CustomerSpeaks,
    Event,
    GivenBack,
    HumanJoined,
    HumanWrote,
    Tick,
    TimedOut,
)
from kb_search.bot.session import SessionTurn, State
from serving.dialogues.values import Reply, StoredSession

EventId = Annotated[
    str, StringConstraints(min_length=1, max_length=128, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")
]
_ID = "5f0c6f7a0d7f4c5c8a3d2b1e9f8a7c6d"
_GREETING: JsonValue = {
    "kind": "say",
    "text": "Bonjour, je suis l'assistant virtuel. Que puis-je faire pour vous ?",
    "language": "fr",
    "purpose": "talk",
    "citations": [],
    "choices": [],
}


class OpenRequest(BaseModel):
    """A conversation that begins."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"channel": "chat", "language": "fr"}]},
    )

    channel: Literal["chat", "voicebot", "sms", "social"] = "chat"
    language: Literal["fr", "en"] = Field(
        default="fr", description="In which the bot begins; then it speaks the customer's."
    )
    customer: Customer = Field(
        default=Customer(),
        description="What is known of the customer. A customer's own key names the customer.",
    )


class MessageRequest(BaseModel):
    """What the customer wrote, or said."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"id": "m-1", "text": "Comment rendre ma box ?"}, {"choice": 1}]
        },
    )

    id: EventId | None = Field(
        default=None,
        description="Of the message; sent again under the same id it gets the same reply and "
        "changes nothing. One is made if left.",
    )
    text: Annotated[str, StringConstraints(max_length=20_000)] = Field(
        default="", description="Up to 4,000 characters are read."
    )
    choice: int | None = Field(
        default=None, ge=1, le=20, description="Number of the button that was pressed, from 1."
    )


class _HappenedEvent(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: EventId | None = Field(default=None, description="As for messages.")


class Speaks(_HappenedEvent):
    """The customer starts to speak while the bot's words are still being said."""

    kind: Literal["customer_speaks"]
    heard: Annotated[str, StringConstraints(max_length=10_000)] | None = Field(
        default=None, description="What of the bot's last words had been said by then."
    )


class Wrote(_HappenedEvent):
    """A person of the centre wrote or said something to the customer."""

    kind: Literal["human_wrote"]
    text: Annotated[str, StringConstraints(max_length=20_000)] = ""


class Waited(_HappenedEvent):
    """A delay that the host keeps watch over has passed."""

    kind: Literal["timed_out"]
    subject: Literal["silence", "hand_over"] = "silence"


class Happened(_HappenedEvent):
    """Somebody joined, left or gave the conversation back; or time passes."""

    kind: Literal["human_joined", "given_back", "customer_left", "tick"]


EventRequest = Annotated[Speaks | Wrote | Waited | Happened, Field(discriminator="kind")]


class SatisfactionRequest(BaseModel):
    """What the customer thinks of the conversation."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"score": 5}]})

    score: int = Field(ge=1, le=5, description="5 is best.")
    remark: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="Personal data are removed as the settings say."
    )


class ReplyAnswer(BaseModel):
    """What the bot does, in order."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "session_id": _ID,
                    "event_id": "m-1",
                    "actions": [_GREETING],
                    "state": "answering",
                    "muted": False,
                    "version": 2,
                }
            ]
        }
    )

    session_id: str
    event_id: str = Field(description="Of the message or event.")
    actions: list[Action] = Field(
        description="`say`: words for the customer; `hand_over`: to a person, with what they need "
        "to know; `stop_speaking`; `close`. Empty while a person has the conversation."
    )
    state: State
    muted: bool = Field(description="Whether a person has the conversation: the bot is silent.")
    version: int = Field(description="How many events were taken in.")


class SessionSummary(BaseModel):
    """A conversation with the bot, without what was said."""

    id: str
    channel: str
    language: str
    state: State
    muted: bool = Field(description="Whether a person has the conversation.")
    created_at: datetime.datetime
    updated_at: datetime.datetime
    contained: bool = Field(description="Whether it ended without a person.")
    closed_by: str | None
    handed_over: bool = Field(description="Whether a person was asked for.")
    satisfaction: int | None = Field(description="1 to 5, as the customer said.")


class SessionDetail(SessionSummary):
    """A conversation with the bot."""

    turns: list[SessionTurn] = Field(description="What was said, card numbers removed.")
    remark: str | None = Field(description="What the customer added to their score.")


class SessionOpened(SessionDetail):
    """A conversation that began."""

    actions: list[Action] = Field(description="The greeting: it says that it is an assistant.")


class SessionPage(BaseModel):
    """Some conversations, newest first."""

    data: list[SessionSummary]
    next_cursor: str | None = Field(description="`cursor` of the next page; null on the last.")


class Delta(BaseModel):
    """A piece of what the bot says."""

    action: int
    text: str


class ActionDone(BaseModel):
    """An action, whole."""

    action: int
    done: Action


def event_of(
    wanted: Speaks | Wrote | Waited | Happened, event_id: str, at: datetime.datetime
) -> Event:
    """Return what happened as the bot takes it in."""
    if isinstance(wanted, Speaks):
        return CustomerSpeaks(id=event_id, at=at, heard=wanted.heard)
    if isinstance(wanted, Wrote):
        return HumanWrote(id=event_id, at=at, text=wanted.text)
    if isinstance(wanted, Waited):
        return TimedOut(id=event_id, at=at, subject=wanted.subject)
    if wanted.kind == "human_joined":
        return HumanJoined(id=event_id, at=at)
    if wanted.kind == "given_back":
        return GivenBack(id=event_id, at=at)
    if wanted.kind == "tick":
        return Tick(id=event_id, at=at)
    return CustomerLeft(id=event_id, at=at)


def reply_answer(session_id: str, event_id: str, reply: Reply) -> ReplyAnswer:
    """Return a reply as it is sent."""
    return ReplyAnswer.model_validate(
        {"session_id": session_id, "event_id": event_id, **dict(reply)}
    )


def summary(stored: StoredSession) -> SessionSummary:
    """Return what a list shows of a conversation."""
    session = stored.session
    return SessionSummary(
        id=session.id,
        channel=session.channel,
        language=session.language,
        state=session.state,
        muted=session.muted,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        contained=session.contained,
        closed_by=session.closed_by,
        handed_over=session.trigger is not None,
        satisfaction=stored.satisfaction,
    )


def detail(stored: StoredSession) -> SessionDetail:
    """Return a conversation with what was said."""
    return SessionDetail(
        **summary(stored).model_dump(), turns=list(stored.session.turns), remark=stored.remark
    )

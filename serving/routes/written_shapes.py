"""Requests and answers of the routes for what agents answer in writing."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kb_search.bot import HandOverPacket
from kb_search.bot.packet import Trigger
from kb_search.bot.session import State
from serving.dialogues.values import StoredSession
from serving.screens.chat.talk import Message, Talk
from serving.written.chats import Standing, waiting_since
from serving.written.drafts import DraftSource
from serving.written.emails import Email, ListedEmail, Reply

Text = Annotated[str, StringConstraints(max_length=20_000, pattern=r"\S")]
EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$")]


class TakeRequest(BaseModel):
    """Somebody takes a chat."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "Nadia"}]})

    name: Annotated[str, StringConstraints(max_length=40)] | None = Field(
        default=None,
        description="What they call themselves; the setting `chat_agent_name` says what of it the "
        "customer sees.",
    )


class WriteRequest(BaseModel):
    """What a person says to the customer."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"id": "m-1", "text": "Bonjour !"}]}
    )

    id: EventId = Field(description="Sent again under the same id, it is said once.")
    text: Text = Field(description="Card numbers are removed.")


class NoteRequest(BaseModel):
    """What a person notes at the end of a chat."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": ""}]})

    text: Annotated[str, StringConstraints(max_length=4000)] = Field(
        default="", description="Empty: no note. Personal data are removed as the settings say."
    )


class KeepRequest(BaseModel):
    """The reply to an e-mail, as it stands."""

    model_config = ConfigDict(extra="forbid")

    subject: Annotated[str, StringConstraints(max_length=255)] = ""
    text: Annotated[str, StringConstraints(max_length=50_000)]
    sources: list[DraftSource] = Field(default=[], max_length=20)
    version: int = Field(ge=0, description="The version that was seen; 0: none yet.")
    sent: bool = Field(
        default=False,
        description="Whether the agent says that it is sent. It is only marked so: the service "
        "sends no e-mail itself.",
    )


class QueuedChat(BaseModel):
    """A chat in the queue, or one that somebody has."""

    id: str
    state: State
    mode: Literal["live", "message"] = Field(
        description="`live`: the customer waits; `message`: an answer is to come later."
    )
    since: datetime.datetime = Field(description="Since when a person is asked for.")
    taken_at: datetime.datetime | None
    language: str
    customer_key: str | None
    trigger: Trigger | None = Field(description="Why a person is needed.")
    urgency: int = Field(description="0 to 3.")
    reason: str | None = Field(description="Contact reason, in the customer's language.")
    last_said: str = Field(description="The customer's last words, shortened.")
    unread: bool = Field(description="Whether the customer spoke last.")
    version: int


class QueuedEmail(BaseModel):
    """An e-mail that waits for an answer, or that somebody has."""

    id: str
    at: datetime.datetime
    subject: str | None
    excerpt: str
    customer_key: str | None
    reason: str | None
    mine: bool


class QueueAnswer(BaseModel):
    """What is to be answered in writing."""

    waiting: list[QueuedChat] = Field(description="Most urgent first, then longest waiting.")
    mine: list[QueuedChat]
    with_colleagues: int
    emails: list[QueuedEmail] = Field(description="Oldest first.")


class ChatDetail(BaseModel):
    """A chat in which a person is asked for, with all that was said."""

    chat: QueuedChat
    standing: Standing
    agent_name: str | None = Field(description="As the customer sees who has it.")
    talk: Talk = Field(description="What was said, with the articles that the bot showed.")
    packet: HandOverPacket | None = Field(description="What the person who takes it needs.")
    satisfaction: int | None
    customer_writes: bool


class WrapUpDraft(BaseModel):
    """A note in the conversation's own words."""

    text: str | None = Field(description="Null where too little was said.")


class WrapUpAnswer(BaseModel):
    """What came of a chat."""

    conversation_id: str | None = Field(
        description="Of the stored conversation, which is analysed like any other."
    )
    why_not: Literal["refused", "nothing_said"] | None = Field(
        description="`refused`: the customer objects to being kept; `nothing_said`: no person "
        "wrote anything."
    )


class ReplyAnswer(BaseModel):
    """The reply to an e-mail."""

    version: int
    subject: str | None
    text: str | None
    sources: list[DraftSource]
    sent_at: datetime.datetime | None


class EmailDetail(BaseModel):
    """An e-mail with its messages and the reply."""

    email: QueuedEmail
    messages: list[Message]
    reply: ReplyAnswer | None = Field(description="Null until somebody takes the e-mail.")
    taken_by_other: bool


def queued(stored: StoredSession) -> QueuedChat:
    """Return what a list shows of a chat."""
    session, packet = stored.session, stored.packet
    said = [turn for turn in session.turns if turn.speaker != "system"]
    customers = [turn.text for turn in said if turn.speaker == "customer"]
    return QueuedChat(
        id=session.id,
        state=session.state,
        mode="message" if stored.hand_over == "message" else "live",
        since=waiting_since(stored),
        taken_at=stored.taken_at,
        language=session.language,
        customer_key=session.customer.key,
        trigger=session.trigger,
        urgency=0 if packet is None else packet.urgency,
        reason=None if packet is None or packet.reason is None else packet.reason.label,
        last_said=customers[-1][:160] if customers else "",
        unread=bool(said) and said[-1].speaker == "customer",
        version=session.version,
    )


def queued_email(one: ListedEmail) -> QueuedEmail:
    """Return what a list shows of an e-mail."""
    return QueuedEmail(
        id=one.id,
        at=one.at,
        subject=one.subject,
        excerpt=one.excerpt,
        customer_key=one.customer_key,
        reason=one.reason,
        mine=one.is_mine,
    )


def reply_answer(reply: Reply) -> ReplyAnswer:
    """Return a reply as it is sent."""
    return ReplyAnswer(
        version=reply.version,
        subject=reply.subject,
        text=reply.text,
        sources=list(reply.sources),
        sent_at=reply.sent_at,
    )


def email_detail(email: Email) -> EmailDetail:
    """Return an e-mail as it is shown; a colleague's reply is not."""
    mine = email.listed.is_mine
    at = email.listed.at
    return EmailDetail(
        email=queued_email(email.listed),
        messages=[
            Message(speaker=turn.speaker, text=turn.text, at=turn.at or at)
            for turn in email.conversation.turns
        ],
        reply=reply_answer(email.reply) if email.reply is not None and mine else None,
        taken_by_other=email.reply is not None and not mine,
    )

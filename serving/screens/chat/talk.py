"""What the chat shows of a conversation: who said what, with the articles and the choices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict

from conversation import Speaker
from kb_search.bot import Say
from kb_search.bot.actions import ClosedBy
from kb_search.bot.session import SessionTurn, State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from serving.dialogues.values import Reply, StoredSession


_PIECE = re.compile(r"\S.*?(?:[.!?…]+(?=\s|$)\s*|\n+|$)", re.DOTALL)
_GIVEN_SOURCE = re.compile(r"Article ?: (?P<title>.+) <(?P<href>https?://[^\s<>]+)>")
_SOURCE_LINE = re.compile(r"Sources? ?: ")


class Source(BaseModel):
    """An article that an answer stands on.

    Attributes:
        title: Of the article, with the heading.
        href: Where it can be read.
        quote: The sentences, verbatim.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    href: str
    quote: str


class Message(BaseModel):
    """What one side said.

    Attributes:
        speaker: Who.
        text: What; empty for what happened.
        at: When.
        name: Of the person, as the centre wants it; None: as any agent.
        happened: ``joined``: a person came.
        sources: Where the answers in it stand.
        choices: Buttons that are still to be pressed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speaker: Speaker
    text: str
    at: AwareDatetime
    name: str | None = None
    happened: Literal["joined"] | None = None
    sources: tuple[Source, ...] = ()
    choices: tuple[str, ...] = ()


class Talk(BaseModel):
    """A conversation as the chat shows it.

    Attributes:
        state: Where it stands; ``greeting`` before the first message.
        version: Grows with everything that happens.
        muted: Whether a person has it.
        person: Name of the person who has it, as the centre wants it; None: as any agent.
        closed_by: What ended it; None while it goes on.
        rating: 1 to 5, as the customer said; None until then.
        messages: In order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = "greeting"
    version: int = 0
    muted: bool = False
    person: str | None = None
    closed_by: ClosedBy | None = None
    rating: int | None = None
    messages: tuple[Message, ...] = ()


def talk_of(stored: StoredSession, replies: Iterable[Reply], root: str) -> Talk:
    """Return what is shown of a stored session.

    Args:
        stored: The session.
        replies: All that the bot did in it, in order.
        root: Path under which a proxy serves the application.
    """
    said = {
        action.text: action
        for reply in replies
        for action in reply.actions
        if isinstance(action, Say)
    }
    session = stored.session
    waiting = session.state not in ("closed", "with_human", "handing_over")
    messages = []
    for number, turn in enumerate(session.turns):
        say = said.get(turn.text) if turn.speaker == "bot" else None
        asks = waiting and number == len(session.turns) - 1
        messages.append(
            Message(
                speaker=turn.speaker,
                text=_without_given(turn) if say is None else _plain(say, asks=asks),
                at=turn.at,
                name=stored.agent_name if _by(stored, turn) else None,
                sources=_given_sources(turn) if say is None else _sources(say, root),
                choices=say.choices if say is not None and asks else (),
            )
        )
    if stored.taken_at is not None and session.human_at is not None:
        came = Message(
            speaker="system",
            text="",
            at=stored.taken_at,
            name=stored.agent_name,
            happened="joined",
        )
        place = sum(one.at <= came.at for one in messages)
        messages.insert(place, came)
    return Talk(
        state=session.state,
        version=session.version,
        muted=session.muted,
        person=stored.agent_name,
        closed_by=session.closed_by,
        rating=stored.satisfaction,
        messages=tuple(messages),
    )


def pieces_of(text: str) -> list[str]:
    """Return a text sentence by sentence, line by line; together they are the whole."""
    return _PIECE.findall(text)


def _by(stored: StoredSession, turn: SessionTurn) -> bool:
    """Tell whether the person who has the conversation, or had it last, said something."""
    return turn.speaker == "agent" and stored.taken_at is not None and turn.at >= stored.taken_at


def _given_sources(turn: SessionTurn) -> tuple[Source, ...]:
    """Return the articles that a person names under a message, a line each."""
    if turn.speaker != "agent":
        return ()
    named = (_GIVEN_SOURCE.fullmatch(line) for line in turn.text.splitlines())
    return tuple(
        Source(title=one["title"], href=one["href"], quote="") for one in named if one is not None
    )


def _without_given(turn: SessionTurn) -> str:
    if turn.speaker != "agent":
        return turn.text
    lines = [line for line in turn.text.splitlines() if not _GIVEN_SOURCE.fullmatch(line)]
    return "\n".join(lines).rstrip() or turn.text


def _plain(say: Say, *, asks: bool) -> str:
    """Return the words without what the page shows otherwise.

    The lines that name the sources are links there. Where choices are still to be pressed, the
    numbered list of them is buttons.
    """
    lines = say.text.splitlines()
    if say.citations:
        lines = [line for line in lines if not _SOURCE_LINE.match(line)]
    if asks:
        listed = {f"{number}. {label}" for number, label in enumerate(say.choices, 1)}
        lines = [line for line in lines if line not in listed]
    return "\n".join(lines) or say.text


def _sources(say: Say, root: str) -> tuple[Source, ...]:
    return tuple(
        Source(
            title=" › ".join(part for part in (one.title, one.heading) if part),
            href=one.link or f"{root}/chat/articles/{quote(one.document)}#{quote(one.passage_id)}",
            quote=one.quote,
        )
        for one in say.citations
    )

"""What the chat shows of a conversation: who said what, with the articles and the choices."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, ConfigDict

from conversation import Speaker
from kb_search.bot import Say
from kb_search.bot.session import State

if TYPE_CHECKING:
    from collections.abc import Iterable

    from serving.dialogues.bot_sessions import Reply, StoredSession


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
        text: What.
        at: When.
        sources: Where the answers in it stand.
        choices: Buttons that are still to be pressed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    speaker: Speaker
    text: str
    at: AwareDatetime
    sources: tuple[Source, ...] = ()
    choices: tuple[str, ...] = ()


class Talk(BaseModel):
    """A conversation as the chat shows it.

    Attributes:
        state: Where it stands; ``greeting`` before the first message.
        version: Grows with everything that happens.
        muted: Whether a person has it.
        rating: 1 to 5, as the customer said; None until then.
        messages: In order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: State = "greeting"
    version: int = 0
    muted: bool = False
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
    last_bot = max((n for n, t in enumerate(session.turns) if t.speaker == "bot"), default=-1)
    messages = []
    for number, turn in enumerate(session.turns):
        say = said.get(turn.text) if turn.speaker == "bot" else None
        waits = number == last_bot and session.state == "clarifying"
        messages.append(
            Message(
                speaker=turn.speaker,
                text=turn.text if say is None else _without_sources(say),
                at=turn.at,
                sources=() if say is None else _sources(say, root),
                choices=say.choices if say is not None and waits else (),
            )
        )
    return Talk(
        state=session.state,
        version=session.version,
        muted=session.muted,
        rating=stored.satisfaction,
        messages=tuple(messages),
    )


def _without_sources(say: Say) -> str:
    """Return the words without the lines that name the sources, which are shown as links."""
    if not say.citations:
        return say.text
    kept = [line for line in say.text.splitlines() if not _SOURCE_LINE.match(line)]
    return "\n".join(kept) or say.text


def _sources(say: Say, root: str) -> tuple[Source, ...]:
    return tuple(
        Source(
            title=" › ".join(part for part in (one.title, one.heading) if part),
            href=one.link or f"{root}/chat/articles/{quote(one.document)}#{quote(one.passage_id)}",
            quote=one.quote,
        )
        for one in say.citations
    )

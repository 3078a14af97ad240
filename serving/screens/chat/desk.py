"""The newest conversation of a visitor: opened, continued, ended, shown."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation.errors import Conflict, NotFound, Overloaded
from kb_search.bot import Session
from kb_search.bot.events import CustomerMessage
from serving.screens.chat.talk import Talk, talk_of

if TYPE_CHECKING:
    from kb_search.bot.events import Event
    from kb_search.documents import Document
    from serving.access.principal import Principal
    from serving.dialogues.bot_sessions import BotSessions
    from serving.dialogues.presence import Presence
    from serving.dialogues.values import StoredSession
    from serving.service import Service
    from serving.sign_in_page.words import PageLanguage


@dataclass(frozen=True)
class Pulse:
    """What tells whether a conversation changed.

    Attributes:
        version: How many events it has taken in; None where there is none.
        is_written_to: Whether a person is writing.
    """

    version: int | None
    is_written_to: bool


class ChatDesk:
    """What the chat's pages do with the bot's sessions; a visitor has one at a time.

    Args:
        service: See :class:`serving.service.Service`.
        root: Path under which a proxy serves the application.
    """

    def __init__(self, service: Service, *, root: str = "") -> None:
        self._service = service
        self._root = root

    def open(self, principal: Principal, language: PageLanguage) -> StoredSession:
        """Begin a conversation; the bot greets, and says that it is an assistant."""
        new = Session(id="new", channel="chat", language=language)
        stored, _ = self._bots.open(principal, new)
        return stored

    def take(self, principal: Principal, language: PageLanguage, event: Event) -> None:
        """Take an event in; the first one opens the conversation.

        Raises:
            Conflict: The conversation is over, or the id came with something else.
            Overloaded: Too many events came at once.
        """
        stored = self._newest(principal) or self.open(principal, language)
        session_id = stored.session.id
        if isinstance(event, CustomerMessage) and event.choice is not None and not event.text:
            event = event.model_copy(update={"text": self._pressed(principal, stored, event)})
        self._bots.take(principal, session_id, event)
        self._presence.stop(session_id, "customer")

    def leave(self, principal: Principal, event: Event) -> None:
        """End the conversation; one that is over, or never began, stays as it is."""
        stored = self._newest(principal)
        if stored is not None and stored.session.state != "closed":
            self._bots.take(principal, stored.session.id, event)

    def rate(self, principal: Principal, score: int, remark: str | None) -> None:
        """Keep what the customer thinks of the conversation.

        Raises:
            NotFound: There is none.
        """
        stored = self._newest(principal)
        if stored is None:
            raise NotFound("there is no conversation yet", remedy="write something first")
        self._bots.rate(principal, stored.session.id, score, remark)

    def talk(self, principal: Principal) -> Talk:
        """Return the conversation as the chat shows it."""
        stored = self._newest(principal)
        if stored is None:
            return Talk()
        replies = self._bots.replies(principal, stored.session.id)
        return talk_of(stored, replies, self._root)

    def writes(self, principal: Principal) -> None:
        """Let a person who has the conversation see that the customer is writing."""
        newest = self._bots.newest(principal)
        if newest is not None:
            self._presence.write(newest[0], "customer")

    def pulse(self, principal: Principal) -> Pulse:
        """Return what tells whether the conversation changed."""
        newest = self._bots.newest(principal)
        if newest is None:
            return Pulse(None, is_written_to=False)
        return Pulse(newest[1], is_written_to=self._presence.writes(newest[0], "agent"))

    def pass_time(self, principal: Principal) -> None:
        """Let the bot say what a delay asks for."""
        newest = self._bots.newest(principal)
        if newest is not None:
            with contextlib.suppress(Conflict, Overloaded):  # something else happens just now
                self._bots.pass_time(principal, newest[0])

    @property
    def centre(self) -> str | None:
        """Name of the company, as the bot says it; None where it is not set."""
        return self._bots.policy.centre

    def article(self, path: str) -> Document | None:
        """Return an article that customers may read; None where there is none."""
        base = self._service.resources.bases.of_team(None)
        try:
            document = base.document(path)
        except NotFound:
            return None
        about = document.metadata
        public = about.audience == "public" and about.state == "validated"
        return document if public else None

    @property
    def _bots(self) -> BotSessions:
        return self._service.resources.bots

    @property
    def _presence(self) -> Presence:
        return self._service.resources.presence

    def _pressed(self, principal: Principal, stored: StoredSession, event: CustomerMessage) -> str:
        """Return the words on a button, so that the conversation shows what was chosen."""
        talk = talk_of(stored, self._bots.replies(principal, stored.session.id), self._root)
        choices = talk.messages[-1].choices if talk.messages else ()
        number = event.choice or 0
        return choices[number - 1] if 0 < number <= len(choices) else ""

    def _newest(self, principal: Principal) -> StoredSession | None:
        found = self._bots.all(principal, limit=1)
        return found[0] if found else None

"""The newest conversation of a visitor: opened, continued, ended, shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conversation.errors import NotFound
from kb_search.bot import Session
from serving.screens.chat.talk import Talk, talk_of

if TYPE_CHECKING:
    from kb_search.bot.events import Event
    from kb_search.documents import Document
    from serving.access.principal import Principal
    from serving.dialogues.bot_sessions import BotSessions, StoredSession
    from serving.service import Service
    from serving.sign_in_page.words import PageLanguage


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
        self._bots.take(principal, stored.session.id, event)

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

    def version(self, principal: Principal) -> int | None:
        """Return how many events the conversation has taken in; None where there is none."""
        stored = self._newest(principal)
        return None if stored is None else stored.session.version

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

    def _newest(self, principal: Principal) -> StoredSession | None:
        found = self._bots.all(principal, limit=1)
        return found[0] if found else None

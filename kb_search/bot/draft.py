"""What the bot is about to do about one event, while it is being put together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kb_search.answers import Citation
from kb_search.bot.actions import Action, Close, ClosedBy, Purpose, Say
from kb_search.bot.policy import BotPolicy
from kb_search.bot.session import Session, SessionTurn
from kb_search.bot.spoken import spoken, spoken_choices
from kb_search.bot.texts import Texts, disclosure, short_disclosure


class Draft:
    """Gathers what is to be said about an event, so that it is said at once.

    Args:
        session: As it stands; replaced as the event is worked on.
        at: When the event happened.
        policy: Of the centre.

    Attributes:
        session: As it stands by now.
        after: Actions that follow the words.
        purpose: What the words are for, where they cite nothing.
        asked_before: Whether the bot's last words asked if they helped.
    """

    def __init__(self, session: Session, at: datetime, policy: BotPolicy) -> None:
        self.session = session
        self.at = at
        self.policy = policy
        self.after: list[Action] = []
        self.purpose: Purpose = "talk"
        self.asked_before = session.expects == "confirmation"
        self._parts: list[str] = []
        self._citations: list[Citation] = []
        self._choices: tuple[str, ...] = ()
        self._listed = False

    @property
    def words(self) -> Texts:
        """The bot's words in the language of the session."""
        return self.policy.words(self.session.language)

    @property
    def silent(self) -> bool:
        """Whether nothing is to be said so far."""
        return not self._parts

    def say(self, *parts: str) -> None:
        """Add sentences, each a paragraph of its own where it is read."""
        self._parts += [part for part in parts if part]

    def cite(self, citations: Sequence[Citation]) -> None:
        """Add the sources of what is said."""
        shown = {citation.passage_id for citation in self.session.articles}
        self._citations += citations
        self.session = self.session.changed(
            articles=(
                *self.session.articles,
                *(c for c in dict.fromkeys(citations) if c.passage_id not in shown),
            )
        )

    def offer(self, *labels: str, listed: bool = False) -> None:
        """Give the customer buttons.

        Args:
            labels: Of the buttons, in order.
            listed: Whether the words name them too, numbered, because they are the question.
        """
        self._choices, self._listed = labels, listed

    def close(self, because: ClosedBy) -> None:
        """End the conversation after the words."""
        self.session = self.session.moved(
            "closed", closed_by=because, expects="nothing", asked=None, quiet_since=None
        )
        self.after.append(Close(because=because))

    def finish(self) -> tuple[Session, tuple[Action, ...]]:
        """Return the session and the actions; the first words say that it is an assistant."""
        if self.silent:
            return self.session, tuple(self.after)
        session, language = self.session, self.session.language
        parts = list(self._parts)
        if not session.introduced:
            parts.insert(0, disclosure(language, self.policy.centre))
        elif language not in session.introduced:
            parts.insert(0, short_disclosure(language))
        if session.spoken:
            text = spoken("\n".join(parts), language)
            if self._listed:
                text = f"{text} {spoken_choices(self._choices, language)}"
        else:
            if self._listed:
                parts += [f"{number}. {label}" for number, label in enumerate(self._choices, 1)]
                parts.append(self.words.choose)
            text = "\n".join(parts)
        said = SessionTurn(speaker="bot", text=text, at=self.at, language=language)
        waits = session.state not in ("closed", "with_human")
        self.session = session.changed(
            turns=(*session.turns, said),
            introduced=tuple(dict.fromkeys((*session.introduced, language))),
            quiet_since=self.at if waits else None,
        )
        citations = tuple(dict.fromkeys(self._citations))
        say = Say(
            text=text,
            language=language,
            purpose="answer" if citations else self.purpose,
            citations=citations,
            choices=self._choices,
        )
        return self.session, (say, *self.after)

"""The self-care bot: a state machine that takes an event and a session and gives both back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kb_search.bot.actions import Action, ClosedBy, StopSpeaking
from kb_search.bot.acts import language_of
from kb_search.bot.dialogue import Dialogue
from kb_search.bot.draft import Draft
from kb_search.bot.events import (
    CustomerLeft,
    CustomerMessage,
    CustomerSpeaks,
    Event,
    GivenBack,
    HumanClosed,
    HumanJoined,
    HumanWrote,
    Opened,
    Tick,
    TimedOut,
)
from kb_search.bot.policy import MAX_MESSAGE_CHARACTERS, BotPolicy
from kb_search.bot.reading import FactFinder, Knowledge, Reader
from kb_search.bot.session import Session, SessionTurn


@dataclass(frozen=True, slots=True)
class Step:
    """What came of an event.

    Attributes:
        session: To be stored before the actions are carried out.
        actions: In order; empty while a person has the conversation.
    """

    session: Session
    actions: tuple[Action, ...] = ()


class Bot:
    """Talks with customers from a knowledge base, and gives them to people.

    It keeps nothing between events: everything is in the session, so that any process can go on
    with any conversation.

    Args:
        knowledge: What answers questions.
        reader: Reads messages.
        facts: Understands a conversation that is handed over.
        policy: What the centre decides; the defaults when None.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        reader: Reader,
        facts: FactFinder,
        policy: BotPolicy | None = None,
    ) -> None:
        self.policy = policy or BotPolicy()
        self._dialogue = Dialogue(knowledge, reader, facts)

    def handle(self, session: Session, event: Event) -> Step:
        """Take in an event.

        An event that was taken in before changes nothing. While a person has the conversation
        events are only written down.

        Args:
            session: As it was stored; a new one for a new conversation.
            event: What happened.

        Returns:
            The new session and what is to be done, in order.
        """
        if event.id in session.events:
            return Step(session)
        before = session
        session = session.changed(events=(*session.events, event.id), version=session.version + 1)
        session = _note(session, event)
        draft = Draft(session, event.at, self.policy)
        if session.muted or session.state == "closed":
            draft.session = _silenced(session, event)
        elif isinstance(event, CustomerMessage):
            if not _was_for_a_person(session, event):
                self._dialogue.take(draft, event)
        elif isinstance(event, GivenBack):
            _given_back(draft, before)
        elif isinstance(event, Opened):
            _opened(draft)
        elif isinstance(event, CustomerSpeaks):
            _interrupted(draft, event)
        elif isinstance(event, CustomerLeft):
            draft.close("customer_left")
        elif isinstance(event, HumanClosed):
            draft.close("agent")
        elif isinstance(event, TimedOut | Tick):
            _time_passes(draft, event)
        return Step(*draft.finish())


def _note(session: Session, event: Event) -> Session:
    """Write down who said what, and who has the conversation; the order does not matter."""
    if isinstance(event, HumanJoined | HumanWrote):
        session = session.changed(human_at=_latest(session.human_at, event.at))
    if isinstance(event, GivenBack):
        session = session.changed(given_back_at=_latest(session.given_back_at, event.at))
    if isinstance(event, HumanWrote) and event.text:
        turn = SessionTurn(speaker="agent", text=event.text, at=event.at)
        session = session.changed(turns=(*session.turns, turn))
    if isinstance(event, CustomerMessage):
        known = any(turn.speaker == "customer" for turn in session.turns)
        text = event.text[:MAX_MESSAGE_CHARACTERS]
        # A title that was offered is in the article's language, not in the customer's.
        language = (
            session.language
            if _is_offered(session, text)
            else language_of(text, session.language, known=known)
        )
        turn = SessionTurn(speaker="customer", text=text, at=event.at, language=language)
        session = session.changed(
            turns=(*session.turns, turn), language=language, quiet_since=None, reminded=False
        )
    return session


def _is_offered(session: Session, text: str) -> bool:
    """Whether a message is, word for word, one of the choices that were offered."""
    choices = () if session.asked is None else session.asked.choices
    return text.strip() in {choice.label for choice in choices}


def _silenced(session: Session, event: Event) -> Session:
    """Return the session while a person has it, or once it is over: nothing is said."""
    if session.state == "closed":
        return session
    if isinstance(event, CustomerLeft | HumanClosed):
        because: ClosedBy = "agent" if isinstance(event, HumanClosed) else "customer_left"
        return session.moved("closed", closed_by=because, quiet_since=None)
    return session.moved(
        "with_human",
        expects="nothing",
        asked=None,
        quiet_since=None,
        handing_since=None,
        reminded=False,
    )


def _was_for_a_person(session: Session, message: CustomerMessage) -> bool:
    """Whether a message that comes late was written while a person had the conversation."""
    return (
        session.human_at is not None
        and session.given_back_at is not None
        and message.at <= session.given_back_at
    )


def _given_back(draft: Draft, before: Session) -> None:
    """Go on after a person, or after nobody took the conversation."""
    if before.state not in ("with_human", "handing_over"):
        return
    draft.session = draft.session.moved(
        "answering",
        expects="nothing",
        handing_since=None,
        failures=0,
        abuses=0,
        clarified=False,
        last_questions=(),
    )
    draft.say(draft.words.given_back)


def _opened(draft: Draft) -> None:
    if draft.session.state == "greeting" and not draft.session.turns:
        draft.say(draft.words.greeting)


def _interrupted(draft: Draft, event: CustomerSpeaks) -> None:
    """Stop speaking; the transcript keeps what was heard.

    Where the customer has not heard that it is an assistant, the next words say it again.
    """
    session = draft.session
    turns = list(session.turns)
    if turns and turns[-1].speaker == "bot" and event.heard is not None:
        heard = event.heard.strip()
        if turns[-1].text.startswith(heard) and heard != turns[-1].text:
            first_words = sum(turn.speaker == "bot" for turn in turns) == 1
            sentence = any(mark in heard for mark in ".!?")
            turns[-1] = turns[-1].model_copy(update={"text": heard})
            if first_words and not sentence:
                session = session.changed(introduced=())
    draft.session = session.changed(
        turns=tuple(turn for turn in turns if turn.text), quiet_since=None, reminded=False
    )
    draft.after.append(StopSpeaking())


def _time_passes(draft: Draft, event: TimedOut | Tick) -> None:
    session, policy = draft.session, draft.policy
    if session.state == "handing_over" and session.handing_since is not None:
        waited_s = (event.at - session.handing_since).total_seconds()
        told = isinstance(event, TimedOut) and event.subject == "hand_over" and waited_s >= 0
        if (told or waited_s >= policy.hand_over_after_s) and not session.delay_told:
            draft.session = session.changed(delay_told=True)
            draft.say(draft.words.longer)
        return
    if session.quiet_since is None:
        return
    quiet_s = (event.at - session.quiet_since).total_seconds()
    if quiet_s < 0 or (isinstance(event, TimedOut) and event.subject != "silence"):
        return
    remind_s = policy.voice_remind_after_s if session.spoken else policy.remind_after_s
    close_s = policy.voice_close_after_s if session.spoken else policy.close_after_s
    limit_s = close_s if session.reminded else remind_s
    if limit_s < 0 or (isinstance(event, Tick) and quiet_s < limit_s):
        return
    if session.reminded:
        draft.say(draft.words.silence)
        draft.close("silence")
    else:
        draft.session = session.changed(reminded=True)
        draft.say(draft.words.still_there)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)

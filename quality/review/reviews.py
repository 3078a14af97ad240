"""Recording what happens around scores after all checks, and telling where things stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from conversation import Conversation
from conversation.errors import BadInput
from quality.results import Evaluation, verify_evidence
from quality.review.answers import answer_of
from quality.review.event import Moment, Role
from quality.review.events import AnyEvent, conversations_of, quotes_of
from quality.review.fold import advance, fold_review
from quality.review.log import EventLog
from quality.review.review_events import AnyReviewEvent, Opened, OpenedItem, ReviewEvent, Subject
from quality.review.session_events import AnySessionEvent, SessionEvent
from quality.review.sessions import SessionState, check_session, fold_session
from quality.review.state import ReviewState


def opened(
    conversation: Conversation,
    evaluation: Evaluation,
    *,
    can_eliminate: frozenset[str],
    agent: str | None,
    at: Moment,
    author: str,
    role: Role = "system",
) -> Opened:
    """Begin the review of an evaluation.

    Args:
        conversation: The contact.
        evaluation: What the machine made of it.
        can_eliminate: Questions of the card that have an eliminatory condition.
        agent: Pseudonymous id of who handled the contact; None when not known.
        at: When.
        author: Who begins.
        role: In which role.

    Returns:
        The event, to be recorded.

    Raises:
        BadInput: The evaluation is of another conversation.
    """
    if evaluation.conversation_id != conversation.id:
        raise BadInput(
            f"got the evaluation of conversation {evaluation.conversation_id!r}, expected that of "
            f"{conversation.id!r}",
            remedy="evaluate this conversation",
        )
    proposed = {one.item for one in evaluation.eliminatory}
    return Opened(
        at=at,
        author=author,
        role=role,
        subject=Subject(
            conversation_id=conversation.id,
            scorecard=evaluation.scorecard,
            version=evaluation.version,
        ),
        agent=agent,
        turns=len(conversation.turns),
        items=tuple(
            OpenedItem(
                id=one.id,
                points=one.points,
                question_sha256=one.item_sha256,
                answer=answer_of(one),
                can_eliminate=one.id in can_eliminate | proposed,
                eliminatory_proposed=one.id in proposed,
            )
            for one in evaluation.items
        ),
        score_100=evaluation.score_100,
    )


class Reviews:
    """Records events after all checks, and tells where reviews and sessions stand.

    Args:
        log: Where they are kept.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log

    def record(self, event: AnyEvent, *, conversation: Conversation | None = None) -> bool:
        """Record an event, or raise and record nothing.

        Args:
            event: What happened.
            conversation: The contact; needed where the event quotes it.

        Returns:
            Whether it is new; False where it was recorded before.

        Raises:
            Conflict: It is not allowed now; says what to do instead.
            BadInput: It quotes a conversation that is not given.
            EvidenceMismatch: A quote is not verbatim in its turn.
        """
        _verify_quotes(event, conversation)

        def check(stream: Sequence[AnyEvent]) -> None:
            if isinstance(event, ReviewEvent):
                advance(fold_review(cast("Sequence[AnyReviewEvent]", stream)), event)
            elif isinstance(event, SessionEvent):
                check_session(fold_session(cast("Sequence[AnySessionEvent]", stream)), event)

        return self.log.append(event, check=check)

    def review(self, subject: Subject) -> ReviewState | None:
        """Tell where the review of an evaluation stands; None where none is open."""
        events = self.log.events(f"review {subject}")
        return fold_review(cast("Sequence[AnyReviewEvent]", events))

    def session(self, session: str) -> SessionState | None:
        """Tell where a session stands; None where none is open."""
        events = self.log.events(f"session {session}")
        return fold_session(cast("Sequence[AnySessionEvent]", events))


def _verify_quotes(event: AnyEvent, conversation: Conversation | None) -> None:
    quotes = quotes_of(event)
    if not quotes:
        return
    expected = conversations_of(event)
    if conversation is None or conversation.id not in expected:
        got = "no conversation" if conversation is None else f"conversation {conversation.id!r}"
        raise BadInput(
            f"the event quotes {', '.join(sorted(expected))}, got {got}",
            remedy="give the conversation, so that the quotes can be checked",
        )
    for quote in quotes:
        verify_evidence(quote, conversation)

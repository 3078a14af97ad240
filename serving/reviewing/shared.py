"""What was shown to an agent: their evaluations, those to be read first, and their weeks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from quality.review import DisplayedScore, ReviewState, fold_review
from quality.review.review_events import AnyReviewEvent
from serving.access.principal import Role
from serving.access.visibility import visible
from serving.reviewing.card_texts import CardTexts, Title
from serving.reviewing.one_review import ReviewedContact, reviewed_contact
from serving.store.tables import ConversationRow, ReviewEventRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from serving.access.principal import Principal
    from serving.service import Service

MOST = 100
"""Evaluations that are looked at, the newest: four a month make two years."""

_FROZEN = ConfigDict(frozen=True, extra="forbid")


class SharedReview(BaseModel):
    """An evaluation that was shown to the agent of the contact.

    Attributes:
        contact: The conversation.
        scorecard: Name of the card.
        version: Of the card.
        title: Of the card.
        displayed: The one note to show.
        shared_at: When it was shown last.
        shared_by: Id of who showed it.
        unread: Whether the agent has still to say that they have read it.
        contests: How many questions they contest or contested.
        contests_open: How many of them are still to be settled.
        settled_at: When the last of their contests was settled; None where none was.
    """

    model_config = _FROZEN

    contact: ReviewedContact
    scorecard: str
    version: str
    title: Title
    displayed: DisplayedScore
    shared_at: AwareDatetime
    shared_by: str
    unread: bool
    contests: int = Field(ge=0)
    contests_open: int = Field(ge=0)
    settled_at: AwareDatetime | None


class WeekOfScores(BaseModel):
    """The evaluations of an agent's contacts of one week that people completed.

    Attributes:
        monday: First day of the week (UTC).
        mean: Of people's scores, 0 to 100.
        n: How many; few of them say little.
    """

    model_config = _FROZEN

    monday: date
    mean: float
    n: int = Field(gt=0)


class QuestionOverTime(BaseModel):
    """How an agent does on one question, in people's answers alone.

    Attributes:
        item: The question.
        question: In words.
        n: Evaluations in which people answered it with a value.
        mean: Of these values, 0 to 1.
        points_lost: Mean of what it cost.
    """

    model_config = _FROZEN

    item: str
    question: Title
    n: int = Field(gt=0)
    mean: float
    points_lost: float


class SharedReviews(BaseModel):
    """An agent's evaluations and their course; nobody is compared with colleagues.

    Attributes:
        data: Unread ones first, then the newest.
        unread: How many are to be read.
        weeks: Oldest first; only scores that people completed.
        questions: Those that cost most points first.
        next_cursor: Always None: the list holds the newest and ends there.
    """

    model_config = _FROZEN

    data: list[SharedReview]
    unread: int = Field(ge=0)
    weeks: list[WeekOfScores]
    questions: list[QuestionOverTime]
    next_cursor: None = None


def shared_reviews(service: Service, principal: Principal) -> SharedReviews:
    """Return what was shown to an agent.

    Args:
        service: Has everything.
        principal: The agent; the list is of their own conversations.
    """
    found = _states(service, principal) if has_own(principal) else []
    texts = CardTexts(service.resources.cards)
    listed = [_listed(texts, row, state) for row, state in found]
    listed.sort(key=lambda one: (one.unread, one.shared_at), reverse=True)
    return SharedReviews(
        data=listed,
        unread=sum(one.unread for one in listed),
        weeks=_weeks(listed),
        questions=_questions(texts, [state for _, state in found]),
    )


def has_own(principal: Principal) -> bool:
    """Tell whether somebody handles contacts, so that evaluations can be their own."""
    return principal.role is Role.AGENT and principal.agent_key is not None


def _states(service: Service, principal: Principal) -> list[tuple[ConversationRow, ReviewState]]:
    last = func.max(ReviewEventRow.number)
    asked = (
        select(ReviewEventRow.stream, ReviewEventRow.team, ConversationRow)
        .join(ConversationRow, ConversationRow.id == ReviewEventRow.conversation_id)
        .where(
            ReviewEventRow.kind == "shared",
            ReviewEventRow.number.in_(
                select(last).where(ReviewEventRow.kind == "shared").group_by(ReviewEventRow.stream)
            ),
            seen_by(visible(principal)),
        )
        .order_by(ReviewEventRow.number.desc())
        .limit(MOST)
    )
    with service.store.database.reading() as session:
        rows = session.execute(asked).all()
        session.expunge_all()
    if not rows:
        return []
    events = service.resources.desk.log(rows[0].team).streams([row.stream for row in rows])
    states = []
    for stream, _, conversation in rows:
        state = fold_review(cast("Sequence[AnyReviewEvent]", events.get(stream, ())))
        if state is not None and state.sharings:
            states.append((conversation, state))
    return states


def _listed(texts: CardTexts, row: ConversationRow, state: ReviewState) -> SharedReview:
    verdicts = [contest.verdicts[-1] for contest in state.contests if not contest.is_open]
    return SharedReview(
        contact=reviewed_contact(row),
        scorecard=state.subject.scorecard,
        version=state.subject.version,
        title=texts.title(state.subject.scorecard, state.subject.version),
        displayed=state.displayed,
        shared_at=state.sharings[-1].at,
        shared_by=state.sharings[-1].author,
        unread=state.sharings[-1].acknowledgement is None,
        contests=len(state.contests),
        contests_open=sum(contest.is_open for contest in state.contests),
        settled_at=max((one.at for one in verdicts), default=None),
    )


def monday_of(moment: datetime) -> date:
    """Return the first day of a moment's week (UTC)."""
    day = moment.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def _weeks(listed: Sequence[SharedReview]) -> list[WeekOfScores]:
    scores: dict[date, list[float]] = {}
    for one in listed:
        if not one.displayed.draft and one.displayed.score_100 is not None:
            scores.setdefault(monday_of(one.contact.started_at), []).append(one.displayed.score_100)
    return [
        WeekOfScores(monday=monday, mean=sum(found) / len(found), n=len(found))
        for monday, found in sorted(scores.items())
    ]


def _questions(texts: CardTexts, states: Sequence[ReviewState]) -> list[QuestionOverTime]:
    held: dict[tuple[str, str], list[tuple[float, float]]] = {}
    asked: dict[tuple[str, str], Title] = {}
    for state in states:  # the newest first: its wording of a question is shown
        name, version = state.subject.scorecard, state.subject.version
        for item in state.items:
            if isinstance(item.human, float | int) and item.opened.points > 0:
                key = (name, item.opened.id)
                lost = item.opened.points * (1 - item.human)
                held.setdefault(key, []).append((item.human, lost))
                asked.setdefault(key, texts.question(name, version, item.opened.id))
    found = [
        QuestionOverTime(
            item=key[1],
            question=asked[key],
            n=len(one),
            mean=sum(value for value, _ in one) / len(one),
            points_lost=sum(lost for _, lost in one) / len(one),
        )
        for key, one in held.items()
    ]
    return sorted(found, key=lambda one: (-one.points_lost, one.item))

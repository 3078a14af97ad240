"""The contests of a team: which are open, who may settle them, how they ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal, cast

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import select

from conversation.errors import NotFound
from quality.review import ReviewState, fold_review
from quality.review.answers import Answer
from quality.review.records import Contest
from quality.review.review_events import AnyReviewEvent
from serving.access.principal import Principal, Role
from serving.access.visibility import visible
from serving.reviewing.card_texts import CardTexts, Title
from serving.reviewing.desk import part_of
from serving.reviewing.one_review import (
    OneReview,
    ReviewedContact,
    Scrubbed,
    one_review,
    reviewed_contact,
)
from serving.store.tables import DEFAULT_TEAM, ConversationRow, ReviewEventRow
from serving.store.visible import seen_by

if TYPE_CHECKING:
    from serving.service import Service

MOST = 500
"""Reviews with contests that are looked at, the newest."""

_FROZEN = ConfigDict(frozen=True, extra="forbid")

Bar = Literal["reviewer_only", "own_answer", "own_contact"]
"""Why somebody may not settle: they are no reviewer, gave the answer, or handled the contact."""


class ListedContest(BaseModel):
    """A disagreement of an agent with one answer.

    Attributes:
        id: Of the event by which the agent contested.
        contact: The conversation.
        scorecard: Name of the card.
        version: Of the card.
        item: The question.
        question: In words.
        about: Whether the answer is contested, or an eliminatory finding.
        at: When it was contested.
        by: Pseudonymous id of the agent.
        answer: What holds now: people's answer, else the machine's.
        outcome: How it was settled; None while it is open.
        settled_at: When; None while it is open.
        settled_by: By whom.
        reopened: Whether it had been settled before.
        barred: Why the one who asks may not settle it; None: they may.
    """

    model_config = _FROZEN

    id: str
    contact: ReviewedContact
    scorecard: str
    version: str
    item: str
    question: Title
    about: Literal["answer", "eliminatory"]
    at: AwareDatetime
    by: str
    answer: Answer | None
    outcome: Literal["upheld", "changed"] | None
    settled_at: AwareDatetime | None
    settled_by: str | None
    reopened: bool
    barred: Bar | None


class ContestList(BaseModel):
    """Contests: open ones first, those that wait longest at the top; then what was settled.

    Attributes:
        data: Them.
        open: How many are open.
        people: Names by id.
        next_cursor: Always None: the list holds the newest and ends there.
    """

    model_config = _FROZEN

    data: list[ListedContest]
    open: int = Field(ge=0)
    people: dict[str, str]
    next_cursor: None = None


class OneContest(BaseModel):
    """A contest with everything around it.

    Attributes:
        contest: It.
        review: The evaluation with both sides' words and the history.
    """

    model_config = _FROZEN

    contest: ListedContest
    review: OneReview


def all_contests(service: Service, principal: Principal, *, open_only: bool = False) -> ContestList:
    """Return the contests of the conversations that somebody may see.

    Args:
        service: Has everything.
        principal: Who looks.
        open_only: Leave out those that are settled.
    """
    texts = CardTexts(service.resources.cards)
    found = [
        _listed(texts, principal, row, state, contest)
        for row, state in _contested(service, principal)
        for contest in state.contests
        if contest.is_open or not open_only
    ]
    found.sort(key=_order)
    ids = {one.by for one in found} | {one.settled_by for one in found if one.settled_by}
    return ContestList(
        data=found,
        open=sum(one.outcome is None for one in found),
        people=service.resources.people.names(ids),
    )


def one_contest(
    service: Service,
    principal: Principal,
    contest_id: str,
    *,
    scrubbed_of: Callable[[str], Scrubbed],
) -> OneContest:
    """Return a contest with its review.

    Args:
        service: Has everything.
        principal: Who looks.
        contest_id: Of the event by which the agent contested.
        scrubbed_of: Says, for a conversation, what takes personal data out of words about it.

    Raises:
        NotFound: There is none that may be seen.
    """
    for row, state in _contested(service, principal, contest_id):
        contest = state.contest(contest_id)
        if contest is not None:
            review = one_review(
                service, principal, row.id, scorecard=state.subject.scorecard,
                version=state.subject.version, scrubbed=scrubbed_of(row.id),
            )  # fmt: skip
            return OneContest(
                contest=_listed(CardTexts(service.resources.cards), principal, row, state, contest),
                review=review,
            )
    raise NotFound(
        f"no contest {contest_id[:64]!r}", remedy="GET /v1/contests lists those that there are"
    )


def _contested(
    service: Service, principal: Principal, contest_id: str | None = None
) -> list[tuple[ConversationRow, ReviewState]]:
    team = principal.team or DEFAULT_TEAM
    asked = (
        select(ReviewEventRow.stream, ConversationRow)
        .join(ConversationRow, ConversationRow.id == ReviewEventRow.conversation_id)
        .where(
            ReviewEventRow.team == team,
            ReviewEventRow.kind == "contested",
            seen_by(visible(principal)),
        )
        .order_by(ReviewEventRow.number.desc())
        .limit(MOST)
    )
    if contest_id is not None:
        asked = asked.where(ReviewEventRow.id == contest_id)
    with service.store.database.reading() as session:
        rows = dict(session.execute(asked).all())
        session.expunge_all()
    events = service.resources.desk.log(team).streams(list(rows))
    states = []
    for stream, row in rows.items():
        state = fold_review(cast("Sequence[AnyReviewEvent]", events.get(stream, ())))
        if state is not None:
            states.append((row, state))
    return states


def _listed(
    texts: CardTexts,
    principal: Principal,
    row: ConversationRow,
    state: ReviewState,
    contest: Contest,
) -> ListedContest:
    subject = state.subject
    item = state.item(contest.item)
    last = contest.verdicts[-1] if contest.verdicts else None
    settled = last is not None and last.outcome != "reopened"
    return ListedContest(
        id=contest.event,
        contact=reviewed_contact(row),
        scorecard=subject.scorecard,
        version=subject.version,
        item=contest.item,
        question=texts.question(subject.scorecard, subject.version, contest.item),
        about=contest.about,
        at=contest.at,
        by=contest.author,
        answer=None if item is None else (item.automatic if item.human is None else item.human),
        outcome=last.outcome if last is not None and last.outcome != "reopened" else None,
        settled_at=last.at if last is not None and settled else None,
        settled_by=last.author if last is not None and settled else None,
        reopened=any(one.outcome == "reopened" for one in contest.verdicts),
        barred=_bar(principal, state, contest),
    )


def _bar(principal: Principal, state: ReviewState, contest: Contest) -> Bar | None:
    """Return why somebody may not settle: what :mod:`quality.review.rules` would refuse."""
    if principal.role not in (Role.SUPERVISOR, Role.ADMIN):
        return "reviewer_only"
    _, author = part_of(principal)
    if author == state.agent:
        return "own_contact"
    item = state.item(contest.item)
    if item is not None:
        decided = item.decisions if contest.about == "answer" else item.eliminatory_decisions
        if author in {one.author for one in decided}:
            return "own_answer"
    return None


def _order(one: ListedContest) -> tuple[bool, float]:
    if one.settled_at is None:
        return (False, one.at.timestamp())
    return (True, -one.settled_at.timestamp())

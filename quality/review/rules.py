"""What may happen next in a review, by whom; what is refused says what to do instead."""

from __future__ import annotations

from typing import NoReturn

from conversation.errors import Conflict
from quality.review.events import quotes_of
from quality.review.records import Contest
from quality.review.review_events import (
    Acknowledged,
    AnyReviewEvent,
    Assigned,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    Opened,
    Reopened,
    Settled,
    Shared,
)
from quality.review.state import ItemReview, ReviewState

_BY_AGENT = frozenset({"commented", "acknowledged", "contested"})
_BY_REVIEWER = frozenset({"settled", "reopened"})
_BY_MACHINE = frozenset({"opened", "assigned"})


def check(state: ReviewState | None, event: AnyReviewEvent) -> None:
    """Refuse an event that is not allowed now.

    Args:
        state: Where the review stands; None when nothing has happened yet.
        event: What somebody wants to do.

    Raises:
        Conflict: It is not allowed; says why and what to do instead.
    """
    if state is None:
        if not isinstance(event, Opened):
            _refuse(f"no review of {event.subject} is open", "open it with its evaluation first")
        if event.role == "agent":
            _refuse("an agent cannot open a review", "let an analyst open it")
        return
    if event.subject != state.subject:
        _refuse(
            f"the event is about {event.subject}, the review about {state.subject}",
            "record it in the review of that evaluation",
        )
    _check_role(state, event)
    _check_quotes(state, event)
    match event:
        case Opened():
            _refuse(
                f"the review of {state.subject} is open already",
                "go on with it; a new version of the card gets a review of its own",
            )
        case Confirmed() | Corrected():
            _check_answer(state, event)
        case EliminatoryConfirmed() | EliminatoryRejected():
            _check_eliminatory(state, event)
        case Assigned():
            if event.to == state.agent:
                _refuse(
                    f"{event.to} handled this contact and cannot review it",
                    "assign somebody else",
                )
        case Shared():
            _check_sharing(state)
        case Acknowledged():
            if state.sharings[-1].acknowledgement is not None:
                _refuse("this review is acknowledged already", "nothing is left to do")
        case Contested():
            _check_contest(state, event)
        case Settled():
            _check_settlement(state, event)
        case Reopened():
            if _contest(state, event.contest).is_open:
                _refuse("this contest is open", "settle it")
        case _:
            pass
    item = getattr(event, "item", None)
    if item is not None:
        _item(state, item)


def _refuse(message: str, remedy: str) -> NoReturn:
    raise Conflict(message, remedy=remedy)


def _check_role(state: ReviewState, event: AnyReviewEvent) -> None:
    kind = event.kind.replace("_", " ")
    if event.role == "agent":
        if event.kind not in _BY_AGENT:
            _refuse(f"an agent cannot do this ({kind})", "contest the answer, with a reason")
        if state.agent is None:
            _refuse(
                "the review does not say who handled the contact",
                "open reviews with the agent's id, so that the agent can answer",
            )
        if event.author != state.agent:
            _refuse(
                f"{event.author} did not handle this contact",
                "only the agent of the contact answers to its review",
            )
        if not state.sharings:
            _refuse("this review is not shared with the agent yet", "ask the analyst to share it")
        return
    if isinstance(event, Acknowledged | Contested):
        _refuse(f"only the agent of the contact can do this ({kind})", "correct the answer instead")
    if event.role == "system":
        if event.kind not in _BY_MACHINE:
            _refuse(f"a machine cannot do this ({kind})", "let a person do it under their id")
        return
    if event.author == state.agent:
        _refuse(
            f"{event.author} handled this contact and cannot review it",
            "assign the review to somebody else",
        )
    if event.kind in _BY_REVIEWER and event.role != "reviewer":
        _refuse(f"only a reviewer can do this ({kind})", "ask a reviewer")


def _check_quotes(state: ReviewState, event: AnyReviewEvent) -> None:
    for quote in quotes_of(event):
        if quote.turn_index >= state.turns:
            _refuse(
                f"the quote names turn {quote.turn_index}, the conversation has "
                f"{state.turns} turns, from 0",
                "quote a turn of this conversation",
            )


def _item(state: ReviewState, item: str) -> ItemReview:
    found = state.item(item)
    if found is None:
        known = ", ".join(one.opened.id for one in state.items)
        _refuse(f"the card has no question {item!r}", f"name one of {known}")
    return found


def _check_answer(state: ReviewState, event: Confirmed | Corrected) -> None:
    item = _item(state, event.item)
    if isinstance(event, Confirmed) and item.automatic is None:
        _refuse(f"the machine gave no answer to {event.item}", "answer it yourself (a correction)")
    if isinstance(event, Corrected) and event.answer == item.automatic:
        _refuse(
            f"{event.answer} is what the machine answered to {event.item}",
            "confirm it instead, so that the two are told apart",
        )
    _check_no_contest(state, event.item, "answer")
    others = {one.author for one in item.decisions} - {event.author}
    if others and event.role != "reviewer":
        _refuse(
            f"{', '.join(sorted(others))} answered {event.item} already",
            "comment on it, or ask a reviewer to decide",
        )


def _check_no_contest(state: ReviewState, item: str, about: str) -> None:
    contest = next((c for c in state.contests if (c.item, c.about) == (item, about)), None)
    if contest is None:
        return
    if contest.is_open:
        _refuse(f"the agent contests {item}", "let a reviewer settle the contest")
    _refuse(
        f"the contest of {item} is settled",
        "let a reviewer reopen it with a reason, then settle it",
    )


def _check_eliminatory(
    state: ReviewState, event: EliminatoryConfirmed | EliminatoryRejected
) -> None:
    item = _item(state, event.item)
    if not item.opened.can_eliminate:
        _refuse(
            f"{event.item} has no eliminatory condition",
            "correct its answer, or give the card's question such a condition",
        )
    _check_no_contest(state, event.item, "eliminatory")
    met = isinstance(event, EliminatoryConfirmed)
    last = item.eliminatory_decisions[-1] if item.eliminatory_decisions else None
    if last is not None and last.met == met:
        done = "confirmed" if met else "rejected"
        _refuse(f"{last.author} {done} it already", "nothing is left to do")
    if last is not None and last.author != event.author and event.role != "reviewer":
        _refuse(f"{last.author} decided the opposite", "ask a reviewer to decide")
    if isinstance(event, EliminatoryRejected):
        if last is None and not item.opened.eliminatory_proposed:
            _refuse(
                f"nothing eliminatory is proposed for {event.item}", "there is nothing to reject"
            )
    elif not item.opened.eliminatory_proposed and not event.evidence:
        _refuse(
            f"the machine proposed nothing for {event.item}",
            "quote the passage that meets the condition",
        )


def _check_sharing(state: ReviewState) -> None:
    answered = any(one.decisions or one.eliminatory_decisions for one in state.items)
    if not answered:
        _refuse(
            "no person has answered anything in this review",
            "confirm or correct its answers before the agent sees it",
        )
    if state.sharings and not state.changed_since_shared:
        _refuse("this review is shared, and nothing changed since", "nothing is left to do")


def _check_contest(state: ReviewState, event: Contested) -> None:
    item = _item(state, event.item)
    earlier = state.contest_about(event.item, event.about)
    if earlier is not None and earlier.is_open:
        _refuse(f"{event.item} is contested already", "comment on it until it is settled")
    if earlier is not None:
        _refuse(f"the contest of {event.item} is settled", "ask a reviewer to reopen it")
    if event.about == "answer" and item.human is None and item.automatic is None:
        _refuse(f"nobody answered {event.item}", "there is nothing to contest")
    if event.about == "eliminatory" and not item.eliminated:
        _refuse(
            f"no person confirmed an eliminatory finding in {event.item}",
            "there is nothing to contest: what a machine proposes does not count",
        )


def _contest(state: ReviewState, event: str) -> Contest:
    found = state.contest(event)
    if found is None:
        _refuse(f"there is no contest {event!r}", "name the event by which the agent contested")
    return found


def _check_settlement(state: ReviewState, event: Settled) -> None:
    contest = _contest(state, event.contest)
    item = _item(state, contest.item)
    if not contest.is_open:
        _refuse(
            f"the contest of {contest.item} is settled", "reopen it with a reason, then settle it"
        )
    by_answer = contest.about == "answer"
    authors = {one.author for one in (item.decisions if by_answer else item.eliminatory_decisions)}
    if event.author in authors:
        _refuse(
            f"{event.author} decided {contest.item} and cannot settle the contest of it",
            "let another reviewer settle it",
        )
    stands = item.human if item.human is not None else item.automatic
    if by_answer and event.outcome == "changed":
        if event.answer is None:
            _refuse("the answer is changed, but to nothing", "give the new answer")
        if event.answer == stands:
            _refuse(f"the answer is {event.answer} already", "settle it as upheld")
    elif event.answer is not None:
        _refuse(
            "an answer was given where none is changed",
            "leave the answer out, or settle as changed",
        )

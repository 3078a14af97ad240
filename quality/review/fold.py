"""From events to the state of a review, one event after the other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel

from quality.review.records import (
    Assignment,
    Comment,
    Contest,
    Decision,
    EliminatoryDecision,
    RootCause,
    Sharing,
    Verdict,
)
from quality.review.review_events import (
    Acknowledged,
    AnyReviewEvent,
    Assigned,
    Commented,
    Confirmed,
    Contested,
    Corrected,
    EliminatoryConfirmed,
    EliminatoryRejected,
    Opened,
    Reopened,
    RootCauseNamed,
    Settled,
    Shared,
)
from quality.review.rules import check
from quality.review.state import ItemReview, ReviewState

_Held = TypeVar("_Held", bound=BaseModel)


def fold_review(events: Iterable[AnyReviewEvent]) -> ReviewState | None:
    """Fold the events of one review.

    Args:
        events: In the order in which they were recorded; an event that stands twice counts once.

    Returns:
        The state; None without events.

    Raises:
        Conflict: An event is not allowed where it stands.
    """
    state: ReviewState | None = None
    for event in events:
        state = advance(state, event)
    return state


def advance(state: ReviewState | None, event: AnyReviewEvent) -> ReviewState:
    """Apply one event.

    Args:
        state: Before; None when nothing has happened yet.
        event: What happens.

    Returns:
        The state after; the same where the event was applied before.

    Raises:
        Conflict: The event is not allowed now; says what to do instead.
    """
    if state is not None and event.id in state.events:
        return state
    check(state, event)
    if state is None:
        assert isinstance(event, Opened)  # noqa: S101 - checked above; tells the type checker
        return ReviewState(
            subject=event.subject,
            agent=event.agent,
            turns=event.turns,
            items=tuple(ItemReview(opened=one) for one in event.items),
            automatic_score_100=event.score_100,
            events=(event.id,),
        )
    changed = _applied(state, event)
    return changed.model_copy(update={"events": (*state.events, event.id)})


def _applied(state: ReviewState, event: AnyReviewEvent) -> ReviewState:
    match event:
        case Confirmed() | Corrected():
            return _answered(state, event.item, _decision(state, event))
        case EliminatoryConfirmed() | EliminatoryRejected():
            return _eliminated(
                state, event.item, event, met=isinstance(event, EliminatoryConfirmed)
            )
        case RootCauseNamed():
            item = _item(state, event.item)
            cause = RootCause(**_who(event), cause=event.cause, text=event.text)
            return state.with_item(_plus(item, root_causes=cause))
        case Commented():
            comment = Comment(
                **_who(event), role=event.role, text=event.text, evidence=event.evidence,
                item=event.item,
            )  # fmt: skip
            return _plus(state, comments=comment)
        case Assigned():
            given = Assignment(**_who(event), to=event.to, rule=event.rule, seed=event.seed)
            return _plus(state, assignments=given)
        case Shared():
            shared = _plus(state, sharings=Sharing(**_who(event)))
            return shared.model_copy(update={"changed_since_shared": False})
        case Acknowledged():
            return _acknowledged(state, event)
        case Contested():
            contest = Contest(
                **_who(event), item=event.item, about=event.about, reason=event.reason,
                evidence=event.evidence,
            )  # fmt: skip
            return _plus(state, contests=contest)
        case Settled():
            return _settled(state, event)
        case Reopened():
            return _with_verdict(state, event, "reopened")
        case Opened():
            return state  # refused by the rules


def _who(event: AnyReviewEvent) -> dict[str, Any]:
    return {"event": event.id, "at": event.at, "author": event.author}


def _item(state: ReviewState, item: str) -> ItemReview:
    found = state.item(item)
    assert found is not None  # noqa: S101 - the rules refuse unknown questions
    return found


def _plus(held: _Held, **added: object) -> _Held:
    update = {name: (*getattr(held, name), one) for name, one in added.items()}
    return held.model_copy(update=update)


def _decision(state: ReviewState, event: Confirmed | Corrected) -> Decision:
    if isinstance(event, Corrected):
        return Decision(
            **_who(event), role=event.role, how="corrected", answer=event.answer,
            reason=event.reason, evidence=event.evidence,
        )  # fmt: skip
    answer = _item(state, event.item).automatic
    assert answer is not None  # noqa: S101 - the rules refuse to confirm nothing
    return Decision(**_who(event), role=event.role, how="confirmed", answer=answer)


def _answered(state: ReviewState, item: str, decision: Decision) -> ReviewState:
    changed = state.with_item(_plus(_item(state, item), decisions=decision))
    return changed.model_copy(update={"changed_since_shared": bool(state.sharings)})


def _eliminated(
    state: ReviewState,
    item: str,
    event: EliminatoryConfirmed | EliminatoryRejected | Settled,
    *,
    met: bool,
) -> ReviewState:
    decision = EliminatoryDecision(
        **_who(event), met=met, reason=event.reason, evidence=getattr(event, "evidence", ())
    )
    changed = state.with_item(_plus(_item(state, item), eliminatory_decisions=decision))
    return changed.model_copy(update={"changed_since_shared": bool(state.sharings)})


def _acknowledged(state: ReviewState, event: Acknowledged) -> ReviewState:
    read = state.sharings[-1].model_copy(
        update={"acknowledgement": event.id, "acknowledged_at": event.at, "text": event.text}
    )
    return state.model_copy(update={"sharings": (*state.sharings[:-1], read)})


def _with_verdict(state: ReviewState, event: Settled | Reopened, outcome: str) -> ReviewState:
    verdict = Verdict.model_validate({**_who(event), "outcome": outcome, "reason": event.reason})
    return state.model_copy(
        update={
            "contests": tuple(
                one.model_copy(update={"verdicts": (*one.verdicts, verdict)})
                if one.event == event.contest
                else one
                for one in state.contests
            )
        }
    )


def _settled(state: ReviewState, event: Settled) -> ReviewState:
    contest = state.contest(event.contest)
    assert contest is not None  # noqa: S101 - the rules refuse unknown contests
    settled = _with_verdict(state, event, event.outcome)
    if contest.about == "eliminatory":
        if event.outcome == "upheld":
            return settled
        met = not _item(state, contest.item).eliminated
        return _eliminated(settled, contest.item, event, met=met)
    item = _item(state, contest.item)
    stands = item.human if item.human is not None else item.automatic
    answer = event.answer if event.outcome == "changed" else stands
    if answer is None or (event.outcome == "upheld" and item.human is not None):
        return settled
    decision = Decision(
        **_who(event), role=event.role, how="settled", answer=answer, reason=event.reason
    )
    return _answered(settled, contest.item, decision)

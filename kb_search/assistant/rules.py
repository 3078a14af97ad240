"""When a card is shown: a state machine without a clock, a model or a file of its own.

Everything that happens is a function from the state before it to the state after it. The same
events at the same times always show the same cards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from conversation.errors import NotFound
from kb_search.assistant.cards import Candidate, Card, CardEvent, Judgement, Reason, Suppressed
from kb_search.assistant.said import Said, said_share


class Rules(BaseModel):
    """How often an agent may be spoken to.

    Attributes:
        min_gap_s: Seconds from one card to the next, at least.
        repeat_after_s: Seconds before the same passage may be shown again.
        max_delay_s: Seconds from the end of the turn that asked; later, a card is not shown.
        min_confidence: A passage that is less sure to be of help is not offered, 0 to 1.
        said_share: Share of a card's words, numbers included, that the agent has just said from
            which the card holds nothing new.
        said_within_s: Seconds for which what the agent said counts as just said.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_gap_s: float = Field(default=30.0, ge=0)
    repeat_after_s: float = Field(default=600.0, ge=0)
    max_delay_s: float = Field(default=8.0, gt=0)
    min_confidence: float = Field(default=0.6, ge=0, le=1)
    said_share: float = Field(default=0.6, gt=0, le=1)
    said_within_s: float = Field(default=180.0, ge=0)


DEFAULT_RULES = Rules()


@dataclass(frozen=True, slots=True)
class State:
    """What the rules need to know of a conversation.

    Attributes:
        clock_s: Time of the last event; time never goes back.
        cards: All that were shown, in order.
        refused: Passages that were dismissed or thumbed down.
        muted: Whether the agent has asked for silence.
        waiting: Answers that are held until the next card may be shown.
        said: What the agent said a moment ago.
    """

    clock_s: float = 0.0
    cards: tuple[Card, ...] = ()
    refused: frozenset[str] = frozenset()
    muted: bool = False
    waiting: tuple[Candidate, ...] = ()
    said: tuple[Said, ...] = ()


class Step(NamedTuple):
    """What an event led to.

    Attributes:
        state: After it.
        card: To be shown now; None for most events.
        suppressed: Answers that will not be shown, with the reason.
    """

    state: State
    card: Card | None = None
    suppressed: tuple[Suppressed, ...] = ()


def hear_agent(state: State, text: str, at_s: float, rules: Rules = DEFAULT_RULES) -> State:
    """Take note of what the agent said, so that no card repeats it.

    Args:
        state: Before.
        text: Of the agent's turn.
        at_s: Its end, seconds since the conversation began.
        rules: How long it counts.
    """
    now_s = max(state.clock_s, at_s)
    recent = tuple(said for said in state.said if now_s - said.at_s <= rules.said_within_s)
    return replace(state, clock_s=now_s, said=(*recent, Said.of(text, now_s)))


def offer(
    state: State,
    candidates: Sequence[Candidate],
    now_s: float,
    rules: Rules = DEFAULT_RULES,
) -> Step:
    """Show the best answer if one may be shown now; without candidates, only let time pass.

    An answer that comes while the last card is too recent waits for the gap to end, where it can
    be shown in time then; of those that wait, the surest is shown.

    Args:
        state: Before.
        candidates: New answers.
        now_s: Seconds since the conversation began.
        rules: What is allowed.
    """
    pool = (*state.waiting, *candidates)
    now_s = max((state.clock_s, now_s, *(each.asked_at_s for each in pool)))
    waited = {each.id for each in state.waiting}
    free_s = _free_from_s(state, rules)
    suppressed: list[Suppressed] = []
    fit: list[Candidate] = []
    for each in pool:
        reason = _obstacle(each, state, now_s, rules, waited=each.id in waited)
        if reason is None and now_s < free_s and not _in_time(each, free_s, rules):
            reason = "too_soon"
        if reason is None:
            fit.append(each)
        else:
            suppressed.append(Suppressed(candidate=each, reason=reason, at_s=now_s))
    state = replace(state, clock_s=now_s, waiting=tuple(fit))
    if not fit or now_s < free_s:
        return Step(state, None, tuple(suppressed))
    best = max(fit, key=lambda each: (each.confidence, each.asked_turn, each.id))
    card = best.shown(now_s)
    state = replace(state, cards=(*state.cards, card), waiting=())
    rest = [each for each in fit if each is not best]
    free_s = _free_from_s(state, rules)
    held = tuple(
        each
        for each in rest
        if _obstacle(each, state, now_s, rules, waited=True) is None
        and _in_time(each, free_s, rules)
    )
    for each in rest:
        if each not in held:
            repeats = each.citation.passage_id == card.citation.passage_id
            reason = "repeated" if repeats else "outranked"
            suppressed.append(Suppressed(candidate=each, reason=reason, at_s=now_s))
    return Step(replace(state, waiting=held), card, tuple(suppressed))


def judge(state: State, card_id: str, judgement: Judgement, at_s: float) -> State:
    """Take note of what the agent did with a card.

    Args:
        state: Before.
        card_id: Of a card that was shown in this conversation.
        judgement: ``down`` and ``dismissed`` keep its passage away for the rest of it.
        at_s: Seconds since the conversation began.

    Raises:
        NotFound: No such card was shown.
    """
    card = next((each for each in state.cards if each.id == card_id), None)
    if card is None:
        raise NotFound(
            f"no card {card_id!r} was shown in this conversation",
            remedy="give the id of a card as it was shown",
        )
    refused = state.refused
    if judgement in ("down", "dismissed"):
        refused |= {card.citation.passage_id}
    return replace(state, clock_s=max(state.clock_s, at_s), refused=refused)


def mute(state: State, at_s: float) -> Step:
    """Show no card until :func:`unmute`; what waits is dropped."""
    now_s = max(state.clock_s, at_s)
    dropped = tuple(
        Suppressed(candidate=each, reason="muted", at_s=now_s) for each in state.waiting
    )
    return Step(replace(state, clock_s=now_s, muted=True, waiting=()), None, dropped)


def unmute(state: State, at_s: float) -> State:
    """Show cards again; what came meanwhile is not made up for."""
    return replace(state, clock_s=max(state.clock_s, at_s), muted=False)


def due_s(state: State, rules: Rules = DEFAULT_RULES) -> float | None:
    """Return when an answer that waits may be shown; None where none waits."""
    return max(state.clock_s, _free_from_s(state, rules)) if state.waiting else None


def recently_shown(state: State, now_s: float, rules: Rules = DEFAULT_RULES) -> frozenset[str]:
    """Return the passages that may not be shown for now: shown a moment ago, or refused."""
    return state.refused | {
        card.citation.passage_id
        for card in state.cards
        if now_s - card.shown_at_s < rules.repeat_after_s
    }


def restore(events: Iterable[CardEvent]) -> State:
    """Return the state that recorded events lead to, after a restart.

    What the agent said just before and answers that were waiting are not recorded; they would be
    too late.
    """
    state = State()
    for event in events:
        if event.card is not None:
            clock_s = max(state.clock_s, event.at_s)
            state = replace(state, clock_s=clock_s, cards=(*state.cards, event.card))
        elif event.kind == "muted":
            state = mute(state, event.at_s).state
        elif event.kind == "unmuted":
            state = unmute(state, event.at_s)
        elif event.card_id is not None and event.kind != "shown":
            state = judge(state, event.card_id, event.kind, event.at_s)
    return state


def _obstacle(
    each: Candidate, state: State, now_s: float, rules: Rules, *, waited: bool
) -> Reason | None:
    """Return why an answer may not be shown, whatever the time of the last card."""
    passage = each.citation.passage_id
    if state.muted:
        return "muted"
    if passage in state.refused:
        return "refused"
    if passage in recently_shown(state, now_s, rules):
        return "repeated"
    if said_share(each.text, state.said, now_s - rules.said_within_s) >= rules.said_share:
        return "already_said"
    if not _in_time(each, now_s, rules):
        return "too_soon" if waited else "too_late"
    return None


def _in_time(each: Candidate, at_s: float, rules: Rules) -> bool:
    return at_s - each.asked_at_s <= rules.max_delay_s


def _free_from_s(state: State, rules: Rules) -> float:
    """Return the first moment at which the next card may be shown."""
    return state.cards[-1].shown_at_s + rules.min_gap_s if state.cards else 0.0

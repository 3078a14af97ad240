"""The live assistant over a past conversation: what would have been shown, and when."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from conversation import Conversation
from kb_search.answers import Citation
from kb_search.assistant.assistant import Advice, Assistant, NeedFinder
from kb_search.assistant.cards import Card, Reason, Suppressed
from kb_search.assistant.knowledge import Knowledge
from kb_search.assistant.labels import Label
from kb_search.assistant.rules import DEFAULT_RULES, Rules
from kb_search.filters import Filters
from kb_search.wordings import NeedKind

ClockSource = Literal["recording", "messages", "assumed"]
Outcome = Reason | Literal["shown", "unsure"]
WORDS_PER_S = 2.5
"""Pace of a conversation whose turns have no times."""

_PAUSE_S = 0.5


class ReplayedNeed(BaseModel):
    """A need of the customer and what became of it.

    Attributes:
        id: Unique in its conversation, and the same whatever knowledge base is asked.
        turn: In which it was said.
        asked_at_s: End of that turn, seconds since the conversation began.
        text: What was said, verbatim.
        kind: ``question``, ``request``, ``problem`` or ``statement``.
        confidence: That the passage found is of help, 0 to 1.
        outcome: ``shown``, ``unsure`` where no passage is sure enough, or the rule that kept it
            back; see :class:`kb_search.assistant.cards.Suppressed`.
        citation: What was or would have been shown; None when it was unsure.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    turn: int = Field(ge=0)
    asked_at_s: float = Field(ge=0)
    text: str
    kind: NeedKind
    confidence: float = Field(ge=0, le=1)
    outcome: Outcome
    citation: Citation | None


class ConversationReplay(BaseModel):
    """What would have been shown in one conversation.

    Attributes:
        conversation: Its identifier.
        channel: How the contact came.
        language: Of most of the talk; None when not known.
        clock: Where the times come from: the recording, the times of the messages, or 2.5 words
            a second where there are none.
        duration_s: From the beginning to the end of the last turn.
        cards: In the order they would have been shown.
        needs: In the order they were said.
        computing_s: Seconds that each turn with a need took to be answered.
        labels: What should have been shown; None where nobody wrote it down.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    conversation: str
    channel: str
    language: str | None
    clock: ClockSource
    duration_s: float = Field(ge=0)
    cards: tuple[Card, ...]
    needs: tuple[ReplayedNeed, ...]
    computing_s: tuple[float, ...]
    labels: tuple[Label, ...] | None = None

    def is_right(self, card: Card) -> bool | None:
        """Whether a card is of a document that its turn needed; None without labels."""
        if self.labels is None:
            return None
        return any(
            card.asked_turn in label.turns and label.answered_by(card.citation)
            for label in self.labels
        )


class Times(NamedTuple):
    """When the turns of a conversation ended.

    Attributes:
        ends_s: Of each turn, seconds since the conversation began.
        clock: Where they come from.
    """

    ends_s: tuple[float, ...]
    clock: ClockSource


def turn_times(conversation: Conversation) -> Times:
    """Return when each turn ended: by the recording, the messages' times or a usual pace."""
    turns = conversation.turns
    if conversation.is_spoken:
        return Times(_filled([turn.end_s for turn in turns]), "recording")
    first = next((turn.at for turn in turns if turn.at is not None), None)
    if first is not None:
        seconds = [
            None if turn.at is None else max(0.0, (turn.at - first).total_seconds())
            for turn in turns
        ]
        return Times(_filled(seconds), "messages")
    now_s = 0.0
    paced: list[float] = []
    for turn in turns:
        now_s += len(turn.text.split()) / WORDS_PER_S + _PAUSE_S
        paced.append(round(now_s, 2))
    return Times(tuple(paced), "assumed")


class ReplayClock:
    """The time of a past conversation, on which the computing of today takes its real time.

    Args:
        stopwatch: Seconds of a clock that never goes back.
    """

    def __init__(self, stopwatch: Callable[[], float] = time.perf_counter) -> None:
        self._stopwatch = stopwatch
        self._base_s = 0.0
        self._began = stopwatch()

    def __call__(self) -> float:
        """Return the seconds since the conversation began."""
        return self._base_s + self._stopwatch() - self._began

    def advance(self, to_s: float) -> float:
        """Go on to a moment, or stay where the computing before has already gone past it."""
        self._base_s = max(self(), to_s)
        self._began = self._stopwatch()
        return self._base_s


def replay(
    conversation: Conversation,
    knowledge: Knowledge,
    find_needs: NeedFinder,
    *,
    rules: Rules = DEFAULT_RULES,
    filters: Filters | None = None,
    labels: tuple[Label, ...] | None = None,
    stopwatch: Callable[[], float] = time.perf_counter,
) -> ConversationReplay:
    """Play a past conversation to the assistant, turn by turn.

    The assistant hears each turn when it ended. What it then computes takes as long as it takes
    today, and a turn that ends meanwhile has to wait: a slow machine shows late cards, or none.

    Args:
        conversation: Any; it is not changed.
        knowledge: What is asked.
        find_needs: Finds what the customer needs.
        rules: How often the agent may be spoken to.
        filters: The part of the knowledge that agents may be shown.
        labels: What should have been shown.
        stopwatch: Seconds of a clock that never goes back.
    """
    times = turn_times(conversation)
    clock = ReplayClock(stopwatch)
    assistant = Assistant(
        conversation.id, knowledge=knowledge, find_needs=find_needs, clock=clock, rules=rules,
        filters=filters,
    )  # fmt: skip
    needs: dict[str, ReplayedNeed] = {}
    cards: list[Card] = []
    computing_s: list[float] = []

    def note(advice: Advice) -> None:
        for left in advice.suppressed:
            _settle(needs, left)
        if advice.card is not None:
            cards.append(advice.card)
            _settle(needs, advice.card)

    for position in sorted(range(len(times.ends_s)), key=lambda each: times.ends_s[each]):
        ended_s, turn = times.ends_s[position], conversation.turns[position]
        while (due_s := assistant.due_s) is not None and due_s <= ended_s:
            clock.advance(due_s)
            note(assistant.tick())
        began_s = clock.advance(ended_s)
        advice = assistant.hear(turn, ended_s)
        if advice.asked:
            computing_s.append(round(clock() - began_s, 4))
        for each in advice.asked:
            needs[each.id] = ReplayedNeed(
                id=each.id, turn=turn.index, asked_at_s=ended_s, text=each.need.text,
                kind=each.need.kind, outcome="unsure",
                confidence=each.found.confidence if each.found is not None else 0.0,
                citation=each.candidate.citation if each.candidate is not None else None,
            )  # fmt: skip
        note(advice)
    while (due_s := assistant.due_s) is not None:
        clock.advance(due_s)
        note(assistant.tick())
    return ConversationReplay(
        conversation=conversation.id,
        channel=conversation.channel,
        language=conversation.language,
        clock=times.clock,
        duration_s=max(times.ends_s, default=0.0),
        cards=tuple(cards),
        needs=tuple(needs.values()),
        computing_s=tuple(computing_s),
        labels=labels,
    )


def _settle(needs: dict[str, ReplayedNeed], end: Card | Suppressed) -> None:
    """Write down what became of the need that an answer belongs to."""
    identifier = end.id if isinstance(end, Card) else end.candidate.id
    outcome: Outcome = "shown" if isinstance(end, Card) else end.reason
    needs[identifier] = needs[identifier].model_copy(update={"outcome": outcome})


def _filled(seconds: list[float | None]) -> tuple[float, ...]:
    """Give turns without a time that of the turn before them."""
    filled: list[float] = []
    for each in seconds:
        filled.append(each if each is not None else (filled[-1] if filled else 0.0))
    return tuple(filled)

"""Following a running conversation and showing its agent one card at the right moment."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from conversation import Turn
from kb_search.assistant.cards import Candidate, Card, CardEvent, Judgement, Suppressed
from kb_search.assistant.knowledge import Knowledge
from kb_search.assistant.look_up import (
    HITS,
    TOPIC_FROM_WORDS,
    Found,
    Stated,
    combine,
    ways_to_ask,
)
from kb_search.assistant.rules import (
    DEFAULT_RULES,
    Rules,
    State,
    Step,
    due_s,
    hear_agent,
    judge,
    mute,
    offer,
    recently_shown,
    restore,
    unmute,
)
from kb_search.filters import Filters
from kb_search.wordings import Need

REMEMBERED_TURNS = 16
"""Turns in which what a need refers to is looked for."""


class NeedFinder(Protocol):
    """What finds a customer's needs; the serving room fills it with ``nlu.find_questions``."""

    def __call__(self, turns: Sequence[Turn]) -> Sequence[Need]:
        """Return what is needed in the last of the turns; those before it are its context."""
        ...


class Asked(NamedTuple):
    """A need of the customer and what the knowledge base has for it.

    Attributes:
        id: Unique in the conversation.
        need: What was asked or said.
        found: The best passage; None where the base has none at all.
        candidate: What may become a card; None where the passage is not sure enough.
    """

    id: str
    need: Need
    found: Found | None
    candidate: Candidate | None


class Advice(NamedTuple):
    """What came of one moment of the conversation.

    Attributes:
        card: To be shown now, in place of any before it; None for most moments.
        asked: The needs found, with their answers.
        suppressed: Answers that will not be shown, with the reason.
    """

    card: Card | None = None
    asked: tuple[Asked, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()


class Assistant:
    """Follows one conversation, turn by turn, and decides when its agent is shown what.

    Give it each turn when it has ended (a turn that still grows would be asked about before it
    says what it asks), and call :meth:`tick` now and then, or at :attr:`due_s`.

    Args:
        conversation: Identifier of the conversation.
        knowledge: Answers the needs.
        find_needs: Finds them.
        clock: Seconds since the conversation began; read again when answers are ready, so that a
            slow machine shows no card late.
        rules: How often the agent may be spoken to.
        filters: The part of the knowledge base that agents may be shown.
        record: Called with each event, to append it to a log.
        events: What was recorded before a restart.
    """

    def __init__(
        self,
        conversation: str,
        *,
        knowledge: Knowledge,
        find_needs: NeedFinder,
        clock: Callable[[], float],
        rules: Rules = DEFAULT_RULES,
        filters: Filters | None = None,
        record: Callable[[CardEvent], None] | None = None,
        events: Iterable[CardEvent] = (),
    ) -> None:
        self.conversation = conversation
        self.rules = rules
        self._knowledge = knowledge
        self._find_needs = find_needs
        self._clock = clock
        self._filters = filters
        self._record = record
        self._state = restore(events)
        self._turns: deque[Turn] = deque(maxlen=REMEMBERED_TURNS)
        self._before: Need | None = None
        self._topic: Need | None = None

    @property
    def state(self) -> State:
        """What the rules know: the cards shown, whether it is muted, what waits."""
        return self._state

    @property
    def due_s(self) -> float | None:
        """When :meth:`tick` may show an answer that waits; None where none waits."""
        return due_s(self._state, self.rules)

    def hear(self, turn: Turn, ended_s: float) -> Advice:
        """Follow a turn that has ended.

        Args:
            turn: The next one; its index is one that was not heard yet.
            ended_s: Its end, seconds since the conversation began.
        """
        self._turns.append(turn)
        if turn.speaker in ("agent", "bot"):
            self._state = hear_agent(self._state, turn.text, ended_s, self.rules)
            return self.tick()
        if turn.speaker == "system":
            return self.tick()
        asked = self._ask(turn, ended_s)
        candidates = [each.candidate for each in asked if each.candidate is not None]
        return self._shown(offer(self._state, candidates, self._clock(), self.rules), asked)

    def tick(self) -> Advice:
        """Let time pass: an answer that waits is shown when it may be, or given up."""
        return self._shown(offer(self._state, (), self._clock(), self.rules))

    def judge(self, card_id: str, judgement: Judgement) -> None:
        """Record what the agent did with a card.

        Args:
            card_id: Of a card that was shown.
            judgement: ``up``, ``down``, ``used`` or ``dismissed``; the passage of a card that was
                dismissed or thumbed down does not come back in this conversation.

        Raises:
            NotFound: No such card was shown.
        """
        now_s = self._clock()
        self._state = judge(self._state, card_id, judgement, now_s)
        self._append(CardEvent(kind=judgement, at_s=self._state.clock_s,
                               conversation=self.conversation, card_id=card_id))  # fmt: skip

    def mute(self) -> Advice:
        """Show nothing until :meth:`unmute`."""
        advice = self._shown(mute(self._state, self._clock()))
        self._append(
            CardEvent(kind="muted", at_s=self._state.clock_s, conversation=self.conversation)
        )
        return advice

    def unmute(self) -> None:
        """Show cards again."""
        self._state = unmute(self._state, self._clock())
        self._append(
            CardEvent(kind="unmuted", at_s=self._state.clock_s, conversation=self.conversation)
        )

    def _ask(self, turn: Turn, ended_s: float) -> tuple[Asked, ...]:
        turns = tuple(self._turns)
        stated = Stated.of(turn)
        needs: Sequence[Need] = self._find_needs(turns) or ([stated] if stated else [])
        ways: list[list[list[str]]] = []
        for need in needs:
            ways.append(ways_to_ask(need, turns, before=self._before, topic=self._topic))
            self._before = need
            if (
                self._topic is None
                and need.kind != "question"
                and len(need.text.split()) >= TOPIC_FROM_WORDS
            ):
                self._topic = need
        texts = list(dict.fromkeys(text for several in ways for way in several for text in way))
        if not texts:
            return ()
        hits = dict(
            zip(
                texts,
                self._knowledge.search_many(texts, k=HITS, filters=self._filters),
                strict=True,
            )
        )
        shown = recently_shown(self._state, ended_s, self.rules)
        asked: list[Asked] = []
        for number, (need, several) in enumerate(zip(needs, ways, strict=True), start=1):
            found = combine(need, [[hits[text] for text in way] for way in several], shown=shown)
            identifier = f"{turn.index}-{number}"
            candidate = None
            if found is not None and found.confidence >= self.rules.min_confidence:
                citation = self._knowledge.cite(found.passage, need.text)
                candidate = Candidate(
                    id=identifier, citation=citation, text=citation.quote, question=need.text,
                    confidence=found.confidence, asked_turn=turn.index, asked_at_s=ended_s,
                )  # fmt: skip
            asked.append(Asked(identifier, need, found, candidate))
        return tuple(asked)

    def _shown(self, step: Step, asked: tuple[Asked, ...] = ()) -> Advice:
        self._state = step.state
        if step.card is not None:
            self._append(
                CardEvent(
                    kind="shown", at_s=step.card.shown_at_s, conversation=self.conversation,
                    card_id=step.card.id, card=step.card,
                )
            )  # fmt: skip
        return Advice(step.card, asked, step.suppressed)

    def _append(self, event: CardEvent) -> None:
        if self._record is not None:
            self._record(event)

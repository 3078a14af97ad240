"""Hearing the last turns of a conversation, as one request brings them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from conversation import Conversation, Turn
from conversation.errors import NotFound
from kb_search import Citation, Filters, Hit, Passage
from kb_search.assistant import Advice, Assistant, CardEvent, Rules
from kb_search.assistant.replay import turn_times
from serving.assisting import find_needs

if TYPE_CHECKING:
    from kb_search.assistant import Knowledge


class TurnsFollower:
    """Hears the turns of one request; what stands before the last one only gives it a sense."""

    def __init__(
        self,
        conversation: Conversation,
        knowledge: Knowledge,
        *,
        rules: Rules,
        filters: Filters | None,
        at_s: float | None,
        first_index: int,
        name: str,
        events: Sequence[CardEvent],
        record: Callable[[CardEvent], None] | None,
    ) -> None:
        ends_s = turn_times(conversation).ends_s
        shift_s = 0.0 if at_s is None else at_s - ends_s[-1]
        self._ends_s = [max(0.0, each + shift_s) for each in ends_s]
        self._turns = [
            turn.model_copy(update={"index": first_index + place})
            for place, turn in enumerate(conversation.turns)
        ]
        self._knowledge = _Switched(knowledge)
        self._now_s = 0.0
        self._assistant = Assistant(
            name,
            knowledge=self._knowledge,
            find_needs=find_needs,
            clock=lambda: self._now_s,
            rules=rules,
            filters=filters,
            record=record,
            events=events,
        )

    def hear(self) -> Advice:
        """Hear all turns, and ask about the last."""
        advice = Advice()
        for place, (turn, ended_s) in enumerate(zip(self._turns, self._ends_s, strict=True)):
            self._now_s = max(self._now_s, ended_s)
            self._knowledge.is_on = place == len(self._turns) - 1
            advice = self._heard(turn, ended_s)
        return advice

    def _heard(self, turn: Turn, ended_s: float) -> Advice:
        return self._assistant.hear(turn, ended_s)


class _Switched:
    """A knowledge base that finds nothing until it is switched on."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self.is_on = False

    def search_many(
        self, queries: Sequence[str], *, k: int, filters: Filters | None = None
    ) -> list[list[Hit]]:
        if not self.is_on:
            return [[] for _ in queries]
        return self._knowledge.search_many(queries, k=k, filters=filters)

    def cite(self, passage: Passage, question: str) -> Citation:
        return self._knowledge.cite(passage, question)


class NoKnowledge:
    """A knowledge base without a passage."""

    def search_many(
        self, queries: Sequence[str], *, k: int, filters: Filters | None = None
    ) -> list[list[Hit]]:
        """Find nothing."""
        del k, filters
        return [[] for _ in queries]

    def cite(self, passage: Passage, question: str) -> Citation:
        """Raise NotFound: there is no passage to cite."""
        raise NotFound(f"no passage {passage.id} for {len(question)} characters")

"""What is concluded while people speak: the interface, and nothing of how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from conversation import Turn
from kb_search.assistant.cards import CardEvent, Judgement
from serving.live.events import Lasting, Summary
from serving.live.facts import SessionFacts


class Follower(Protocol):
    """Follows one session. Its methods block, and are called one at a time."""

    def hear(self, turn: Turn, ended_s: float) -> list[Lasting]:
        """Follow a turn that has ended: cards, alerts."""
        ...

    def tick(self) -> list[Lasting]:
        """Let time pass: a card that waited."""
        ...

    def look(self, turns: Sequence[Turn]) -> list[Lasting]:
        """Look at all that was said so far: reason, sentiment, checklist, where they changed."""
        ...

    def conclude(self, turns: Sequence[Turn]) -> Summary | None:
        """Write the note at the end."""
        ...

    def judge(self, card_id: str, judgement: Judgement) -> None:
        """Take what the agent did with a card."""
        ...

    def mute(self, *, is_muted: bool) -> None:
        """Show no cards, or show them again."""
        ...


class Mind(Protocol):
    """Makes followers."""

    def warm(self) -> None:
        """Load what the first session would wait for."""
        ...

    def follow(
        self, facts: SessionFacts, earlier: Callable[[], Sequence[CardEvent]] = tuple
    ) -> Follower:
        """Begin to follow a session.

        Args:
            facts: Of the session.
            earlier: What happened to its cards before a restart of the service; may block.
        """
        ...

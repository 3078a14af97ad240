"""What waits for a model: by priority, callers in turn, bounded by tokens."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from serving.throughput.work import Priority

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models import TokenizedText
    from serving.throughput.vector_cache import Key


@dataclass(eq=False)
class Call:
    """Texts that somebody waits for together.

    Attributes:
        vectors: float32 array of shape (n_texts, dim), filled as they come.
        left: How many are not there yet.
        future: Done when none is left.
        is_gone: Whether nobody waits any more.
        is_settled: Whether its future is about to be told.
    """

    vectors: NDArray[np.float32]
    left: int
    future: Future[NDArray[np.float32]] = field(default_factory=Future)
    is_gone: bool = False
    is_settled: bool = False


@dataclass(eq=False)
class Waiting:
    """A text that waits to be encoded, for one call or for several that sent the same.

    Attributes:
        key: What it is known by.
        text: The text.
        priority: The highest of those who wait for it.
        since_s: When it came, on the monotonic clock.
        calls: Who waits for it, and in which row they want it.
        is_taken: Whether it is being computed, or was given up.
    """

    key: Key
    text: TokenizedText
    priority: Priority
    since_s: float = field(default_factory=time.monotonic)
    calls: list[tuple[Call, int]] = field(default_factory=list)
    is_taken: bool = False

    @property
    def tokens(self) -> int:
        """How long it is."""
        return len(self.text)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits for it."""
        return any(not call.is_gone for call, _ in self.calls)


class FairQueue:
    """Texts by priority; within one, callers give one text after the other in turn.

    It does no locking: its owner does.
    """

    def __init__(self) -> None:
        self._of: dict[Priority, OrderedDict[str, deque[Waiting]]] = {
            priority: OrderedDict() for priority in Priority
        }
        self._tokens: dict[Priority, int] = dict.fromkeys(Priority, 0)
        self._count = 0

    def add(self, waiting: Waiting, caller: str) -> None:
        """Put a text at the end of its caller's row."""
        self._of[waiting.priority].setdefault(caller, deque()).append(waiting)
        self._tokens[waiting.priority] += waiting.tokens
        self._count += 1

    def raise_priority(self, waiting: Waiting, priority: Priority, caller: str) -> None:
        """Let a text that waits already go with those of a higher priority."""
        self._forget(waiting)
        waiting.priority = priority
        self.add(waiting, caller)  # where it stood before, it is passed over

    def drop(self, waiting: Waiting) -> None:
        """Give a text up."""
        waiting.is_taken = True
        self._forget(waiting)

    def take(self, max_tokens: int) -> list[Waiting]:
        """Take what is to be computed next, at least one text where any waits.

        Args:
            max_tokens: Of all texts together; one that is longer is taken by itself.
        """
        taken: list[Waiting] = []
        room = max_tokens
        for waiting in self._in_order():
            if taken and waiting.tokens > room:
                break
            waiting.is_taken = True
            self._forget(waiting)
            taken.append(waiting)
            room -= waiting.tokens
        self._tidy()
        return taken

    def tokens_before(self, priority: Priority) -> int:
        """Return how many tokens wait that go before, or with, something new of a priority."""
        return sum(tokens for one, tokens in self._tokens.items() if one <= priority)

    @property
    def tokens(self) -> int:
        """All that wait."""
        return sum(self._tokens.values())

    @property
    def first_priority(self) -> Priority:
        """The highest priority of those that wait."""
        return next(
            (one for one, tokens in self._tokens.items() if tokens > 0), Priority.INTERACTIVE
        )

    @property
    def oldest_s(self) -> float:
        """When the first of those came that would be taken first; infinite where none waits."""
        fronts = (
            row[0].since_s for rows in self._of.values() for row in rows.values() if row
        )  # one that was passed over only makes it look older
        return min(fronts, default=float("inf"))

    def __len__(self) -> int:
        return self._count

    def _in_order(self) -> Iterator[Waiting]:
        """Yield texts, one of each caller in turn; what was looked at and not taken stays."""
        for priority, rows in self._of.items():
            while rows:
                caller, row = next(iter(rows.items()))
                while row and (row[0].is_taken or row[0].priority is not priority):
                    row.popleft()
                if not row:
                    del rows[caller]
                    continue
                yield row[0]
                # only when it was taken, the generator is asked to go on
                row.popleft()
                rows.move_to_end(caller)

    def _forget(self, waiting: Waiting) -> None:
        self._tokens[waiting.priority] -= waiting.tokens
        self._count -= 1

    def _tidy(self) -> None:
        if self._count == 0:
            for rows in self._of.values():
                rows.clear()

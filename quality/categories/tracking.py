"""What is known of each condition while a contact goes on: it holds, it cannot, or it is open.

An answer that is given once is never taken back: a live alert is also in the report at the end.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversation import Channel, Evidence, Turn
from quality.categories.clock import Clock, Moment, holds, is_past
from quality.categories.definition import Condition, Meaning, Position, Words
from quality.categories.words import PhraseFinder
from quality.expression_nodes import Value
from quality.meaning import Likeness
from quality.moments import quote

MOST_EVIDENCE = 3
"""A condition is shown with so many quotes at most."""


@dataclass(frozen=True)
class Figures:
    """What is known of the whole contact once it is over.

    Attributes:
        values: Under the names of :data:`quality.metric_names.METRIC_NAMES`.
    """

    values: Mapping[str, Value]


@dataclass
class Tracker(ABC):
    """Follows one condition through one contact.

    Attributes:
        truth: Whether it holds; None while that is open, or where it cannot be told.
    """

    truth: bool | None = field(default=None, init=False)

    @abstractmethod
    def evidence(self) -> tuple[Evidence, ...]:
        """Return what was said that makes it hold, in order; empty for what was not said."""

    @abstractmethod
    def update(self, clock: Clock, figures: Figures | None) -> bool | None:
        """Take in how far the contact is, and return :attr:`truth`.

        Args:
            clock: After the last turn.
            figures: Of the whole contact once it is over; None while it goes on.
        """


@dataclass
class SaidTracker(Tracker):
    """Follows what somebody says, by words or by meaning.

    Attributes:
        position: Who must say it, and where.
    """

    position: Position
    _found: list[Evidence] = field(default_factory=list, init=False)
    _open: list[tuple[Moment, Evidence | None]] = field(default_factory=list, init=False)
    _blind: bool = field(default=False, init=False)

    def wants(self, turn: Turn, clock: Clock) -> bool:
        """Whether what the next turn says matters to it."""
        if self.truth is False or len(self._found) >= MOST_EVIDENCE:
            return False
        if turn.speaker == "unknown" and self.position.speaker is not None:
            self.miss(turn, clock)
            return False
        return self.position.speaker is None or turn.speaker == self.position.speaker

    def add(self, moment: Moment, evidence: Evidence) -> None:
        """Take in something that was said."""
        self._open.append((moment, evidence))

    def miss(self, turn: Turn, clock: Clock) -> None:
        """Take in that the next turn cannot be read, or that its speaker is not known.

        There is no encoder, or no phrases of its language. A place is the start or the end of a
        contact, so that a turn reaches into it with its first or with its last word.
        """
        for offset in (0, len(turn.text)):
            self._open.append((clock.moment(turn, offset), None))

    def update(self, clock: Clock, figures: Figures | None) -> bool | None:
        """Sort what was said into what counts, what does not, and what stays open."""
        ended = figures is not None
        still: list[tuple[Moment, Evidence | None]] = []
        for moment, evidence in self._open:
            inside = holds(self.position, moment, clock, ended=ended)
            if inside is None:
                still.append((moment, evidence))
            elif inside and evidence is not None:
                self._found.append(evidence)
            elif inside:
                self._blind = True
        self._open = still
        if self._found:
            self.truth = True
        elif not self._blind and not still and (ended or is_past(self.position, clock)):
            self.truth = False
        return self.truth

    def evidence(self) -> tuple[Evidence, ...]:
        """Return the first of what counts."""
        return tuple(self._found[:MOST_EVIDENCE])


@dataclass
class WordsTracker(SaidTracker):
    """Follows phrases.

    Attributes:
        words: The condition.
    """

    words: Words

    def see(self, turn: Turn, clock: Clock, finders: Mapping[str, PhraseFinder]) -> None:
        """Look for the phrases in the next turn."""
        for language, finder in finders.items():
            for span, text in finder.find(
                turn,
                self.words.say.of(language),
                self.words.unless.of(language),
                self.words.phrases,
            ):
                clause = quote(turn, *text.clause(span.start, span.end))
                self.add(clock.moment(turn, span.start), clause)


@dataclass
class MeaningTracker(SaidTracker):
    """Follows a meaning.

    Attributes:
        meaning: The condition.
    """

    meaning: Meaning

    def see(self, turn: Turn, clock: Clock, start: int, end: int, likeness: Likeness) -> None:
        """Take in how like the examples a sentence of the next turn is."""
        if likeness.means_it(self.meaning.threshold):
            self.add(clock.moment(turn, start), quote(turn, start, end))


@dataclass
class MetricTracker(Tracker):
    """Follows a figure: it is known when the contact is over; the channel from the start.

    Attributes:
        condition: The condition.
        channel: How the contact came.
    """

    condition: Condition
    channel: Channel

    def update(self, clock: Clock, figures: Figures | None) -> bool | None:  # noqa: ARG002
        """Compute the expression."""
        expression = self.condition.expression
        if figures is not None or set(expression.names) == {"channel"}:
            values = figures.values if figures is not None else {"channel": self.channel}
            value = expression.evaluate(values)
            self.truth = None if value is None else bool(value)
        return self.truth

    def evidence(self) -> tuple[Evidence, ...]:
        """Return nothing: a figure is explained once it is reported."""
        return ()


@dataclass
class JointTracker(Tracker):
    """Follows conditions joined by ``all`` or ``any``.

    Attributes:
        parts: In order.
        every: Whether each must hold.
    """

    parts: tuple[Tracker, ...]
    every: bool

    def update(self, clock: Clock, figures: Figures | None) -> bool | None:
        """Join what is known of the parts (Kleene's three values)."""
        truths = [part.update(clock, figures) for part in self.parts]
        decides = not self.every
        if decides in truths:
            self.truth = decides
        else:
            self.truth = None if None in truths else self.every
        return self.truth

    def evidence(self) -> tuple[Evidence, ...]:
        """Return what the parts that hold have."""
        found: dict[Evidence, None] = {}
        for part in self.parts:
            if part.truth:
                found.update(dict.fromkeys(part.evidence()))
        return tuple(found)


@dataclass
class NotTracker(Tracker):
    """Follows the contrary of a condition.

    Attributes:
        part: The condition.
    """

    part: Tracker

    def update(self, clock: Clock, figures: Figures | None) -> bool | None:
        """Turn round what is known."""
        truth = self.part.update(clock, figures)
        self.truth = None if truth is None else not truth
        return self.truth

    def evidence(self) -> tuple[Evidence, ...]:
        """Return nothing: what was not said cannot be quoted."""
        return ()

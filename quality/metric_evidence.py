"""What was said where a figure comes from: the words before a silence, the ones that cut in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conversation import Conversation, Evidence, Speaker, Turn
from quality.metrics import Metrics
from quality.moments import quote_end, quote_start
from quality.silences import Hold, Silence
from quality.written_metrics import response_delays

if TYPE_CHECKING:
    from nlu import Understanding

MOST_QUOTES = 4
"""A figure is explained by so many quotes at most."""

_SPEAKERS: tuple[Speaker, ...] = ("agent", "customer")


def metric_evidence(
    names: Iterable[str],
    conversation: Conversation,
    metrics: Metrics,
    understanding: Understanding | None = None,
) -> tuple[Evidence, ...]:
    """Quote where figures come from.

    Args:
        names: Of :data:`quality.metric_names.METRIC_NAMES`.
        conversation: That was measured.
        metrics: Of it.
        understanding: Of it.

    Returns:
        At most :data:`MOST_QUOTES` quotes, in order of time; where a figure has no place of its
        own, how the contact or its speaker starts. Empty only where nobody says anything.
    """
    places = _Places(conversation, metrics, understanding)
    found: dict[Evidence, None] = {}
    for name in names:
        found.update(dict.fromkeys(one for one in places.of(name) if one is not None))
    if not found:
        found.update(dict.fromkeys(places.opening()))
    kept = list(found)[:MOST_QUOTES]
    return tuple(sorted(kept, key=lambda one: (one.turn_index, one.start_s or 0.0)))


@dataclass(frozen=True)
class _Places:
    conversation: Conversation
    metrics: Metrics
    understanding: Understanding | None

    def of(self, name: str) -> Iterator[Evidence | None]:
        spoken, written = self.metrics.spoken, self.metrics.written
        speaker = next((one for one in _SPEAKERS if name.startswith(f"{one}_")), None)
        if spoken is not None and "hold" in name:
            holds = [one for one in spoken.holds if not _excused(name, one)]
            yield from self._around(sorted(holds, key=lambda one: -one.length_s))
        elif spoken is not None and "silence" in name:
            silences = [one for one in spoken.silences if not _excused(name, one)]
            yield from self._around(sorted(silences, key=lambda one: -one.length_s))
        elif spoken is not None and name.endswith("_interruptions"):
            yield from (cut.evidence for cut in spoken.interruptions if cut.by == speaker)
        elif spoken is not None and name.startswith("overlap"):
            for overlap in sorted(spoken.overlaps, key=lambda one: -one.length_s)[:2]:
                yield from map(self._said_at, overlap.speakers, (overlap.start_s,) * 2)
        elif written is not None and name.endswith("response_s"):
            delays = response_delays(self.conversation)
            shown = delays[:1] if name.startswith("first") else sorted(delays, key=_delay)[-1:]
            yield from (quote_start(turn) for _, *pair in shown for turn in pair)
        elif speaker is not None and not name.startswith("customer_sentiment"):
            longest = sorted(self.conversation.turns_of(speaker), key=_length)[-1:]
            yield from map(quote_start, longest)
        else:
            yield from self._understood(name)

    def opening(self) -> Iterator[Evidence]:
        """Quote how the contact starts."""
        quotes = map(quote_start, self.conversation.turns)
        yield from [one for one in quotes if one is not None][:1]

    def _around(self, waits: Sequence[Hold | Silence]) -> Iterator[Evidence | None]:
        for wait in waits[: MOST_QUOTES // 2]:
            before = [
                t for t in self._timed() if t.start_s is not None and t.start_s < wait.start_s
            ]
            after = [t for t in self._timed() if t.end_s is not None and t.end_s > wait.end_s]
            yield wait.announced_by or (quote_end(before[-1]) if before else None)
            yield quote_start(after[0]) if after else None

    def _timed(self) -> list[Turn]:
        return [turn for turn in self.conversation.turns if turn.text.strip()]

    def _said_at(self, speaker: Speaker, at_s: float) -> Evidence | None:
        for turn in self.conversation.turns_of(speaker):
            if turn.start_s is not None and turn.end_s is not None and turn.end_s > at_s:
                return quote_start(turn) if turn.start_s <= at_s else None
        return None

    def _understood(self, name: str) -> Iterator[Evidence | None]:
        if self.understanding is None:
            return
        axes, sentiment = self.understanding.axes, self.understanding.sentiment
        if name.startswith("reason") and self.understanding.reasons.primary:
            yield from self.understanding.reasons.primary.evidence
        elif name == "nature":
            yield from axes.nature.evidence
        elif name == "outcome":
            yield from axes.outcome.evidence
        elif name == "urgency":
            yield from (trigger.evidence for trigger in axes.urgency.triggers)
        elif name == "repeat_stated":
            yield from axes.repeat.evidence
        elif name == "commitment_count":
            for commitment in self.understanding.commitments:
                yield from commitment.evidence
        elif name.startswith("customer_sentiment") and sentiment is not None:
            yield from (sentiment.strongest, sentiment.turning_point)


def _excused(name: str, wait: Hold | Silence) -> bool:
    """Whether a wait is not among those that the figure counts."""
    if name.startswith("unannounced"):
        return wait.announced_by is not None
    if name.startswith("unthanked"):
        return isinstance(wait, Hold) and wait.thanked_by is not None
    return False


def _delay(answer: tuple[float, Turn, Turn]) -> float:
    return answer[0]


def _length(turn: Turn) -> float:
    return turn.duration_s if turn.duration_s is not None else float(len(turn.text))

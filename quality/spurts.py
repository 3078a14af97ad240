"""Talk spurts: who makes sound from when to when, word by word where the words have times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conversation import Conversation, Speaker, Turn
from quality.intervals import Interval

BRIDGED_PAUSE_S = 0.5
"""Seconds; a pause inside one speaker's words shorter than this is talk."""

BACKCHANNEL_MAX_S = 1.0
"""Seconds; a spurt shorter than this, of at most two words, takes no turn ("oui", "d'accord")."""

_BACKCHANNEL_MAX_WORDS = 2


@dataclass(frozen=True)
class Spurt:
    """One stretch of a speaker's sound without a pause of :data:`BRIDGED_PAUSE_S`.

    Attributes:
        speaker: Who.
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        words: How many words, as they were said.
        turn_index: The turn in which it starts.
    """

    speaker: Speaker
    start_s: float
    end_s: float
    words: int
    turn_index: int

    @property
    def interval(self) -> Interval:
        """Start and end in seconds."""
        return (self.start_s, self.end_s)

    @property
    def is_backchannel(self) -> bool:
        """Whether it only says that one listens."""
        short = span_s(self.start_s, self.end_s) < BACKCHANNEL_MAX_S
        return short and self.words <= _BACKCHANNEL_MAX_WORDS


def find_spurts(conversation: Conversation) -> list[Spurt]:
    """Find all talk spurts of a spoken conversation.

    Args:
        conversation: Its turns may or may not have words; a turn without words counts whole.

    Returns:
        Spurts in order of start; those of one speaker are disjoint. Empty on text channels.
    """
    pieces: dict[Speaker, list[tuple[float, float, int, int]]] = {}
    for turn in conversation.turns:
        pieces.setdefault(turn.speaker, []).extend(_pieces(turn))
    spurts = [spurt for speaker, parts in pieces.items() for spurt in _joined(speaker, parts)]
    return sorted(spurts, key=lambda spurt: (spurt.start_s, -spurt.end_s))


def span_s(start_s: float, end_s: float) -> float:
    """Return the seconds between two times, to the microsecond.

    Differences of decimal times miss what they mean by a hair: 6.7 − 6.2 is below 0.5.
    """
    return round(end_s - start_s, 6)


def count_words(text: str) -> int:
    """Count the words of a text: what stands between spaces and holds a letter or digit."""
    return sum(any(c.isalnum() for c in part) for part in text.split())


def _pieces(turn: Turn) -> Iterable[tuple[float, float, int, int]]:
    if turn.words:
        return [
            (w.start_s, w.end_s, count_words(w.spoken or w.text), turn.index) for w in turn.words
        ]
    if turn.start_s is None or turn.end_s is None:
        return []
    return [(turn.start_s, turn.end_s, count_words(turn.text), turn.index)]


def _joined(speaker: Speaker, parts: list[tuple[float, float, int, int]]) -> list[Spurt]:
    spurts: list[Spurt] = []
    for start_s, end_s, words, turn_index in sorted(parts):
        last = spurts[-1] if spurts else None
        if last is not None and span_s(last.end_s, start_s) < BRIDGED_PAUSE_S:
            spurts[-1] = Spurt(
                speaker, last.start_s, max(last.end_s, end_s), last.words + words, last.turn_index
            )
        else:
            spurts.append(Spurt(speaker, start_s, end_s, words, turn_index))
    return [spurt for spurt in spurts if spurt.end_s > spurt.start_s]

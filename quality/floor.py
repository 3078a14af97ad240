"""Who holds the floor: overlaps, interruptions, monologues and how fast one answers.

The terms are those of Heldner and Edlund, "Pauses, gaps and overlaps in conversations",
Journal of Phonetics 38 (2010); the thresholds are this project's.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from conversation import Speaker
from quality.spurts import Spurt

INTERRUPTION_MIN_OVERLAP_S = 0.5
"""Seconds; a shorter overlap is a smooth change of speaker."""

MONOLOGUE_MAX_PAUSE_S = 3.0
"""Seconds; a longer pause ends a monologue."""


@dataclass(frozen=True)
class OverlappingSpurts:
    """Two spurts at the same time.

    Attributes:
        first: The one that started before, or either when both start together.
        second: The other.
    """

    first: Spurt
    second: Spurt

    @property
    def start_s(self) -> float:
        """Seconds where both talk."""
        return self.second.start_s

    @property
    def end_s(self) -> float:
        """Seconds where one of them stops."""
        return min(self.first.end_s, self.second.end_s)

    @property
    def started_by(self) -> Speaker | None:
        """Who came in while the other talked; None when both started together."""
        return None if self.first.start_s == self.second.start_s else self.second.speaker

    @property
    def is_interruption(self) -> bool:
        """Whether the one who came in took the floor from the other.

        The overlap lasts :data:`INTERRUPTION_MIN_OVERLAP_S` at least, what comes in is more than
        a backchannel, and the one who had the floor stops first.
        """
        return (
            self.started_by is not None
            and self.end_s - self.start_s >= INTERRUPTION_MIN_OVERLAP_S
            and not self.second.is_backchannel
            and self.first.end_s <= self.second.end_s
        )


def find_overlaps(spurts: list[Spurt]) -> list[OverlappingSpurts]:
    """Find all pairs of spurts of two speakers that share some time, in order of start.

    Args:
        spurts: In order of start, as :func:`quality.spurts.find_spurts` gives them.
    """
    found: list[OverlappingSpurts] = []
    open_spurts: list[Spurt] = []
    for spurt in spurts:
        open_spurts = [other for other in open_spurts if other.end_s > spurt.start_s]
        found += [
            OverlappingSpurts(other, spurt)
            for other in open_spurts
            if other.speaker != spurt.speaker
        ]
        open_spurts.append(spurt)
    return found


def find_runs(spurts: list[Spurt]) -> list[list[Spurt]]:
    """Group spurts into turns at talk: one speaker until another speaks outside their talk.

    A spurt that lies wholly inside another speaker's spurt takes no turn.
    """
    runs: list[list[Spurt]] = []
    longest: dict[Speaker, Spurt] = {}
    for spurt in spurts:
        inside = any(
            other.end_s >= spurt.end_s and other.interval != spurt.interval
            for speaker, other in longest.items()
            if speaker != spurt.speaker
        )
        if spurt.speaker not in longest or spurt.end_s > longest[spurt.speaker].end_s:
            longest[spurt.speaker] = spurt
        if inside:
            continue
        if runs and runs[-1][-1].speaker == spurt.speaker:
            runs[-1].append(spurt)
        else:
            runs.append([spurt])
    return runs


def longest_monologues_s(spurts: list[Spurt]) -> dict[Speaker, float]:
    """Measure each speaker's longest stretch in seconds.

    From the start of a spurt to the end of the last one that the same speaker adds after a pause
    below :data:`MONOLOGUE_MAX_PAUSE_S` and before anybody else says more than a backchannel.
    """
    longest: dict[Speaker, float] = {}
    start_s = end_s = 0.0
    speaker: Speaker | None = None
    for spurt in spurts:
        if spurt.is_backchannel and spurt.speaker != speaker:
            alone_s = spurt.end_s - spurt.start_s
            longest[spurt.speaker] = max(longest.get(spurt.speaker, 0.0), alone_s)
            continue
        if spurt.speaker != speaker or spurt.start_s - end_s >= MONOLOGUE_MAX_PAUSE_S:
            speaker, start_s, end_s = spurt.speaker, spurt.start_s, spurt.end_s
        end_s = max(end_s, spurt.end_s)
        longest[speaker] = max(longest.get(speaker, 0.0), end_s - start_s)
    return longest


def response_gaps_s(runs: list[list[Spurt]], *, of: Speaker, after: Speaker) -> list[float]:
    """Measure the seconds from the end of one speaker's turn to the start of the other's.

    Negative where the answer starts before the turn ends (floor transfer offset).

    Args:
        runs: From :func:`find_runs`.
        of: Who answers.
        after: Who spoke before.
    """
    return [
        following[0].start_s - before[-1].end_s
        for before, following in pairwise(runs)
        if before[-1].speaker == after and following[0].speaker == of
    ]

"""How often partials can be afforded."""

from __future__ import annotations

_LONGEST_INTERVAL_S = 8.0
_LATE_SHARE = 0.5
_LONGER = 1.5
_SHORTER = 0.9
_LEARNING = 0.2


class Pace:
    """The interval between partials: longer when they come late, shorter when they do not.

    Args:
        interval_s: Between two partials of an utterance on an idle machine, seconds; 0 for no
            partials.
    """

    def __init__(self, interval_s: float) -> None:
        self._shortest_s = interval_s
        self.interval_s = interval_s
        self._cost = 0.1

    def expected_s(self, sound_s: float) -> float:
        """Return how long some seconds of sound are likely to take for a partial."""
        return self._cost * (sound_s + 1.0)

    def note(self, *, waited_s: float, sound_s: float, took_s: float) -> None:
        """Learn from a round of partials.

        Args:
            waited_s: How long the oldest was due before it was begun, seconds.
            sound_s: Sound that was decoded, seconds.
            took_s: What it took, seconds.
        """
        self._cost += _LEARNING * (took_s / (sound_s + 1.0) - self._cost)
        if waited_s > _LATE_SHARE * self._shortest_s:
            longest_s = max(_LONGEST_INTERVAL_S, self._shortest_s)
            self.interval_s = min(self.interval_s * _LONGER, longest_s)
        else:
            self.interval_s = max(self.interval_s * _SHORTER, self._shortest_s)

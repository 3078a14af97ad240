"""The words of an utterance that will not change, by agreement of hypotheses."""

from __future__ import annotations

import re
from collections.abc import Sequence

_COMPARED_WORDS = 12


class StablePrefix:
    """LocalAgreement-2 on words: what two hypotheses in a row agree on is stable.

    Macháček, Dabre and Bojar 2023, "Turning Whisper into Real-Time Transcription System"
    (arXiv 2307.14743). The last word of a hypothesis never counts, for its sound may be cut.
    Case and punctuation do not count when words are compared. Where a hypothesis words the
    stable part otherwise, it is aligned with it, and only its continuation is looked at.

    Attributes:
        stable: Words that are stable; it only ever grows at its end.
    """

    def __init__(self) -> None:
        self.stable: tuple[str, ...] = ()
        self._rest: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the last hypothesis, after those that are stable."""
        return self.stable + self._rest

    def hear(self, words: Sequence[str], *, skipped: int = 0) -> None:
        """Take the next hypothesis.

        Args:
            words: Its words, with more sound at the end than the one before.
            skipped: How many stable words come before its first word, because their sound
                was left out.
        """
        rest = self._continuation(words, self.stable[skipped:])
        agreed = 0
        for before, now in zip(self._rest, rest[:-1], strict=False):
            if bare(before) != bare(now):
                break
            agreed += 1
        self.stable += rest[:agreed]
        self._rest = rest[agreed:]

    def _continuation(self, words: Sequence[str], stable: Sequence[str]) -> tuple[str, ...]:
        """Return what comes after the stable words: those whose alignment costs least."""
        wanted = [bare(word) for word in stable]
        got = [bare(word) for word in words]
        if got[: len(wanted)] == wanted:
            return tuple(words[len(wanted) :])
        # a hypothesis differs by little: only the ends need to be aligned
        left_out = max(0, len(wanted) - _COMPARED_WORDS)
        left_out = min(left_out, max(0, len(got) - _COMPARED_WORDS))
        wanted, got = wanted[left_out:], got[left_out:]
        costs = list(range(len(got) + 1))
        for row, word in enumerate(wanted, start=1):
            before, costs = costs, [row]
            for column, other in enumerate(got, start=1):
                replaced = before[column - 1] + (word != other)
                costs.append(min(replaced, before[column] + 1, costs[-1] + 1))
        place = min(range(len(costs)), key=lambda end: (costs[end], abs(end - len(wanted)), end))
        return tuple(words[left_out + place :])


def bare(word: str) -> str:
    """Return a word as it is compared: without case and punctuation."""
    return re.sub(r"[^\w']", "", word.lower().replace("’", "'"))

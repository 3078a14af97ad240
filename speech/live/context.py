"""What was said before on a channel, which helps to recognise what is said next."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from conversation import Word
from speech.decoding import SAMPLE_RATE_HZ
from speech.piece import LeadIn

CONTEXT_CHARACTERS = 200
CONTEXT_S = 30.0
"""What was said before on the channel is context for what follows, unless it was long ago."""

KEPT_S = 10.0
"""So much of the last speech is heard again with what follows, where there is room for it."""

_LEAST_LEAD_IN_S = 0.6
_BEFORE_WORD_S = 0.05
_AFTER_WORD_S = 0.2


@dataclass(frozen=True, eq=False)
class _Said:
    """An utterance: its words on the clock of the stream, its sound, and where that starts."""

    words: tuple[Word, ...]
    sound: NDArray[np.float32]
    start_s: float

    @property
    def end_s(self) -> float:
        """Where it can be cut off after its last word."""
        sound_end_s = self.start_s + len(self.sound) / SAMPLE_RATE_HZ
        return min(self.words[-1].end_s + _AFTER_WORD_S, sound_end_s)

    def before_word_s(self, place: int) -> float:
        """Where it can be cut before a word."""
        return max(self.words[place].start_s - _BEFORE_WORD_S, self.start_s)

    def last_words(self, room_s: float) -> LeadIn | None:
        """Return as many of its last words as there is room for."""
        for place in range(len(self.words)):
            begin_s = self.before_word_s(place)
            if self.end_s - begin_s <= room_s:
                begin, end = (
                    round((at_s - self.start_s) * SAMPLE_RATE_HZ) for at_s in (begin_s, self.end_s)
                )
                return LeadIn(self.sound[begin:end], _joined(self.words[place:]))
        return None


class Context:
    """The last words of a channel, and the sound of its last utterances."""

    def __init__(self) -> None:
        self._text = ""
        self._said: deque[_Said] = deque()

    @property
    def _until_s(self) -> float:
        return self._said[-1].words[-1].end_s if self._said else -math.inf

    def say(self, words: Sequence[Word], sound: NDArray[np.float32], start_s: float) -> None:
        """Take what was said in an utterance.

        Args:
            words: At least one, in seconds from the start of the stream.
            sound: Of the utterance, float32 of shape ``(n,)`` at 16 kHz.
            start_s: Where that starts in the stream.
        """
        self._text = _last_words(f"{self._text} {_joined(words)}", CONTEXT_CHARACTERS)
        self._said.append(_Said(tuple(words), sound, start_s))
        while sum(len(one.sound) for one in list(self._said)[1:]) >= KEPT_S * SAMPLE_RATE_HZ:
            self._said.popleft()

    def text(self, start_s: float, more: str = "") -> str:
        """Return the words said before a moment of the stream, with more that followed them."""
        if start_s - self._until_s > CONTEXT_S:
            return ""
        return _last_words(f"{self._text} {more}", CONTEXT_CHARACTERS)

    def lead_in(self, start_s: float, room_s: float) -> LeadIn | None:
        """Return what was said last, as far as there is room for it.

        Args:
            start_s: Where the speech that it leads to starts in the stream.
            room_s: How long it may be.
        """
        parts: list[LeadIn] = []
        for one in reversed(self._said):
            part = one.last_words(room_s) if start_s - one.end_s <= CONTEXT_S else None
            if part is None:
                break
            parts.insert(0, part)
            if len(part.text) < len(_joined(one.words)):
                break
            room_s -= part.length_s
        if sum(part.length_s for part in parts) < _LEAST_LEAD_IN_S:
            return None
        return LeadIn(
            np.concatenate([part.samples for part in parts]), " ".join(part.text for part in parts)
        )


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.spoken or word.text for word in words)


def _last_words(text: str, most: int) -> str:
    text = text.strip()
    return text if len(text) <= most else text[-most:].partition(" ")[2]

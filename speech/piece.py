"""Speech handed to the recogniser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from speech.decoding import SAMPLE_RATE_HZ
from speech.voice_activity import FRAME_SAMPLES


class LanguageChoice(Protocol):
    """Chooses the language of pieces that belong together, from what is heard in them."""

    def hear(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take the probabilities of one piece into account."""

    def choose(self, probabilities: Mapping[str, float], length_s: float) -> str:
        """Return the primary tag of a piece that was heard."""

    def hear_whole(self, probabilities: Mapping[str, float], length_s: float) -> None:
        """Take note of what the whole of a piece sounds like."""


@dataclass(frozen=True, eq=False)
class LeadIn:
    """Speech just before a piece, whose words are known: heard with it and not written again.

    Attributes:
        samples: float32 of shape ``(n,)`` at 16 kHz.
        text: What is said in it.
    """

    samples: NDArray[np.float32]
    text: str

    @property
    def length_s(self) -> float:
        """Seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ


@dataclass(frozen=True, eq=False)
class Piece:
    """Speech handed to the recogniser.

    Attributes:
        samples: float32 of shape ``(n,)`` at 16 kHz, at most what fits into 28 s.
        language: Primary tag, or what chooses it.
        previous: Text said just before, as context.
        speech: Probability of speech of each 32 ms, float32 of shape ``(n / 512,)``; None where
            it is not known, then all of it may be speech.
        in_full_window: Whether to read it in Whisper's window of 30 s from the start; otherwise
            in one of its own length, which takes less time.
        lead_in: Speech just before, where there is room for it in the window.
        is_late: Asked when its words turn out doubtful: whether they are awaited too urgently for
            a second reading.
    """

    samples: NDArray[np.float32]
    language: str | LanguageChoice
    previous: str = ""
    speech: NDArray[np.float32] | None = None
    in_full_window: bool = False
    lead_in: LeadIn | None = None
    is_late: Callable[[], bool] = field(default=lambda: False)

    @property
    def length_s(self) -> float:
        """Seconds."""
        return len(self.samples) / SAMPLE_RATE_HZ

    def cut(self, start: int, end: int) -> Piece:
        """Return a part of the piece.

        Args:
            start: First sample, a multiple of 512.
            end: The one after the last.
        """
        speech = self.speech
        if speech is not None:
            speech = speech[start // FRAME_SAMPLES : -(-end // FRAME_SAMPLES)]
        return replace(self, samples=self.samples[start:end], speech=speech)

"""What the recogniser heard: words and segments on the recording's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class HeardWord:
    """A word as it was recognised, on the recording's clock.

    Attributes:
        text: Without surrounding spaces; holds spaces only before punctuation that is written
            apart ("vraiment ?").
        start_s: Seconds from the start of the recording.
        end_s: Seconds from the start of the recording.
        probability: 0 to 1.
        language: Primary BCP 47 tag in which it was recognised; None when it was not said which.
        spoken: What was recognised, where ``text`` writes it otherwise ("quarante-deux euros"
            for "42 €", or a name of the centre's vocabulary); None where it is the same.
    """

    text: str
    start_s: float
    end_s: float
    probability: float
    language: str | None = None
    spoken: str | None = None


@dataclass(frozen=True)
class HeardSegment:
    """Words that the recogniser wrote in one go, with its own doubts.

    Attributes:
        words: In order; their times never go back.
        mean_log_probability: Of the tokens.
        no_speech_probability: That the window holds no speech.
        compression_ratio: Of the text; repetitions make it high.
    """

    words: tuple[HeardWord, ...]
    mean_log_probability: float
    no_speech_probability: float
    compression_ratio: float

    @property
    def text(self) -> str:
        """The words as they read."""
        return " ".join(word.text for word in self.words)

    def moved(self, shift_s: float) -> HeardSegment:
        """Return the segment so many seconds later."""
        return replace(
            self,
            words=tuple(
                replace(word, start_s=word.start_s + shift_s, end_s=word.end_s + shift_s)
                for word in self.words
            ),
        )


def whole_ms(time_s: float) -> float:
    """Round a time in seconds down to milliseconds, so that no word ends after its recording."""
    return math.floor(time_s * 1000) / 1000
